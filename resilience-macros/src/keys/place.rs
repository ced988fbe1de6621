//! Where a key stands: the policy that it is one of there, or what to say of it.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::{Expr, Lit};

use super::rooms::{self, ROOMS, SYNONYMS};
use crate::diag::{choice, closest, list};
use crate::value::literal;
use crate::written::{Form, Key, NONE, Room, Takes};

/// The room and the key that `ident` names where it stands, or what is wrong with that; `outside` are the keys that
/// stand in no group.
pub(super) fn place(
    ident: &Ident,
    group: Option<&'static Room>,
    outside: &[(Ident, Form)],
) -> Result<(&'static Room, &'static Key), String> {
    let Some((room, key)) = rooms::find(ident, group) else {
        return Err(if ident == "skip" && group.is_none() {
            "`skip` stands alone, on a method whose block has the attribute; remove it, or what stands beside it"
                .to_owned()
        } else {
            unknown(ident, group)
        });
    };
    let is_headline = room.is_headline(key);
    match group {
        None if is_headline || room.flat => Ok((room, key)),
        None => Err(belongs(ident, outside)),
        Some(group) if room.name == group.name && !is_headline => Ok((room, key)),
        Some(group) if room.name == group.name => {
            Err(format!("the value of `{ident}` stands first in `{ident}(..)`, without its key"))
        }
        Some(group) if is_headline && room.within == Some(group.name) => Ok((room, key)),
        // A span's `name`, which is none of a policy's.
        Some(group) if ident == "name" && rooms::may_begin_with_name(group) => Err(format!(
            "the name stands first in the group, without its key; write `{}(\"db\", ..)`",
            group.name
        )),
        Some(group) if key.name == "fallback" => Err(format!(
            "`fallback` is outermost, and answers once when all else has failed; write it beside `{0}`, not in \
             `{0}(..)`",
            group.name
        )),
        Some(group) if is_headline || rooms::homes(ident).iter().any(|(room, _)| room.headline.is_none()) => {
            Err(format!("`{ident}` does not belong in `{0}(..)`; write it beside `{0}`", group.name))
        }
        Some(group) => {
            let mut rooms = Vec::new();
            for (room, _) in &rooms::homes(ident) {
                rooms.push(room.name);
            }
            let rooms = list(&rooms);
            Err(format!("`{ident}` is a setting of {rooms}, not of `{}`", group.name))
        }
    }
}

/// The message for a setting outside of its group: with several that it could belong in, those that are there.
fn belongs(ident: &Ident, outside: &[(Ident, Form)]) -> String {
    let mut likely = rooms::homes(ident);
    let form = |room: &Room| outside.iter().find(|(key, _)| key == room.name).map(|(_, form)| form);
    if likely.iter().any(|(room, _)| form(room).is_some()) {
        likely.retain(|(room, _)| form(room).is_some());
    }
    let mut groups = Vec::new();
    for (room, _) in &likely {
        groups.push(group_of(room));
    }
    let groups = choice(&groups);
    let example = match likely.first() {
        Some((room @ Room { headline: Some(headline), .. }, key)) => {
            let begins = begins(headline, key, form(room)).map(|begins| begins + ", ").unwrap_or_default();
            format!("; write `{}({begins}{ident} = ..)`", headline.name)
        }
        _ => String::new(),
    };
    format!("`{ident}` belongs in {groups}{example}")
}

/// What the group of `headline` begins with, as it was written, or else as an example beside `key`.
fn begins(headline: &Key, key: &Key, form: Option<&Form>) -> Option<String> {
    match form {
        Some(Form::Word) if headline.takes == Takes::Optional => None,
        Some(Form::List(_)) => Some("..".to_owned()),
        Some(Form::Value(value)) if !excludes(headline, key) && is_short(value) => {
            Some(value.to_token_stream().to_string().replace(' ', ""))
        }
        _ if excludes(headline, key) => None,
        _ => Some(headline.example.to_owned()),
    }
}

/// Whether `value` is a word, or a text that turns nothing off.
fn is_short(value: &Expr) -> bool {
    match literal(value) {
        Some((Lit::Str(text), _)) => text.value() != NONE,
        Some(_) => true,
        None => matches!(value, Expr::Path(_)),
    }
}

/// Whether what the `headline` shows as an example does not go with `key`: it is the same setting, or turns the policy
/// off.
fn excludes(headline: &Key, key: &Key) -> bool {
    headline.takes == Takes::ValueOr(key.name)
        || headline.example == key.example
        || headline.example == "\"none\""
}

/// How the group of `room` is written.
fn group_of(room: &Room) -> String {
    format!("{}(..)", room.name)
}

fn unknown(ident: &Ident, group: Option<&'static Room>) -> String {
    let name = ident.to_string();
    if let (None, Some(keyed)) = (group, rooms::keyed(&name)) {
        return format!("`{name}` is no option; write `{keyed}`");
    }
    let word = snake_case(&name);
    let options = options(group);
    let is_option = |name: &&str| group.is_none() || options.contains(name);
    let mut known = options.clone();
    for (theirs, ours) in &SYNONYMS {
        if is_option(ours) {
            known.push(theirs);
        }
    }
    // In the wrong place, but the right word all the same: the next message says where it belongs.
    let Some(mut likely) = closest(&word, &known).or_else(|| closest(&word, &all_settings())) else {
        return match group {
            Some(group) => format!("unknown option `{name}`; `{}(..)` takes {}", group.name, list(&options)),
            None => format!("unknown option `{name}`; write one of {}", list(&options)),
        };
    };
    for (theirs, ours) in &SYNONYMS {
        if *theirs == likely && is_option(ours) {
            likely = ours;
            break;
        }
    }
    let counts_attempts = likely == "max" && group.is_none_or(|group| group.name == "retry");
    let counts = if counts_attempts { ", which counts the first attempt too" } else { "" };
    let mut groups = Vec::new();
    for room in &ROOMS {
        if room.settings.iter().any(|key| key.name == likely) {
            groups.push(group_of(room));
        }
    }
    let place = if group.is_some() || options.contains(&likely) {
        String::new()
    } else {
        format!(" in {}", choice(&groups))
    };
    format!("unknown option `{name}`; did you mean `{likely}`{place}{counts}?")
}

/// The name as one of ours: other libraries write `MaxDelay` or `maxDelay`.
fn snake_case(name: &str) -> String {
    let (mut word, mut is_inside) = (String::new(), false);
    for letter in name.chars() {
        if letter.is_uppercase() && is_inside {
            word.push('_');
        }
        is_inside = letter.is_lowercase();
        word.extend(letter.to_lowercase());
    }
    word
}

/// What may stand in `group`, or outside of all groups.
fn options(group: Option<&'static Room>) -> Vec<&'static str> {
    let mut options = Vec::new();
    for room in &ROOMS {
        for key in room.keys() {
            let fits = match group {
                None => room.is_outside(key),
                Some(group) => room.name == group.name && !room.is_headline(key),
            };
            if fits {
                options.push(key.name);
            }
        }
    }
    for room in &ROOMS {
        if group.is_some_and(|group| room.within == Some(group.name)) {
            options.push(room.name);
        }
    }
    options
}

fn all_settings() -> Vec<&'static str> {
    let mut settings = Vec::new();
    for room in &ROOMS {
        for key in room.settings {
            settings.push(key.name);
        }
    }
    settings
}
