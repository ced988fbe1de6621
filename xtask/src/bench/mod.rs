//! `cargo xtask bench`: what a call costs, beside a loop by hand and the crates that do the same.
//!
//! The cases are a package of their own, `benches/peers`, which runs them in turns within one process; here it is
//! started several times, under callgrind once, and everything is written to `benches/RESULTS.md`. Whether a target is
//! met is computed: a figure that is missing is shown as missing.

mod bars;
mod callgrind;
mod compile;
mod figures;
mod page;
mod peers;
mod program;
mod target;

use std::fs;
use std::path::Path;
use std::process::Command;

use self::figures::Figures;
use self::peers::Programs;
use crate::workspace::{Stopwatch, Workspace};
use crate::{say, tools};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Processes whose medians and minima are taken.
    processes: usize,
    /// Turns of each case in a process.
    turns: usize,
    /// Undisturbed turns of one thread and two.
    threads: usize,
    /// Tries of each line of the growth tables.
    tries: usize,
    /// Whether to build programs to see what that costs, and the variants that telemetry is measured with.
    builds: bool,
}

const FULL: Plan = Plan { processes: 7, turns: 1_000, threads: 50, tries: 10, builds: true };
const QUICK: Plan = Plan { processes: 3, turns: 100, threads: 10, tries: 2, builds: false };

/// Where everything comes from.
#[derive(Debug)]
struct Origin {
    machine: String,
    compiler: String,
    commit: String,
    date: String,
    quick: bool,
}

/// Measures everything, and writes the page and its charts.
///
/// # Errors
///
/// When something cannot be built, run or written, or prints what is not understood.
pub(crate) fn run(workspace: &Workspace, quick: bool) -> Result<(), String> {
    if !tools::has("valgrind", "valgrind")? {
        return Err("`valgrind` is missing; install it".to_owned());
    }
    let watch = Stopwatch::start();
    let plan = if quick { QUICK } else { FULL };
    let origin = Origin::find(workspace, quick)?;
    let mut progress = Progress { done: 0, all: if plan.builds { 11 } else { 6 } };
    let mut figures = measure(workspace, plan, &mut progress)?;
    progress.next("the page");
    let conditions = target::judge(&figures)?;
    figures.show_counter();
    let directory = workspace.root.join("benches");
    let charts = directory.join("charts");
    fs::create_dir_all(&charts).map_err(|error| of_path(&charts, &error))?;
    for (name, chart) in page::charts(&figures) {
        write(&charts.join(name), &chart)?;
    }
    write(&directory.join("RESULTS.md"), &page::page(&origin, &figures, &conditions))?;
    say(&page::targets(&conditions));
    say(&format!("written to `benches/RESULTS.md`, after {watch}"));
    Ok(())
}

fn measure(workspace: &Workspace, plan: Plan, progress: &mut Progress) -> Result<Figures, String> {
    progress.next("builds the cases and their peers");
    let programs = Programs::build(workspace, plan.builds)?;
    let mut figures = programs.cases()?;
    progress.next("instructions, under callgrind");
    programs.count(&mut figures)?;
    progress.next("allocations");
    programs.allocate(&mut figures)?;
    if plan.builds {
        progress.next("what telemetry adds");
        programs.telemetry(&mut figures)?;
        progress.next("with the processor's clock");
        programs.counter(&mut figures)?;
    }
    progress.next("times, of one thread and two");
    programs.time(&mut figures, plan.processes, plan.turns, plan.threads)?;
    progress.next("growth");
    programs.grow(&mut figures, plan.tries)?;
    if plan.builds {
        progress.next("clean builds of one function");
        let clean = compile::clean(workspace)?;
        progress.next("two hundred functions: expansion, check, build");
        let many = compile::many(workspace)?;
        progress.next("two hundred functions: code");
        figures.compile = Some(compile::Compile { clean, many, code: compile::code(workspace)? });
    }
    Ok(figures)
}

/// Says what is done, and how much there is.
#[derive(Debug)]
struct Progress {
    done: usize,
    all: usize,
}

impl Progress {
    fn next(&mut self, what: &str) {
        self.done += 1;
        say(&format!("[{}/{}] {what}", self.done, self.all));
    }
}

impl Origin {
    fn find(workspace: &Workspace, quick: bool) -> Result<Self, String> {
        let said = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            let text = printed(command.args(arguments).current_dir(&workspace.root))?;
            Ok::<_, String>(text.trim().to_owned())
        };
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let changed = !said("git", &["status", "--porcelain", "--untracked-files=no"])?.is_empty();
        let commit = said("git", &["rev-parse", "--short", "HEAD"])?;
        Ok(Self {
            machine: format!("{cores} x {}", name.map_or("unknown", |(_, name)| name)),
            compiler: said("rustc", &["--version"])?,
            commit: if changed { format!("{commit}, with changes") } else { commit },
            date: said("date", &["--utc", "+%Y-%m-%d"])?,
            quick,
        })
    }
}

/// What a program prints to standard output.
///
/// # Errors
///
/// When it cannot be started or fails, with what it said.
fn printed(command: &mut Command) -> Result<String, String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| of_path(path, &error))
}

fn of_path(path: &Path, error: &std::io::Error) -> String {
    format!("`{}`: {error}", path.display())
}
