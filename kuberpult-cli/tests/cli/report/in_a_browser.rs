//! The page in Chromium: it does what it should, and cannot be made to do anything else.

use kuberpult_test_browser::{Browser, Look, Page, program};
use serde_json::json;

use super::{address, hostile, page};
use crate::status::repository;

const WIDE: Look = Look { width: 1280, dark: false, without_scripts: false };
const PHONE: Look = Look { width: 390, dark: true, without_scripts: false };

/// A browser, or none where there is none, which is said.
fn browser() -> Option<Browser> {
    program().map(|program| Browser::start(&program))
}

/// The applications whose rows are shown.
fn shown(page: &mut Page<'_>) -> Vec<String> {
    let shown = page.evaluate(
        "[...document.querySelectorAll('#matrix tbody tr')].filter(row => row.checkVisibility()).map(row => row.cells[0].textContent)",
    );
    shown.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn choose(page: &mut Page<'_>, select: &str, option: &str) {
    let (select, option) = (json!(select), json!(option));
    page.evaluate(&format!(
        "{{ const select = document.querySelector({select}); select.value = {option}; \
         select.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
    ));
}

fn text(page: &mut Page<'_>, selector: &str) -> String {
    page.evaluate(&format!("document.querySelector({}).innerText", json!(selector)))
        .as_str()
        .unwrap()
        .to_owned()
}

/// Nothing was asked for but the page, and nobody complains.
fn is_quiet(page: &mut Page<'_>, address: &str) {
    assert_eq!(page.requests(), [address]);
    assert_eq!(page.complaints(), [""; 0]);
}

#[test]
fn filters_choose_what_is_shown() {
    let Some(mut browser) = browser() else { return };
    let terminal = repository();
    let address = address(&terminal, &super::page(&terminal, "report --html -"));
    let mut page = browser.open(&address, WIDE);
    let all = ["cart", "checkout", "ghost", "internal", "legacy", "payment"];
    assert_eq!(
        (shown(&mut page), text(&mut page, "#shown")),
        (all.map(String::from).to_vec(), "all 6 shown".into())
    );

    page.click("#search");
    page.type_text("C");
    assert_eq!(
        (shown(&mut page), text(&mut page, "#shown")),
        (vec!["cart".into(), "checkout".into(), "legacy".into()], "3 of 6 shown".into())
    );
    page.type_text("ar");
    assert_eq!(shown(&mut page), ["cart"]);
    assert_eq!(text(&mut page, "#queues tbody"), "", "of payment nothing is told any more");
    page.type_text("x");
    assert_eq!(shown(&mut page), [""; 0]);
    assert_eq!(text(&mut page, "#nothing"), "No application is shown with these filters.");

    page.click("#filters button");
    page.evaluate("new Promise(resolve => setTimeout(resolve))");
    assert_eq!(shown(&mut page), all);
    assert!(text(&mut page, "#queues tbody").starts_with("payment"));

    choose(&mut page, "#team", ":shop");
    assert_eq!(shown(&mut page), ["cart", "checkout", "internal"]);
    choose(&mut page, "#team", "none");
    assert_eq!(shown(&mut page), ["ghost"]);
    choose(&mut page, "#team", "any");
    page.click("#only");
    assert!(shown(&mut page).len() < all.len());
    choose(&mut page, "#environment", ":staging");
    let heads =
        "[...document.querySelectorAll('#matrix thead th')].filter(head => head.checkVisibility()).length";
    assert_eq!(page.evaluate(heads), 3, "application, team and staging");
    assert_eq!(shown(&mut page), ["cart", "payment"]);
    let trains = "[...document.querySelectorAll('details.train')].filter(train => !train.hidden).map(train => train.dataset.environment)";
    assert_eq!(page.evaluate(trains), json!(["staging"]));
    is_quiet(&mut page, &address);
}

#[test]
fn nothing_is_wider_than_the_window() {
    let Some(mut browser) = browser() else { return };
    let (ours, (hostile, hostile_page)) = (repository(), hostile::hostile_page());
    let pages = [
        address(&ours, &page(&ours, "--now 2024-05-03T23:00:00+02:00 report --html -")),
        address(&hostile, &hostile_page),
    ];
    for address in pages {
        for look in [WIDE, PHONE, Look { without_scripts: true, ..PHONE }] {
            let mut page = browser.open(&address, look);
            let wide =
                page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
            assert_eq!(wide, true, "{address} {look:?}");
            if look.width < 600 {
                // On a phone nothing is cut off either.
                let cut = "[...document.querySelectorAll('main *')].filter(one => one.checkVisibility()
                    && one.getBoundingClientRect().right > one.closest('tr, section').getBoundingClientRect().right + 1).map(one => one.outerHTML.slice(0, 200))";
                assert_eq!(page.evaluate(cut), json!([]), "{address}");
            }
            is_quiet(&mut page, &address);
        }
    }
}

#[test]
fn the_first_key_leads_past_the_head() {
    let Some(mut browser) = browser() else { return };
    let terminal = repository();
    let mut page = browser.open(&address(&terminal, &super::page(&terminal, "report --html -")), WIDE);
    page.press("Tab", 9);
    assert_eq!(page.evaluate("document.activeElement.innerText"), "Skip to the applications");
    assert_eq!(
        page.evaluate("document.activeElement.getBoundingClientRect().left >= 0"),
        true,
        "it can be seen"
    );
    assert_ne!(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
}

#[test]
fn without_scripts_all_can_be_read_and_no_filter_is_shown() {
    let Some(mut browser) = browser() else { return };
    let terminal = repository();
    let address = address(&terminal, &super::page(&terminal, "report --html -"));
    let mut page = browser.open(&address, Look { without_scripts: true, ..WIDE });
    assert_eq!(shown(&mut page).len(), 6);
    assert_eq!(page.evaluate("document.querySelector('#filters').checkVisibility()"), false);
    is_quiet(&mut page, &address);
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let Some(mut browser) = browser() else { return };
    let (terminal, hostile) = hostile::hostile_page();
    let address = address(&terminal, &hostile);
    for look in [WIDE, PHONE] {
        let mut page = browser.open(&address, look);
        assert_eq!(page.evaluate("document.scripts.length"), 1);
        assert_eq!(
            page.evaluate("document.querySelectorAll('img, svg [onload], [onclick], main b script').length"),
            0
        );
        assert_eq!(shown(&mut page), ["a<script>injected()<!-- & &amp; -->"]);
        // Filters take names as they are.
        choose(&mut page, "#team", ":t' onclick='bad()");
        assert_eq!(shown(&mut page).len(), 1);
        choose(&mut page, "#environment", ":e'><img src=x>&lt;");
        assert_eq!(text(&mut page, "#shown"), "all 1 shown");
        is_quiet(&mut page, &address);
    }
}

/// Should something be markup after all that nobody meant to be: the page's own policy is the second line of defence.
#[test]
fn what_is_injected_does_not_run() {
    let Some(mut browser) = browser() else { return };
    let terminal = repository();
    let ours = page(&terminal, "report --html -");
    let injected = [
        "<script>document.title = 'injected'</script>",
        "<img src=x onerror=\"document.title = 'injected'\">",
        "<a id=injected href=\"javascript:document.title = 'injected'\">x</a>",
        "<iframe srcdoc=\"<script>top.document.title = 'injected'</script>\"></iframe>",
        "<script src='data:text/javascript,document.title = 1'></script>",
        "<style>main { display: none }</style>",
        "<base href='https://evil.example.com/'>",
        "<form id=form action='https://evil.example.com/'><input name=a></form>",
    ];
    for injected in injected {
        let address = address(&terminal, &ours.replacen("<main>", &format!("<main>{injected}"), 1));
        let mut page = browser.open(&address, WIDE);
        let title = page.evaluate("document.title");
        page.evaluate(
            "document.querySelector('#injected')?.click(), document.querySelector('#form')?.submit()",
        );
        page.evaluate("new Promise(resolve => setTimeout(resolve, 50))");
        assert_eq!(page.evaluate("document.title"), title, "{injected}");
        assert_eq!(title.as_str().map(|title| title.contains("What is deployed")), Some(true));
        assert_eq!(shown(&mut page).len(), 6, "{injected}");
        assert!(page.evaluate("document.baseURI").as_str().unwrap().starts_with("file:"), "{injected}");
        let complaints = page.complaints();
        assert!(
            complaints.iter().any(|text| text.contains("Content Security Policy")),
            "{injected}: {complaints:?}"
        );
        let outside: Vec<String> =
            page.requests().into_iter().filter(|request| request.starts_with("http")).collect();
        assert_eq!(outside, [""; 0], "{injected}");
    }
}
