//! What the user wrote: the keys of the attribute with what stands behind each, before any value is read.
//!
//! A policy asks for its own keys here, by its [`Room`]; who puts them in is `keys`.

mod block;
mod clause;
mod room;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::Expr;

pub(crate) use self::clause::Clause;
pub(crate) use self::room::{Key, Room, Takes};
use crate::value::peel;

/// The word for a function without a policy.
pub(crate) const NONE: &str = "none";

/// The options the user wrote, each once and in its place.
#[derive(Clone, Default)]
pub(crate) struct Written {
    pub(crate) entries: Vec<Entry>,
    /// The keys outside of all groups, known or not, each with what follows it.
    pub(crate) outside: Vec<(Ident, Form)>,
    /// Whether something could not be understood, so that nothing can be said to be missing.
    pub(crate) unclear: bool,
    /// The policies that the attribute of the block may have, so that their settings stand for themselves.
    pub(crate) provided: Vec<&'static str>,
    /// Whether the attribute of a block is the default of it.
    pub(crate) is_of_block: bool,
    /// Whether the attribute of the block says nothing.
    pub(crate) block_is_empty: bool,
}

/// One key with what stands behind it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) room: &'static Room,
    pub(crate) key: &'static Key,
    pub(crate) ident: Ident,
    pub(crate) form: Form,
    /// The room in whose group it stands.
    pub(crate) group: Option<&'static Room>,
    /// Whether it says `"none"`, so that the function is without the policy.
    pub(crate) is_off: bool,
    /// Whether it only opens a group that does not begin with a value.
    pub(crate) is_silent: bool,
    /// Whether it stands in the attribute of the block.
    pub(crate) is_of_block: bool,
}

/// What stands behind a key.
pub(crate) struct Behind<'a> {
    pub(crate) key: Ident,
    /// Without parentheses around it; nothing for a key that stands alone.
    pub(crate) value: Option<&'a Expr>,
    /// What to underline when the value is at fault.
    pub(crate) tokens: TokenStream,
}

/// What follows a key.
#[derive(Clone)]
pub(crate) enum Form {
    /// Nothing.
    Word,
    /// `= value`
    Value(Expr),
    /// `(..)`
    List(TokenStream),
    /// Something unreadable, which was reported.
    Unreadable,
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
        // Not in every build of a user's, which asks this for each key that there is.
        #[cfg(test)]
        assert!(room.keys().any(|key| key.name == name), "`{name}` is no key of `{}`", room.name);
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

    /// Where the key `name` of `room` is.
    pub(crate) fn position(&self, room: &Room, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.room.name == room.name && entry.key.name == name)
    }
}

/// Those of the `keys` that are `meant`.
pub(crate) fn only<'a>(mut keys: Vec<&'a Ident>, meant: &dyn Fn(&Ident) -> bool) -> Vec<&'a Ident> {
    keys.retain(|key| meant(key));
    keys
}
