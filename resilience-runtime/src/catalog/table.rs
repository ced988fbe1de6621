//! The catalog as tables, for a terminal and for a document.

use core::fmt::{self, Write as _};
use core::time::Duration;

use super::entry::{Entry, HedgePolicy, Origin, Policy};
use super::layout::{Paths, Table, sentence};
use super::{Catalog, Setting};
use crate::policy::setting::written;

/// Two tables, the functions and the policies they have, and a line for each finding.
///
/// A table that is wider than a hundred columns names functions and files by the last parts of their paths, as many as
/// tell them apart, and goes on below where a cell is still too wide.
impl fmt::Display for Catalog {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.count())?;
        let (full, short) = (Paths::Full, Paths::short(&self.entries));
        for table in [Self::functions, Self::policies] {
            let mut shown = table(self, &full);
            if !shown.fits() {
                shown = table(self, &short);
            }
            if !shown.rows.is_empty() {
                write!(f, "\n{}", shown.aligned())?;
            }
        }
        if !self.findings.is_empty() {
            writeln!(f)?;
        }
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

impl Catalog {
    /// The tables and findings of the terminal as Markdown, with the chart of each schedule.
    #[must_use]
    #[inline]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# Resilience\n\n{}\n", sentence(&self.count()));
        for (title, table) in
            [("Functions", self.functions(&Paths::Full)), ("Policies", self.policies(&Paths::Full))]
        {
            if !table.rows.is_empty() {
                _ = write!(text, "\n## {title}\n\n{}", table.markdown());
            }
        }
        if !self.findings.is_empty() {
            text.push_str("\n## Findings\n\n");
        }
        for finding in &self.findings {
            _ = writeln!(text, "- **{}**: {}", finding.severity, finding.message);
        }
        let charts: Vec<_> = self.entries.iter().filter_map(Entry::chart).collect();
        if !charts.is_empty() {
            text.push_str("\n## Waits\n");
        }
        for chart in charts {
            _ = write!(text, "\n```text\n{chart}```\n");
        }
        text
    }

    #[inline]
    fn count(&self) -> String {
        let unbounded = self.entries.iter().filter(|entry| entry.worst_case.time.is_none()).count();
        let functions = match self.entries.len() {
            1 => "1 annotated function".to_owned(),
            count => format!("{count} annotated functions"),
        };
        match unbounded {
            0 => functions,
            count => format!("{functions}, {count} without a limit on the time of a call"),
        }
    }

    #[inline]
    fn functions(&self, paths: &Paths) -> Table {
        Table {
            head: vec![
                "operation",
                "retry",
                "timeout",
                "deadline",
                "policies",
                "worst time",
                "executions",
                "place",
            ],
            rows: self.entries.iter().map(|entry| row(entry, paths)).collect(),
        }
    }

    /// One row per policy, or more where functions do not agree on it.
    #[inline]
    fn policies(&self, paths: &Paths) -> Table {
        let mut used: Vec<(&Policy, Vec<&str>)> = Vec::new();
        for (entry, policy) in
            self.entries.iter().flat_map(|entry| entry.policies().map(move |policy| (entry, policy)))
        {
            match used.iter_mut().find(|(other, _)| *other == policy && policy.origin != Origin::Own) {
                Some((_, by)) => by.push(paths.name(entry.operation)),
                None => used.push((policy, vec![paths.name(entry.operation)])),
            }
        }
        used.sort_by_key(|(policy, _)| (policy.key, policy.name));
        let rows = used.iter().map(|(policy, by)| {
            let settings = policy.settings.iter().map(Setting::to_string).collect::<Vec<_>>();
            vec![
                policy.key.to_owned(),
                if policy.origin == Origin::Own { String::new() } else { policy.name.to_owned() },
                policy.origin.as_str().to_owned(),
                if settings.is_empty() { "admits every call".to_owned() } else { settings.join(", ") },
                by.join(", "),
            ]
        });
        Table { head: vec!["policy", "name", "origin", "settings", "used by"], rows: rows.collect() }
    }
}

#[inline]
fn row(entry: &Entry, paths: &Paths) -> Vec<String> {
    let retry = entry.retry.map(|retry| match &retry.backoff {
        None => retry.strategy.to_owned(),
        Some(backoff) if backoff.is_fixed() => format!("{} {}", retry.strategy, written(backoff.base())),
        Some(backoff) => {
            let [base, cap] = [backoff.base(), backoff.get_cap()].map(written);
            format!("{} {base} to {cap}", retry.strategy)
        }
    });
    let named = entry.policies().map(|policy| match policy.origin {
        Origin::Own => policy.key.to_owned(),
        Origin::Name | Origin::Static => format!("{} {}", policy.key, policy.name),
    });
    let policies = entry
        .hedge
        .iter()
        .map(HedgePolicy::in_short)
        .chain(named)
        .chain(entry.coalesce.then(|| "coalesce".to_owned()))
        .chain(entry.fallback.then(|| "fallback".to_owned()));
    let limit = |limit: Option<Duration>| limit.map(written).unwrap_or_default();
    let worst_time = entry.worst_case.time.map_or("unbounded".to_owned(), written);
    vec![
        paths.name(entry.operation).to_owned(),
        retry.unwrap_or_default(),
        limit(entry.timeout),
        limit(entry.deadline),
        policies.collect::<Vec<_>>().join(", "),
        worst_time,
        entry.worst_case.executions.map_or("until deadline".to_owned(), |count| count.to_string()),
        format!("{}:{}", paths.name(entry.file), entry.line),
    ]
}
