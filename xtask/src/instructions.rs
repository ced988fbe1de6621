//! What a healthy call costs in instructions, which do not depend on what else the machine is doing.
//!
//! Each case runs twice under callgrind, with different numbers of calls; the difference is the calls' own. The
//! committed counts in `benches/instructions.tsv` are what a change is held against.
//!
//! gungraun does the same as a framework, and was tried (0.20). It needs a runner of exactly its own version, which takes
//! three minutes of CPU time and 172 crates to install. Its baselines are two files of profiler output for each case,
//! with the paths of the machine in them: no review could read what a change costs. And a case without a baseline
//! passes, where here it is refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::tools;
use crate::workspace::Workspace;

/// The numbers of calls in the two runs. The first covers what happens only once, such as a window that fills.
pub(crate) const CALLS: [u64; 2] = [1_000, 3_000];

/// By how much a count may exceed the committed one. Another point release of the compiler moves them by a few
/// percent; what this is for, an allocation or a lock on the way, moves them by far more.
const TOLERANCE_PERCENT: u64 = 10;

/// One measured case.
struct Count {
    case: String,
    instructions: u64,
    /// Of the future, in bytes.
    size: u64,
}

/// Measures all cases, prints them, and compares them with the committed counts or replaces those.
///
/// # Errors
///
/// When something cannot be run, or costs more than it did.
pub(crate) fn run(workspace: &Workspace, update: bool) -> Result<(), String> {
    if !tools::has("valgrind", "valgrind")? {
        return Err("`valgrind` is missing; install it".to_owned());
    }
    let counts = measure(workspace)?;
    let committed = workspace.root.join("benches/instructions.tsv");
    if update {
        let mut text = String::from("case\tinstructions\tfuture bytes\n");
        for Count { case, instructions, size } in &counts {
            let _ = writeln!(text, "{case}\t{instructions}\t{size}");
        }
        return fs::write(&committed, text).map_err(|error| format!("`{}`: {error}", committed.display()));
    }
    compare(&counts, &read(&committed)?)
}

fn measure(workspace: &Workspace) -> Result<Vec<Count>, String> {
    let mut counts = measure_cases(workspace, "instructions", &[])?;
    // Apart: what is counted for metrics costs those who do not have the feature nothing.
    counts.extend(measure_cases(workspace, "metered", &["--features", "otel"])?);
    Ok(counts)
}

/// The program of that name, built.
pub(crate) fn program_of(workspace: &Workspace, program: &str, features: &[&str]) -> Result<PathBuf, String> {
    let mut build = vec!["build", "--package", "resilience-benches", "--bin", program, "--profile", "bench"];
    build.extend(features);
    let status = workspace.cargo().args(&build).status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(format!("cargo {} failed", build.join(" ")));
    }
    Ok(workspace.target.join("release").join(program))
}

/// The cases of one program.
fn measure_cases(workspace: &Workspace, program: &str, features: &[&str]) -> Result<Vec<Count>, String> {
    let program = program_of(workspace, program, features)?;
    let cases = output(&mut Command::new(&program))?;
    let cases = String::from_utf8_lossy(&cases.stdout).into_owned();
    let mut counts = Vec::new();
    for (case, size) in cases.lines().filter_map(|line| line.split_once('\t')) {
        let [few, many] = [collected(&program, case, CALLS[0])?, collected(&program, case, CALLS[1])?];
        let instructions = many.saturating_sub(few) / (CALLS[1] - CALLS[0]);
        let size = size.parse().map_err(|error| format!("the size of `{case}`: {error}"))?;
        counts.push(Count { case: case.to_owned(), instructions, size });
    }
    Ok(counts)
}

/// The instructions of one run.
fn collected(program: &Path, case: &str, calls: u64) -> Result<u64, String> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let run = output(valgrind.arg(case).arg(calls.to_string()))?;
    let text = String::from_utf8_lossy(&run.stderr);
    let count = text.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, count)| count.trim());
    count.and_then(|count| count.parse().ok()).ok_or_else(|| format!("callgrind printed no count:\n{text}"))
}

pub(crate) fn output(command: &mut Command) -> Result<Output, String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn read(committed: &PathBuf) -> Result<BTreeMap<String, u64>, String> {
    let text =
        fs::read_to_string(committed).map_err(|error| format!("`{}`: {error}", committed.display()))?;
    Ok(parse(&text))
}

fn parse(text: &str) -> BTreeMap<String, u64> {
    let rows = text.lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?))
    });
    rows.collect()
}

fn compare(counts: &[Count], committed: &BTreeMap<String, u64>) -> Result<(), String> {
    let mut table =
        format!("{:<50}{:>12}{:>11}{:>14}\n", "a healthy call", "instructions", "committed", "future bytes");
    let mut slower = Vec::new();
    for Count { case, instructions, size } in counts {
        let before = committed.get(case).copied().unwrap_or_default();
        let _ = writeln!(table, "{case:<50}{instructions:>12}{before:>11}{size:>14}");
        if *instructions > before + before * TOLERANCE_PERCENT / 100 {
            slower.push(case.as_str());
        }
    }
    // Nobody is left to tell when standard error is closed.
    let _ = write!(io::stderr(), "{table}");
    if slower.is_empty() {
        return Ok(());
    }
    Err(format!(
        "more than {TOLERANCE_PERCENT} % above the committed count: {}; make it cheaper, or accept it by \
         `cargo xtask instructions --update`",
        slower.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(instructions: u64) -> Vec<Count> {
        vec![Count { case: "retry".to_owned(), instructions, size: 100 }]
    }

    #[test]
    fn a_count_above_the_tolerance_is_refused() {
        let committed = parse("case\tinstructions\tfuture bytes\nretry\t100\t144\n");
        assert!(compare(&count(110), &committed).is_ok());
        assert!(compare(&count(111), &committed).unwrap_err().contains("retry"));
    }

    #[test]
    fn a_case_that_was_never_committed_is_refused() {
        assert!(compare(&count(1), &BTreeMap::new()).is_err());
    }
}
