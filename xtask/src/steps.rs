//! What `cargo xtask test` checks, in order.
//!
//! Steps that select the whole workspace with all features share one build of the dependencies; a step that sets
//! compiler flags builds into a directory of its own, so that it does not throw that build away.

use crate::chaos;
use crate::collector;
use crate::compatibility;
use crate::instructions;
use crate::line::{Line, Tally};
use crate::manifest;
use crate::package;
use crate::prometheus;
use crate::readme;
use crate::rotel;
use crate::schema;
use crate::tools;
use crate::workspace::Workspace;

/// One part of the test command, which can also be run alone.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    work: fn(&Workspace) -> Result<Tally, String>,
}

impl Step {
    /// Does the step's work.
    ///
    /// # Errors
    ///
    /// What is wrong, and the command to repeat.
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<Tally, String> {
        (self.work)(workspace)
    }
}

/// All steps: fast ones first, as far as they do not need what a later one builds.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "fmt", about: "the code is formatted", work: fmt },
    Step { name: "clippy", about: "no lint has anything to say", work: clippy },
    Step { name: "tests", about: "unit tests, behaviour tests, and the examples build", work: tests },
    Step {
        name: "optimized",
        about: "behaviour and metrics are the same in code that is inlined as for release",
        work: optimized,
    },
    Step { name: "quickstart", about: "the quickstart runs, and sees all it shows", work: quickstart },
    Step {
        name: "services",
        about: "clients of a service, of services behind each other and of a database run, likewise",
        work: services,
    },
    Step { name: "otlp", about: "telemetry passes through a collector that others wrote", work: otlp },
    Step {
        name: "tls",
        about: "telemetry is sent over TLS, to those whose certificate is trusted",
        work: tls,
    },
    Step {
        name: "collector",
        about: "two services and a client send all they have, and traces that pass all of them",
        work: collector,
    },
    Step { name: "doctests", about: "the examples in the documentation compile and hold", work: doctests },
    Step { name: "docs", about: "the documentation builds without a warning", work: docs },
    Step {
        name: "package",
        about: "the crates to be published have all they need, and build from that",
        work: package,
    },
    Step { name: "ui", about: "code users write compiles, and mistakes get the expected messages", work: ui },
    Step {
        name: "features",
        about: "each feature of the runtime builds alone, what needs one says so, and each clock is in time",
        work: features,
    },
    Step {
        name: "platforms",
        about: "the runtime and annotated functions build for systems that no test runs on",
        work: compatibility::platforms,
    },
    Step {
        name: "oldest",
        about: "the oldest compilers and dependencies that are promised build the runtime and annotated functions",
        work: compatibility::oldest,
    },
    Step { name: "loom", about: "every interleaving of the lock-free parts holds", work: loom },
    Step {
        name: "peers",
        about: "the benchmarks beside other crates build, and count as they should",
        work: peers,
    },
    Step { name: "instructions", about: "a healthy call costs no more than it did", work: instructions },
    Step {
        name: "schema",
        about: "names, tables and constants are those of the telemetry's schema",
        work: schema,
    },
    Step {
        name: "prometheus",
        about: "dashboard and rules are answered while the example runs, and alerts fire",
        work: prometheus,
    },
    Step {
        name: "readme",
        about: "the README shows real code, a real call and a real message, and its links lead somewhere",
        work: readme,
    },
];

/// The profile of the step `optimized`.
const OPTIMIZED: &str = "tests/optimized.toml";

fn fmt(workspace: &Workspace) -> Result<Tally, String> {
    tools::needs_component(workspace, "rustfmt", "fmt")?;
    Line::cargo("fmt --all --check").run(workspace)
}

fn clippy(workspace: &Workspace) -> Result<Tally, String> {
    tools::needs_component(workspace, "clippy", "clippy")?;
    Line::cargo("clippy --workspace --all-targets --all-features -- -D warnings").run(workspace)
}

fn tests(workspace: &Workspace) -> Result<Tally, String> {
    let packages = "test --workspace --exclude resilience-ui-tests --all-features";
    some_tests(Line::cargo(&format!("{packages} --lib --bins --tests --examples")).run(workspace)?)
}

/// Without debug assertions, since what is inlined depends on them. The packages are those of the step `tests`, so that the
/// dependencies have the same features, and are there already.
fn optimized(workspace: &Workspace) -> Result<Tally, String> {
    let packages = "--workspace --exclude resilience-ui-tests --all-features";
    let line =
        Line::cargo(&format!("test --config {OPTIMIZED} {packages} --test behaviour --test telemetry"));
    some_tests(line.variable("RESILIENCE_OPTIMIZED", "1").run(workspace)?)
}

fn quickstart(workspace: &Workspace) -> Result<Tally, String> {
    Line::cargo("run --quiet --example quickstart").run(workspace)
}

fn services(workspace: &Workspace) -> Result<Tally, String> {
    Line::cargo("run --quiet --example microservice").run(workspace)?;
    Line::cargo("run --quiet --example propagation --features propagation").run(workspace)?;
    if tools::has("initdb", "postgresql")? {
        return Line::cargo("run --quiet --example database").run(workspace);
    }
    crate::say("skipped: `postgresql` is missing and could not be installed");
    Ok(Tally::default())
}

fn otlp(workspace: &Workspace) -> Result<Tally, String> {
    let Some(rotel) = rotel::find(workspace)? else {
        crate::say("skipped: `rotel` is missing and could not be installed");
        return Ok(Tally::default());
    };
    let tests =
        "test --workspace --exclude resilience-ui-tests --all-features --test otlp -- --ignored rotel::";
    some_tests(Line::cargo(tests).variable("RESILIENCE_ROTEL", &rotel.display().to_string()).run(workspace)?)
}

/// A workspace of its own, since TLS in one program of a workspace is TLS in all of them. What is built alike for both is
/// built once.
fn tls(workspace: &Workspace) -> Result<Tally, String> {
    let manifest = "--manifest-path tests/tls/Cargo.toml";
    Line::cargo(&format!("fmt {manifest} --check")).run(workspace)?;
    let tests = Line::cargo(&format!("test {manifest}"));
    some_tests(tests.variable("CARGO_TARGET_DIR", &workspace.target.display().to_string()).run(workspace)?)
}

fn doctests(workspace: &Workspace) -> Result<Tally, String> {
    some_tests(Line::cargo("test --workspace --all-features --doc").run(workspace)?)
}

fn docs(workspace: &Workspace) -> Result<Tally, String> {
    Line::cargo("doc --workspace --all-features --no-deps")
        .variable("RUSTDOCFLAGS", "-D warnings")
        .run(workspace)
}

fn package(workspace: &Workspace) -> Result<Tally, String> {
    package::check(workspace).map(|()| Tally::default())
}

fn ui(workspace: &Workspace) -> Result<Tally, String> {
    some_tests(Line::cargo("test --workspace --all-features --test ui").run(workspace)?)
}

/// Lints instead of only checking: code that a feature leaves unused is a mistake too.
/// One package alone, so that a feature of a dependency that only a neighbour asks for is missed.
fn features(workspace: &Workspace) -> Result<Tally, String> {
    tools::needs_component(workspace, "clippy", "clippy")?;
    let runtime = workspace.read(manifest::RUNTIME)?;
    let alone = "clippy -p resilience-runtime --no-default-features";
    Line::cargo(&format!("{alone} -- -D warnings")).run(workspace)?;
    // With its own tests: what only they would use is a mistake too.
    Line::cargo(&format!("{alone} --lib --tests -- -D warnings")).run(workspace)?;
    for feature in manifest::features(&runtime) {
        Line::cargo(&format!("{alone} --features {feature} -- -D warnings")).run(workspace)?;
    }
    chaos::check(workspace)?;
    clock(workspace)
}

/// Built alone, where no crate turns on tokio's `test-util`: time is read where a service reads it.
fn clock(workspace: &Workspace) -> Result<Tally, String> {
    let has_quanta = |arguments: &[&str]| {
        let mut cargo = workspace.cargo();
        cargo.args(["tree", "-p", "resilience-runtime", "--edges", "normal", "--prefix", "none"]);
        let output =
            cargo.args(arguments).output().map_err(|error| format!("cargo could not start: {error}"))?;
        Ok::<_, String>(
            String::from_utf8_lossy(&output.stdout).lines().any(|line| line.starts_with("quanta ")),
        )
    };
    // The second also says that the first would have been found.
    if has_quanta(&[])? || !has_quanta(&["--features", "tsc"])? {
        return Err(
            "`quanta` belongs to the feature `tsc` of `resilience-runtime`, and to no other build".to_owned()
        );
    }
    let alone = "test -p resilience-benches --test clock";
    some_tests(Line::cargo(alone).run(workspace)?)?;
    some_tests(Line::cargo(&format!("{alone} --features tsc")).run(workspace)?)
}

fn loom(workspace: &Workspace) -> Result<Tally, String> {
    let target = workspace.target.join("loom");
    let line = Line::cargo("test -p resilience-runtime --features chaos --lib --release loom")
        .variable("CARGO_TARGET_DIR", &target.display().to_string())
        .variable("RUSTFLAGS", "--cfg resilience_loom");
    some_tests(line.run(workspace)?)
}

/// A workspace of its own, with a lock file of its own: no other step sees it. Nothing is measured here.
fn peers(workspace: &Workspace) -> Result<Tally, String> {
    let target = workspace.target.join("peers").display().to_string();
    let cargo = |text: &str| Line::cargo(text).variable("CARGO_TARGET_DIR", &target);
    let manifest = "--manifest-path benches/peers/Cargo.toml";
    Line::cargo(&format!("fmt {manifest} --check")).run(workspace)?;
    cargo(&format!("clippy {manifest} --all-targets --all-features -- -D warnings")).run(workspace)?;
    some_tests(cargo(&format!("test {manifest} --lib")).run(workspace)?)
}

fn instructions(workspace: &Workspace) -> Result<Tally, String> {
    if tools::has("valgrind", "valgrind")? {
        instructions::run(workspace, false)?;
    } else {
        crate::say("skipped: `valgrind` is missing and could not be installed");
    }
    Ok(Tally::default())
}

fn schema(workspace: &Workspace) -> Result<Tally, String> {
    schema::run(&workspace.root, true).map(|()| Tally::default())
}

fn collector(workspace: &Workspace) -> Result<Tally, String> {
    collector::check(workspace).map(|()| Tally::default())
}

fn prometheus(workspace: &Workspace) -> Result<Tally, String> {
    if tools::has("prometheus", "prometheus")? {
        prometheus::check(workspace)?;
    } else {
        crate::say("skipped: `prometheus` is missing and could not be installed");
    }
    Ok(Tally::default())
}

fn readme(workspace: &Workspace) -> Result<Tally, String> {
    readme::check(workspace).map(|()| Tally::default())
}

/// A filter that matches nothing passes in silence; a step must not.
fn some_tests(tally: Tally) -> Result<Tally, String> {
    if tally.passed == 0 { Err("no test ran; was one renamed or moved?".to_owned()) } else { Ok(tally) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_runs_no_test_fails() {
        assert!(some_tests(Tally::default()).is_err());
        assert!(some_tests(Tally { passed: 1, ignored: 0 }).is_ok());
    }

    #[test]
    fn contributors_read_what_each_step_does() {
        let (_, table) =
            include_str!("../../CONTRIBUTING.md").split_once("| step of `cargo xtask test`").unwrap();
        let told: String =
            table.lines().filter_map(|row| row.strip_prefix("| ")?.split(" |").next()).collect();
        let untold = STEPS.iter().find(|step| !told.contains(&format!("`{}`", step.name)));
        assert!(untold.is_none(), "{untold:?}");
    }

    #[test]
    fn names_of_steps_are_unique() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
