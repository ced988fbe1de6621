//! One walk over all keys: unknown, misplaced and repeated ones, and keys without the value they need.
//!
//! It runs before any value is read, so that a policy only meets keys it knows, each once.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, Lit, parse_quote};

use super::place::place;
use super::rooms;
use super::syntax::{self, Item};
use crate::diag::Diagnostics;
use crate::policy::{fallback, preset, retry};
use crate::value::{literal, peel};
use crate::written::{Entry, Form, Key, NONE, Room, Takes, Written};

/// Walks over the tokens of the attribute and reports what does not belong there.
pub(crate) fn read(attribute: TokenStream, diagnostics: &mut Diagnostics) -> Written {
    read_into(Written::default(), attribute, diagnostics)
}

/// The same, into an attribute without keys.
pub(super) fn read_into(
    mut written: Written,
    attribute: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Written {
    let list = syntax::read(attribute, None, diagnostics);
    for item in &list.keyed {
        written.outside.push((item.key.clone(), item.form.clone()));
    }
    written.unclear = list.unclear;
    for item in list.keyed {
        written.add(item, None, diagnostics);
    }
    written
}

impl Written {
    fn add(&mut self, item: Item, group: Option<&'static Room>, diagnostics: &mut Diagnostics) {
        let Item { key: ident, form } = item;
        let (room, key) = match place(&ident, group, &self.outside) {
            Ok(found) => found,
            Err(message) => {
                self.unclear = true;
                return diagnostics.push(&ident, message);
            }
        };
        let is_same = |entry: &&Entry| entry.room.name == room.name && entry.key.name == key.name;
        if let Some(earlier) = self.entries.iter().find(is_same) {
            return diagnostics.add(repeated(earlier, &ident, group));
        }
        let opens_group = room.is_headline(key);
        let form = match (form, key.takes) {
            (Form::Value(value), _) if takes_policy(room, key) && is_none_without_quotes(&value) => {
                diagnostics.push(&value, "`none` stands for no policy; write it in quotes: \"none\"");
                Form::Value(parse_quote!("none"))
            }
            (Form::List(tokens), _) if opens_group => {
                return self.add_group(Entry::new(room, key, ident, Form::Word, group), tokens, diagnostics);
            }
            (form @ Form::List(_), Takes::Tokens | Takes::Values)
            | (form @ Form::Word, Takes::Optional | Takes::Nothing)
            | (form @ Form::Value(_), Takes::Value | Takes::Optional | Takes::ValueOr(_) | Takes::Values)
            | (form @ Form::Unreadable, _) => form,
            (_, Takes::Tokens) => {
                let message = format_args!("`{ident}` takes a list; write `{ident}({})`", key.example);
                diagnostics.push(&ident, message);
                Form::Unreadable
            }
            (_, Takes::Nothing) => {
                diagnostics.push(&ident, format_args!("`{ident}` takes no value; write it alone"));
                Form::Unreadable
            }
            (Form::Word, _) => {
                diagnostics.push(&ident, rooms::needs_value(&ident, group));
                Form::Unreadable
            }
            (Form::List(_), _) => {
                let message =
                    format_args!("`{ident}` takes one value; write it as `{ident} = {}`", key.example);
                diagnostics.push(&ident, message);
                Form::Unreadable
            }
        };
        self.entries.push(Entry::new(room, key, ident, form, group));
    }

    /// Whether there is a preset that may have the policy of `key`, so that its settings stand for themselves.
    pub(super) fn may_change_preset(&self, key: &Key) -> bool {
        preset::POLICIES.contains(&key.name) && self.outside.iter().any(|(key, _)| key == preset::ROOM.name)
    }

    /// Whether the settings of the policy of `key` may stand for themselves.
    fn may_change(&self, key: &Key) -> bool {
        self.provided.contains(&key.name) || self.may_change_preset(key)
    }

    /// `key(value, setting = .., ..)`
    fn add_group(&mut self, mut entry: Entry, tokens: TokenStream, diagnostics: &mut Diagnostics) {
        let (room, key) = (entry.room, entry.key);
        let group = syntax::read(tokens, Some(room), diagnostics);
        self.unclear |= group.unclear;
        entry.form = match (group.headline, key.takes) {
            (Some(value), _) => Form::Value(value),
            (None, Takes::Optional) => Form::Word,
            // Of the policy that the block or the preset has only these are changed.
            (None, _) if self.may_change(key) && !group.keyed.is_empty() => Form::Word,
            (None, Takes::ValueOr(name)) if group.keyed.iter().any(|item| item.key == name) => Form::Word,
            (None, _) => {
                // What is misplaced or unknown may be meant to say it.
                let is_placed = |item: &Item| place(&item.key, Some(room), &self.outside).is_ok();
                if !group.unclear && group.keyed.iter().all(is_placed) {
                    let message = format!(
                        "`{0}(..)` begins with {1}; write `{0}({2}, ..)`",
                        key.name, key.noun, key.example
                    );
                    diagnostics.push(&entry.ident, message);
                }
                Form::Unreadable
            }
        };
        entry.is_off = says_none(room, key, &entry.form);
        entry.is_silent = matches!(entry.form, Form::Word) && !group.keyed.is_empty();
        self.entries.push(entry);
        for item in group.keyed {
            self.add(item, Some(room), diagnostics);
        }
    }
}

impl Entry {
    fn new(
        room: &'static Room,
        key: &'static Key,
        ident: Ident,
        form: Form,
        group: Option<&'static Room>,
    ) -> Self {
        let is_off = says_none(room, key, &form);
        Self { room, key, ident, form, group, is_off, is_silent: false, is_of_block: false }
    }
}

/// Whether the value of `key` is `"none"`, where that stands for no policy.
fn says_none(room: &Room, key: &Key, form: &Form) -> bool {
    let Form::Value(value) = form else { return false };
    let none = |lit: &Lit| matches!(lit, Lit::Str(text) if text.value() == NONE);
    rooms::switches(room, key) && literal(peel(value)).is_some_and(|(lit, _)| none(lit))
}

/// Whether the value of `key` is a policy, and not a function, which may have any name.
fn takes_policy(room: &Room, key: &Key) -> bool {
    rooms::switches(room, key) && ![retry::ROOM.name, fallback::ROOM.name].contains(&room.name)
}

fn is_none_without_quotes(value: &Expr) -> bool {
    matches!(peel(value), Expr::Path(path) if path.path.is_ident(NONE))
}

/// The same key twice: one caret, or both when the two places differ.
fn repeated(earlier: &Entry, later: &Ident, group: Option<&Room>) -> syn::Error {
    let name = earlier.key.name;
    let (Some(outer), true) = (earlier.group.or(group), earlier.group.is_some() != group.is_some()) else {
        return syn::Error::new_spanned(later, format_args!("`{name}` is written twice; remove one"));
    };
    let places = format_args!("`{name}` is written both in `{}(..)` and beside it; remove one", outer.name)
        .to_string();
    let mut error = syn::Error::new_spanned(later, places);
    error.combine(syn::Error::new_spanned(&earlier.ident, format_args!("`{name}` is also written here")));
    error
}
