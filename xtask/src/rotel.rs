//! rotel, a collector that others wrote: a wheel of the Python Package Index, in an environment of its own below the
//! directory that cargo builds into.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tools;
use crate::workspace::Workspace;

/// What is installed: another version may have other options.
const PACKAGE: &str = "rotel==0.0.1a15";

/// Where the program is, installed first if it is not there.
///
/// # Errors
///
/// In CI, where nothing is left out, when it cannot be had.
pub(crate) fn find(workspace: &Workspace) -> Result<Option<PathBuf>, String> {
    let environment = workspace.target.join("rotel");
    let found = program(&environment).or_else(|| {
        install(&environment);
        program(&environment)
    });
    let found = found.filter(|program| starts(program) || (install_library(program) && starts(program)));
    if found.is_none() && std::env::var_os("CI").is_some() {
        return Err(format!("`{PACKAGE}` of the Python Package Index could not be installed"));
    }
    Ok(found)
}

/// That it worked shows in the program being there.
fn install(environment: &Path) {
    let made = || runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(environment));
    // Debian's Python comes without what makes an environment.
    if made() || (tools::install("python3-venv") && made()) {
        let pip = environment.join("bin/pip");
        runs(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]));
    }
}

/// Whether the program finds the libraries that it is linked to.
fn starts(program: &Path) -> bool {
    runs(Command::new(program).arg("--version").stdout(Stdio::null()))
}

/// Debian's Python comes without the library of its own that the program is linked to.
fn install_library(program: &Path) -> bool {
    let python = program.iter().filter_map(OsStr::to_str).find(|part| part.starts_with("python"));
    python.is_some_and(|python| tools::install(&format!("lib{python}")))
}

fn runs(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

/// The wheel carries it beside its Python.
fn program(environment: &Path) -> Option<PathBuf> {
    let mut versions = fs::read_dir(environment.join("lib")).ok()?.flatten();
    versions.find_map(|version| {
        let program = version.path().join("site-packages/rotel/rotel-agent");
        program.is_file().then_some(program)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_that_was_never_made_has_no_program() {
        assert_eq!(program(Path::new("no/such/directory")), None);
    }
}
