//! The keys of a method over those of its block.
//!
//! A key is a policy's, wherever it stands: `max = 5` and `retry("exp", max = 5)` are one. What the block says and the
//! method makes useless, like the `factor` of a retry that is `"fixed"` in the method, is no mistake: it is dropped.

use proc_macro2::TokenStream;
use syn::Expr;

use super::rooms::ROOMS;
use super::walk::read_into;
use crate::diag::Diagnostics;
use crate::policy::preset::POLICIES;
use crate::policy::{budget, bulkhead, rate_limit};
use crate::value::peel;
use crate::written::{Entry, Form, Room, Written};

/// Walks over the tokens of a method's attribute, whose keys go before those of the `block`.
pub(crate) fn read(attribute: TokenStream, block: &Written, diagnostics: &mut Diagnostics) -> Written {
    let mut written = Written { block_is_empty: block.is_empty(), ..Written::default() };
    for room in &ROOMS {
        let Some(key) = &room.headline else { continue };
        let is_there = block.entries.iter().any(|entry| entry.key.name == key.name);
        let is_standard = written.block_is_empty && POLICIES.contains(&key.name);
        if is_there || is_standard || block.may_change_preset(key) {
            written.provided.push(key.name);
        }
    }
    read_into(written, attribute, diagnostics)
}

impl Written {
    /// With the keys of `block` that are not said here.
    pub(crate) fn over(mut self, block: &Self) -> Self {
        self.is_of_block = true;
        self.unclear |= block.unclear;
        for entry in &block.entries {
            if self.says(entry) {
                continue;
            }
            let opens = self.position(entry.room, entry.key.name);
            if let Some(opens) = opens {
                self.entries.remove(opens);
            }
            self.entries.push(Entry { is_of_block: true, ..entry.clone() });
        }
        self
    }

    /// Whether what `entry` of the block says is said here, in one way or the other.
    fn says(&self, entry: &Entry) -> bool {
        let headline = |room: &Room| room.headline.as_ref().map_or("", |headline| headline.name);
        let at = |name: &str| self.position(entry.room, name).map(|index| &self.entries[index]);
        let main = main_setting(entry.room);
        match at(entry.key.name) {
            // Its settings switch it on again.
            Some(own) if own.is_silent => {
                entry.is_off || main.is_some_and(|main| main.begins(entry) && at(main.name).is_some())
            }
            Some(_) => true,
            None => main.is_some_and(|main| {
                main.name == entry.key.name && at(headline(entry.room)).is_some_and(|own| main.begins(own))
            }),
        }
    }
}

/// The setting that a group may begin with, without its key.
struct Main {
    name: &'static str,
    is_meant: fn(&Expr) -> bool,
}

impl Main {
    /// Whether the group of `headline` begins with it.
    fn begins(&self, headline: &Entry) -> bool {
        matches!(&headline.form, Form::Value(value) if (self.is_meant)(peel(value)))
    }
}

fn main_setting(room: &Room) -> Option<Main> {
    let (name, is_meant): (_, fn(&Expr) -> bool) = match room.name {
        "rate_limit" => ("rate", rate_limit::is_rate),
        "bulkhead" => ("max", bulkhead::is_number),
        "budget" => ("ratio", budget::is_ratio),
        "hedge" => ("after", |_| true),
        _ => return None,
    };
    Some(Main { name, is_meant })
}
