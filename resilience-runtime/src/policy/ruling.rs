//! What the rules of the policies say: the same words at compile time, in a `static` and at run time.

use core::fmt;

use crate::text::Text;

/// What a rule says of the values it was asked about.
#[must_use = "a ruling that nobody reads refuses nothing"]
#[derive(Clone, Copy, Debug)]
pub struct Ruling(Option<Text>);

/// There is nothing against the values.
pub(crate) const HOLDS: Ruling = Ruling(None);

/// The values are refused, with `text`.
pub(crate) const fn refuse(text: &Text) -> Ruling {
    Ruling(Some(*text))
}

/// Ends a rule with what another says, if that refuses.
macro_rules! require {
    ($rule:expr) => {
        match $rule {
            ruling if ruling.refuses() => return ruling,
            _ => {}
        }
    };
}
pub(crate) use require;

impl Ruling {
    pub(crate) const fn refuses(&self) -> bool {
        self.0.is_some()
    }

    /// Fails const evaluation with the sentence, at the place of the caller: the user's value.
    ///
    /// # Panics
    ///
    /// When the values are refused.
    #[track_caller]
    pub const fn hold(self) {
        if let Some(text) = self.0 {
            panic!("{}", text.as_str());
        }
    }

    /// The same for values that are known when the program runs.
    pub(crate) fn check(&self) -> Result<(), InvalidConfig> {
        self.0.as_ref().map_or(Ok(()), |text| Err(InvalidConfig { sentence: text.as_str().into() }))
    }
}

/// A configuration that makes no sense: one sentence says what is wrong and what to do, as the compiler does where the
/// same stands in the attribute.
///
/// ```
/// use resilience_runtime::{Breaker, BreakerConfig};
///
/// static DB: Breaker = Breaker::new("db", BreakerConfig::new());
///
/// let error = DB.reconfigure(BreakerConfig::new().failure_rate(50.0)).expect_err("a share is at most 1");
/// assert_eq!(
///     error.to_string(),
///     "`failure_rate` must be above 0 and at most 1; write a share like \"50%\" or 0.5",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidConfig {
    sentence: Box<str>,
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl core::error::Error for InvalidConfig {}

/// What `ruling` says against the values, if anything.
#[cfg(test)]
pub(crate) fn sentence(ruling: &Ruling) -> Option<String> {
    ruling.check().err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::text;

    const fn even(number: u32) -> Ruling {
        if !number.is_multiple_of(2) {
            return refuse(&text("not even"));
        }
        HOLDS
    }

    const fn both(one: u32, other: u32) -> Ruling {
        require!(even(one));
        even(other)
    }

    const _: () = both(2, 4).hold();

    #[test]
    fn the_first_rule_that_is_broken_says_so() {
        assert_eq!(sentence(&both(2, 4)), None);
        for (one, other) in [(1, 2), (2, 1), (1, 1)] {
            assert_eq!(sentence(&both(one, other)).as_deref(), Some("not even"));
        }
    }

    #[test]
    #[should_panic(expected = "not even")]
    fn what_is_refused_does_not_hold() {
        even(1).hold();
    }
}
