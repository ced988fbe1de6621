//! What building costs: CPU seconds, crates, code.
//!
//! CPU time is that of all children, as the kernel counts it, so that it does not matter how many cores there are or
//! what else they do. It varies nevertheless, by a fifth from run to run, and so the compiler's instructions are counted
//! too, by cachegrind. A compiler cache would be measured instead of the compiler, so there is none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::{self, FUNCTIONS, Program};
use super::{of_path, printed, write};
use crate::workspace::Workspace;

/// The kernel's clock ticks in a second, in which it tells CPU time to programs.
const TICKS: f64 = 100.0;

/// How often each of the large programs is built; the least counts.
const TRIES: usize = 3;

/// Crates that come with `tracing`, which a service has anyway.
const OF_TRACING: [&str; 4] = ["once_cell", "tracing", "tracing-attributes", "tracing-core"];

/// Variables that would change what is measured.
const UNSET: [&str; 8] = [
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_DEV_DEBUG",
    "CARGO_PROFILE_TEST_DEBUG",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// Everything about building.
#[derive(Debug)]
pub(super) struct Compile {
    pub(super) clean: Vec<Clean>,
    pub(super) many: Vec<Many>,
    /// Bytes of code and data that each of two hundred functions adds to a release build.
    pub(super) code: Vec<(&'static str, f64)>,
}

/// A clean debug build of one function.
#[derive(Debug)]
pub(super) struct Clean {
    pub(super) name: &'static str,
    pub(super) seconds: f64,
    pub(super) crates: usize,
    /// Those of them that come with `tracing`.
    pub(super) of_tracing: usize,
}

/// What one of two hundred functions adds, in milliseconds and millions of the compiler's instructions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Many {
    pub(super) name: &'static str,
    pub(super) expand: f64,
    pub(super) check: f64,
    pub(super) build: f64,
    pub(super) check_instructions: f64,
    pub(super) build_instructions: f64,
}

/// Clean debug builds of one function.
pub(super) fn clean(workspace: &Workspace) -> Result<Vec<Clean>, String> {
    let mut all = Vec::new();
    for program in program::clean() {
        crate::say(&format!("      {}", program.name));
        let project = Project::make(workspace, &program)?;
        // Downloads are not what is measured.
        printed(&mut project.cargo(&["fetch"]))?;
        project.forget()?;
        let seconds = project.cpu(&["build"])?;
        let tree = printed(&mut project.cargo(&["tree", "--prefix", "none", "--edges", "normal,build"]))?;
        let crates = crates(&tree, project.name);
        let of_tracing = crates.iter().filter(|name| OF_TRACING.contains(name)).count();
        all.push(Clean { name: program.name, seconds, crates: crates.len(), of_tracing });
    }
    Ok(all)
}

/// What two hundred functions cost beside two hundred plain ones, each.
pub(super) fn many(workspace: &Workspace) -> Result<Vec<Many>, String> {
    let mut all: Vec<Many> = Vec::new();
    for program in program::many() {
        crate::say(&format!("      {}", program.name));
        let project = Project::make(workspace, &program)?;
        let [mut expand, mut check, mut build] = [f64::INFINITY; 3];
        // Dependencies first.
        printed(&mut project.cargo(&["check"]))?;
        printed(&mut project.cargo(&["build"]))?;
        for _ in 0..TRIES {
            project.touch(&program)?;
            check = check.min(project.cpu(&["check"])?);
            project.touch(&program)?;
            build = build.min(project.cpu(&["build"])?);
            project.touch(&program)?;
            expand = expand.min(project.expansion()?);
        }
        let [check_instructions, build_instructions] =
            [project.instructions(&program, "check")?, project.instructions(&program, "build")?];
        #[expect(clippy::cast_precision_loss, reason = "two hundred")]
        let each = |all: f64, of_unit: f64| all * of_unit / FUNCTIONS as f64;
        all.push(Many {
            name: program.name,
            expand: each(expand, 1e3),
            check: each(check, 1e3),
            build: each(build, 1e3),
            check_instructions: each(check_instructions, 1e-6),
            build_instructions: each(build_instructions, 1e-6),
        });
    }
    let Some(&plain) = all.first() else { return Ok(all) };
    for program in &mut all {
        program.expand -= plain.expand;
        program.check -= plain.check;
        program.build -= plain.build;
        program.check_instructions -= plain.check_instructions;
        program.build_instructions -= plain.build_instructions;
    }
    Ok(all)
}

/// What each of two hundred functions adds to a stripped release build, in bytes.
pub(super) fn code(workspace: &Workspace) -> Result<Vec<(&'static str, f64)>, String> {
    let mut sizes = Vec::new();
    for program in program::many() {
        crate::say(&format!("      {}", program.name));
        let project = Project::make(workspace, &program)?;
        printed(&mut project.cargo(&["build", "--release"]))?;
        let path = project.target().join("release").join(project.name);
        let size = fs::metadata(&path).map_err(|error| of_path(&path, &error))?.len();
        sizes.push((program.name, size));
    }
    let plain = sizes.first().map_or(0, |(_, size)| *size);
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let each = |size: u64| (size as f64 - plain as f64) / FUNCTIONS as f64;
    Ok(sizes.into_iter().map(|(name, size)| (name, each(size))).collect())
}

/// A program in a directory and a workspace of its own.
#[derive(Debug)]
struct Project<'a> {
    workspace: &'a Workspace,
    directory: PathBuf,
    name: &'static str,
}

impl<'a> Project<'a> {
    fn make(workspace: &'a Workspace, program: &Program) -> Result<Self, String> {
        let directory = workspace.target.join("xtask/bench").join(program.name);
        let runtime = workspace.root.join("resilience-runtime");
        let dependencies = program.dependencies.replace("RUNTIME", &runtime.display().to_string());
        let manifest = format!(
            "[package]\nname = \"{}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n\
             [profile.release]\nstrip = true\n",
            program.name
        );
        let source = directory.join("src");
        fs::create_dir_all(&source).map_err(|error| of_path(&source, &error))?;
        write(&directory.join("Cargo.toml"), &manifest)?;
        write(&directory.join("src/main.rs"), &program.text)?;
        // The versions that everything else is measured with.
        let lock = workspace.root.join("benches/peers/Cargo.lock");
        fs::copy(&lock, directory.join("Cargo.lock")).map_err(|error| of_path(&lock, &error))?;
        Ok(Self { workspace, directory, name: program.name })
    }

    fn target(&self) -> PathBuf {
        self.directory.join("target")
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = self.workspace.cargo();
        for name in UNSET {
            cargo.env_remove(name);
        }
        cargo
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_INCREMENTAL", "0");
        cargo.args(arguments);
        cargo
    }

    /// Takes away what was built before.
    fn forget(&self) -> Result<(), String> {
        let target = self.target();
        if target.exists() {
            fs::remove_dir_all(&target).map_err(|error| of_path(&target, &error))
        } else {
            Ok(())
        }
    }

    /// Lets the program be built anew, and its dependencies not.
    fn touch(&self, program: &Program) -> Result<(), String> {
        write(&self.directory.join("src/main.rs"), &program.text)
    }

    /// The CPU seconds of a cargo command.
    fn cpu(&self, arguments: &[&str]) -> Result<f64, String> {
        let before = children()?;
        printed(&mut self.cargo(arguments))?;
        Ok(children()? - before)
    }

    /// How long the compiler is at expanding macros, in seconds.
    ///
    /// It says so under an option that is not stable.
    fn expansion(&self) -> Result<f64, String> {
        let line = self.compiler("check")?;
        let mut shell = Command::new("sh");
        shell.current_dir(&self.directory).env("RUSTC_BOOTSTRAP", "1");
        shell.args(["-c", &format!("{line} -Ztime-passes 2>&1")]);
        let said = printed(&mut shell)?;
        seconds(&said).ok_or_else(|| format!("the compiler does not say how long it took:\n{said}"))
    }

    /// How many instructions the compiler takes for a cargo command, the linker's apart.
    fn instructions(&self, program: &Program, command: &str) -> Result<f64, String> {
        self.touch(program)?;
        let line = self.compiler(command)?;
        let log = self.target().join("cachegrind.log");
        let mut valgrind = Command::new("valgrind");
        valgrind.current_dir(&self.directory);
        valgrind.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
        valgrind.args(["--trace-children=yes", "--trace-children-skip=*cc"]);
        valgrind.arg(format!("--log-file={}", log.display()));
        printed(valgrind.args(["sh", "-c", &format!("exec {line}")]))?;
        let said = fs::read_to_string(&log).map_err(|error| of_path(&log, &error))?;
        refs(&said).ok_or_else(|| format!("cachegrind does not say what it counted:\n{said}"))
    }

    /// How cargo starts the compiler for the program, as it shows when it does.
    fn compiler(&self, command: &str) -> Result<String, String> {
        let mut cargo = self.cargo(&[command, "--verbose"]);
        let output = cargo.output().map_err(|error| format!("{cargo:?}: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let mut lines =
            said.lines().filter_map(|line| line.trim().strip_prefix("Running `")?.strip_suffix('`'));
        let line = lines.next_back().map(str::to_owned);
        line.ok_or_else(|| format!("{cargo:?} does not say what it runs:\n{said}"))
    }
}

/// The CPU seconds of all children that have ended.
fn children() -> Result<f64, String> {
    let path = Path::new("/proc/self/stat");
    let text = fs::read_to_string(path).map_err(|error| of_path(path, &error))?;
    ticks(&text).map(|ticks| ticks / TICKS).ok_or_else(|| format!("`{}` is not understood", path.display()))
}

/// User and system time of the children, from the line that the kernel writes.
fn ticks(text: &str) -> Option<f64> {
    // The name, in brackets, may have blanks of its own.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(13);
    let [user, system] = [fields.next()?, fields.next()?];
    Some(user.parse::<f64>().ok()? + system.parse::<f64>().ok()?)
}

/// The time of macro expansion, from what the compiler prints.
fn seconds(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.trim_end().ends_with("macro_expand_crate"))?;
    line.split_once("time:")?.1.split(';').next()?.trim().parse().ok()
}

/// The instructions, from what cachegrind prints.
fn refs(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.contains(" refs:"))?;
    line.rsplit_once(':')?.1.trim().replace(',', "").parse().ok()
}

/// The crates in a tree, without the program itself.
fn crates<'a>(tree: &'a str, program: &str) -> BTreeSet<&'a str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != program).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_childrens_time_is_read_behind_a_name_with_blanks() {
        let line = "7 (a (b) c) S 1 7 7 0 -1 4194304 1 2 3 4 10 20 250 50 20 0 1 0 99 1 1\n";
        assert_eq!(ticks(line), Some(300.0));
        assert_eq!(ticks("7 (a) S 1"), None);
    }

    #[test]
    fn the_time_of_expansion_is_read() {
        let said = "time:   0.001; rss:   38MB ->   40MB (   +2MB)\tparse_crate\n\
            time:   0.125; rss:   40MB ->   60MB (  +20MB)\tmacro_expand_crate\n";
        assert_eq!(seconds(said), Some(0.125));
        assert_eq!(seconds("error"), None);
    }

    #[test]
    fn the_number_of_instructions_is_read() {
        assert_eq!(
            refs("==7== Command: rustc\n==7== \n==7== I   refs:      1,437,329,341\n"),
            Some(1_437_329_341.0)
        );
        assert_eq!(refs("==7== Command: rustc\n"), None);
    }

    #[test]
    fn a_crate_is_counted_once_and_the_program_never() {
        let tree = "by-hand v0.0.0 (/a)\nbackon v1.6.0\nfastrand v2.5.0\nfastrand v2.5.0 (*)\n";
        assert_eq!(crates(tree, "by-hand").len(), 2);
    }
}
