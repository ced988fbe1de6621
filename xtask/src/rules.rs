//! The rules for Prometheus: read, and held against the schema; and the relabelling for scrapes with other names.

use xtask::registry::{Metric, Registry};
use yaml_rust2::{Yaml, YamlLoader};

use crate::{dashboard, promql};

/// A rule that records, or an alert.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) expression: String,
    is_record: bool,
    /// What an alert says.
    texts: String,
}

/// The rules of a file.
pub(crate) fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    let list = |yaml: &Yaml| yaml.as_vec().cloned().unwrap_or_default();
    let groups = documents.first().map(|document| list(&document["groups"])).unwrap_or_default();
    let rule = |rule: &Yaml| {
        let name = rule["record"].as_str().or(rule["alert"].as_str());
        match (name, rule["expr"].as_str()) {
            (Some(name), Some(expression)) => Ok(Rule {
                name: name.to_owned(),
                expression: expression.to_owned(),
                is_record: !rule["record"].is_badvalue(),
                texts: ["summary", "description"]
                    .map(|text| rule["annotations"][text].as_str().unwrap_or_default())
                    .join("\n"),
            }),
            _ => Err(format!("a rule has a name and `expr`; {rule:?} has not")),
        }
    };
    let rules: Vec<Rule> = groups
        .iter()
        .flat_map(|group| list(&group["rules"]))
        .map(|it| rule(&it))
        .collect::<Result<_, _>>()?;
    if rules.is_empty() { Err("there are no rules".to_owned()) } else { Ok(rules) }
}

/// Holds the rules against the schema: they ask for what is there.
pub(crate) fn check(text: &str, registry: &Registry) -> Result<(), String> {
    let rules = parse(text)?;
    let recorded: Vec<String> =
        rules.iter().filter(|rule| rule.is_record).map(|rule| rule.name.clone()).collect();
    for rule in &rules {
        promql::check(&rule.expression, registry, &recorded)
            .map_err(|error| format!("rule `{}`: {error}", rule.name))?;
        check_texts(rule, registry)?;
    }
    Ok(())
}

/// Each alert has a case in which it fires, and a moment when it does not.
pub(crate) fn check_cases(rules: &str, cases: &str) -> Result<(), String> {
    let documents = YamlLoader::load_from_str(cases).map_err(|error| error.to_string())?;
    let list = |yaml: &Yaml| yaml.as_vec().cloned().unwrap_or_default();
    let tests = documents.first().map(|document| list(&document["tests"])).unwrap_or_default();
    let moments: Vec<Yaml> = tests.iter().flat_map(|test| list(&test["alert_rule_test"])).collect();
    for alert in parse(rules)?.iter().filter(|rule| !rule.is_record) {
        let mut of_it = moments.iter().filter(|moment| moment["alertname"].as_str() == Some(&alert.name));
        let fires = |moment: &Yaml| !list(&moment["exp_alerts"]).is_empty();
        if !of_it.clone().any(fires) {
            return Err(format!("`{}` fires in no case", alert.name));
        }
        if of_it.all(fires) {
            return Err(format!("`{}` fires in every case", alert.name));
        }
    }
    Ok(())
}

/// What an alert's texts name: panels by their titles, attributes and events by their names in the schema.
fn check_texts(rule: &Rule, registry: &Registry) -> Result<(), String> {
    // Every second piece is between two marks.
    for named in rule.texts.split('`').skip(1).step_by(2) {
        let is_known = if named.starts_with("reliability.") {
            registry.attribute(named).is_some() || registry.events.iter().any(|event| event.name == named)
        } else {
            let is_title = named.contains(' ') || named.starts_with(char::is_uppercase);
            !is_title || dashboard::all().any(|panel| panel.title == named)
        };
        if !is_known {
            return Err(format!("rule `{}` speaks of `{named}`, which there is not", rule.name));
        }
    }
    Ok(())
}

/// The name of a metric where a way adds its unit, if that makes a difference.
pub(crate) fn with_unit(metric: &Metric) -> Option<String> {
    (metric.unit == "s").then(|| format!("{}_seconds", metric.prometheus()))
}

/// Takes the units out of the names.
pub(crate) fn relabelling(registry: &Registry) -> String {
    let named: Vec<String> = registry
        .metrics
        .iter()
        .filter(|metric| with_unit(metric).is_some())
        .map(Metric::prometheus)
        .collect();
    format!(
        "# Written by `cargo xtask schema`. For a `scrape_configs` of Prometheus whose names come with their units, as from a\n\
         # collector: the dashboard and the rules have them without.\nmetric_relabel_configs:\n  \
         - source_labels: [__name__]\n    regex: \"({})_seconds_(bucket|sum|count)\"\n    \
         target_label: __name__\n    replacement: \"${{1}}_${{2}}\"\n",
        named.join("|")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "attributes:
  - {key: a.b, type: string, brief: b}
metrics:
  - {name: retry.calls, instrument: counter, unit: x, brief: b, attributes: [{ref: a.b}]}
  - {name: retry.time, instrument: histogram, unit: s, brief: b, attributes: [{ref: a.b}], annotations: {boundaries: [1]}}
";

    fn checked(expression: &str) -> Result<(), String> {
        let record = "{record: retry_share, expr: retry_calls_total}";
        let rules = format!("groups: [{{rules: [{record}, {{alert: A, expr: {expression:?}}}]}}]");
        check(&rules, &Registry::parse(REGISTRY).unwrap())
    }

    #[test]
    fn rules_ask_for_what_is_in_the_schema_or_recorded() {
        assert!(checked("retry_share > rate(retry_calls_total[5m])").is_ok());
        assert!(checked("retry_calls > 1").unwrap_err().starts_with("rule `A`: `retry_calls` is no series"));
        assert!(check("groups: []", &Registry::default()).is_err());
    }

    #[test]
    fn an_alert_speaks_of_what_there_is() {
        let with = |text: &str| {
            let alert =
                format!("{{alert: A, expr: retry_calls_total, annotations: {{description: \"{text}\"}}}}");
            check(&format!("groups: [{{rules: [{alert}]}}]"), &Registry::parse(REGISTRY).unwrap())
        };
        assert!(with("look at `Errors by type`; lower `max`").is_ok());
        assert!(with("look at `Errors by kind`").unwrap_err().contains("speaks of `Errors by kind`"));
        assert!(with("look at `reliability.kind`").unwrap_err().contains("speaks of `reliability.kind`"));
    }

    #[test]
    fn an_alert_has_a_case_where_it_fires_and_one_where_it_does_not() {
        let rules = "groups: [{rules: [{record: r, expr: x}, {alert: A, expr: r}]}]";
        let cases = |moments: &str| check_cases(rules, &format!("tests: [{{alert_rule_test: [{moments}]}}]"));
        let (fires, silent) = ("{alertname: A, exp_alerts: [{exp_labels: {a: b}}]}", "{alertname: A}");
        assert!(cases(&format!("{silent}, {fires}")).is_ok());
        assert_eq!(cases(silent).unwrap_err(), "`A` fires in no case");
        assert_eq!(cases(fires).unwrap_err(), "`A` fires in every case");
    }

    #[test]
    fn units_are_taken_out_of_the_names_that_have_them() {
        let text = relabelling(&Registry::parse(REGISTRY).unwrap());
        assert!(text.contains("regex: \"(retry_time)_seconds_(bucket|sum|count)\""), "{text}");
        assert!(text.contains("replacement: \"${1}_${2}\""), "{text}");
    }
}
