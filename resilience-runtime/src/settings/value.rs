//! Values in the attribute's words, read by `serde`.

use core::fmt::{self, Formatter};
use core::marker::PhantomData;
use core::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::policy::breaker::Window;
use crate::policy::bulkhead::Adaptive;
use crate::policy::limiter::{Algorithm, Rate};

/// A value as somebody wrote it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Written<T>(pub(super) T);

/// What can be written. A format gives what it has: a text, a number, or whether something is so.
pub(super) trait Value: Sized {
    /// What is expected, for a message: "expected .."
    const EXPECTED: &'static str;

    fn of_text(text: &str) -> Option<Self>;

    fn of_whole(_: u64) -> Option<Self> {
        None
    }

    fn of_fraction(_: f64) -> Option<Self> {
        None
    }

    fn of_bool(_: bool) -> Option<Self> {
        None
    }
}

impl<'de, T: Value> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData)).map(Self)
    }
}

struct Reader<T>(PhantomData<T>);

impl<T: Value> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::of_text(text.trim()).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::of_whole(number).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let value = u64::try_from(number).ok().and_then(T::of_whole);
        value.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::of_fraction(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_bool<E: Error>(self, is_so: bool) -> Result<T, E> {
        T::of_bool(is_so).ok_or_else(|| E::invalid_value(Unexpected::Bool(is_so), &self))
    }
}

/// The digits before and after the point, if `text` is nothing else.
fn digits(text: &str) -> Option<(&str, &str)> {
    let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    (is_whole(whole) && is_whole(fraction)).then_some((whole, fraction))
}

/// `f64` reads exponents and infinities too, which nobody means.
fn decimal(text: &str) -> Option<f64> {
    digits(text).and_then(|_| text.parse().ok())
}

impl Value for u32 {
    const EXPECTED: &'static str = "a whole number, at most 4294967295";

    fn of_text(text: &str) -> Option<Self> {
        digits(text).and_then(|_| text.parse().ok())
    }

    fn of_whole(number: u64) -> Option<Self> {
        number.try_into().ok()
    }
}

impl Value for u64 {
    const EXPECTED: &'static str = "a whole number";

    fn of_text(text: &str) -> Option<Self> {
        digits(text).and_then(|_| text.parse().ok())
    }

    fn of_whole(number: u64) -> Option<Self> {
        Some(number)
    }
}

/// A factor. What its range is, the rules of the policy say.
impl Value for f64 {
    const EXPECTED: &'static str = "a number, like 2.0";

    fn of_text(text: &str) -> Option<Self> {
        decimal(text)
    }

    fn of_whole(number: u64) -> Option<Self> {
        u32::try_from(number).ok().map(Self::from)
    }

    fn of_fraction(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "true or false";

    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn of_bool(is_so: bool) -> Option<Self> {
        Some(is_so)
    }
}

/// A share of a whole. Not of a whole number: 50 could be a percentage, and 1 either.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share(pub(super) f64);

impl Value for Share {
    const EXPECTED: &'static str = "a ratio: a percentage like \"50%\", or a share like 0.5";

    fn of_text(text: &str) -> Option<Self> {
        let Some(percent) = text.strip_suffix('%').map(str::trim_end) else {
            return text.contains('.').then(|| decimal(text)).flatten().map(Self);
        };
        digits(percent)?;
        // Divided by 100 a fraction would be rounded twice: 1.1 % would be more than 11 of 1000 calls.
        format!("{percent}e-2").parse().ok().map(Self)
    }

    fn of_fraction(number: f64) -> Option<Self> {
        Some(Self(number))
    }
}

/// The units of time, in nanoseconds.
const UNITS: [(&str, u128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3_600 * 1_000_000_000),
    ("d", 86_400 * 1_000_000_000),
];

impl Value for Duration {
    const EXPECTED: &'static str =
        "a duration: a number and a unit (ns, us, ms, s, m, h or d), like \"250ms\"";

    fn of_text(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let (whole, fraction) = digits(number)?;
        let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?;
        let fraction = fraction.trim_end_matches('0');
        // An empty fraction has no digits to parse.
        let part = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()? };
        let part = part.checked_mul(*nanos)?;
        let scale = 10_u128.checked_pow(fraction.len().try_into().ok()?)?;
        let whole = whole.parse::<u128>().ok()?.checked_mul(*nanos)?;
        let total = whole.checked_add(part / scale)?;
        // Nothing finer than a nanosecond, and nothing longer than five centuries, as in the attribute.
        if part % scale == 0 { total.try_into().ok().map(Self::from_nanos) } else { None }
    }
}

impl Value for Rate {
    const EXPECTED: &'static str = "a rate: a count and a time, like \"100/s\" or \"5/250ms\"";

    fn of_text(text: &str) -> Option<Self> {
        let (count, period) = text.split_once('/')?;
        let (count, period) = (u32::of_text(count.trim_end())?, period.trim_start());
        // A unit alone is one of it.
        let is_unit = period.starts_with(|first: char| first.is_ascii_alphabetic());
        let period =
            if is_unit { Duration::of_text(&format!("1{period}")) } else { Duration::of_text(period) };
        Some(Self::new(count, period?))
    }
}

impl Value for Window {
    const EXPECTED: &'static str = "a number of calls like 100, or a time like \"60s\"";

    fn of_text(text: &str) -> Option<Self> {
        u32::of_text(text).map(Self::Calls).or_else(|| Duration::of_text(text).map(Self::Time))
    }

    fn of_whole(number: u64) -> Option<Self> {
        u32::of_whole(number).map(Self::Calls)
    }
}

impl Value for Algorithm {
    const EXPECTED: &'static str = "\"token_bucket\" or \"sliding_window\"";

    fn of_text(text: &str) -> Option<Self> {
        match text {
            "token_bucket" => Some(Self::TokenBucket),
            "sliding_window" => Some(Self::SlidingWindow),
            _ => None,
        }
    }
}

impl Value for Adaptive {
    const EXPECTED: &'static str = "\"aimd\" or \"gradient\"";

    fn of_text(text: &str) -> Option<Self> {
        match text {
            "aimd" => Some(Self::aimd()),
            "gradient" => Some(Self::gradient()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> Option<Duration> {
        Duration::of_text(text)
    }

    #[test]
    fn a_duration_has_a_number_and_a_unit() {
        assert_eq!(seconds("1.50 s"), Some(Duration::from_millis(1_500)));
        assert_eq!(seconds("0.000000001s"), Some(Duration::from_nanos(1)));
        assert_eq!(seconds("1d"), Some(Duration::from_secs(86_400)));
        assert_eq!(
            (seconds("2m"), seconds("1h")),
            (Some(Duration::from_secs(120)), Some(Duration::from_secs(3_600)))
        );
        assert_eq!(
            (seconds("7us"), seconds("7ms")),
            (Some(Duration::from_micros(7)), Some(Duration::from_millis(7)))
        );
        assert_eq!(seconds("213503d"), Some(Duration::from_secs(213_503 * 86_400)));
        let long = "9".repeat(60);
        for text in
            ["213504d", "0.5ns", "1_000ms", "٣s", "1.2.3s", &format!("{long}s"), &format!("0.{long}s")]
        {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn every_tenth_of_a_percent_is_reached_by_as_many_calls_of_a_thousand() {
        for calls in 0..=1000_u32 {
            let text = format!("{}.{}%", calls / 10, calls % 10);
            assert_eq!(Share::of_text(&text), Some(Share(f64::from(calls) / 1000.0)), "{text}");
        }
    }

    #[test]
    fn numbers_are_whole_or_not_as_the_setting_is() {
        assert_eq!((u32::of_text("7"), u32::of_whole(7), u32::of_fraction(7.0)), (Some(7), Some(7), None));
        assert_eq!((u32::of_whole(1 << 32), u32::of_text("4294967296")), (None, None));
        assert_eq!((u64::of_text("7"), u64::of_whole(1 << 32)), (Some(7), Some(1 << 32)));
        assert_eq!(
            (f64::of_text("2.5"), f64::of_whole(2), f64::of_fraction(2.5)),
            (Some(2.5), Some(2.0), Some(2.5))
        );
        assert_eq!((Share::of_text("0.5"), Share::of_text("1")), (Some(Share(0.5)), None));
        assert_eq!((Share::of_whole(1), Share::of_fraction(0.5)), (None, Some(Share(0.5))));
        assert_eq!(
            (bool::of_text("true"), bool::of_bool(false), bool::of_whole(1)),
            (Some(true), Some(false), None)
        );
        assert_eq!(
            (Window::of_text("5"), Window::of_whole(5)),
            (Some(Window::Calls(5)), Some(Window::Calls(5)))
        );
        assert_eq!(Window::of_text("5s"), Some(Window::Time(Duration::from_secs(5))));
    }

    #[test]
    fn a_rate_is_a_count_in_a_time() {
        assert_eq!(Rate::of_text("100/s"), Some(Rate::per_second(100)));
        assert_eq!(Rate::of_text("5 / 1.5 s"), Some(Rate::new(5, Duration::from_millis(1_500))));
        assert_eq!(Rate::of_text("4294967296/s"), None);
    }

    proptest! {
        #[test]
        fn a_time_is_read_to_the_nanosecond(nanos: u64) {
            let time = Duration::from_nanos(nanos);
            prop_assert_eq!(seconds(&format!("{nanos}ns")), Some(time));
            let (secs, rest) = (time.as_secs(), time.subsec_nanos());
            prop_assert_eq!(seconds(&format!("{secs}.{rest:09}s")), Some(time));
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in ".*", near in "[-+0-9.e ]{0,12}[%/]?[a-z0-9. ]{0,6}") {
            for text in [text, near] {
                let _ = (u32::of_text(&text), f64::of_text(&text), Share::of_text(&text));
                let _ = (Duration::of_text(&text), Rate::of_text(&text), Window::of_text(&text));
                // Neither nothing nor more than there is.
                prop_assert!(f64::of_text(&text).is_none_or(|number| number >= 0.0));
                prop_assert!(Share::of_text(&text).is_none_or(|share| share.0 >= 0.0));
            }
        }
    }
}
