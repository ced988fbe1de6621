//! `preset`: a named set of policies, overridden key by key.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `preset` | `"critical"`, `"standard"`, `"batch"`, or a const `Preset` | `"standard"` for an attribute that says nothing | the policies the function has where the attribute says nothing else |
//!
//! What a constant holds is not known here. So all that depends on it is written for the most it can hold, and is
//! merged in const evaluation: `__RESILIENT_PRESET` is the preset, `__RESILIENT_PLAN` the preset with what the attribute
//! says in the place of its parts. Rules on several settings look at the plan.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

use crate::diag::{Diagnostics, closest, words};
use crate::names::Names;
use crate::value::{FromValue, Setting, Wrong, constant, literal, shown};
use crate::written::{Clause, Key, Room, Written};

pub(crate) static ROOM: Room = Room {
    name: "preset",
    headline: None,
    settings: &[Key::new("preset", "\"standard\"")],
    flat: true,
    within: None,
};

/// The keys of the policies that a preset may have.
pub(crate) const POLICIES: [&str; 8] =
    ["retry", "budget", "throttle", "breaker", "rate_limit", "bulkhead", "timeout", "deadline"];

/// The policies that can refuse a call.
pub(crate) const REJECTING: [&str; 6] =
    ["throttle", "breaker", "rate_limit", "bulkhead", "timeout", "deadline"];

const ADVICE: &str = "write \"critical\", \"standard\" or \"batch\", or the path of a const `Preset`";

/// As in the runtime's `Preset`.
const PRESETS: [(&str, (&str, &[&str])); 3] = [
    ("critical", ("CRITICAL", &["retry", "breaker", "rate_limit", "timeout"])),
    ("standard", ("STANDARD", &["retry", "budget", "breaker", "rate_limit", "timeout"])),
    ("batch", ("BATCH", &["retry", "breaker", "rate_limit", "timeout"])),
];

/// Whether a built-in preset has this name.
pub(crate) fn is_name(word: &str) -> bool {
    PRESETS.iter().any(|(name, _)| *name == word)
}

/// Which preset.
#[derive(Clone)]
pub(crate) enum Preset {
    /// A built-in one: its constant, and the policies in it.
    Known(&'static str, &'static [&'static str]),
    /// A constant of the user's.
    Const(Box<Expr>),
}

impl FromValue for Preset {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let known = |name: &str| PRESETS.iter().find(|(known, _)| *known == name);
        let Some((lit, negative)) = literal(value) else {
            let Expr::Path(path) = value else {
                return constant(value).map(|value| Self::Const(Box::new(value)));
            };
            return match path.path.get_ident().and_then(|ident| known(&ident.to_string())) {
                Some((name, _)) => Err(Wrong::new(format!(
                    "`{name}` is the name of a preset; write it in quotes: \"{name}\""
                ))),
                None => constant(value).map(|value| Self::Const(Box::new(value))),
            };
        };
        let text = shown(lit, negative);
        match known(&text).filter(|_| matches!(lit, Lit::Str(_))) {
            Some((_, (constant, policies))) => Ok(Self::Known(constant, policies)),
            None => Err(Wrong::new(match closest(&text.to_lowercase(), &words(&PRESETS)) {
                Some(likely) => format!("unknown preset `{text}`; did you mean `{likely}`?"),
                None => format!("`{text}` is not a preset; {ADVICE}"),
            })),
        }
    }
}

/// The preset, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Setting<Preset>> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    clause.read("preset")
}

impl Preset {
    /// The preset of an attribute that says nothing.
    pub(crate) fn implied(written: &Written) -> Option<Setting<Self>> {
        let [_, (_, (constant, policies)), _] = PRESETS;
        written.is_empty().then(|| Setting::implied(ROOM.name, Self::Known(constant, policies)))
    }

    /// Whether it has a policy of that key, as far as is known.
    pub(crate) fn may_have(&self, key: &str) -> bool {
        match self {
            Self::Known(_, policies) => policies.contains(&key),
            Self::Const(_) => POLICIES.contains(&key),
        }
    }

    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Known(..))
    }

    pub(crate) fn write(&self, names: &Names) -> TokenStream {
        let private = names.private();
        match self {
            Self::Known(constant, _) => {
                let constant = Ident::new(constant, Span::call_site());
                quote!(#private::Preset::#constant)
            }
            Self::Const(value) => quote!(#value),
        }
    }
}
