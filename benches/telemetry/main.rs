//! What telemetry costs a healthy call, as a table in Markdown:
//! `cargo bench -p resilience-benches --features otlp --bench telemetry > benches/telemetry.md`.
//!
//! What is installed holds for a whole process, so that each column is a process of its own: this program, started
//! again. Calls come in rounds, and what a round has to send is sent before the next one: calls are never measured with a
//! queue that is full, where they would cost less.

mod cases;
mod sink;

use std::env;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode};

use resilience_runtime::telemetry::{self, Telemetry};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::cases::{CASES, measure};

/// Set where this is the process of one column, to its name.
const COLUMN: &str = "RESILIENCE_BENCH_COLUMN";

/// What is installed, by what it is called, with the variables that say what is not sent.
const COLUMNS: [(&str, &[&str]); 6] = [
    (NOTHING, &[]),
    (IGNORED, &[]),
    ("metrics", &["OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER"]),
    (NOT_SAMPLED, &["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"]),
    ("spans", &["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"]),
    ("spans, metrics and log events", &[]),
];

const NOTHING: &str = "nothing";
const IGNORED: &str = "a subscriber for other targets";
const NOT_SAMPLED: &str = "spans, none sampled";

fn main() -> ExitCode {
    let result = match env::var(COLUMN) {
        Ok(column) => measured(&column),
        Err(_) => table(),
    };
    match result {
        Ok(text) => {
            // Nobody is left to tell when standard output is closed.
            let _ = write!(io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "telemetry: {error}");
            ExitCode::FAILURE
        }
    }
}

/// All columns, as a page.
fn table() -> Result<String, Box<dyn Error>> {
    let collector = sink::start()?;
    let mut rows: Vec<String> = CASES.iter().map(|case| format!("| {case} |")).collect();
    for (column, not_sent) in COLUMNS {
        let mut command = Command::new(env::current_exe()?);
        command.env(COLUMN, column).env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector);
        let output = command.envs(not_sent.iter().map(|variable| (variable, "none"))).output()?;
        if !output.status.success() {
            return Err(format!("{column}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let cells = String::from_utf8(output.stdout)?;
        for (row, cell) in rows.iter_mut().zip(cells.lines()) {
            row.extend([" ", cell, " |"]);
        }
    }
    let names = COLUMNS.map(|(name, _)| format!(" {name} |")).concat();
    let line = "---:|".repeat(COLUMNS.len());
    Ok(format!("{ABOUT}\n| ns per healthy call |{names}\n|---|{line}\n{}\n", rows.join("\n")))
}

const ABOUT: &str = "\
# What telemetry costs

Nanoseconds on the thread of a healthy call, the median of many rounds in one run. Each column says what is installed.
Where something is sent, it is sent in batches by HTTP to a collector that takes everything, on threads of its own, whose
work is not in these figures. A call with `#[resilient]` is two spans, the call and its attempt, with twelve attributes or
more between them; one with `#[instrument]` is a span with one. Made by
`cargo bench -p resilience-benches --features otlp --bench telemetry > benches/telemetry.md`.
";

/// One column: the figures of all cases, a line each.
fn measured(column: &str) -> Result<String, Box<dyn Error>> {
    let telemetry = install(column)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let figures = measure(|| {
        if let Some(telemetry) = &telemetry {
            runtime.block_on(telemetry.flush());
        }
    });
    if let Some(telemetry) = telemetry {
        let report = runtime.block_on(telemetry.shutdown());
        if !report.is_complete() {
            return Err(format!("not everything was sent: {report}").into());
        }
        let has_spans = column.starts_with("spans") && column != NOT_SAMPLED;
        if has_spans != (report.spans.exported > 0) {
            return Err(format!("other spans were sent than the column says: {report}").into());
        }
    }
    Ok(figures.map(|figure| format!("{figure:.0}\n")).concat())
}

fn install(column: &str) -> Result<Option<Telemetry>, Box<dyn Error>> {
    match column {
        NOTHING => Ok(None),
        IGNORED => {
            let other = Targets::new().with_target("another::service", LevelFilter::INFO);
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(other))?;
            Ok(None)
        }
        NOT_SAMPLED => Ok(Some(Telemetry::builder().sample_ratio(0.0).install()?)),
        _ => Ok(Some(telemetry::install()?)),
    }
}
