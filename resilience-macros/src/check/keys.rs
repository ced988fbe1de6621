//! One walk over all keys: unknown, misplaced and repeated ones, and keys without the value they need.
//!
//! It runs before darling, which then only meets keys it knows, each once.

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Meta, MetaNameValue, Path, Token};

use crate::diag::{Diagnostics, closest, list};
use crate::policy::{self, Key, PLANNED, ROOMS, Room, SYNONYMS, Takes};
use crate::syntax::{self, Form, Item};

/// The options the user wrote, each once and in its place.
#[derive(Debug, Default)]
pub(crate) struct Written {
    entries: Vec<Entry>,
    /// Whether something could not be understood, so that nothing can be said to be missing.
    pub(crate) unclear: bool,
}

#[derive(Debug)]
struct Entry {
    room: &'static Room,
    key: &'static Key,
    ident: Ident,
    form: Form,
    grouped: bool,
}

/// Walks over the tokens of the attribute and reports what does not belong there.
pub(crate) fn read(attribute: TokenStream, diagnostics: &mut Diagnostics) -> Written {
    let list = syntax::read(attribute, None, diagnostics);
    let mut written = Written { entries: Vec::new(), unclear: list.unclear };
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

    /// The key of this name, whether its value is right or not.
    pub(crate) fn find(&self, name: &str) -> Option<&Ident> {
        self.entries.iter().find(|entry| entry.key.name == name).map(|entry| &entry.ident)
    }

    /// Those of the names that are there, in the order they were written.
    pub(crate) fn find_all(&self, names: &[&str]) -> Vec<&Ident> {
        let entries = self.entries.iter().filter(|entry| names.contains(&entry.key.name));
        entries.map(|entry| &entry.ident).collect()
    }

    /// The settings that stand in the group of `room`.
    pub(crate) fn grouped(&self, room: &Room) -> Vec<&Ident> {
        let entries = self.entries.iter().filter(|entry| entry.grouped && entry.room.name == room.name);
        entries.map(|entry| &entry.ident).collect()
    }

    /// The tokens of a key that has a grammar of its own.
    pub(crate) fn tokens(&self, name: &str) -> Option<TokenStream> {
        self.entries.iter().filter(|entry| entry.key.name == name).find_map(|entry| match &entry.form {
            Form::List(tokens) => Some(tokens.clone()),
            _ => None,
        })
    }

    /// What darling makes of the keys of `room`.
    pub(crate) fn clause<C: FromMeta + Default>(&self, room: &Room, diagnostics: &mut Diagnostics) -> C {
        let entries = self.entries.iter().filter(|entry| entry.room.name == room.name);
        let items = entries.filter_map(Entry::meta).map(NestedMeta::Meta).collect::<Vec<_>>();
        C::from_list(&items).unwrap_or_else(|error| {
            diagnostics.add(error.into());
            C::default()
        })
    }

    fn add(&mut self, item: Item, group: Option<&'static Room>, diagnostics: &mut Diagnostics) {
        let Item { key: ident, form } = item;
        let (room, key) = match place(&ident, group) {
            Ok(found) => found,
            Err(message) => {
                self.unclear = true;
                return diagnostics.push(&ident, message);
            }
        };
        let grouped = group.is_some();
        if let Some(earlier) = self.entries.iter().find(|entry| entry.key.name == key.name) {
            return diagnostics.add(repeated(earlier, &ident, grouped));
        }
        let opens_group = room.headline.as_ref().is_some_and(|headline| headline.name == key.name);
        let form = match (form, key.takes) {
            (Form::List(tokens), _) if opens_group => {
                return self.add_group(ident, room, key, tokens, diagnostics);
            }
            (form @ Form::List(_), Takes::Tokens)
            | (form @ Form::Word, Takes::Optional)
            | (form @ Form::Value(_), Takes::Value | Takes::Optional)
            | (form @ Form::Unreadable, _) => form,
            (_, Takes::Tokens) => {
                let message = format_args!("`{ident}` takes a list; write `{ident}({})`", key.example);
                diagnostics.push(&ident, message);
                Form::Unreadable
            }
            (Form::Word, _) => {
                diagnostics.push(&ident, policy::needs_value(&ident));
                Form::Unreadable
            }
            (Form::List(_), _) => {
                let message =
                    format_args!("`{ident}` takes one value; write it as `{ident} = {}`", key.example);
                diagnostics.push(&ident, message);
                Form::Unreadable
            }
        };
        self.entries.push(Entry { room, key, ident, form, grouped });
    }

    /// `key(value, setting = .., ..)`
    fn add_group(
        &mut self,
        ident: Ident,
        room: &'static Room,
        key: &'static Key,
        tokens: TokenStream,
        diagnostics: &mut Diagnostics,
    ) {
        let group = syntax::read(tokens, Some(room), diagnostics);
        self.unclear |= group.unclear;
        let form = match (group.headline, key.takes) {
            (Some(value), _) => Form::Value(value),
            (None, Takes::Optional) => Form::Word,
            (None, _) => {
                if !group.unclear {
                    let message = format!(
                        "`{ident}(..)` begins with {}; write `{ident}({}, ..)`",
                        key.noun, key.example
                    );
                    diagnostics.push(&ident, message);
                }
                Form::Unreadable
            }
        };
        self.entries.push(Entry { room, key, ident, form, grouped: false });
        for item in group.keyed {
            self.add(item, Some(room), diagnostics);
        }
    }
}

impl Entry {
    fn meta(&self) -> Option<Meta> {
        let path = Path::from(self.ident.clone());
        match &self.form {
            Form::Word => Some(Meta::Path(path)),
            Form::Value(value) => Some(name_value(path, value.clone())),
            // A list has a grammar of its own; the unreadable was reported.
            Form::List(_) | Form::Unreadable => None,
        }
    }
}

fn name_value(path: Path, value: Expr) -> Meta {
    Meta::NameValue(MetaNameValue { path, eq_token: Token![=](Span::call_site()), value })
}

/// The room and the key that `ident` names where it stands, or what is wrong with that.
fn place(ident: &Ident, group: Option<&'static Room>) -> Result<(&'static Room, &'static Key), String> {
    match (policy::find(ident), group) {
        (Some((room, key)), None) => {
            let is_headline = room.headline.as_ref().is_some_and(|headline| headline.name == key.name);
            match &room.headline {
                Some(headline) if !room.flat && !is_headline => Err(format!(
                    "`{ident}` belongs in `{0}(..)`; write `{0}({1}, {ident} = ..)`",
                    room.name, headline.example
                )),
                _ => Ok((room, key)),
            }
        }
        (Some((room, key)), Some(group)) if room.name == group.name => {
            if group.settings.iter().any(|setting| setting.name == key.name) {
                return Ok((room, key));
            }
            Err(format!("the value of `{ident}` stands first in `{ident}(..)`, without its key"))
        }
        (Some((room, _)), Some(group)) => Err(match &room.headline {
            Some(headline) if ident != headline.name => {
                format!("`{ident}` is a setting of `{}`, not of `{}`", room.name, group.name)
            }
            _ => format!("`{ident}` does not belong in `{0}(..)`; write it beside `{0}`", group.name),
        }),
        (None, _) if PLANNED.iter().any(|planned| ident == planned) => {
            Err(format!("`{ident}` is not available in this version"))
        }
        (None, group) => Err(unknown(ident, group)),
    }
}

fn unknown(ident: &Ident, group: Option<&'static Room>) -> String {
    let name = ident.to_string();
    let settings = |room: &'static Room| room.settings.iter().map(|key| key.name);
    let top = |room: &'static Room| {
        let flat = settings(room).filter(|_| room.flat);
        room.headline.iter().map(|key| key.name).chain(flat).collect::<Vec<_>>()
    };
    let options = group.map_or_else(
        || ROOMS.iter().flat_map(|room| top(room)).collect(),
        |group| settings(group).collect::<Vec<_>>(),
    );
    let synonyms = || SYNONYMS.iter().filter(|(_, ours)| group.is_none() || options.contains(ours));
    let near = closest(&name, options.iter().copied().chain(synonyms().map(|(theirs, _)| *theirs)));
    // In the wrong place, but the right word all the same: the next message says where it belongs.
    let likely = near.or_else(|| closest(&name, ROOMS.iter().flat_map(|room| settings(room))));
    if let Some(likely) = likely {
        let likely = synonyms().find(|(theirs, _)| *theirs == likely).map_or(likely, |(_, ours)| *ours);
        let counts = if likely == "max" { ", which counts the first attempt too" } else { "" };
        let room = ROOMS.iter().find(|room| !room.flat && settings(room).any(|key| key == likely));
        let place = match room.filter(|_| group.is_none()) {
            Some(room) => format!(" in `{}(..)`", room.name),
            None => String::new(),
        };
        return format!("unknown option `{name}`; did you mean `{likely}`{place}{counts}?");
    }
    match group {
        Some(group) => format!("unknown option `{name}`; `{}(..)` takes {}", group.name, list(options)),
        None => format!("unknown option `{name}`; write one of {}", list(options)),
    }
}

/// The same key twice: one caret, or both when the two places differ.
fn repeated(earlier: &Entry, later: &Ident, grouped: bool) -> syn::Error {
    let name = earlier.key.name;
    if earlier.grouped == grouped {
        return syn::Error::new_spanned(later, format_args!("`{name}` is written twice; remove one"));
    }
    let group = earlier.room.name;
    let places =
        format_args!("`{name}` is written both in `{group}(..)` and beside it; remove one").to_string();
    let mut error = syn::Error::new_spanned(later, places);
    error.combine(syn::Error::new_spanned(&earlier.ident, format_args!("`{name}` is also written here")));
    error
}
