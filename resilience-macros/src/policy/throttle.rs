//! `throttle`: stop calling, in part, what refuses in part.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `throttle` | nothing, a name, or the path of a `static Throttle` | | one of the function's own, the one of all who name it, or the one in the `static` |
//! | `k` | number | 2.0 | calls are shed when there are more than so many for each that is accepted |
//! | `window` | duration | `"2m"` | what calls are counted over |
//!
//! The settings stand in the group, behind the name if there is one: `throttle(k = 1.5)`,
//! `throttle("db", window = "1m")`. A name without settings refers to a throttle that another function may configure.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Lit};

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{
    Duration, FromValue, Kind, Number, Setting, Target, Value, Wrong, checked, literal, set, shown,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "throttle",
    headline: Some(Key::new("throttle", "\"db\"").takes(Takes::Optional)),
    settings: &[Key::new("k", "2.0"), Key::new("window", "\"2m\"")],
    flat: false,
    within: None,
};

static KIND: Kind = Kind {
    noun: "a throttle",
    example: "db",
    policy: "Throttle",
    advice: "write a name, like \"db\", the path of a `static Throttle`, or `throttle` alone",
};

/// Which throttle.
struct Headline(Target);

impl FromValue for Headline {
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self(Target::Own))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let number = literal(value).map(|(lit, negative)| (lit, shown(lit, negative)));
        match number.filter(|(_, text)| text.trim().parse::<f64>().is_ok()) {
            Some((Lit::Str(_) | Lit::Int(_) | Lit::Float(_), text)) => Err(Wrong::new(format!(
                "`{text}` is not a throttle; a number is its `k`: write `throttle(k = {text})`"
            ))),
            _ => KIND.read(value).map(Self),
        }
    }
}

/// A throttle, with the settings that the site gives it.
pub(crate) struct Throttle {
    pub(crate) target: Setting<Target>,
    k: Option<Setting<Value<Number>>>,
    window: Option<Setting<Value<Duration>>>,
}

/// The throttle, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Throttle> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let target = clause.read::<Headline>("throttle");
    let k = clause.read_in_room("k");
    let window = clause.read_in_room("window");
    let target = target?;
    Some(Throttle { target: target.with(target.value.0.clone()), k, window })
}

impl Throttle {
    /// The const checks of the settings.
    pub(crate) fn checks(&self, names: &Names) -> Vec<TokenStream> {
        let k = checked(self.k.as_ref(), "throttle_k", names);
        let window = checked(self.window.as_ref(), "throttle_window", names);
        [k, window].concat()
    }

    /// The part of the site that sets the throttle.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let source = self.target.value.source("Source", self.config(names), names)?;
        Some(quote!(.throttle(#source)))
    }

    /// The settings of the throttle, if they are given here.
    pub(crate) fn config(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let k = set("k", self.k.as_ref(), names);
        let window = set("window", self.window.as_ref(), names);
        let is_set = k.is_some() || window.is_some();
        let is_own = matches!(self.target.value, Target::Own);
        let start = names.beginning("throttle", &[], quote!(#private::ThrottleConfig::new()));
        (is_set || is_own).then(|| quote!(#start #k #window))
    }
}
