//! Ratios: `"50%"` or `0.5`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{Literal, float, is_whole, shown};
use crate::names::Names;

/// A share of a whole, where 1 is all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio(pub(crate) f64);

impl Ratio {
    /// Reads a percentage.
    pub(super) fn percent(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        // `f64` also reads exponents, infinities and bare dots, which nobody means.
        let digits = number.strip_prefix('-').unwrap_or(number);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        if !is_whole(whole) || !is_whole(fraction) {
            return None;
        }
        // Divided by 100 a fraction would be rounded twice: 1.1 % would be more than 11 of 1000 calls.
        let share = format!("{number}e-2").parse::<f64>().ok()?;
        share.is_finite().then_some(Self(share))
    }

    /// Reads what is not a string: a float, or with a message an integer, which could mean either form.
    pub(super) fn number(literal: &Lit, negative: bool) -> Option<Result<Self, String>> {
        match literal {
            Lit::Float(number) if matches!(number.suffix(), "" | "f64") => {
                let number = number.base10_parse::<f64>().ok().filter(|number| number.is_finite())?;
                Some(Ok(Self(if negative { -number } else { number })))
            }
            Lit::Int(number) if !negative => {
                let number = number.base10_digits();
                Some(Err(format!(
                    "`{number}` is not a ratio; write \"{number}%\" or a share of 1.0, like 0.5"
                )))
            }
            _ => None,
        }
    }
}

impl Literal for Ratio {
    const NOUN: &'static str = "a ratio";
    const ADVICE: &'static str = "write a percentage like \"50%\", or a share like 0.5";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        match literal {
            Lit::Str(_) if !negative => Self::percent(&text).ok_or_else(|| Self::refusal(text)),
            _ => Self::number(literal, negative).unwrap_or_else(|| Err(Self::refusal(text))),
        }
    }

    fn rust_type(_: &Names) -> TokenStream {
        quote!(f64)
    }

    fn write(&self, _: &Names) -> TokenStream {
        float(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_percentages() {
        let percent = |text| Ratio::percent(text).map(|ratio| ratio.0);
        assert_eq!(percent("50%"), Some(0.5));
        assert_eq!(percent("12.5 %"), Some(0.125));
        assert_eq!(percent("0%"), Some(0.0));
        // In range or not is for the runtime's check to say.
        assert_eq!(percent("150%"), Some(1.5));
        assert_eq!(percent("-5%"), Some(-0.05));
        for text in ["", "%", "50", "0.5", "inf%", "1e2%", ".%", "5.%", "fifty%", "50%%"] {
            assert_eq!(percent(text), None, "{text}");
        }
    }

    #[test]
    fn every_tenth_of_a_percent_is_reached_by_as_many_calls_of_a_thousand() {
        for calls in 0..=1000_u32 {
            let text = format!("{}.{}%", calls / 10, calls % 10);
            assert_eq!(Ratio::percent(&text), Some(Ratio(f64::from(calls) / 1000.0)), "{text}");
        }
    }
}
