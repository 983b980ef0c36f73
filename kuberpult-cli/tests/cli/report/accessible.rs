//! What somebody needs who reads the page with a keyboard, a screen reader or tired eyes.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};

use super::{hostile, page, parsed};
use crate::status::repository;

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn attribute<'a>(element: &ElementRef<'a>, name: &str) -> &'a str {
    element.value().attr(name).unwrap_or_else(|| panic!("{} has no {name}", element.html()))
}

#[test]
fn everything_has_its_name_and_every_way_leads_somewhere() {
    for text in [page(&repository(), "report --html -"), hostile::hostile_page().1] {
        let page = parsed(&text);
        let mut ids = BTreeSet::new();
        for element in all(&page, "[id]") {
            let id = attribute(&element, "id");
            assert!(ids.insert(id), "`{id}` comes twice");
        }
        for link in all(&page, "a[href^='#']") {
            let target = &attribute(&link, "href")[1..];
            assert!(ids.contains(target), "{target}");
        }
        for name in ["aria-labelledby", "for"] {
            for element in all(&page, &format!("[{name}]")) {
                for id in attribute(&element, name).split(' ') {
                    assert!(ids.contains(id), "{name} {id}");
                }
            }
        }
        assert_eq!(attribute(&all(&page, "html")[0], "lang"), "en");
        for landmark in ["header", "nav[aria-label]", "main", "footer", "h1", "output[aria-live]", "title"] {
            assert_eq!(all(&page, landmark).len(), 1, "{landmark}");
        }
        for section in all(&page, "section") {
            attribute(&section, "aria-labelledby");
            assert_eq!(section.select(&Selector::parse("h2").unwrap()).count(), 1);
        }
        for table in all(&page, "table") {
            assert_eq!(table.select(&Selector::parse("caption").unwrap()).count(), 1);
        }
        for head in all(&page, "th") {
            let expected = if all(&page, "tbody th").contains(&head) { "row" } else { "col" };
            assert_eq!(attribute(&head, "scope"), expected);
        }
        // What scrolls can be reached with a keyboard, and says what it is.
        for region in all(&page, ".scroll") {
            assert_eq!((attribute(&region, "tabindex"), attribute(&region, "role")), ("0", "region"));
            attribute(&region, "aria-labelledby");
        }
        let labelled: BTreeSet<&str> =
            all(&page, "label").iter().map(|label| attribute(label, "for")).collect();
        for field in all(&page, "input, select") {
            assert!(labelled.contains(attribute(&field, "id")));
        }
        for link in all(&page, "a:not([href^='#'])") {
            assert!(attribute(&link, "href").starts_with("https://"));
        }
    }
}

/// The colours of a scheme by name, from the style sheet.
fn colours(scheme: &str) -> BTreeMap<String, [f64; 3]> {
    let declarations = scheme.split(';').filter_map(|declaration| declaration.trim().split_once(": #"));
    let colours = declarations.map(|(name, digits)| {
        let digit = |place: usize| digits.get(place..place + 1).unwrap();
        let channels = match digits.len() {
            3 => [0, 1, 2].map(|place| digit(place).repeat(2)),
            6 => [0, 2, 4].map(|place| format!("{}{}", digit(place), digit(place + 1))),
            _ => panic!("#{digits}"),
        };
        let name = name.rsplit("--").next().unwrap().to_owned();
        (name, channels.map(|channel| f64::from(u8::from_str_radix(&channel, 16).unwrap()) / 255.0))
    });
    colours.collect()
}

/// The contrast of two colours, as the Web Content Accessibility Guidelines 2.2 define it.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_stands_out_from_what_is_behind_it() {
    let style = include_str!("../../../src/report/page.css");
    let schemes: Vec<&str> =
        style.split(":root {").skip(1).map(|scheme| scheme.split('}').next().unwrap()).collect();
    assert_eq!(schemes.len(), 3, "light, dark and print");
    for scheme in schemes {
        let colours = colours(scheme);
        let text = [
            ("text", "page"),
            ("text", "raised"),
            ("muted", "page"),
            ("muted", "raised"),
            ("link", "page"),
            ("link", "raised"),
            ("blocked", "page"),
            ("blocked", "raised"),
            ("behind", "behind-back"),
            ("queued", "queued-back"),
            ("blocked", "blocked-back"),
            ("text", "queued-back"),
            ("blocked", "queued-back"),
        ];
        // What is no text needs less: outlines of what has the focus, and the bars of the calendar.
        let others = [("link", "page"), ("all-wait", "raised"), ("some-wait", "raised")];
        let pairs = text.map(|pair| (pair, 4.5)).into_iter().chain(others.map(|pair| (pair, 3.0)));
        for ((front, back), least) in pairs {
            let contrast = contrast(colours[front], colours[back]);
            assert!(contrast >= least, "{front} on {back}: {contrast:.2} in {scheme}");
        }
    }
}
