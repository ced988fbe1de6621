//! One walk over all keys: unknown, misplaced and repeated ones, and keys without the value they need.
//!
//! It runs before any value is read, so that a clause only meets keys it knows, each once.

use proc_macro2::{Ident, TokenStream};
use syn::Lit;

use crate::diag::{Diagnostics, choice, closest, list};
use crate::policy::{self, Key, ROOMS, Room, SYNONYMS, Takes, preset};
use crate::syntax::{self, Form, Item};
use crate::value::{Keys, literal, peel};

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
    written.outside = list.keyed.iter().map(|item| item.key.clone()).collect();
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
    pub(crate) fn off(&self) -> impl Iterator<Item = (&'static Room, &Ident)> {
        self.entries.iter().filter(|entry| entry.is_off).map(|entry| (entry.room, &entry.ident))
    }

    /// The key of this name, whether its value is right or not. Names of settings that belong in a group are for
    /// [`setting`](Self::setting).
    pub(crate) fn find(&self, name: &str) -> Option<&Ident> {
        self.find_all(&[name]).first().copied()
    }

    /// Those of the names that are there, in the order they were written.
    pub(crate) fn find_all(&self, names: &[&str]) -> Vec<&Ident> {
        let outside = |entry: &&Entry| entry.room.outside().any(|key| key.name == entry.key.name);
        let entries = self.entries.iter().filter(|entry| !entry.is_off).filter(outside);
        let entries = entries.filter(|entry| names.contains(&entry.key.name));
        entries.map(|entry| &entry.ident).collect()
    }

    /// The setting of this name of `room`, whether its value is right or not.
    pub(crate) fn setting(&self, room: &Room, name: &str) -> Option<&Ident> {
        self.settings(room).into_iter().find(|setting| *setting == name)
    }

    /// The settings of `room`, in the order they were written.
    pub(crate) fn settings(&self, room: &Room) -> Vec<&Ident> {
        let entries = self.entries.iter().filter(|entry| entry.room.name == room.name);
        let settings = entries.filter(|entry| room.settings.iter().any(|key| key.name == entry.key.name));
        settings.map(|entry| &entry.ident).collect()
    }

    /// The tokens of a key that has a grammar of its own.
    pub(crate) fn tokens(&self, name: &str) -> Option<TokenStream> {
        self.entries.iter().filter(|entry| entry.key.name == name).find_map(|entry| match &entry.form {
            Form::List(tokens) => Some(tokens.clone()),
            _ => None,
        })
    }

    /// What was written of the keys of `room`.
    pub(crate) fn clause<C: Keys>(&self, room: &Room) -> C {
        let mut clause = C::default();
        let entries = self.entries.iter().filter(|entry| entry.room.name == room.name);
        for Entry { key, ident, form, .. } in entries.filter(|entry| !entry.is_off) {
            match form {
                Form::Word => clause.set(key.name, ident, None),
                Form::Value(value) => clause.set(key.name, ident, Some(value)),
                // A list has a grammar of its own; the unreadable was reported.
                Form::List(_) | Form::Unreadable => {}
            }
        }
        clause
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
        let opens_group = room.headline.as_ref().is_some_and(|headline| headline.name == key.name);
        let form = match (form, key.takes) {
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
                if !group.unclear {
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

/// The room and the key that `ident` names where it stands, or what is wrong with that; `outside` are the keys that
/// stand in no group.
fn place(
    ident: &Ident,
    group: Option<&'static Room>,
    outside: &[Ident],
) -> Result<(&'static Room, &'static Key), String> {
    let Some((room, key)) = policy::find(ident, group) else {
        return Err(if ident == "skip" && group.is_none() {
            "`skip` stands alone, on a method whose block has the attribute; remove it, or what stands beside it"
                .to_owned()
        } else {
            unknown(ident, group)
        });
    };
    let is_headline = room.headline.as_ref().is_some_and(|headline| headline.name == key.name);
    match group {
        None if is_headline || room.flat => Ok((room, key)),
        None => Err(belongs(ident, outside)),
        Some(group) if room.name == group.name && !is_headline => Ok((room, key)),
        Some(group) if room.name == group.name => {
            Err(format!("the value of `{ident}` stands first in `{ident}(..)`, without its key"))
        }
        Some(group) if is_headline && room.within == Some(group.name) => Ok((room, key)),
        // A span's `name`, which is none of a policy's.
        Some(group) if ident == "name" && group.may_begin_with_name() => {
            let example = group.headline.as_ref().map_or("..", |headline| headline.example);
            Err(format!(
                "the name stands first in the group, without its key; write `{}({example}, ..)`",
                group.name
            ))
        }
        Some(group) if key.name == "fallback" => Err(format!(
            "`fallback` is outermost, and answers once when all else has failed; write it beside `{0}`, not in \
             `{0}(..)`",
            group.name
        )),
        Some(group) if is_headline || room.headline.is_none() => {
            Err(format!("`{ident}` does not belong in `{0}(..)`; write it beside `{0}`", group.name))
        }
        Some(group) => {
            let rooms = list(policy::homes(ident).map(|(room, _)| room.name));
            Err(format!("`{ident}` is a setting of {rooms}, not of `{}`", group.name))
        }
    }
}

/// The message for a setting outside of its group: with several that it could belong in, those that are there.
fn belongs(ident: &Ident, outside: &[Ident]) -> String {
    let rooms = || policy::homes(ident).map(|(room, _)| room);
    let mut likely = rooms().filter(|room| outside.iter().any(|key| key == room.name)).collect::<Vec<_>>();
    if likely.is_empty() {
        likely.extend(rooms());
    }
    let groups = choice(likely.iter().map(|room| format!("{}(..)", room.name)));
    let headline = likely.first().and_then(|room| room.headline.as_ref());
    let example = headline.map_or_else(String::new, |headline| {
        format!("; write `{}({}, {ident} = ..)`", headline.name, headline.example)
    });
    format!("`{ident}` belongs in {groups}{example}")
}

fn unknown(ident: &Ident, group: Option<&'static Room>) -> String {
    let name = ident.to_string();
    let settings = |room: &'static Room| room.settings.iter().map(|key| key.name);
    let outside = || ROOMS.iter().flat_map(|room| room.outside()).map(|key| key.name);
    let options = match group {
        None => outside().collect::<Vec<_>>(),
        Some(group) => {
            let within = ROOMS.iter().filter(|room| room.within == Some(group.name)).map(|room| room.name);
            settings(group).chain(within).collect()
        }
    };
    let synonyms = || SYNONYMS.iter().filter(|(_, ours)| group.is_none() || options.contains(ours));
    let near = closest(&name, options.iter().copied().chain(synonyms().map(|(theirs, _)| *theirs)));
    // In the wrong place, but the right word all the same: the next message says where it belongs.
    let likely = near.or_else(|| closest(&name, ROOMS.iter().flat_map(|room| settings(room))));
    if let Some(likely) = likely {
        let likely = synonyms().find(|(theirs, _)| *theirs == likely).map_or(likely, |(_, ours)| *ours);
        let counts_attempts = likely == "max" && group.is_none_or(|group| group.name == "retry");
        let counts = if counts_attempts { ", which counts the first attempt too" } else { "" };
        let rooms = ROOMS.iter().filter(|room| settings(room).any(|key| key == likely)).map(|room| room.name);
        let place = if group.is_some() || outside().any(|key| key == likely) {
            String::new()
        } else {
            format!(" in {}", choice(rooms.map(|room| format!("{room}(..)"))))
        };
        return format!("unknown option `{name}`; did you mean `{likely}`{place}{counts}?");
    }
    match group {
        Some(group) => format!("unknown option `{name}`; `{}(..)` takes {}", group.name, list(options)),
        None => format!("unknown option `{name}`; write one of {}", list(options)),
    }
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
