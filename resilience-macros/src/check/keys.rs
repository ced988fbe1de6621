//! One walk over all keys: unknown, misplaced and repeated ones, and keys without the value they need.
//!
//! It runs before any value is read, so that a policy only meets keys it knows, each once.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, Lit, parse_quote};

use super::place::place;
use crate::diag::Diagnostics;
use crate::policy::{self, Key, Room, Takes, fallback, preset, retry};
use crate::syntax::{self, Form, Item};
use crate::value::{literal, peel};

/// The word for a function without a policy.
pub(crate) const NONE: &str = "none";

/// The options the user wrote, each once and in its place.
#[derive(Clone, Default)]
pub(crate) struct Written {
    pub(super) entries: Vec<Entry>,
    /// The keys outside of all groups, known or not.
    pub(super) outside: Vec<Ident>,
    /// Whether something could not be understood, so that nothing can be said to be missing.
    pub(crate) unclear: bool,
    /// The policies that the attribute of the block may have, so that their settings stand for themselves.
    pub(super) provided: Vec<&'static str>,
    /// Whether the attribute of a block is the default of it.
    pub(crate) is_of_block: bool,
    /// Whether the attribute of the block says nothing.
    pub(super) block_is_empty: bool,
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) room: &'static Room,
    pub(super) key: &'static Key,
    pub(super) ident: Ident,
    pub(super) form: Form,
    /// The room in whose group it stands.
    pub(super) group: Option<&'static Room>,
    /// Whether it says `"none"`, so that the function is without the policy.
    pub(super) is_off: bool,
    /// Whether it only opens a group that does not begin with a value.
    pub(super) is_silent: bool,
    /// Whether it stands in the attribute of the block.
    pub(super) is_of_block: bool,
}

/// What stands behind a key.
pub(crate) struct Behind<'a> {
    pub(crate) key: Ident,
    /// Without parentheses around it; nothing for a key that stands alone.
    pub(crate) value: Option<&'a Expr>,
    /// What to underline when the value is at fault.
    pub(crate) tokens: TokenStream,
}

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
        written.outside.push(item.key.clone());
    }
    written.unclear = list.unclear;
    for item in list.keyed {
        written.add(item, None, diagnostics);
    }
    written
}

impl Written {
    /// Whether there is any key but these.
    pub(crate) fn has_other_than(&self, names: &[&str]) -> bool {
        self.entries.iter().any(|entry| !names.contains(&entry.key.name))
    }

    /// Whether there is nothing but plumbing, in the attribute of the block if there is one.
    pub(crate) fn is_empty(&self) -> bool {
        self.block_is_empty || !self.unclear && !self.has_other_than(&["crate"])
    }

    /// The keys of the policies that the function is to be without.
    pub(crate) fn off(&self) -> Vec<(&'static Room, &Ident)> {
        let mut off = Vec::new();
        for entry in &self.entries {
            if entry.is_off {
                off.push((entry.room, &entry.ident));
            }
        }
        off
    }

    /// The key of this name, whether its value is right or not. Names of settings that belong in a group are for
    /// [`setting`](Self::setting).
    pub(crate) fn find(&self, name: &str) -> Option<&Ident> {
        self.find_all(&[name]).first().copied()
    }

    /// Those of the names that are there, in the order they were written.
    pub(crate) fn find_all(&self, names: &[&str]) -> Vec<&Ident> {
        let mut found = Vec::new();
        for entry in &self.entries {
            let is_outside = !entry.is_off && entry.room.is_outside(entry.key);
            if is_outside && names.contains(&entry.key.name) {
                found.push(&entry.ident);
            }
        }
        found
    }

    /// The setting of this name of `room`, whether its value is right or not.
    pub(crate) fn setting(&self, room: &Room, name: &str) -> Option<&Ident> {
        let is_there = |entry: &Entry| {
            entry.room.name == room.name && entry.key.name == name && !room.is_headline(entry.key)
        };
        self.entries.iter().find(|entry| is_there(entry)).map(|entry| &entry.ident)
    }

    /// The settings of `room`, in the order they were written.
    pub(crate) fn settings(&self, room: &Room) -> Vec<&Ident> {
        let mut settings = Vec::new();
        for entry in &self.entries {
            if entry.room.name == room.name && !room.is_headline(entry.key) {
                settings.push(&entry.ident);
            }
        }
        settings
    }

    /// The tokens of a key that has a grammar of its own.
    pub(crate) fn tokens(&self, name: &str) -> Option<TokenStream> {
        for entry in &self.entries {
            if entry.key.name == name
                && let Form::List(tokens) = &entry.form
            {
                return Some(tokens.clone());
            }
        }
        None
    }

    /// What stands behind the key `name` of `room`, if it is there and can be read.
    pub(crate) fn behind(&self, room: &Room, name: &str) -> Option<Behind<'_>> {
        debug_assert!(room.keys().any(|key| key.name == name), "`{name}` is no key of `{}`", room.name);
        for Entry { room: of, key, ident, form, is_off, .. } in &self.entries {
            if key.name != name || of.name != room.name || *is_off {
                continue;
            }
            let value = match form {
                Form::Word => None,
                Form::Value(value) => Some(peel(value)),
                // A list has a grammar of its own; the unreadable was reported.
                Form::List(_) | Form::Unreadable => return None,
            };
            let tokens = value.map_or_else(|| ident.to_token_stream(), ToTokens::to_token_stream);
            return Some(Behind { key: ident.clone(), value, tokens });
        }
        None
    }

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
                diagnostics.push(&ident, policy::needs_value(&ident, group));
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
        preset::POLICIES.contains(&key.name) && self.outside.iter().any(|key| key == preset::ROOM.name)
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
    room.switches(key) && literal(peel(value)).is_some_and(|(lit, _)| none(lit))
}

/// Whether the value of `key` is a policy, and not a function, which may have any name.
fn takes_policy(room: &Room, key: &Key) -> bool {
    room.switches(key) && ![retry::ROOM.name, fallback::ROOM.name].contains(&room.name)
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
