//! What holds for each key of each policy, from the table that lists them.

use crate::check;
use crate::diag::Diagnostics;
use crate::keys::rooms::{ROOMS, SYNONYMS};
use crate::written::{Key, Room, Takes};

/// An attribute with `example` behind the key, or in its parentheses, and with what else the key needs.
fn with_key(room: &Room, key: &Key, example: &str) -> String {
    let retry = match room.name {
        "retry" => "",
        "hedge" => ", retry, idempotent",
        _ => ", retry",
    };
    if room.is_headline(key) {
        return format!("{} = {example}{retry}", key.name);
    }
    let value = match key.takes {
        Takes::Tokens => format!("({example})"),
        Takes::Nothing => ", hedge = \"p95\"".to_owned(),
        _ => format!(" = {example}"),
    };
    let (first, beside) = match (room.name, key.name) {
        ("hedge", "after") => ("max = 2", ""),
        ("rate_limit", "rate") => ("\"api\"", ""),
        ("rate_limit", "max_keys") => ("\"100/s\"", ", key = tenant"),
        ("bulkhead", "max") | ("budget", "ratio") => ("\"db\"", ""),
        ("bulkhead", "priority") => ("10", ", queue = 20"),
        ("bulkhead", "algorithm") => ("\"adaptive\"", ", max = 10"),
        ("bulkhead", "min") => ("10", ", adaptive = \"aimd\""),
        (_, "slow_rate") => ("\"db\"", ", slow_call = \"1s\""),
        (_, "slow_call") => ("\"db\"", ", slow_rate = 0.5"),
        (_, "open_max") => ("\"db\"", ", open_growth = 2.0"),
        ("cache", "ttl") => ("name = \"users\"", ""),
        ("chaos", "latency") => ("\"db\"", ", latency_rate = 0.5"),
        ("chaos", "latency_rate") => ("\"db\"", ", latency = \"1s\""),
        ("chaos", "error") => ("\"db\"", ", error_rate = 0.5"),
        ("chaos", "error_rate") => ("\"db\"", ", error = Lost"),
        ("chaos", _) => ("\"db\"", if key.name == "panic_rate" { "" } else { ", panic_rate = 0.5" }),
        _ => (room.headline.as_ref().map_or("", |headline| headline.example), ""),
    };
    let policy = match &room.headline {
        // Nothing stands first.
        Some(headline) if room.name == "coalesce" => format!("{}({}{value})", headline.name, key.name),
        Some(headline) => format!("{}({first}, {}{value}{beside})", headline.name, key.name),
        None => format!("{}{value}", key.name),
    };
    let other = if key.name == "timeout" { "deadline = \"1m\"" } else { "timeout = \"1s\"" };
    format!("{policy}, {other}{retry}")
}

#[test]
fn every_example_is_accepted() {
    for room in ROOMS {
        for key in room.keys() {
            super::expansion(&with_key(room, key, key.example));
        }
    }
}

/// A value that no key understands, unless it takes any expression, and then writes it down.
#[test]
fn every_key_is_read() {
    const STRANGE: &str = "[STRANGE]";
    for room in ROOMS {
        for key in room.keys().filter(|key| key.takes != Takes::Nothing) {
            let attribute = with_key(room, key, STRANGE);
            let mut diagnostics = Diagnostics::default();
            let function = "async fn load(id: u64) -> Result<u64, Error> { Ok(id) }";
            drop(check::read(attribute.parse().unwrap(), &mut diagnostics));
            let written = crate::resilient::resilient(attribute.parse().unwrap(), &function.parse().unwrap());
            assert!(
                !diagnostics.is_empty() || written.to_string().contains("STRANGE"),
                "nobody reads it: {attribute}"
            );
        }
    }
}

#[test]
fn a_key_outside_of_groups_belongs_to_one_room() {
    let keys = ROOMS
        .iter()
        .flat_map(|room| room.keys().filter(|key| room.is_outside(key)))
        .map(|key| key.name)
        .collect::<Vec<_>>();
    assert!(keys.iter().all(|key| keys.iter().filter(|other| *other == key).count() == 1));
}

#[test]
fn every_synonym_leads_to_an_option() {
    let is_key = |name: &str| ROOMS.iter().any(|room| room.keys().any(|key| key.name == name));
    assert!(SYNONYMS.iter().all(|(other, ours)| is_key(ours) && !is_key(other)));
}

/// The documentation says so of those in its table.
#[test]
fn names_elsewhere_are_synonyms() {
    let (_, page) = include_str!("../resilient.md").split_once("# Names elsewhere").unwrap();
    let (table, _) = page.split_once("\n# ").unwrap();
    let theirs =
        table.lines().filter(|line| line.starts_with("| `")).flat_map(|line| line.splitn(3, " | ").skip(1));
    let names = theirs.flat_map(|cells| cells.split('`').skip(1).step_by(2)).map(|code| {
        let name = code.split(['(', ' ']).next().unwrap();
        let words = name.chars().flat_map(|letter| {
            let is_first = letter.is_uppercase();
            is_first.then_some('_').into_iter().chain(letter.to_lowercase())
        });
        words.collect::<String>().trim_start_matches('_').to_owned()
    });
    let names = names.collect::<Vec<_>>();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(SYNONYMS.iter().any(|(other, _)| *other == name), "`{name}`");
    }
}
