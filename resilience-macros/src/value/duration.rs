//! Durations: `"250ms"`, `"1.5s"`.

use proc_macro2::{Literal as Token, TokenStream};
use quote::quote;
use syn::Lit;

use super::{Literal, is_whole, shown};
use crate::names::Names;

/// A duration literal, in nanoseconds: whole, up to five centuries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duration(pub(crate) u64);

const UNITS: [(&str, u128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3_600 * 1_000_000_000),
    ("d", 86_400 * 1_000_000_000),
];

/// What others call our units, by how it begins.
const OTHER_UNITS: [(&str, &str); 13] = [
    ("nano", "ns"),
    ("nsec", "ns"),
    ("micro", "us"),
    ("usec", "us"),
    // The sign of the unit, and the Greek letter.
    ("\u{b5}s", "us"),
    ("\u{3bc}s", "us"),
    ("milli", "ms"),
    ("msec", "ms"),
    ("sec", "s"),
    ("min", "m"),
    ("hour", "h"),
    ("hr", "h"),
    ("day", "d"),
];

/// The unit that is meant by another `word` for it.
pub(super) fn unit_meant(word: &str) -> Option<&'static str> {
    if !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let word = word.to_lowercase();
    let ours = UNITS.iter().find(|(unit, _)| word == *unit).map(|(unit, _)| *unit);
    ours.or_else(|| OTHER_UNITS.iter().find(|(other, _)| word.starts_with(other)).map(|(_, unit)| *unit))
}

impl Duration {
    pub(crate) const fn millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// Reads a number and a unit, with or without space between them.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if !is_whole(whole) || !is_whole(fraction) {
            return Err(Self::refusal(text));
        }
        if unit.is_empty() {
            return Err(Self::without_unit(text));
        }
        let word = unit.trim_start();
        let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == word) else {
            return Err(Self::of_other_unit(text, number, word));
        };
        let fraction = fraction.trim_end_matches('0');
        let nanos = || {
            // An empty fraction has no digits to parse, and 38 of them are more than 128 bits hold.
            let digits = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()? };
            let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
            let whole = whole.parse::<u128>().ok()?.checked_mul(*unit)?;
            let part = digits.checked_mul(*unit)?;
            Some((whole.checked_add(part / scale)?, part % scale == 0))
        };
        match nanos() {
            Some((_, false)) => Err(format!("`{text}` is finer than a nanosecond; write fewer decimals")),
            Some((nanos, true)) => u64::try_from(nanos).map(Self).map_err(|_| Self::too_long(text)),
            None => Err(Self::too_long(text)),
        }
    }

    fn without_unit(number: &str) -> String {
        format!("`{number}` has no unit; write a number and a unit, like \"{number}s\" or \"{number}ms\"")
    }

    fn of_other_unit(text: &str, number: &str, word: &str) -> String {
        unit_meant(word).map_or_else(
            || Self::refusal(text),
            |unit| format!("`{text}` is not {}; write \"{number}{unit}\"", Self::NOUN),
        )
    }

    fn too_long(text: &str) -> String {
        format!("`{text}` is longer than 500 years; write a duration that ends")
    }
}

impl Literal for Duration {
    const NOUN: &'static str = "a duration";
    const ADVICE: &'static str = "write a number and a unit (ns, us, ms, s, m, h or d), like \"250ms\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        let (number, unit) = match literal {
            _ if negative => return Err(Self::refusal(text)),
            Lit::Str(text) => return Self::parse(&text.value()),
            Lit::Int(number) => (number.base10_digits(), number.suffix()),
            Lit::Float(number) => (number.base10_digits(), number.suffix()),
            _ => return Err(Self::refusal(text)),
        };
        if unit.is_empty() {
            return Err(Self::without_unit(number));
        }
        if UNITS.iter().any(|(name, _)| *name == unit) {
            return Err(format!("`{text}` needs quotes; write \"{text}\""));
        }
        Err(Self::of_other_unit(&text, number, unit))
    }

    fn rust_type(_: &Names) -> TokenStream {
        quote!(::core::time::Duration)
    }

    /// Writes the largest unit that divides it, as a person would.
    fn write(&self, names: &Names) -> TokenStream {
        let private = names.private();
        let (unit, number) = match self.0 {
            nanos if nanos % 1_000_000_000 == 0 => (quote!(secs), nanos / 1_000_000_000),
            nanos if nanos % 1_000_000 == 0 => (quote!(millis), nanos / 1_000_000),
            nanos => (quote!(nanos), nanos),
        };
        let number = Token::u64_unsuffixed(number);
        quote!(#private::#unit(#number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_number_and_a_unit() {
        let nanos = |text| Duration::parse(text).map(|duration| duration.0);
        assert_eq!(nanos("250ms"), Ok(250_000_000));
        assert_eq!(nanos("1.5s"), Ok(1_500_000_000));
        assert_eq!(nanos("0.000000001s"), Ok(1));
        assert_eq!(nanos("1.50 s"), Ok(1_500_000_000));
        assert_eq!(nanos("7ns"), Ok(7));
        assert_eq!(nanos("100us"), Ok(100_000));
        assert_eq!(nanos("2m"), Ok(120_000_000_000));
        assert_eq!(nanos("1h"), Ok(3_600_000_000_000));
        assert_eq!(nanos("1d"), Ok(86_400_000_000_000));
        assert_eq!(nanos("0s"), Ok(0));
    }

    #[test]
    fn refuses_what_is_not_one_with_a_reason() {
        let refusal = |text| Duration::parse(text).unwrap_err();
        let plain = |text| Duration::refusal(text);
        for text in [
            "2 parsecs",
            "banana",
            "",
            "-2s",
            "s",
            ".5s",
            "1.s",
            "1.2.3s",
            "1h30m",
            "1min30s",
            "1_000ms",
            "٣s",
        ] {
            assert_eq!(refusal(text), plain(text));
        }
        for (text, meant) in [
            ("1 minute", "1m"),
            ("1sec", "1s"),
            ("100\u{b5}s", "100us"),
            ("100 \u{3bc}s", "100us"),
            ("250 milliseconds", "250ms"),
            ("1.5 Hours", "1.5h"),
            ("5S", "5s"),
        ] {
            assert_eq!(refusal(text), format!("`{text}` is not a duration; write \"{meant}\""));
        }
        assert_eq!(refusal("5"), Duration::without_unit("5"));
        assert_eq!(refusal("0.5ns"), "`0.5ns` is finer than a nanosecond; write fewer decimals");
        assert_eq!(refusal("999999d"), Duration::too_long("999999d"));
        let long = format!("{}s", "9".repeat(60));
        assert_eq!(refusal(&long), Duration::too_long(&long));
        let fine = format!("0.{}1s", "0".repeat(60));
        assert_eq!(refusal(&fine), Duration::too_long(&fine));
    }
}
