//! The commands of this workspace; `cargo xtask` alone lists them.

mod bench;
mod chaos;
mod collector;
mod compatibility;
mod dashboard;
mod instructions;
mod line;
mod manifest;
mod package;
mod prometheus;
mod promql;
mod readme;
mod rotel;
mod rules;
mod schema;
mod steps;
mod tools;
mod whereabouts;
mod workspace;

use std::env;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::line::Line;
use crate::steps::{STEPS, Step};
use crate::workspace::{Stopwatch, Workspace};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] => {
            say(&help());
            Ok(())
        }
        ["test", names @ ..] => selected(names).and_then(|steps| test(&steps)),
        ["bench"] => Workspace::find().and_then(|workspace| bench::run(&workspace, false)),
        ["bench", "--quick"] => Workspace::find().and_then(|workspace| bench::run(&workspace, true)),
        ["instructions"] => Workspace::find().and_then(|workspace| instructions::run(&workspace, false)),
        ["instructions", "--where"] => Workspace::find().and_then(|workspace| whereabouts::run(&workspace)),
        ["instructions", "--update"] => {
            Workspace::find().and_then(|workspace| instructions::run(&workspace, true))
        }
        ["soak"] => Workspace::find().and_then(|workspace| soak(&workspace, "3")),
        ["soak", minutes] => Workspace::find().and_then(|workspace| soak(&workspace, minutes)),
        ["pictures"] => Workspace::find().and_then(|workspace| prometheus::pictures(&workspace)),
        ["schema"] => Workspace::find().and_then(|workspace| schema::run(&workspace.root, false)),
        ["schema", "--check"] => Workspace::find().and_then(|workspace| schema::run(&workspace.root, true)),
        [unknown, ..] => Err(format!("`{unknown}` is not a command; `cargo xtask` lists them")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

/// What `cargo xtask` alone prints.
fn help() -> String {
    let mut text = String::from(
        "cargo xtask test             runs every step below, in this order; stops at the first failure\n\
         cargo xtask test <step>...   runs these steps alone\n\
         cargo xtask bench            what a call costs beside its peers, as `benches/RESULTS.md`; with --quick, less of it\n\
         cargo xtask instructions     what a healthy call costs; with --update, commits to it; with --where, by file\n\
         cargo xtask soak [minutes]   calls whose collector is there, is not, and is again: memory, and what is lost\n\
         cargo xtask pictures         draws what the page of examples/observability shows, from a run of it\n\
         cargo xtask schema           writes what is made from the telemetry's schema; with --check, compares\n\nsteps:",
    );
    for step in STEPS {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {:<12} {}", step.name, step.about);
    }
    text
}

/// Calls for so many minutes, with figures at the end.
fn soak(workspace: &Workspace, minutes: &str) -> Result<(), String> {
    let program = "run --package resilience-tests --features otlp --bin soak --";
    Line::cargo(&format!("{program} {minutes}")).run(workspace).map(|_| ())
}

/// The steps of these names, in the order of the list; all of them when none is named.
fn selected(names: &[&str]) -> Result<Vec<&'static Step>, String> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("`{unknown}` is not a step; the steps are {}", known.join(", ")));
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name)).collect())
}

/// Runs the steps one after the other until one fails.
fn test(steps: &[&Step]) -> Result<(), String> {
    let workspace = Workspace::find()?;
    let whole = Stopwatch::start();
    for (index, step) in steps.iter().enumerate() {
        let place = format!("[{}/{}] {}", index + 1, steps.len(), step.name);
        say(&format!("{place}: {}", step.about));
        let watch = Stopwatch::start();
        match step.run(&workspace) {
            Ok(tally) => say(&format!("{place}: ok in {watch}{tally}")),
            Err(failure) => {
                return Err(format!(
                    "{place}: failed after {watch}: {failure}\nthe whole step again: cargo xtask test {}",
                    step.name
                ));
            }
        }
    }
    if steps.len() > 1 {
        say(&format!("all {} steps passed in {whole}", steps.len()));
    }
    Ok(())
}

/// Prints to standard error, where cargo's own progress goes, so that the two stay in order.
pub(crate) fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_selects_every_step() {
        assert_eq!(selected(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn named_steps_keep_the_order_of_the_list() {
        let names: Vec<&str> = selected(&["clippy", "fmt"]).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(names, ["fmt", "clippy"]);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let message = selected(&["fmt", "clipy"]).err().unwrap();
        assert!(message.starts_with("`clipy` is not a step; the steps are fmt, clippy, "), "{message}");
    }

    #[test]
    fn help_names_every_step() {
        let help = help();
        assert!(STEPS.iter().all(|step| help.contains(step.name) && help.contains(step.about)));
    }
}
