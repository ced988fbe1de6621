//! `budget`: retries are at most a share of the calls.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `budget` | ratio, a name, or the path of a `static RetryBudget` | `"20%"` | one of the function's own, the one of all who name it, or the one in the `static` |
//! | `ratio` | ratio | `"20%"` | the share of the calls that may be retried, for a budget that has a name |
//! | `floor` | whole number | 3 | retries in each window that few calls have too |
//! | `window` | duration | `"10s"` | what calls and retries are counted over |
//!
//! It belongs to `retry` and stands beside it or in its group: `retry("exp", budget = "10%")`. The settings stand in
//! a group of its own, behind the ratio or the name: `budget("db", ratio = "10%", floor = 5)`. A name without
//! settings refers to a budget that another function may configure. A string is a ratio when it is a number or ends
//! with a percent sign, and a name otherwise. A path alone is that of a `static`; `budget(ratio = SHARE)` takes a
//! constant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Lit};

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{
    Count, Duration, FromValue, Kind, Ratio, Setting, Target, Value, Wrong, checked, is_static, literal, set,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "budget",
    headline: Some(Key::new("budget", "\"20%\"").takes(Takes::Optional)),
    settings: &[Key::new("ratio", "\"20%\""), Key::new("floor", "3"), Key::new("window", "\"10s\"")],
    flat: false,
    within: Some("retry"),
};

static KIND: Kind = Kind {
    noun: "a budget",
    example: "db",
    policy: "RetryBudget",
    advice: "write a ratio, like \"20%\", a name, like \"db\", or the path of a `static RetryBudget`",
};

/// What stands first.
enum Headline {
    Ratio(Value<Ratio>),
    Target(Target),
}

impl FromValue for Headline {
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self::Target(Target::Own))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        if is_ratio(value) {
            Value::from_expr(value).map(Self::Ratio)
        } else {
            KIND.read(value).map(Self::Target)
        }
    }
}

/// Whether the first value is the ratio.
pub(crate) fn is_ratio(value: &Expr) -> bool {
    match literal(value) {
        Some((Lit::Str(text), false)) => {
            let text = text.value();
            text.trim_end().ends_with('%') || text.trim().parse::<f64>().is_ok()
        }
        Some((Lit::Int(_) | Lit::Float(_), _)) => true,
        Some(_) => false,
        None => !is_static(value),
    }
}

/// A budget, with the settings that the site gives it.
pub(crate) struct Budget {
    pub(crate) target: Setting<Target>,
    /// As the first value, or by its key.
    ratio: Option<Setting<Value<Ratio>>>,
    floor: Option<Setting<Value<Count>>>,
    window: Option<Setting<Value<Duration>>>,
}

/// The budget, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Budget> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let headline = clause.read("budget");
    let ratio = clause.read_in_room("ratio");
    let floor = clause.read_in_room("floor");
    let window = clause.read_in_room("window");
    let headline = headline?;
    let (target, ratio) = match &headline.value {
        Headline::Ratio(value) => (Target::Own, Some(headline.with(value.clone()))),
        Headline::Target(target) => (target.clone(), ratio),
    };
    Some(Budget { target: headline.with(target), ratio, floor, window })
}

impl Budget {
    /// Whether the ratio stands first, without its key.
    pub(crate) fn begins_with_ratio(&self) -> bool {
        self.ratio.as_ref().is_some_and(|ratio| ratio.key == ROOM.name)
    }

    /// The const checks of the settings.
    pub(crate) fn checks(&self, names: &Names) -> Vec<TokenStream> {
        let ratio = checked(self.ratio.as_ref(), "budget_ratio", names);
        let floor = checked(self.floor.as_ref(), "budget_floor", names);
        let window = checked(self.window.as_ref(), "budget_window", names);
        [ratio, floor, window].concat()
    }

    /// The part of the site that sets the budget.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let source = self.target.value.source("Source", self.config(names), names)?;
        Some(quote!(.budget(#source)))
    }

    /// The settings of the budget, if they are given here.
    pub(crate) fn config(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let ratio = set("ratio", self.ratio.as_ref(), names);
        let floor = set("floor", self.floor.as_ref(), names);
        let window = set("window", self.window.as_ref(), names);
        let is_set = ratio.is_some() || floor.is_some() || window.is_some();
        let is_own = matches!(self.target.value, Target::Own);
        let start = names.beginning("budget", &[], quote!(#private::BudgetConfig::new()));
        (is_set || is_own).then(|| quote!(#start #ratio #floor #window))
    }
}
