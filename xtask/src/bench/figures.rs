//! Everything that is measured.

use super::compile::Compile;

/// All figures.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// In the order of the page.
    pub(super) cases: Vec<Case>,
    /// What reading the clock takes, in nanoseconds, which is taken off single calls.
    pub(super) clock: f64,
    pub(super) growth: Vec<Growth>,
    /// What is kept for good, and how many bytes.
    pub(super) kept: Vec<(String, f64)>,
    pub(super) telemetry: Option<Telemetry>,
    /// All cases of the program with the feature `tsc`, the peers' too; nothing, where it was not measured.
    pub(super) counter: Option<Vec<Case>>,
    pub(super) compile: Option<Compile>,
}

/// One case.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    /// The mark of the row, such as `B1`.
    pub(super) row: String,
    pub(super) who: String,
    /// Of the future, in bytes.
    pub(super) size: f64,
    pub(super) instructions: f64,
    pub(super) clock_reads: f64,
    /// Nothing, where they were not counted.
    pub(super) allocations: Option<f64>,
    /// The fastest batch of all processes, in nanoseconds a call.
    pub(super) fastest: f64,
    /// The batch in the middle of the process in the middle.
    pub(super) median: f64,
    /// p50, p90, p99 and p99.9 of single calls.
    pub(super) percentiles: [f64; 4],
    /// What one thread and two do, where two can share.
    pub(super) shared: Option<Shared>,
}

/// What one thread and two do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared {
    /// Calls a second of one.
    pub(super) one: f64,
    /// Calls a second of two together.
    pub(super) two: f64,
    /// p50, p90, p99 and p99.9 of single calls of two.
    pub(super) percentiles: [f64; 4],
}

/// One line of a growth table: calls a second, ours and a peer's.
#[derive(Debug)]
pub(super) struct Growth {
    pub(super) of: String,
    pub(super) number: String,
    pub(super) rates: Vec<f64>,
}

/// What telemetry adds to a call.
#[derive(Debug)]
pub(super) struct Telemetry {
    /// The cases as they are, timed in turns with the two others.
    pub(super) before: Vec<Case>,
    /// The same cases with everything for `tracing` compiled out.
    pub(super) quiet: Vec<Case>,
    /// The same cases with metrics compiled in and a provider installed.
    pub(super) counted: Vec<Case>,
}

impl Case {
    /// Whether it is the attribute's.
    pub(super) fn is_ours(&self) -> bool {
        self.who.starts_with("resilient")
    }
}

/// Rows of calls that read the clock.
pub(super) const CLOCKED: [&str; 5] = ["C2", "C3", "D1", "F1", "P1"];

impl Figures {
    /// Puts ours of the program with the feature `tsc` behind ours without.
    pub(super) fn show_counter(&mut self) {
        let Some(counter) = &self.counter else { return };
        for case in counter.iter().filter(|case| case.is_ours() && CLOCKED.contains(&case.row.as_str())) {
            let who = format!("{}, with the feature `tsc`", case.who);
            let is_before = |it: &Case| it.row == case.row && it.is_ours();
            if let Some(last) = self.cases.iter().rposition(is_before) {
                self.cases.insert(last + 1, Case { who, ..case.clone() });
            }
        }
    }

    /// The case of that row and name.
    ///
    /// # Errors
    ///
    /// When there is none: a case was renamed, and a target would be lost.
    pub(super) fn case(&self, row: &str, who: &str) -> Result<&Case, String> {
        find(&self.cases, row, who)
    }

    /// The row's cases.
    pub(super) fn row<'a>(&'a self, row: &'a str) -> impl Iterator<Item = &'a Case> {
        self.cases.iter().filter(move |case| case.row == row)
    }

    /// The peers' best value in a row, by `better`.
    ///
    /// # Errors
    ///
    /// When the row has no peer.
    pub(super) fn best_peer(
        &self,
        row: &str,
        value: impl Fn(&Case) -> Option<f64>,
        better: fn(f64, f64) -> f64,
    ) -> Result<f64, String> {
        let peers = self.row(row).filter(|case| !case.is_ours()).filter_map(value);
        peers.reduce(better).ok_or_else(|| format!("{row} has no peer"))
    }
}

/// The case of that row and name.
///
/// # Errors
///
/// When there is none.
pub(super) fn find<'a>(cases: &'a [Case], row: &str, who: &str) -> Result<&'a Case, String> {
    let case = cases.iter().find(|case| case.row == row && case.who == who);
    case.ok_or_else(|| format!("there is no case `{who}` in {row}"))
}

/// The one in the middle, the higher of two; zero of none.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_best_peer_is_none_of_ours() {
        let case = |who: &str, median| Case { row: "B1".into(), who: who.into(), median, ..Case::default() };
        let figures = Figures {
            cases: vec![case("resilient", 1.0), case("a peer", 3.0), case("another", 2.0)],
            ..Figures::default()
        };
        let best = figures.best_peer("B1", |case| Some(case.median), f64::min);
        assert_eq!(best, Ok(2.0));
        assert!(figures.best_peer("B2", |case| Some(case.median), f64::min).is_err());
        assert!(figures.case("B1", "nobody").is_err());
    }

    #[test]
    fn the_other_clock_is_shown_where_a_clock_is_read_and_for_none_but_us() {
        let case = |row: &str, who: &str| Case { row: row.into(), who: who.into(), ..Case::default() };
        let cases = vec![case("B1", "resilient"), case("D1", "resilient"), case("D1", "a peer")];
        let mut figures = Figures { counter: Some(cases.clone()), cases, ..Figures::default() };
        figures.show_counter();
        let shown: Vec<&str> = figures.cases.iter().map(|case| case.who.as_str()).collect();
        assert_eq!(shown, ["resilient", "resilient", "resilient, with the feature `tsc`", "a peer"]);
    }
}
