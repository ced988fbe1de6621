//! Which keys are a method's own, and which are those of its block.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use super::{Form, Room, Written, only};
use crate::value::peel;

impl Written {
    /// How many keys the attribute itself has.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Everything but the key at `index`.
    pub(crate) fn without(&self, index: usize) -> Self {
        let mut rest = self.clone();
        rest.entries.remove(index);
        rest
    }

    /// What to underline when the value of the key at `index` is at fault.
    pub(crate) fn value(&self, index: usize) -> TokenStream {
        let entry = &self.entries[index];
        match &entry.form {
            Form::Value(value) => peel(value).to_token_stream(),
            Form::Word | Form::List(_) | Form::Unreadable => entry.ident.to_token_stream(),
        }
    }

    /// Those of the keys that the attribute itself has.
    pub(crate) fn own<'a>(&self, keys: &[&'a Ident]) -> Vec<&'a Ident> {
        only(keys.to_vec(), &|key| self.of_block(key).is_none())
    }

    /// Where the block's entry is that `key` was taken from.
    pub(crate) fn of_block(&self, key: &Ident) -> Option<usize> {
        self.entries.iter().position(|entry| entry.is_of_block && std::ptr::eq(&raw const entry.ident, key))
    }

    /// Whether a setting was taken from the block.
    pub(crate) fn is_from_block(&self, room: &Room, name: &str) -> bool {
        self.setting(room, name).is_some_and(|key| self.of_block(key).is_some())
    }

    /// Drops the entries at these places; whether there are any.
    pub(crate) fn drop_idle(&mut self, mut idle: Vec<usize>) -> bool {
        idle.sort_unstable();
        idle.dedup();
        for index in idle.iter().rev() {
            self.entries.remove(*index);
        }
        !idle.is_empty()
    }
}
