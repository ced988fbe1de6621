//! The options of a policy, as its room names them.

/// One option of the attribute.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    /// What the value is called, with its article.
    pub(crate) noun: &'static str,
    /// A value, as the user would write it behind `=`; for messages.
    pub(crate) example: &'static str,
}

/// What may follow a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `= value`
    Value,
    /// `= value`, or nothing for the default.
    Optional,
    /// `= value`; in the group, the setting of this name may say it.
    ValueOr(&'static str),
    /// Nothing: that it is there is what it says.
    Nothing,
    /// `(..)` with a grammar of its own.
    Tokens,
    /// `= value`, or `(value, ..)`.
    Values,
}

impl Key {
    pub(crate) const fn new(name: &'static str, example: &'static str) -> Self {
        Self { name, takes: Takes::Value, noun: "a value", example }
    }

    pub(crate) const fn takes(self, takes: Takes) -> Self {
        Self { takes, ..self }
    }

    pub(crate) const fn noun(self, noun: &'static str) -> Self {
        Self { noun, ..self }
    }
}

/// The options of one policy.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: &'static str,
    /// The key that turns the policy on and also opens its group; without one the room has no group.
    pub(crate) headline: Option<Key>,
    pub(crate) settings: &'static [Key],
    /// Whether the settings may stand outside of the group.
    pub(crate) flat: bool,
    /// The room in whose group the headline may stand as well.
    pub(crate) within: Option<&'static str>,
}

impl Room {
    /// The headline and the settings.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.headline.iter().chain(self.settings)
    }

    /// Whether `key` is the one that opens the group.
    pub(crate) fn is_headline(&self, key: &Key) -> bool {
        self.headline.as_ref().is_some_and(|headline| headline.name == key.name)
    }

    /// Whether `key`, one of the room's, may stand outside of the group.
    pub(crate) fn is_outside(&self, key: &Key) -> bool {
        self.flat || self.is_headline(key)
    }
}
