//! The Grafana dashboard, written from its list of panels.

mod json;
pub(crate) mod panels;

use xtask::registry::Registry;

use self::json::Json;
use self::panels::{LEFT_OUT, Look, Panel, ROWS, Unit};
use crate::promql;

/// Columns of the whole dashboard, and of one panel; how high a panel is.
const COLUMNS: i64 = 24;
const WIDTH: i64 = 8;
const HEIGHT: i64 = 8;

/// Every panel.
pub(crate) fn all() -> impl Iterator<Item = &'static Panel> {
    ROWS.iter().flat_map(|row| row.panels)
}

/// An expression as it is in the dashboard, with the dashboard's variables.
pub(crate) fn expression(short: &str) -> String {
    short
        .replace("<op>", "job=~\"$job\", reliability_operation_name=~\"$operation\"")
        .replace("<job>", "job=~\"$job\"")
        .replace("<range>", "[$__rate_interval]")
}

/// Holds the panels against the schema: they ask for what is there, and all that is there is asked for.
pub(crate) fn check(registry: &Registry) -> Result<(), String> {
    let mut asked = Vec::new();
    for panel in all() {
        for (short, _) in panel.queries {
            let metrics = promql::check(&expression(short), registry, &[])
                .map_err(|error| format!("panel `{}`: {error}", panel.title))?;
            asked.extend(metrics);
        }
    }
    for metric in &registry.metrics {
        let is_left_out = LEFT_OUT.iter().any(|(name, _)| *name == metric.name);
        match (asked.contains(&metric.name), is_left_out) {
            (false, false) => {
                return Err(format!("`{}` is in no panel; add it, or put it in `LEFT_OUT`", metric.name));
            }
            (true, true) => return Err(format!("`{}` is left out and in a panel", metric.name)),
            _ => {}
        }
    }
    match LEFT_OUT.iter().find(|(name, _)| registry.metrics.iter().all(|metric| metric.name != *name)) {
        Some((name, _)) => Err(format!("`{name}` is left out and is no metric")),
        None => Ok(()),
    }
}

/// The file.
pub(crate) fn write() -> String {
    let (mut panels, mut id, mut top) = (Vec::new(), 0, 0);
    let mut next_id = || {
        id += 1;
        Json::from(id)
    };
    for row in ROWS {
        panels.push(Json::from([
            ("id", next_id()),
            ("type", "row".into()),
            ("title", row.title.into()),
            ("collapsed", false.into()),
            ("gridPos", place(0, top, COLUMNS, 1)),
            ("panels", Json::List(Vec::new())),
        ]));
        top += 1;
        let mut left = 0;
        for panel in row.panels {
            if left == COLUMNS {
                (left, top) = (0, top + HEIGHT);
            }
            panels.push(write_panel(panel, next_id(), place(left, top, WIDTH, HEIGHT)));
            left += WIDTH;
        }
        top += HEIGHT;
    }
    let dashboard = Json::from([
        ("uid", "resilience".into()),
        ("title", "Resilience".into()),
        ("description", "Annotated functions: what callers see, and what the policies do.".into()),
        ("tags", vec!["resilience".into()].into()),
        ("editable", true.into()),
        ("graphTooltip", 1.into()),
        ("refresh", "10s".into()),
        ("schemaVersion", 39.into()),
        ("time", [("from", "now-30m".into()), ("to", "now".into())].into()),
        ("timezone", "browser".into()),
        ("templating", [("list", variables())].into()),
        ("annotations", [("list", annotations())].into()),
        ("panels", panels.into()),
    ]);
    format!("{dashboard}\n")
}

fn place(left: i64, top: i64, width: i64, height: i64) -> Json {
    [("x", left.into()), ("y", top.into()), ("w", width.into()), ("h", height.into())].into()
}

fn source() -> Json {
    [("type", "prometheus".into()), ("uid", "${datasource}".into())].into()
}

/// What the reader can choose.
fn variables() -> Json {
    let of_labels = |name: &'static str, label: &'static str, query: &'static str| {
        Json::from([
            ("name", name.into()),
            ("label", label.into()),
            ("type", "query".into()),
            ("datasource", source()),
            ("query", query.into()),
            ("refresh", 2.into()),
            ("sort", 1.into()),
            ("multi", true.into()),
            ("includeAll", true.into()),
            ("allValue", ".*".into()),
        ])
    };
    vec![
        Json::from([
            ("name", "datasource".into()),
            ("label", "Data source".into()),
            ("type", "datasource".into()),
            ("query", "prometheus".into()),
        ]),
        of_labels("job", "Job", "label_values(retry_attempts_total, job)"),
        of_labels(
            "operation",
            "Operation",
            "label_values(retry_attempts_total{job=~\"$job\"}, reliability_operation_name)",
        ),
    ]
    .into()
}

/// Breakers that open, as marks in every panel.
fn annotations() -> Json {
    vec![Json::from([
        ("name", "Breaker opens".into()),
        ("datasource", source()),
        ("enable", true.into()),
        ("iconColor", "red".into()),
        ("target", [("refId", "Anno".into()), ("expr", opens().as_str().into())].into()),
        ("titleFormat", "{{reliability_circuit_breaker_name}} opens".into()),
    ])]
    .into()
}

/// The marks' expression.
pub(crate) fn opens() -> String {
    "sum by (reliability_circuit_breaker_name) \
     (increase(reliability_circuit_breaker_transitions_total{job=~\"$job\", \
     reliability_circuit_breaker_state=\"open\"}[$__rate_interval])) > 0"
        .to_owned()
}

fn write_panel(panel: &Panel, id: Json, place: Json) -> Json {
    let kind = match panel.look {
        Look::Lines | Look::Stack => "timeseries",
        Look::States => "state-timeline",
        Look::Bars => "bargauge",
    };
    let targets = panel.queries.iter().zip('A'..).map(|((short, legend), letter)| {
        Json::from([
            ("refId", Json::Text(letter.to_string())),
            ("datasource", source()),
            ("editorMode", "code".into()),
            ("expr", Json::Text(expression(short))),
            ("legendFormat", (*legend).into()),
            ("range", (panel.look != Look::Bars).into()),
            ("instant", (panel.look == Look::Bars).into()),
        ])
    });
    let options = match panel.look {
        Look::Lines | Look::Stack => Json::from([
            (
                "legend",
                [("displayMode", "list".into()), ("placement", "bottom".into()), ("showLegend", true.into())]
                    .into(),
            ),
            ("tooltip", [("mode", "multi".into()), ("sort", "desc".into())].into()),
        ]),
        Look::States => Json::from([("mergeValues", true.into()), ("showValue", "never".into())]),
        Look::Bars => Json::from([
            ("orientation", "horizontal".into()),
            ("displayMode", "basic".into()),
            (
                "reduceOptions",
                [("calcs", vec!["lastNotNull".into()].into()), ("values", false.into())].into(),
            ),
        ]),
    };
    Json::from([
        ("id", id),
        ("type", kind.into()),
        ("title", panel.title.into()),
        ("description", panel.about.into()),
        ("datasource", source()),
        ("gridPos", place),
        ("fieldConfig", [("defaults", defaults(panel)), ("overrides", Json::List(Vec::new()))].into()),
        ("options", options),
        ("targets", targets.collect::<Vec<_>>().into()),
    ])
}

/// How values are shown.
fn defaults(panel: &Panel) -> Json {
    let unit = match panel.unit {
        Unit::Share => "percentunit",
        Unit::Seconds => "s",
        Unit::PerSecond => "cps",
        Unit::Count => "short",
    };
    let mut defaults = vec![("unit", unit.into()), ("min", 0.into())];
    match panel.look {
        Look::States => defaults.push(("mappings", mappings())),
        Look::Bars => {}
        Look::Lines | Look::Stack => {
            let is_stack = panel.look == Look::Stack;
            defaults.push((
                "custom",
                Json::from([
                    ("drawStyle", "line".into()),
                    ("lineWidth", 1.into()),
                    ("fillOpacity", if is_stack { 40 } else { 0 }.into()),
                    ("showPoints", "never".into()),
                    ("stacking", [("mode", if is_stack { "normal" } else { "none" }.into())].into()),
                ]),
            ));
        }
    }
    if panel.unit == Unit::Share {
        defaults.push(("max", 1.into()));
    }
    Json::Object(defaults)
}

/// The names and colours of a breaker's states.
fn mappings() -> Json {
    let state = |text: &str, color: &str, index: i64| {
        Json::from([("text", text.into()), ("color", color.into()), ("index", index.into())])
    };
    let options = Json::from([
        ("0", state("closed", "green", 0)),
        ("1", state("open", "red", 1)),
        ("2", state("half-open", "yellow", 2)),
    ]);
    vec![Json::from([("type", "value".into()), ("options", options)])].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_that_no_panel_shows_is_found() {
        let more = "attributes:\n  - {key: a.b, type: string, brief: c}\nmetrics:\n  - {name: retry.new, instrument: counter, unit: s, \
                    brief: f, attributes: [{ref: a.b}]}\n";
        let registry = Registry::parse(more).unwrap();
        // The panels ask for what is not there; that comes first.
        assert!(check(&registry).unwrap_err().contains("is no series"));
    }

    #[test]
    fn panels_have_names_of_their_own_and_say_what_to_see() {
        let mut titles: Vec<&str> = all().map(|panel| panel.title).collect();
        assert!(all().all(|panel| !panel.about.is_empty() && !panel.queries.is_empty()));
        let panels = titles.len();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), panels);
    }
}
