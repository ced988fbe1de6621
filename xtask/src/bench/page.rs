//! The page: `benches/RESULTS.md`, and its charts.

use std::fmt::Write as _;

use super::Origin;
use super::bars::{self, Bar, figure};
use super::compile::Compile;
use super::figures::{Case, Figures, Growth, find};
use super::program::FUNCTIONS;
use super::target::{Bound, Condition, Unit};

/// The rows: marks, and what is protected how.
const ROWS: [(&str, &str); 17] = [
    ("A1", "The operation alone, ready at once"),
    ("A2", "The operation alone, pending once"),
    ("B1", "Retry, a success at the first try"),
    ("C1", "Breaker, closed: in a row, and over a window of calls"),
    ("C2", "Breaker, closed: over a window of time"),
    ("C3", "Breaker, open: a refusal"),
    ("D1", "Rate limit, not reached"),
    ("E1", "Bulkhead, not full"),
    ("T0", "Timeout, the operation is ready at once"),
    ("T0p", "Timeout, the operation is pending once"),
    ("F1", "Retry, breaker, rate limit, bulkhead and timeout"),
    ("P1", "The same, the operation is pending once"),
    ("T1", "A span by tracing alone, nobody listens"),
    ("S1", "Slow path: a quarter of the calls fail"),
    ("S2", "Slow path: a failure opens the breaker, which is closed by hand"),
    ("S3", "Slow path: the rate limit refuses"),
    ("S4", "Slow path: the bulkhead refuses"),
];

/// The names of the charts' files, and the charts.
pub(super) fn charts(figures: &Figures) -> Vec<(String, String)> {
    let mut charts = Vec::new();
    for (row, title) in rows(figures) {
        let bars = figures.row(row).map(|case| Bar {
            label: case.who.clone(),
            value: case.median,
            is_ours: case.is_ours(),
        });
        let bars: Vec<Bar> = bars.collect();
        if bars.len() > 1 {
            charts.push((file(row), bars::chart(&format!("{row}: {title}"), "ns", bars::CUT, &bars)));
        }
        let bars = figures.row(row).filter_map(|case| {
            let value = case.shared?.two / 1e6;
            Some(Bar { label: case.who.clone(), value, is_ours: case.is_ours() })
        });
        let bars: Vec<Bar> = bars.collect();
        if bars.len() > 1 {
            let title = format!("{row}, two threads on one object: calls a second, in millions");
            charts.push((file(&format!("{row}-threads")), bars::chart(&title, "M/s", f64::INFINITY, &bars)));
        }
    }
    charts
}

/// The rows that have cases.
fn rows(figures: &Figures) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    ROWS.into_iter().filter(|(row, _)| figures.row(row).next().is_some())
}

fn file(row: &str) -> String {
    format!("{}.svg", row.to_lowercase())
}

/// The page.
pub(super) fn page(origin: &Origin, figures: &Figures, conditions: &[Condition]) -> String {
    let Origin { machine, compiler, commit, date, quick } = origin;
    let short = if *quick {
        " It was a short run, with `--quick`: programs were not built to see what that costs."
    } else {
        ""
    };
    let mut page = format!(
        "# What a call costs, beside its peers\n\n\
         Written by `cargo xtask bench` on {date}, at {commit}, with {compiler} on {machine}.{short} Times change with \
         the machine and with what else it does; ratios within one run and instructions are what counts.\n\n\
         ## Targets\n\n{}\n\n{}\n\
         Where the bound is in `x`, it is a ratio of two figures of this run. What is not measured needs \
         the run without `--quick`, or a second core. The default build is what counts; beside it stands what the feature \
         `tsc` makes of it, where a clock is read.\n\n",
        summary(conditions),
        targets(conditions)
    );
    page.push_str(
        "## Calls\n\nAnnotated functions and peers around the same operation, a function that the compiler cannot look \
         into. Each future is polled where it was made. All rows are run in turns within one process, several times over.\n\n\
         - *median*, *fastest*: nanoseconds of a call in a batch of about 20 microseconds; the median of all batches of \
         the process in the middle, and the fastest batch of all.\n\
         - *p50* to *p99.9*: nanoseconds of single calls, from the time stamp counter; ",
    );
    let _ = write!(
        page,
        "what reading it takes, {} ns here, is taken off. They are whole numbers, and calls that the processor does \
         beside the reading seem shorter than in a batch.\n\
         - *instructions*: by callgrind, without the clock's own in the kernel's page. A locked one counts as one.\n\
         - *clock reads*: calls of `clock_gettime`, also of the coarse one. Who reads the time stamp counter itself, as governor does, \
         is not seen.\n\
         - *allocations*, and *future*: the size of the future in bytes, its body's included.\n\n\
         What has the feature `tsc` is a program of its own, and its peers are not shown again.\n\n",
        figure(figures.clock)
    );
    for (row, title) in rows(figures) {
        calls(&mut page, figures, row, title);
    }
    threads(&mut page, figures);
    growth(&mut page, figures);
    telemetry(&mut page, figures);
    if let Some(compile) = &figures.compile {
        builds(&mut page, compile);
    }
    page
}

/// How many conditions are met.
fn summary(conditions: &[Condition]) -> String {
    let of = |verdict| conditions.iter().filter(|condition| condition.is_met() == verdict).count();
    format!("{} met, {} not met, {} not measured.", of(Some(true)), of(Some(false)), of(None))
}

/// The table of the targets.
pub(super) fn targets(conditions: &[Condition]) -> String {
    let mut table = String::from("| row | what | target | measured | |\n|---|---|---|---|---|\n");
    for condition in conditions {
        let (sign, bound) = match condition.bound {
            Bound::AtMost(bound) => ("at most", bound),
            Bound::AtLeast(bound) => ("at least", bound),
        };
        let measured = condition.measured.map_or("-".to_owned(), |measured| with(measured, condition.unit));
        let beside = condition.with_counter.map_or(String::new(), |figure| {
            let sign = if condition.bound.holds(figure) { "" } else { "not " };
            format!("; with the feature `tsc` {}, {sign}met", with(figure, condition.unit))
        });
        let Condition { row, what, unit, .. } = condition;
        let _ = writeln!(
            table,
            "| {row} | {what} | {sign} {} | {measured} | {}{beside} |",
            with(bound, *unit),
            condition.verdict()
        );
    }
    table
}

/// A figure and its unit.
fn with(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Times => format!("{} x", figure(value)),
        Unit::Nanoseconds => format!("{} ns", figure(value)),
        Unit::Instructions => format!("{value:.0} instructions"),
        Unit::Bytes => format!("{value:.0} B"),
        Unit::Allocations => format!("{value} allocations"),
        Unit::MillionsPerSecond => format!("{} M/s", figure(value)),
        Unit::CpuSeconds => format!("{value:.1} CPU s"),
        Unit::Milliseconds => format!("{} ms", figure(value)),
        Unit::Crates => format!("{value:.0} crates"),
    }
}

fn calls(page: &mut String, figures: &Figures, row: &str, title: &str) {
    let _ = writeln!(
        page,
        "### {row}: {title}\n\n\
         | | median | fastest | p50 | p90 | p99 | p99.9 | instructions | clock reads | allocations | future |\n\
         |---|---|---|---|---|---|---|---|---|---|---|"
    );
    for case in figures.row(row) {
        let [p50, p90, p99, p999] = case.percentiles;
        let _ = writeln!(
            page,
            "| {} | {} | {} | {p50} | {p90} | {p99} | {p999} | {:.0} | {} | {} | {} |",
            name(&case.who, case.is_ours()),
            figure(case.median),
            figure(case.fastest),
            case.instructions,
            case.clock_reads,
            case.allocations.map_or("-".to_owned(), |allocations| allocations.to_string()),
            case.size
        );
    }
    if figures.row(row).count() > 1 {
        let _ = writeln!(page, "\n![{title}](charts/{})", file(row));
    }
    page.push('\n');
}

/// Ours stand out.
fn name(who: &str, is_ours: bool) -> String {
    let who = if who.starts_with('#') || who.contains("::") { format!("`{who}`") } else { who.to_owned() };
    if is_ours { format!("**{who}**") } else { who }
}

fn threads(page: &mut String, figures: &Figures) {
    if figures.cases.iter().all(|case| case.shared.is_none()) {
        return page.push_str("## Two threads\n\nThere was one core.\n\n");
    }
    page.push_str(
        "## Two threads on one object\n\nEach thread on a core of its own, for a millisecond at a stretch, in turns \
         with one thread alone. Only stretches count in which the kernel took no core away: a thread that is interrupted \
         leaves the object to the other. Medians; calls a second, in millions; the percentiles are those of single calls while \
         the other thread does the same, in nanoseconds. The operation alone shares nothing: it scales as far as the two \
         cores do.\n\n\
         | row | | one thread | two threads | scaling | p50 | p90 | p99 | p99.9 |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for case in &figures.cases {
        let Some(shared) = case.shared else { continue };
        let [p50, p90, p99, p999] = shared.percentiles;
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} x | {p50} | {p90} | {p99} | {p999} |",
            case.row,
            name(&case.who, case.is_ours()),
            figure(shared.one / 1e6),
            figure(shared.two / 1e6),
            figure(shared.two / shared.one)
        );
    }
    page.push('\n');
    for (row, title) in
        rows(figures).filter(|(row, _)| figures.row(row).filter(|case| case.shared.is_some()).count() > 1)
    {
        let _ = writeln!(page, "![{title}, two threads](charts/{})\n", file(&format!("{row}-threads")));
    }
}

fn growth(page: &mut String, figures: &Figures) {
    page.push_str("## Growth\n\nCalls a second in all, in millions: the best of some tries.\n\n");
    let table = |page: &mut String, of: &str, what: &str, columns: &[&str]| {
        let _ = writeln!(page, "| {what} | {} |\n|---|{}", columns.join(" | "), "---|".repeat(columns.len()));
        for Growth { number, rates, .. } in figures.growth.iter().filter(|growth| growth.of == of) {
            let rates: Vec<String> = rates.iter().map(|rate| figure(rate / 1e6)).collect();
            let _ = writeln!(page, "| {number} | {} |", rates.join(" | "));
        }
        page.push('\n');
    };
    page.push_str(
        "Tasks that call one function with all policies, on two threads; each call is pending once.\n\n",
    );
    table(page, "tasks", "tasks", &["**resilient**", "by hand: backon, recloser, governor, tokio"]);
    page.push_str(
        "Functions that each have a breaker of a name of their own, called in turn by one thread; and as many that have \
         none. Each function has code of its own, of which *Building* has the size: that of a thousand is more than the \
         caches of a core hold.\n\n",
    );
    table(page, "names", "breakers", &["**resilient**", "plain functions"]);
    page.push_str("Keys of one rate limit, in turn, by one thread.\n\n");
    table(page, "keys", "keys", &["**resilient**", "governor"]);
    page.push_str("What is kept for good, in bytes:");
    for (index, (what, bytes)) in figures.kept.iter().enumerate() {
        let _ = write!(page, "{} {bytes} for each {what}", if index == 0 { "" } else { "," });
    }
    page.push_str(".\n\n");
}

fn telemetry(page: &mut String, figures: &Figures) {
    let Some(telemetry) = &figures.telemetry else { return };
    page.push_str(
        "## Telemetry\n\nThe same calls as they are, nobody listening; with everything that is said to `tracing` compiled \
         out; and with the feature `otel` and counters installed at a provider. Three programs, in turns: the fastest \
         batches.\n\n\
         | | | as it is | compiled out | counted |\n|---|---|---|---|---|\n",
    );
    let ours = telemetry
        .before
        .iter()
        .filter(|case| ["B1", "C1", "C2", "D1", "E1", "F1"].contains(&case.row.as_str()));
    for before in ours.filter(|case| case.is_ours()) {
        let same = |cases: &[Case], value: Column| {
            let case = find(cases, &before.row, &before.who);
            case.map_or("-".to_owned(), |case| figure(value(case)))
        };
        for (what, value) in COLUMNS {
            let plain = if what == "instructions" { &figures.cases } else { &telemetry.before };
            let _ = writeln!(
                page,
                "| {} {} | {what} | {} | {} | {} |",
                before.row,
                before.who,
                same(plain, value),
                same(&telemetry.quiet, value),
                same(&telemetry.counted, value)
            );
        }
    }
    page.push('\n');
}

/// A figure of a case.
type Column = fn(&Case) -> f64;

/// What is shown of a variant.
const COLUMNS: [(&str, Column); 3] = [
    ("nanoseconds", |case| case.fastest),
    ("instructions", |case| case.instructions),
    ("bytes of future", |case| case.size),
];

fn builds(page: &mut String, compile: &Compile) {
    page.push_str(
        "## Building\n\nA clean debug build of a program with one protected function, all policies on it where there are \
         such; without a cache, in CPU seconds.\n\n| | CPU s | crates | of them tracing's |\n|---|---|---|---|\n",
    );
    for clean in &compile.clean {
        let _ = writeln!(
            page,
            "| {} | {:.1} | {} | {} |",
            name(clean.name, clean.name == "resilient"),
            clean.seconds,
            clean.crates,
            clean.of_tracing
        );
    }
    let _ = writeln!(
        page,
        "\nOne of {FUNCTIONS} functions, above a plain one: milliseconds to expand, and of CPU for a check and a debug \
         build; millions of the compiler's instructions for the same two, the linker's apart; bytes that it adds to a stripped \
         release build.\n\n| | expansion | check | build | check, M instructions | build, M instructions | code |\n\
         |---|---|---|---|---|---|---|"
    );
    for many in compile.many.iter().skip(1) {
        let code = compile.code.iter().find(|(name, _)| *name == many.name);
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |",
            described(many.name),
            figure(many.expand),
            figure(many.check),
            figure(many.build),
            figure(many.check_instructions),
            figure(many.build_instructions),
            code.map_or("-".to_owned(), |(_, bytes)| figure(*bytes))
        );
    }
}

/// What a program of many functions is made of.
fn described(name: &str) -> &str {
    match name {
        "loop" => "a retry loop by hand",
        "instrument" => "`#[tracing::instrument]`",
        "retry" => "**`retry`**",
        "all" => "**retry, breaker, rate limit, bulkhead, timeout**",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::Shared;

    fn condition(measured: Option<f64>) -> Condition {
        let bound = Bound::AtMost(2.0);
        Condition { row: "B1", what: "retry", bound, unit: Unit::Times, measured, with_counter: None }
    }

    #[test]
    fn a_verdict_is_computed() {
        let beside = |figure| Condition { with_counter: Some(figure), ..condition(Some(2.1)) };
        let conditions =
            [condition(Some(2.0)), condition(Some(2.1)), condition(None), beside(1.9), beside(2.2)];
        let table = targets(&conditions);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(lines[0], "| B1 | retry | at most 2.00 x | 2.00 x | met |");
        assert_eq!(lines[1], "| B1 | retry | at most 2.00 x | 2.10 x | **not met** |");
        assert_eq!(lines[2], "| B1 | retry | at most 2.00 x | - | not measured |");
        assert!(lines[3].ends_with("| **not met**; with the feature `tsc` 1.90 x, met |"));
        assert!(lines[4].ends_with("| **not met**; with the feature `tsc` 2.20 x, not met |"));
        assert_eq!(summary(&conditions), "1 met, 3 not met, 1 not measured.");
    }

    #[test]
    fn each_chart_of_the_page_is_written() {
        let shared = Some(Shared { one: 1e6, two: 2e6, percentiles: [0.0; 4] });
        let case =
            |who: &str| Case { row: "C1".into(), who: who.into(), median: 1.0, shared, ..Case::default() };
        let figures = Figures { cases: vec![case("resilient"), case("a peer")], ..Figures::default() };
        let origin = Origin {
            machine: String::new(),
            compiler: String::new(),
            commit: String::new(),
            date: String::new(),
            quick: false,
        };
        let page = page(&origin, &figures, &[]);
        let charts = charts(&figures);
        assert_eq!(charts.len(), 2);
        assert!(charts.iter().all(|(name, _)| page.contains(&format!("(charts/{name})"))));
        assert_eq!(page.matches("](charts/").count(), 2);
    }
}
