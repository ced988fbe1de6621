//! One setting of a policy, as a value and as a user writes it.

use core::fmt;
use core::time::Duration;

use super::limiter::Rate;
use crate::text::Text;

/// A setting of a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Setting {
    /// Its name in the attribute.
    pub name: &'static str,
    /// What it is set to.
    pub value: SettingValue,
}

/// What a setting is set to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SettingValue {
    /// So many calls, retries or keys.
    Count(u32),
    /// A share of calls, 1 for all.
    Share(f64),
    /// A factor.
    Factor(f64),
    /// A time.
    Time(Duration),
    /// So many calls in so long.
    Rate(Rate),
    /// Where random numbers begin.
    Seed(u64),
    /// One of several words.
    Word(&'static str),
}

impl Setting {
    #[inline]
    pub(crate) const fn new(name: &'static str, value: SettingValue) -> Self {
        Self { name, value }
    }

    #[inline]
    pub(crate) const fn count(name: &'static str, count: u32) -> Self {
        Self::new(name, SettingValue::Count(count))
    }

    #[inline]
    pub(crate) const fn share(name: &'static str, share: f64) -> Self {
        Self::new(name, SettingValue::Share(share))
    }

    #[inline]
    pub(crate) const fn time(name: &'static str, time: Duration) -> Self {
        Self::new(name, SettingValue::Time(time))
    }
}

impl fmt::Display for Setting {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.value)
    }
}

/// As the attribute takes it, without quotes.
impl fmt::Display for SettingValue {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{}%", thousandths(share * 100.0)),
            Self::Factor(factor) => write!(f, "{}", thousandths(*factor)),
            Self::Time(time) => f.write_str(&written(*time)),
            Self::Rate(rate) => write!(f, "{}/{}", rate.count(), period(rate.period())),
            Self::Seed(seed) => write!(f, "{seed}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// A time as a user writes it.
#[inline]
pub(crate) fn written(time: Duration) -> String {
    Text::new().duration(time).as_str().to_owned()
}

/// The unit of a rate; `1s` is understood.
#[inline]
fn period(period: Duration) -> String {
    match (period.as_secs(), period.subsec_nanos()) {
        (1, 0) => "s".to_owned(),
        (60, 0) => "m".to_owned(),
        (3_600, 0) => "h".to_owned(),
        _ => written(period),
    }
}

/// Without the digits that binary fractions leave behind: 7 % is not 7.000000000000001 %.
#[inline]
fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
