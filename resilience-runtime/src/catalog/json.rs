//! The catalog as JSON, written by hand: a serializer would be a dependency of every user.

use core::fmt::{self, Write as _};
use core::time::Duration;

use super::audit::Finding;
use super::entry::{Entry, HedgePolicy, Policy, RetryPolicy};
use super::{Catalog, SettingValue};
use crate::policy::retry::{Backoff, Jitter};

/// A JSON value.
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Catalog {
    /// The catalog as a JSON object of `functions` and `findings`.
    ///
    /// Times are in seconds, under keys that end in `_seconds`; shares are of 1. What a function does not have is
    /// `null`.
    #[must_use]
    #[inline]
    pub fn to_json(&self) -> String {
        let functions = self.entries.iter().map(entry).collect();
        let findings = self.findings.iter().map(finding).collect();
        let json = object([("functions", Json::List(functions)), ("findings", Json::List(findings))]);
        format!("{json}\n")
    }
}

#[inline]
fn entry(entry: &Entry) -> Json {
    let worst_case = &entry.worst_case;
    object([
        ("operation", text(entry.operation)),
        ("function", text(entry.function)),
        ("file", text(entry.file)),
        ("line", number(entry.line)),
        ("retry", entry.retry.as_ref().map_or(Json::Null, retry)),
        ("hedge", entry.hedge.as_ref().map_or(Json::Null, hedge)),
        ("budget", policy(entry.budget.as_ref())),
        ("throttle", policy(entry.throttle.as_ref())),
        ("breaker", policy(entry.breaker.as_ref())),
        ("rate_limit", policy(entry.rate_limit.as_ref())),
        ("bulkhead", policy(entry.bulkhead.as_ref())),
        ("timeout_seconds", seconds(entry.timeout)),
        ("deadline_seconds", seconds(entry.deadline)),
        ("fallback", Json::Bool(entry.fallback)),
        ("coalesce", Json::Bool(entry.coalesce)),
        ("cache", policy(entry.cache.as_ref())),
        ("chaos", policy(entry.chaos.as_ref())),
        (
            "worst_case",
            object([
                ("time_seconds", seconds(worst_case.time)),
                ("bound", text(worst_case.bound.as_str())),
                ("planned_seconds", seconds(worst_case.planned)),
                ("executions", worst_case.executions.map_or(Json::Null, number)),
            ]),
        ),
    ])
}

#[inline]
fn retry(retry: &RetryPolicy) -> Json {
    let backoff = retry.backoff.as_ref();
    let jitter = |backoff: &Backoff| match backoff.get_jitter() {
        Jitter::None => text("none"),
        Jitter::Full => text("full"),
        Jitter::Equal => text("equal"),
        Jitter::Ratio(ratio) => Json::Number(ratio),
    };
    object([
        ("strategy", text(retry.strategy)),
        ("max", retry.max.map_or(Json::Null, number)),
        ("base_seconds", seconds(backoff.map(Backoff::base))),
        ("cap_seconds", seconds(backoff.map(Backoff::get_cap))),
        ("retry_after_max_seconds", seconds(retry.retry_after_max)),
        ("factor", backoff.map_or(Json::Null, |backoff| Json::Number(backoff.get_factor()))),
        ("jitter", backoff.map_or(Json::Null, jitter)),
    ])
}

#[inline]
fn hedge(hedge: &HedgePolicy) -> Json {
    object([
        ("after_seconds", seconds(hedge.after)),
        ("percentile", hedge.percentile.map_or(Json::Null, Json::Number)),
        ("max", number(hedge.max)),
    ])
}

#[inline]
fn policy(policy: Option<&Policy>) -> Json {
    let Some(policy) = policy else { return Json::Null };
    let settings = policy.settings.iter().map(|setting| match setting.value {
        SettingValue::Time(time) => (format!("{}_seconds", setting.name), seconds(Some(time))),
        SettingValue::Count(count) => (setting.name.to_owned(), number(count)),
        SettingValue::Share(share) => (setting.name.to_owned(), Json::Number(share)),
        SettingValue::Factor(factor) => (setting.name.to_owned(), Json::Number(factor)),
        SettingValue::Rate(rate) => {
            let rate =
                object([("count", number(rate.count())), ("period_seconds", seconds(Some(rate.period())))]);
            (setting.name.to_owned(), rate)
        }
        // As text: a number in JSON has 53 bits.
        SettingValue::Seed(seed) => (setting.name.to_owned(), Json::Text(seed.to_string())),
        SettingValue::Word(word) => (setting.name.to_owned(), text(word)),
    });
    let settings = Json::Object(settings.collect());
    object([("name", text(policy.name)), ("origin", text(policy.origin.as_str())), ("settings", settings)])
}

#[inline]
fn finding(finding: &Finding) -> Json {
    let places = finding.places.iter().map(|place| {
        object([
            ("operation", text(place.operation)),
            ("file", text(place.file)),
            ("line", number(place.line)),
        ])
    });
    object([
        ("severity", text(&finding.severity.to_string())),
        ("message", text(&finding.message)),
        ("places", Json::List(places.collect())),
    ])
}

#[inline]
fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

#[inline]
fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}

#[inline]
fn number(number: u32) -> Json {
    Json::Number(number.into())
}

#[inline]
fn seconds(time: Option<Duration>) -> Json {
    time.map_or(Json::Null, |time| Json::Number(time.as_secs_f64()))
}

impl fmt::Display for Json {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Json {
    #[inline]
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => write!(f, "{bool}"),
            // JSON has no word for what is no number.
            Self::Number(number) if !number.is_finite() => f.write_str("null"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => quote(f, text),
            Self::List(values) => lines(f, depth, ['[', ']'], values, |f, value| value.write(f, depth + 1)),
            Self::Object(members) => lines(f, depth, ['{', '}'], members, |f, (key, value)| {
                quote(f, key)?;
                f.write_str(": ")?;
                value.write(f, depth + 1)
            }),
        }
    }
}

/// A line for each item, between brackets.
#[inline]
fn lines<T>(
    f: &mut fmt::Formatter<'_>,
    depth: usize,
    [open, close]: [char; 2],
    items: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(f, "{comma}\n{:1$}", "", 2 * (depth + 1))?;
        write(f, item)?;
    }
    if !items.is_empty() {
        write!(f, "\n{:1$}", "", 2 * depth)?;
    }
    f.write_char(close)
}

#[inline]
fn quote(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(f, "\\{char}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            char if char < ' ' => write!(f, "\\u{:04x}", u32::from(char))?,
            char => f.write_char(char)?,
        }
    }
    f.write_char('"')
}
