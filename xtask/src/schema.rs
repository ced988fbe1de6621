//! Writes, or checks, what is made from the schema of the telemetry: the metrics' constants, the tables for readers, the
//! dashboard. Also holds the names of attributes and events in the source against it, and those of series in rules.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use xtask::registry::{Metric, Registry, Type, Use};

use crate::{dashboard, rules};

/// The schema.
pub(crate) const REGISTRY: &str = "resilience-runtime/telemetry/registry.yaml";
/// The tables.
const TABLES: &str = "resilience-runtime/telemetry/README.md";
/// The constants.
const CONSTANTS: &str = "resilience-runtime/src/telemetry/metrics/table.rs";
/// The dashboard.
pub(crate) const DASHBOARD: &str = "resilience-runtime/telemetry/grafana-dashboard.json";
/// What takes units out of names.
pub(crate) const RELABELLING: &str = "resilience-runtime/telemetry/prometheus-relabel.yaml";
/// Alerts, which are written by hand.
pub(crate) const RULES: &str = "resilience-runtime/telemetry/prometheus-rules.yaml";
/// What shows that they fire.
const CASES: &str = "resilience-runtime/telemetry/prometheus-rules.test.yaml";
/// The names as they are written in the source.
const NAMES: &str = "resilience-runtime/src/telemetry/names.rs";

/// Names of `names.rs` that stand for no attribute, event or span of the schema.
const TARGET: &str = "reliability";

/// Writes what is made from the schema, or finds out whether it would change.
///
/// # Errors
///
/// When the schema cannot be read, names in the source differ from it, or a file is not as it would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|error| format!("`{path}` is not readable: {error}"))
    };
    let registry = Registry::parse(&read(REGISTRY)?).map_err(|error| format!("`{REGISTRY}`: {error}"))?;
    compare_names(&registry, &read(NAMES)?)?;
    dashboard::check(&registry).map_err(|error| format!("the dashboard: {error}"))?;
    rules::check(&read(RULES)?, &registry).map_err(|error| format!("`{RULES}`: {error}"))?;
    rules::check_cases(&read(RULES)?, &read(CASES)?).map_err(|error| format!("`{CASES}`: {error}"))?;
    let made = [
        (TABLES, tables(&registry)),
        (CONSTANTS, constants(&registry)),
        (DASHBOARD, dashboard::write()),
        (RELABELLING, rules::relabelling(&registry)),
    ];
    for (path, text) in made {
        if !check {
            fs::write(root.join(path), text).map_err(|error| format!("`{path}`: {error}"))?;
        } else if read(path)? != text {
            return Err(format!("`{path}` is not what `{REGISTRY}` says; run `cargo xtask schema`"));
        }
    }
    Ok(())
}

/// Each name in the source is one of the schema, and the other way round.
fn compare_names(registry: &Registry, source: &str) -> Result<(), String> {
    let written: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once('"')?.1.strip_suffix("\";"))
        .filter(|name| *name != TARGET)
        .collect();
    let attributes = registry.attributes.iter().map(|attribute| attribute.key.as_str());
    let signals = registry.spans.iter().chain(&registry.events);
    let special = registry.spans.iter().flat_map(|span| &span.special).map(String::as_str);
    let known: Vec<&str> =
        attributes.chain(signals.map(|signal| signal.name.as_str())).chain(special).collect();
    if let Some(name) = written.iter().find(|name| !known.contains(name)) {
        return Err(format!("`{name}` is in `{NAMES}` and not in `{REGISTRY}`; add it there"));
    }
    if let Some(name) = known.iter().find(|name| !written.contains(name)) {
        return Err(format!("`{name}` is in `{REGISTRY}` and not in `{NAMES}`; add it there"));
    }
    Ok(())
}

fn constants(registry: &Registry) -> String {
    let mut text = String::from(
        "//! The metrics of `telemetry/registry.yaml`; written by `cargo xtask schema`.\n\n\
         use super::instruments::{Kind, Metric};\n\n/// All of them.\n#[cfg(all(test, not(resilience_loom)))]\npub(crate) const ALL: &[&Metric] = &[\n",
    );
    for metric in &registry.metrics {
        let _ = writeln!(text, "    &{},", constant(metric));
    }
    text.push_str("];\n");
    for metric in &registry.metrics {
        let Metric { name, instrument, unit, brief, boundaries, .. } = metric;
        let kind = match instrument.as_str() {
            "counter" => "Counter",
            "updowncounter" => "UpDownCounter",
            "gauge" => "Gauge",
            _ => "Histogram",
        };
        let _ = write!(
            text,
            "\npub(crate) const {}: Metric = Metric {{\n    name: {name:?},\n    kind: Kind::{kind},\n    unit: \
             {unit:?},\n    about: {brief:?},\n    boundaries: &[{}],\n}};\n",
            constant(metric),
            boundaries.join(", ")
        );
    }
    text
}

/// `retry.attempts` is `RETRY_ATTEMPTS`.
fn constant(metric: &Metric) -> String {
    metric.name.replace('.', "_").to_uppercase()
}

fn tables(registry: &Registry) -> String {
    let mut text = String::from(
        "# What is emitted\n\nWritten by `cargo xtask schema` from `registry.yaml`. Times are in seconds; integers are \
         64 bits wide; text comes from\nclosed sets and from names in the program, never from arguments or messages \
         (but for the status description of a span).\n\n## Spans\n\nTarget `reliability`. `level` of the attribute \
         moves call, attempt and fallback to another level.\n\n| span | level | exported as | about | attributes \
         |\n|---|---|---|---|---|\n",
    );
    for span in &registry.spans {
        let (levels, attributes) = (span.levels.join(", "), cell(&span.attributes));
        let _ = writeln!(
            text,
            "| `{}` | {levels} | `{}` | {} | {attributes} |",
            span.name, span.exported, span.brief
        );
    }
    text.push_str(
        "\n## Events\n\nTarget `reliability`, without a message, in the call's span. Three are for people and have a \
         message instead of a name:\nthe warnings of a name that two functions configure differently and of an observer \
         that panicked, and what is set by\n`Settings::apply`.\n\n| event | level | about | \
         attributes |\n|---|---|---|---|\n",
    );
    for event in &registry.events {
        let (levels, attributes) = (event.levels.join(", "), cell(&event.attributes));
        let _ = writeln!(text, "| `{}` | {levels} | {} | {attributes} |", event.name, event.brief);
    }
    text.push_str(
        "\n## Metrics\n\nWith the feature `otel`, once a meter provider is installed. `grafana-dashboard.json` shows all of them, \
         `prometheus-rules.yaml` are\nalerts on them, and `prometheus-relabel.yaml` takes the units out of the names that a \
         collector gives them.\n\nCounters of policies begin at zero, called or not, those of a function with its first call: each thing \
         that its policies can do is a\nseries from then on, so that the first time is an increase as any other. A reason that it \
         failed for, but for `exhausted`,\nand what it was answered instead of are series when they were counted.\n\n| metric | \
         instrument | unit | \
         about | attributes |\n|---|---|---|---|---|\n",
    );
    for metric in &registry.metrics {
        let attributes = cell(&metric.attributes);
        let Metric { name, instrument, unit, brief, .. } = metric;
        let _ = writeln!(text, "| `{name}` | {instrument} | `{unit}` | {brief} | {attributes} |");
    }
    text.push_str("\n## Attributes\n\n| attribute | type | about | values |\n|---|---|---|---|\n");
    for attribute in &registry.attributes {
        let kind = match attribute.kind {
            Type::Text => "text",
            Type::Int => "integer",
            Type::Double => "number",
            Type::Boolean => "boolean",
        };
        let values: Vec<String> = attribute.values.iter().map(|value| format!("`{value}`")).collect();
        let _ =
            writeln!(text, "| `{}` | {kind} | {} | {} |", attribute.key, attribute.brief, values.join(" "));
    }
    text
}

fn cell(uses: &[Use]) -> String {
    let cells: Vec<String> = uses
        .iter()
        .map(|used| match &used.condition {
            None => format!("`{}`", used.key),
            Some(condition) => format!("`{}` ({condition})", used.key),
        })
        .collect();
    cells.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "attributes:\n  - {key: a.b, type: string, brief: c}\nevents:\n  - {name: e.f, brief: g, attributes: [{ref: \
         a.b}]}\n";

    #[test]
    fn names_in_the_source_are_those_of_the_schema() {
        let registry = Registry::parse(REGISTRY).unwrap();
        let both = "pub const A: &str = \"a.b\";\npub const E: &str = \"e.f\";\n";
        assert!(compare_names(&registry, both).is_ok());
        assert!(
            compare_names(&registry, "pub const A: &str = \"a.b\";\n")
                .unwrap_err()
                .starts_with("`e.f` is in")
        );
        let more = format!("{both}pub const X: &str = \"x.y\";\n");
        assert!(compare_names(&registry, &more).unwrap_err().starts_with("`x.y` is in"));
    }
}
