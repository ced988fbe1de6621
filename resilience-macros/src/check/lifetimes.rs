//! The lifetimes in a type, by name and elided.

use syn::{Lifetime, Type, TypeReference};

use crate::types::{Part, walk};

/// The lifetimes in a type.
#[derive(Default)]
pub(super) struct Lifetimes {
    pub(super) named: Vec<Lifetime>,
    /// Those of `&'a mut`.
    pub(super) exclusive: Vec<Lifetime>,
    pub(super) elided: usize,
    pub(super) elided_exclusive: bool,
}

impl Lifetimes {
    pub(super) fn of(ty: &Type) -> Self {
        let mut lifetimes = Self::default();
        walk(&mut ty.clone(), &mut |part| {
            match part {
                Part::Type(Type::Reference(reference)) => lifetimes.add_reference(reference),
                Part::Type(_) | Part::Declared(_) => {}
                Part::Lifetime(lifetime) if lifetime.ident == "_" => lifetimes.elided += 1,
                Part::Lifetime(lifetime) => lifetimes.named.push(lifetime.clone()),
            }
            true
        });
        lifetimes
    }

    fn add_reference(&mut self, reference: &TypeReference) {
        let is_exclusive = reference.mutability.is_some();
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident != "_" => {
                if is_exclusive {
                    self.exclusive.push(lifetime.clone());
                }
            }
            Some(_) => self.elided_exclusive |= is_exclusive,
            None => {
                self.elided += 1;
                self.elided_exclusive |= is_exclusive;
            }
        }
    }
}
