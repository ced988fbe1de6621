//! The dashboard and the rules against a real Prometheus that scrapes the real example, and pictures of that.

mod chart;
mod query;
mod screen;
pub(crate) mod server;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use xtask::registry::Registry;
use yaml_rust2::Yaml;

use self::chart::{Drawing, Phase};
use self::query::Series;
use self::server::{Ports, Servers, WITH_UNITS, clock};
use crate::dashboard::{self, panels};
use crate::schema::{DASHBOARD, REGISTRY};
use crate::workspace::Workspace;
use crate::{collector, promql, rules, say};

/// The script of the example lasts 34.3 seconds: twice, and a little.
const LASTS: Duration = Duration::from_secs(76);
/// How long answers are waited for, which is over with the last of them: on a busy machine a fault may have other
/// consequences at its first turn, and scrapes are late or left out.
const PATIENCE: Duration = Duration::from_secs(180);
/// Where the pictures are.
const PICTURES: &str = "examples/observability/pictures";
/// The range for a scrape a second, as Grafana chooses it.
const RANGE: &str = "5s";
/// The processes of the example.
pub(crate) const JOBS: [&str; 3] = ["shop", "orders", "warehouse"];

/// Finds out whether every expression is answered, and every metric of the schema is scraped.
///
/// # Errors
///
/// What is not, or what else went wrong.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    promtool(workspace, "resilience-runtime/telemetry", &["check", "rules", "prometheus-rules.yaml"])?;
    promtool(workspace, "resilience-runtime/telemetry", &["test", "rules", "prometheus-rules.test.yaml"])?;
    promtool(workspace, "examples/observability", &["check", "config", "prometheus.yaml"])?;
    let registry = registry(&workspace.root)?;
    let mut asked = expressions(&workspace.root)?;
    let all = asked.len();
    // It outlives the patience.
    let mut servers = Servers::start(workspace, &registry, 2 * PATIENCE, Ports::Free)?;
    let start = clock();
    let end = start + PATIENCE.as_secs_f64();
    // Prometheus chooses a moment of its own for the first scrape; a fault has its phase.
    loop {
        pause(Duration::from_secs(1));
        servers.check()?;
        asked.retain(|(_, expression)| !was_answered(&servers, expression, start));
        let checked = all_answered(&servers, &asked, all)
            .and_then(|()| check_names(&registry, &query::names(servers.prometheus)?))
            .and_then(|()| check_relabelling(&servers, &registry));
        if checked.is_ok() {
            say(&format!("all {all} expressions of the dashboard and the rules are answered"));
        }
        if checked.is_ok() || clock() > end {
            return checked;
        }
    }
}

/// Whether none is left of all of them.
fn all_answered(servers: &Servers, left: &[(String, String)], all: usize) -> Result<(), String> {
    let Some((name, expression)) = left.first() else { return Ok(()) };
    let names: Vec<&str> = left.iter().map(|(name, _)| name.as_str()).collect();
    Err(format!(
        "{} of {all} expressions are answered with nothing: {}\nthe first one is `{expression}`{}",
        left.len(),
        names.join(", "),
        match query::now(servers.prometheus, expression) {
            Err(error) => format!(": {error}"),
            Ok(_) => format!(", for `{name}`"),
        }
    ))
}

/// Draws what the page of the example shows.
///
/// # Errors
///
/// Where something is missing for it.
pub(crate) fn pictures(workspace: &Workspace) -> Result<(), String> {
    if !crate::tools::has("prometheus", "prometheus")? {
        return Err("`prometheus` is missing and could not be installed".to_owned());
    }
    let mut servers = Servers::start(workspace, &registry(&workspace.root)?, LASTS, Ports::OfThePage)?;
    let start = clock();
    while clock() < start + LASTS.as_secs_f64() - 2.0 {
        pause(Duration::from_secs(1));
        servers.check()?;
    }
    let told = servers.told();
    let phases = phases(&told);
    let between = second_time(&phases)?;
    for row in panels::ROWS {
        let mut drawings = Vec::new();
        for panel in row.panels {
            let mut series: Vec<(String, Series)> = Vec::new();
            for (short, legend) in panel.queries {
                let answer =
                    query::between(servers.prometheus, &concrete(&dashboard::expression(short)), between)?;
                series.extend(answer.into_iter().map(|it| (it.legend(legend), it)));
            }
            drawings.push(Drawing { panel, series });
        }
        let name = row.title.split(|letter: char| !letter.is_alphanumeric()).collect::<Vec<_>>().join("-");
        write(
            workspace,
            &format!("{}.svg", name.to_lowercase().replace("--", "-")),
            &chart::draw(row.title, &drawings, &phases, between),
        )?;
    }
    write(workspace, "terminal.svg", &screen::draw(&screen::choose(&told)))?;
    // Its ports are those of the one before.
    drop(servers);
    write(workspace, "failed-call.svg", &collector::picture(workspace)?)
}

fn write(workspace: &Workspace, name: &str, text: &str) -> Result<(), String> {
    let path = workspace.root.join(PICTURES).join(name);
    fs::write(&path, text).map_err(|error| format!("`{}`: {error}", path.display()))?;
    say(&format!("written: {PICTURES}/{name}"));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "between two looks at programs that run in real time")]
pub(crate) fn pause(time: Duration) {
    thread::sleep(time);
}

fn promtool(workspace: &Workspace, directory: &str, arguments: &[&str]) -> Result<(), String> {
    let output =
        Command::new("promtool").args(arguments).current_dir(workspace.root.join(directory)).output();
    let output = output.map_err(|error| format!("`promtool` could not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!(
        "{}\nthe command again, in `{directory}`: promtool {}",
        String::from_utf8_lossy(&said),
        arguments.join(" ")
    ))
}

fn registry(root: &Path) -> Result<Registry, String> {
    let text = fs::read_to_string(root.join(REGISTRY)).map_err(|error| format!("`{REGISTRY}`: {error}"))?;
    Registry::parse(&text)
}

/// All expressions, from the files that users get, with what they are for.
fn expressions(root: &Path) -> Result<Vec<(String, String)>, String> {
    let dashboard = server::load(&root.join(DASHBOARD))?;
    let list = |yaml: &Yaml| yaml.as_vec().cloned().unwrap_or_default();
    let text = |yaml: &Yaml| yaml.as_str().unwrap_or_default().to_owned();
    let mut expressions = Vec::new();
    for panel in list(&dashboard["panels"]) {
        for target in list(&panel["targets"]) {
            let name = format!("panel `{}` {}", text(&panel["title"]), text(&target["refId"]));
            expressions.push((name, concrete(&text(&target["expr"]))));
        }
    }
    for annotation in list(&dashboard["annotations"]["list"]) {
        let name = format!("marks `{}`", text(&annotation["name"]));
        expressions.push((name, concrete(&text(&annotation["target"]["expr"]))));
    }
    if expressions.len() < panels::ROWS.len() {
        return Err(format!("`{DASHBOARD}` has no expressions"));
    }
    let rules = server::rules(root)?;
    expressions.extend(rules.into_iter().map(|rule| (format!("rule `{}`", rule.name), rule.expression)));
    Ok(expressions)
}

/// An expression of the dashboard with all chosen.
fn concrete(expression: &str) -> String {
    expression.replace("$job", &JOBS.join("|")).replace("$operation", ".*").replace("$__rate_interval", RANGE)
}

/// Whether there was a value that is a number, and of a process of the example where it says of which.
fn was_answered(servers: &Servers, expression: &str, start: f64) -> bool {
    let answer = query::between(servers.prometheus, expression, (start, clock())).unwrap_or_default();
    answer
        .iter()
        .filter(|series| series.label("job").is_none_or(|job| JOBS.contains(&job)))
        .any(Series::has_value)
}

/// What is scraped is what is in the schema.
fn check_names(registry: &Registry, scraped: &[String]) -> Result<(), String> {
    let known: Vec<String> = registry.metrics.iter().flat_map(promql::series).collect();
    if let Some(missing) = known.iter().find(|name| !scraped.contains(name)) {
        return Err(format!("`{missing}` is in the schema and is not scraped"));
    }
    let is_ours = |name: &&String| name.starts_with("retry_") || name.starts_with("reliability_");
    match scraped.iter().filter(is_ours).find(|name| !known.contains(name)) {
        Some(strange) => Err(format!("`{strange}` is scraped and is not in the schema")),
        None => Ok(()),
    }
}

/// What came with units is there without them.
fn check_relabelling(servers: &Servers, registry: &Registry) -> Result<(), String> {
    for metric in registry.metrics.iter().filter(|metric| rules::with_unit(metric).is_some()) {
        for series in promql::series(metric) {
            let expression = format!("{series}{{job=\"{WITH_UNITS}\"}}");
            if !query::now(servers.prometheus, &expression)?.iter().any(Series::has_value) {
                return Err(format!("relabelling does not make `{expression}`"));
            }
        }
    }
    Ok(())
}

/// From the second time that the script begins until it begins again, and a little of what is around.
fn second_time(phases: &[Phase]) -> Result<(f64, f64), String> {
    let mut healthy = phases.iter().filter(|phase| phase.name == "healthy").map(|phase| phase.begins).skip(1);
    match (healthy.next(), healthy.next()) {
        (Some(begins), Some(again)) => Ok((begins - 1.0, again + 2.0)),
        _ => Err("the example did not play its script twice".to_owned()),
    }
}

/// When each phase of the script began, by the example's headings.
fn phases(told: &[server::Told]) -> Vec<Phase> {
    let heading = |(at, line): &server::Told| {
        let plain = screen::plain(line);
        let name = plain.strip_prefix("── ")?.split(' ').next()?.to_owned();
        Some(Phase { begins: *at, name })
    };
    told.iter().filter_map(heading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_scraped_is_compared_both_ways() {
        let text = "attributes:\n  - {key: a.b, type: string, brief: c}\nmetrics:\n  - {name: retry.calls, instrument: counter, unit: x, \
                    brief: f, attributes: [{ref: a.b}]}\n";
        let registry = Registry::parse(text).unwrap();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(check_names(&registry, &names(&["retry_calls_total", "up"])).is_ok());
        assert!(check_names(&registry, &names(&["up"])).unwrap_err().contains("is not scraped"));
        let strange = names(&["retry_calls_total", "retry_calls"]);
        assert!(check_names(&registry, &strange).unwrap_err().starts_with("`retry_calls` is scraped"));
    }

    #[test]
    fn phases_are_read_from_the_headings() {
        let told = [
            (1.0, "\x1b[0m── \x1b[1merrors\x1b[0m \x1b[2m───\x1b[0m three".to_owned()),
            (2.0, "├─ ✓ x".to_owned()),
        ];
        let phases = phases(&told);
        assert_eq!((phases.len(), phases[0].name.as_str(), phases[0].begins), (1, "errors", 1.0));
    }
}
