use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::*;

fn schedule(line: &str) -> Schedule {
    line.parse().unwrap()
}

fn civil(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// The numbers of one field of a line whose other fields are `*`.
fn numbers(set: u64) -> Vec<u32> {
    (0..64).filter(|number| set >> number & 1 == 1).collect()
}

#[test]
fn fields_are_sets_of_numbers() {
    for (field, expected) in [
        ("5", &[5][..]),
        ("05", &[5]),
        ("1,3,2", &[1, 2, 3]),
        ("1-4", &[1, 2, 3, 4]),
        ("*/20", &[0, 20, 40]),
        ("?/20", &[0, 20, 40]),
        ("*/100", &[0]),
        ("10-40/15", &[10, 25, 40]),
        ("10-41/15", &[10, 25, 40]),
        ("50/4", &[50, 54, 58]),
        ("7-7", &[7]),
        ("1-2,58/1", &[1, 2, 58, 59]),
    ] {
        assert_eq!(numbers(schedule(&alloc::format!("{field} * * * *")).minutes), expected, "{field}");
    }
    assert_eq!(numbers(schedule("* */6 * * *").hours), [0, 6, 12, 18]);
    assert_eq!(numbers(schedule("* * */10 * *").days_of_month), [1, 11, 21, 31]);
    assert_eq!(numbers(schedule("* * 15/10 * *").days_of_month), [15, 25]);
    assert_eq!(numbers(schedule("* * * jan,MAR-May,11 *").months), [1, 3, 4, 5, 11]);
    assert_eq!(numbers(schedule("* * * */5 *").months), [1, 6, 11]);
    assert_eq!(numbers(schedule("* * * * *").months), (1..=12).collect::<Vec<_>>());
}

#[test]
fn seven_is_sunday() {
    for (field, expected) in [
        ("sun", &[0][..]),
        ("7", &[0]),
        ("0,7", &[0]),
        ("5-7", &[0, 5, 6]),
        ("Mon-FRI", &[1, 2, 3, 4, 5]),
        ("*/2", &[0, 2, 4, 6]),
        ("4/2", &[4, 6]),
        ("7/2", &[0]),
        ("*", &[0, 1, 2, 3, 4, 5, 6]),
        ("0-7", &[0, 1, 2, 3, 4, 5, 6]),
    ] {
        assert_eq!(numbers(schedule(&alloc::format!("* * * * {field}")).days_of_week), expected, "{field}");
    }
}

#[test]
fn what_is_no_schedule_says_where_and_what_is_accepted() {
    let form = "as `a`, `a-b` or `*`, each with or without a step `/n`, or several of these joined by `,`";
    for (line, expected) in [
        ("60 * * * *", "schedule `60 * * * *`: minute `60` is out of range; expected 0 to 59".to_string()),
        ("* 9-24 * * *", "schedule `* 9-24 * * *`: hour `9-24` is out of range; expected 0 to 23".into()),
        ("* * 1,0 * *", "schedule `* * 1,0 * *`: day of month `0` is out of range; expected 1 to 31".into()),
        ("* * * 13 *", "schedule `* * * 13 *`: month `13` is out of range; expected 1 to 12 or jan to dec".into()),
        (
            "* * * * 8",
            "schedule `* * * * 8`: day of week `8` is out of range; expected 0 to 7 (0 and 7 are Sunday) or sun to sat".into(),
        ),
        ("* 300 * * *", "schedule `* 300 * * *`: hour `300` is out of range; expected 0 to 23".into()),
        ("x * * * *", alloc::format!("schedule `x * * * *`: minute `x` is not valid; expected 0 to 59, {form}")),
        ("1,,2 * * * *", alloc::format!("schedule `1,,2 * * * *`: minute `1,,2` is not valid; expected 0 to 59, {form}")),
        ("-5 * * * *", alloc::format!("schedule `-5 * * * *`: minute `-5` is not valid; expected 0 to 59, {form}")),
        ("*-5 * * * *", alloc::format!("schedule `*-5 * * * *`: minute `*-5` is not valid; expected 0 to 59, {form}")),
        ("1-2-3 * * * *", alloc::format!("schedule `1-2-3 * * * *`: minute `1-2-3` is not valid; expected 0 to 59, {form}")),
        ("+5 * * * *", alloc::format!("schedule `+5 * * * *`: minute `+5` is not valid; expected 0 to 59, {form}")),
        ("* mon * * *", alloc::format!("schedule `* mon * * *`: hour `mon` is not valid; expected 0 to 23, {form}")),
        (
            "* * * june *",
            alloc::format!("schedule `* * * june *`: month `june` is not valid; expected 1 to 12 or jan to dec, {form}"),
        ),
        (
            "* 22-5 * * *",
            "schedule `* 22-5 * * *`: hour `22-5` runs backwards; expected `a-b` with a not after b; what goes past the end is two ranges joined by `,`".into(),
        ),
        (
            "*/0 * * * *",
            "schedule `*/0 * * * *`: minute `*/0` has no valid step; expected a whole number of at least 1 after the `/`".into(),
        ),
        (
            "*/x * * * *",
            "schedule `*/x * * * *`: minute `*/x` has no valid step; expected a whole number of at least 1 after the `/`".into(),
        ),
        (
            "",
            "schedule `` has 0 fields; expected five, minute, hour, day of month, month and day of week, such as `0 9 * * mon-fri`".into(),
        ),
        (
            "0 0 9 * * *",
            "schedule `0 0 9 * * *` has 6 fields; expected five, minute, hour, day of month, month and day of week, such as `0 9 * * mon-fri`".into(),
        ),
        ("@daily", "schedule `@daily` is a macro; expected five fields, such as `0 0 * * *`".into()),
        ("@every 1h", "schedule `@every 1h` is a macro; expected five fields, such as `0 9 * * mon-fri`".into()),
        (
            "TZ=Asia/Tokyo 0 9 * * *",
            "schedule `TZ=Asia/Tokyo 0 9 * * *` names a time zone; expected five fields, and the zone as `timeZone`".into(),
        ),
        (
            "0 0 30 2 *",
            "schedule `0 0 30 2 *` never occurs; expected a day that one of its months has".into(),
        ),
        (
            "0 0 31 2,4,6,9,11 *",
            "schedule `0 0 31 2,4,6,9,11 *` never occurs; expected a day that one of its months has".into(),
        ),
        (
            "0\n0 30 2 *",
            "schedule `0\\n0 30 2 *` never occurs; expected a day that one of its months has".into(),
        ),
    ] {
        assert_eq!(line.parse::<Schedule>().unwrap_err().to_string(), expected);
    }
}

#[test]
fn rare_days_are_found() {
    for (line, from, expected) in [
        ("0 0 29 2 *", "2096-03-01T00:00", "2104-02-29T00:00"),
        ("0 0 29 2 *", "2024-02-28T23:59", "2024-02-29T00:00"),
        ("0 0 29 2 *", "2024-02-29T00:00", "2028-02-29T00:00"),
        // either day field
        ("0 0 30 2 mon", "2024-02-26T00:00", "2025-02-03T00:00"),
        ("0 0 13 * fri", "2024-09-07T00:00", "2024-09-13T00:00"),
        ("0 0 */2 * mon", "2024-01-01T00:00", "2024-01-03T00:00"),
        ("0 0 1-31 * mon", "2024-01-01T00:00", "2024-01-02T00:00"),
        // both, where one is not narrowed down
        ("0 0 */1 * mon", "2024-01-01T00:00", "2024-01-08T00:00"),
        ("0 0 *,1 * mon", "2024-01-01T00:00", "2024-01-08T00:00"),
        ("0 0 */2 * ?", "2024-01-01T00:00", "2024-01-03T00:00"),
        ("59 23 31 12 *", "2024-12-31T23:59", "2025-12-31T23:59"),
        ("*/25 9,17 * * *", "2024-01-01T09:25", "2024-01-01T09:50"),
        ("*/25 9,17 * * *", "2024-01-01T09:50", "2024-01-01T17:00"),
    ] {
        assert_eq!(schedule(line).first_after(civil(from)), Some(civil(expected)), "{line}");
    }
    assert_eq!(schedule("0 0 29 2 *").first_after(civil("9996-03-01T00:00")), None);
}

#[test]
fn the_last_time_is_found_as_the_first_is() {
    for line in
        ["*/25 9,17 * * *", "30 2 29 2 *", "0 0 31 * *", "59 23 * * sun", "0 12 13 */3 fri", "7 5-6 1,15 * *"]
    {
        let schedule = schedule(line);
        let mut time = civil("2023-01-15T00:00");
        for _ in 0..200 {
            let next = schedule.first_after(time).unwrap();
            let oldest = Date::constant(2000, 1, 1);
            assert_eq!(schedule.last_until(next, oldest), Some(next));
            let before = schedule.last_until(next.checked_sub(1.minute()).unwrap(), oldest).unwrap();
            assert_eq!(schedule.first_after(before), Some(next), "{line}");
            time = next;
        }
    }
}

#[test]
fn the_last_time_is_not_looked_for_before_the_oldest_month() {
    let schedule = schedule("0 0 1 1 *");
    let limit = civil("2024-05-05T00:00");
    assert_eq!(schedule.last_until(limit, Date::constant(2024, 1, 20)), Some(civil("2024-01-01T00:00")));
    assert_eq!(schedule.last_until(limit, Date::constant(2024, 2, 1)), None);
}

#[test]
fn pauses_and_days_off() {
    for (line, pause) in [
        ("0 9 * * *", 1440),
        ("* * * * *", 1),
        ("*/25 * * * *", 25),
        ("0 9,17 * * mon", 960),
        ("0,59 23 * * *", 1381),
    ] {
        assert_eq!(schedule(line).longest_pause(), pause, "{line}");
    }
    let monday = Date::constant(2024, 1, 1);
    for (line, day_off) in [
        ("0 9 * * *", None),
        ("0 9 1-31 * mon", None),
        ("0 9 */2 * 0-6", None),
        ("0 9 * * mon-fri", Some(Date::constant(2024, 1, 6))),
        ("0 9 * 1-6 *", Some(Date::constant(2024, 7, 1))),
        ("0 9 * * tue", Some(monday)),
        ("0 9 1-30 * mon-sat", Some(Date::constant(2024, 3, 31))),
    ] {
        assert_eq!(schedule(line).first_day_off(monday), day_off, "{line}");
    }
}
