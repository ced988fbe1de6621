//! Rates: `"100/s"`, `"5/250ms"`.

use proc_macro2::{Literal as Token, TokenStream};
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, ExprBinary, Lit};

use super::duration::unit_meant;
use super::{Count, Duration, Literal, is_whole, shown};
use crate::names::Names;

/// So many calls in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    calls: Count,
    period: Duration,
}

impl Rate {
    /// Whether `text` is meant as a rate, right or wrong: the name of a limit begins with no number, and ends with
    /// no unit of time behind a slash.
    pub(crate) fn is_meant(text: &str) -> bool {
        let text = text.trim_start();
        let is_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
        is_number
            || text.rsplit_once('/').is_some_and(|(_, time)| Duration::parse(&with_number(time)).is_ok())
    }

    /// Reads a count, a slash, and a time that may do without its number where that is 1.
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((count, period)) = text.split_once('/') else {
            return Err(if is_whole(text) { Self::without_time(text) } else { Self::refusal(text) });
        };
        let count = count.trim_end();
        if !is_whole(count) {
            return Err(match count.split_once('.') {
                Some((whole, part)) if is_whole(whole) && is_whole(part) => {
                    let better = in_whole(whole, part, period).map(|rate| format!(": \"{rate}\""));
                    let better = better.unwrap_or_default();
                    format!("`{text}` lets parts of calls through; write whole ones in a longer time{better}")
                }
                _ => Self::refusal(text),
            });
        }
        let calls = count.parse().map(Count);
        let calls = calls.map_err(|_| format!("`{count}` is too large; write at most {}", u32::MAX))?;
        let time = with_number(period);
        let period = Duration::parse(&time).map_err(|message| match unit_meant(period.trim()) {
            Some(unit) => format!("`{text}` is not a rate; write \"{count}/{unit}\""),
            None if message == Duration::refusal(&time) || is_whole(&time) => Self::refusal(text),
            None => message,
        })?;
        Ok(Self { calls, period })
    }

    fn without_time(calls: &str) -> String {
        format!("`{calls}` says no time; write a count and a time, like \"{calls}/s\" or \"{calls}/m\"")
    }
}

/// That many calls and a decimal part of one in `period`, which is a unit, as a rate of whole calls.
fn in_whole(whole: &str, part: &str, period: &str) -> Option<String> {
    let unit = unit_meant(period.trim())?;
    let calls = format!("{whole}{part}").parse().ok().filter(|calls| *calls > 0)?;
    let periods = 10_u64.checked_pow(part.len().try_into().ok()?)?;
    let common = gcd(calls, periods);
    Some(format!("{}/{}{unit}", calls / common, periods / common))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A time with the 1 that it may do without.
fn with_number(time: &str) -> String {
    let time = time.trim();
    let is_unit = time.starts_with(|first: char| first.is_ascii_alphabetic());
    if is_unit { format!("1{time}") } else { time.to_owned() }
}

impl Literal for Rate {
    const NOUN: &'static str = "a rate";
    const ADVICE: &'static str = "write a count and a time, like \"100/s\" or \"5/250ms\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        match literal {
            Lit::Str(text) if !negative => Self::parse(&text.value()),
            Lit::Int(calls) if !negative && calls.suffix().is_empty() => {
                Err(Self::without_time(calls.base10_digits()))
            }
            _ => Err(Self::refusal(shown(literal, negative))),
        }
    }

    fn misread(value: &Expr) -> Option<String> {
        let Expr::Binary(ExprBinary { op: BinOp::Div(_), .. }) = value else { return None };
        let text = value.to_token_stream().to_string().replace(' ', "");
        Self::parse(&text).is_ok().then(|| format!("`{text}` needs quotes; write \"{text}\""))
    }

    fn rust_type(names: &Names) -> TokenStream {
        let private = names.private();
        quote!(#private::Rate)
    }

    fn write(&self, names: &Names) -> TokenStream {
        let (private, calls) = (names.private(), Token::u32_unsuffixed(self.calls.0));
        let period = self.period.write(names);
        quote!(#private::Rate::new(#calls, #period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_count_and_a_time() {
        let rate = |text| Rate::parse(text).map(|rate| (rate.calls.0, rate.period.0));
        assert_eq!(rate("100/s"), Ok((100, 1_000_000_000)));
        assert_eq!(rate("100/m"), Ok((100, 60_000_000_000)));
        assert_eq!(rate("1000/h"), Ok((1000, 3_600_000_000_000)));
        assert_eq!(rate("1/d"), Ok((1, 86_400_000_000_000)));
        assert_eq!(rate("5/250ms"), Ok((5, 250_000_000)));
        assert_eq!(rate(" 5 / 1.5 s "), Ok((5, 1_500_000_000)));
        // In range or not is for the runtime's check to say.
        assert_eq!(rate("0/s"), Ok((0, 1_000_000_000)));
        assert_eq!(rate("5/0s"), Ok((5, 0)));
    }

    #[test]
    fn refuses_what_is_not_one_with_a_reason() {
        let refusal = |text| Rate::parse(text).unwrap_err();
        for text in ["", "/", "/s", "x/s", "100/", "100/x", "100/1", "100/s/s", "-5/s", "1e3/s", "100rps"] {
            assert_eq!(refusal(text), Rate::refusal(text));
        }
        assert_eq!(refusal("100"), Rate::without_time("100"));
        assert_eq!(refusal("100/second"), "`100/second` is not a rate; write \"100/s\"");
        assert_eq!(refusal("100/S"), "`100/S` is not a rate; write \"100/s\"");
        assert_eq!(refusal("5/10 seconds"), "`10 seconds` is not a duration; write \"10s\"");
        assert_eq!(refusal("100/min"), "`100/min` is not a rate; write \"100/m\"");
        assert_eq!(refusal("5000000000/s"), "`5000000000` is too large; write at most 4294967295");
        assert_eq!(refusal("5/0.5ns"), "`0.5ns` is finer than a nanosecond; write fewer decimals");
        assert!(refusal("1.5/s").starts_with("`1.5/s` lets parts of calls through; "));
    }

    #[test]
    fn a_name_is_told_from_a_rate() {
        for text in ["100", "100/s", "100/x", "-5/s", ".5/s", "3rd", "ten/s", "many / 2 m"] {
            assert!(Rate::is_meant(text), "{text}");
        }
        for text in ["api", "search-v2", "team/search", "api/v1", "s", "a/"] {
            assert!(!Rate::is_meant(text), "{text}");
        }
    }
}
