//! The waits of one function, drawn: a bar per retry, with the part that is always waited and the band of the jitter.

use core::fmt::Write as _;
use core::time::Duration;

use super::entry::{Entry, HedgePolicy, RetryPolicy};
use crate::policy::retry::{Backoff, Jitter};
use crate::policy::setting::{SettingValue, written};

/// Columns of the longest bar.
const WIDTH: usize = 40;

/// More retries than this look all the same.
const ROWS: u32 = 12;

impl Entry {
    /// The delays before its retries, drawn as text; `None` where there is no retry, or no schedule to draw because a
    /// policy of the program's own chooses the delays.
    ///
    /// A line per retry: the part of the bar that is always waited (`█`), the band in which the delay is random (`▒`),
    /// from when to when it is, whether it is cut off by the cap, and where the deadline leaves no time for it.
    #[must_use]
    #[inline]
    pub fn chart(&self) -> Option<String> {
        let RetryPolicy { strategy, backoff, max, .. } = self.retry?;
        let backoff = backoff?;
        let retries = max.map(|max| max.saturating_sub(1));
        if retries == Some(0) {
            return None;
        }
        let shown = self.rows(&backoff, retries.unwrap_or(u32::MAX).min(ROWS));
        let longest = shown.iter().map(|row| row.longest).max().unwrap_or_default();

        let mut text = format!("{}: {strategy}, {}\n", self.operation, numbers(&backoff));
        let last = format!("attempt {}", shown.len() + 1).len();
        let spans: Vec<_> = shown.iter().map(|row| span(row, &backoff)).collect();
        let width = spans.iter().map(|span| span.chars().count()).max().unwrap_or_default();
        let scale = written(longest);
        let gap = WIDTH.saturating_sub(2 + scale.len());
        _ = writeln!(text, "{:last$}  0s{:gap$}{scale}", "", "");
        for ((row, span), attempt) in shown.iter().zip(&spans).zip(2..) {
            let label = format!("attempt {attempt}");
            let bar = bar(row, longest);
            let note = match self.deadline {
                Some(deadline) if row.earliest >= deadline => "  past the deadline".to_owned(),
                Some(deadline) if row.latest.is_some_and(|latest| latest >= deadline) => {
                    format!("  if before the deadline of {}", written(deadline))
                }
                _ => row
                    .latest
                    .map(|latest| format!("  begins within {}", written(latest)))
                    .unwrap_or_default(),
            };
            let line = format!("{label:<last$}  {bar:WIDTH$}  {span:width$}{note}");
            _ = writeln!(text, "{}", line.trim_end());
        }
        let count = u32::try_from(shown.len()).unwrap_or(ROWS);
        let past = shown.last().zip(self.deadline).is_some_and(|(row, deadline)| row.earliest >= deadline);
        match (retries, self.deadline) {
            _ if past => {}
            (Some(retries), _) if retries > count => {
                let rest = retries - count;
                let longest = written(backoff.ceiling(retries));
                _ = writeln!(text, "and {rest} more, with delays of up to {longest}");
            }
            (None, Some(deadline)) => {
                _ = writeln!(text, "and as many more as fit into the deadline of {}", written(deadline));
            }
            _ => {}
        }
        Some(text)
    }

    /// The first retries, up to one that is never made.
    #[inline]
    fn rows(&self, backoff: &Backoff, retries: u32) -> Vec<Row> {
        let spread = self.hedge.as_ref().map_or(Duration::ZERO, HedgePolicy::spread);
        let attempt =
            self.timeout.map(|timeout| timeout.saturating_add(spread).saturating_add(self.admission()));
        let (mut earliest, mut rows) = (Duration::ZERO, Vec::new());
        for retry in 1..=retries {
            let (shortest, longest) = (backoff.floor(retry), backoff.ceiling(retry));
            earliest = earliest.saturating_add(shortest);
            let latest = attempt
                .map(|attempt| attempt.saturating_mul(retry).saturating_add(backoff.longest_total(retry)));
            rows.push(Row { shortest, longest, earliest, latest });
            if self.deadline.is_some_and(|deadline| earliest >= deadline) {
                break;
            }
        }
        rows
    }
}

/// The delay before one retry.
struct Row {
    shortest: Duration,
    longest: Duration,
    /// When the attempt after it begins at the earliest and at the latest, from the beginning of the call.
    earliest: Duration,
    latest: Option<Duration>,
}

#[inline]
fn span(row: &Row, backoff: &Backoff) -> String {
    let mut text = if row.shortest == row.longest {
        written(row.longest)
    } else {
        format!("{} to {}", written(row.shortest), written(row.longest))
    };
    // The first delay that is at the cap before jitter is cut off there too.
    if !backoff.is_fixed() && row.longest == backoff.get_cap() {
        text.push_str(" (cap)");
    }
    text
}

/// The parts of a bar on the scale of the longest.
#[inline]
fn bar(row: &Row, longest: Duration) -> String {
    let columns = |delay: Duration| match longest.as_nanos() {
        0 => 0,
        nanos => {
            let columns = (delay.as_nanos() * WIDTH as u128 + nanos / 2) / nanos;
            usize::try_from(columns).unwrap_or(WIDTH).min(WIDTH)
        }
    };
    // What is there is seen, however short.
    let all = columns(row.longest).max(usize::from(!row.longest.is_zero()));
    let always = match columns(row.shortest) {
        always if row.shortest == row.longest => always.max(all),
        always => always.min(all.saturating_sub(1)),
    };
    "█".repeat(always) + &"▒".repeat(all - always)
}

/// The numbers of a schedule, as far as they have a part in it.
#[inline]
fn numbers(backoff: &Backoff) -> String {
    let name = backoff.name();
    let mut parts = vec![format!("base {}", written(backoff.base()))];
    if name.starts_with("exp") {
        parts.push(format!("factor {}", SettingValue::Factor(backoff.get_factor())));
    }
    if !backoff.is_fixed() {
        parts.push(format!("cap {}", written(backoff.get_cap())));
    }
    if name != "decorrelated" {
        match backoff.get_jitter() {
            Jitter::None => {}
            Jitter::Full => parts.push("full jitter".to_owned()),
            Jitter::Equal => parts.push("equal jitter".to_owned()),
            Jitter::Ratio(ratio) => parts.push(format!("jitter {}", SettingValue::Share(ratio))),
        }
    }
    parts.join(", ")
}
