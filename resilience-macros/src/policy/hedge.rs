//! `hedge`: extra attempts beside one that is slow.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `hedge` | duration or percentile | | after how long an extra attempt joins those under way: `"200ms"`, or `"p95"` for as long as 95 % of the recent calls took |
//! | `after` | duration or percentile | | the same in the group, by its name |
//! | `max` | whole number | 1 | how many extra attempts there may be beside one |
//!
//! The settings stand in the group, behind the delay: `hedge("p95", max = 2)`. A percentile has up to four decimals.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

use super::timeout::Limit;
use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{
    Count, Duration, FromValue, Literal, Setting, Value, Wrong, checked, is_whole, literal, peel, write_or,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "hedge",
    headline: Some(Key::new("hedge", "\"p95\"").noun("a delay").takes(Takes::ValueOr("after"))),
    settings: &[Key::new("after", "\"200ms\"").noun("a delay"), Key::new("max", "2")],
    flat: false,
    within: None,
};

const DEFAULT_MAX: Count = Count(1);

/// After how long an extra attempt is started.
#[derive(Clone)]
pub(crate) enum Delay {
    Fixed(Value<Duration>),
    /// In millionths.
    Percentile(u32),
    /// In the group, by its name.
    Named,
}

impl Delay {
    /// Reads the number of `p95`.
    fn percentile(text: &str) -> Option<u32> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if !is_whole(whole) || !is_whole(fraction) || whole.len() > 3 || fraction.len() > 4 {
            return None;
        }
        // A percent is ten thousand millionths.
        format!("{whole}{fraction:0<4}").parse().ok()
    }
}

impl FromValue for Delay {
    /// The group has settings alone.
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self::Named)
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        const ADVICE: &str = "write a duration, like \"200ms\", or a percentile, like \"p95\"";
        match (literal(value), peel(value)) {
            (Some((Lit::Str(text), false)), _) => {
                let text = text.value();
                if let Some(percentile) = text.strip_prefix('p') {
                    return Self::percentile(percentile).map(Self::Percentile).ok_or_else(|| {
                        let message = "is not a percentile; write `p` and a number of at most four decimals";
                        Wrong::new(format!("`{text}` {message}, like \"p99.9\""))
                    });
                }
            }
            (None, Expr::Path(path)) => {
                let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
                if name.strip_prefix('p').and_then(Self::percentile).is_some() {
                    return Err(Wrong::new(format!("`{name}` needs quotes; write \"{name}\"")));
                }
            }
            _ => {}
        }
        Value::from_expr(value).map(Self::Fixed).map_err(|error| match literal(value) {
            // It may have been meant as a percentile.
            Some((Lit::Str(text), _)) if error.to_string() == Duration::refusal(text.value()) => {
                Wrong::new(format!("`{}` is not a delay; {ADVICE}", text.value()))
            }
            _ => error,
        })
    }
}

/// A hedge, with its settings.
pub(crate) struct Hedge {
    pub(crate) key: Ident,
    after: After,
    /// Whether the delay stands first, without its key.
    pub(crate) begins_with_after: bool,
    max: Option<Setting<Value<Count>>>,
}

enum After {
    Fixed(Setting<Value<Duration>>),
    Percentile(Setting<u32>),
}

/// The hedge, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Hedge> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let headline = clause.read("hedge");
    let after = clause.read_in_room("after");
    let max = clause.read_in_room("max");
    let headline = headline?;
    let key = headline.key.clone();
    let begins_with_after = !matches!(headline.value, Delay::Named);
    let delay = if begins_with_after { headline } else { after? };
    let after = match &delay.value {
        Delay::Fixed(value) => After::Fixed(delay.with(value.clone())),
        Delay::Percentile(millionths) => After::Percentile(delay.with(*millionths)),
        Delay::Named => return None,
    };
    Some(Hedge { key, after, begins_with_after, max })
}

impl Hedge {
    /// The const checks of the settings, alone and against the limits on time.
    pub(crate) fn checks(
        &self,
        timeout: Option<&Limit>,
        deadline: Option<&Limit>,
        names: &Names,
    ) -> Vec<TokenStream> {
        let mut checks = match &self.after {
            After::Percentile(after) => {
                let millionths = after.value;
                vec![names.check("hedge_percentile", &after.tokens, &[quote!(#millionths)])]
            }
            After::Fixed(after) => after.checks("hedge_after", names),
        };
        // Below the timeout it is below the deadline as well. With a preset the limits may be its own.
        let limit = timeout.map(|timeout| ("hedge_below_timeout", timeout));
        let limit = limit.or(deadline.map(|deadline| ("hedge_below_deadline", deadline)));
        let limit = limit.filter(|_| !names.has_preset);
        if let (After::Fixed(after), Some((rule, limit))) = (&self.after, limit) {
            checks.push(names.check(rule, &after.tokens, &[after.write(names), limit.write(names)]));
        }
        checks.extend(checked(self.max.as_ref(), "hedge_max", names));
        checks
    }

    /// The same against the limits of `plan`: the preset, with what the attribute says in the place of its parts.
    pub(crate) fn check_plan(&self, plan: &Ident, names: &Names) -> Option<TokenStream> {
        let After::Fixed(after) = &self.after else { return None };
        Some(names.check("plan_hedge", &after.tokens, &[after.write(names), quote!(&#plan)]))
    }

    /// How long a hedged attempt takes at most, each of its attempts being limited to `timeout`.
    pub(crate) fn longest(&self, timeout: TokenStream, names: &Names) -> TokenStream {
        match &self.after {
            // What it will be is not known before.
            After::Percentile(_) => timeout,
            After::Fixed(after) => {
                let (private, after, max) = (names.private(), after.write(names), self.write_max(names));
                quote!(#private::check::hedged_timeout(#timeout, #after, #max))
            }
        }
    }

    /// The part of the site that sets the hedge.
    pub(crate) fn site(&self, names: &Names) -> TokenStream {
        let (private, max) = (names.private(), self.write_max(names));
        match &self.after {
            After::Fixed(after) => {
                let after = after.write(names);
                quote!(.hedge(#private::Hedge::after(#after, #max)))
            }
            After::Percentile(millionths) => {
                let (latencies, millionths) = (names.latencies(), millionths.value);
                quote! {
                    .hedge({
                        static #latencies: #private::Latencies = #private::Latencies::new();
                        #private::Hedge::percentile(#millionths, &#latencies, #max)
                    })
                }
            }
        }
    }

    fn write_max(&self, names: &Names) -> TokenStream {
        write_or(self.max.as_ref(), &DEFAULT_MAX, names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_percentiles() {
        assert_eq!(Delay::percentile("95"), Some(950_000));
        assert_eq!(Delay::percentile("99.9"), Some(999_000));
        assert_eq!(Delay::percentile("99.9999"), Some(999_999));
        assert_eq!(Delay::percentile("0.5"), Some(5_000));
        // In range or not is for the runtime's check to say.
        assert_eq!(Delay::percentile("100"), Some(1_000_000));
        for text in ["", "-1", "1e1", ".5", "5.", "99.99999", "1000", "95%", " 95"] {
            assert_eq!(Delay::percentile(text), None, "{text}");
        }
    }
}
