//! Programs that a step needs and cargo does not bring.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::workspace::Workspace;

/// Whether `program` can be had; tries to install the Debian package `package` that has it.
///
/// # Errors
///
/// In CI, where nothing is left out, when it cannot.
pub(crate) fn has(program: &str, package: &str) -> Result<bool, String> {
    if is_installed(program) {
        return Ok(true);
    }
    let installed = install(package);
    if !installed && std::env::var_os("CI").is_some() {
        return Err(format!("`{program}` is missing, and the package `{package}` could not be installed"));
    }
    Ok(installed)
}

/// Adds a component of the toolchain when its cargo command is missing.
pub(crate) fn needs_component(workspace: &Workspace, component: &str, command: &str) -> Result<(), String> {
    let is_there =
        workspace.cargo().args([command, "--version"]).output().is_ok_and(|it| it.status.success());
    if is_there {
        return Ok(());
    }
    let added = Command::new("rustup").args(["component", "add", component]).status();
    if added.is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        Err(format!("`cargo {command}` is missing and could not be added; install `{component}`"))
    }
}

/// Whether the standard library for `target` can be had, which `rustup` brings.
pub(crate) fn has_target(target: &str) -> bool {
    let added = Command::new("rustup").args(["target", "add", target]).status();
    added.is_ok_and(|status| status.success())
}

/// The compiler of that version, which `rustup` brings.
pub(crate) fn compiler(version: &str) -> Option<String> {
    let install = ["toolchain", "install", version, "--profile", "minimal"];
    if !Command::new("rustup").args(install).status().ok()?.success() {
        return None;
    }
    let found = Command::new("rustup").args(["which", "--toolchain", version, "rustc"]).output().ok()?;
    let path = String::from_utf8(found.stdout).ok().filter(|_| found.status.success())?;
    Some(path.trim().to_owned())
}

/// Installs a Debian package, if that can be.
pub(crate) fn install(package: &str) -> bool {
    let install = ["install", "--yes", "--no-install-recommends", package];
    // The lists of packages may be missing, as in a fresh container.
    apt(&install) || (apt(&["update"]) && apt(&install))
}

/// As who runs this, or as somebody who may.
fn apt(arguments: &[&str]) -> bool {
    // Nobody is there to answer, and another program may hold the lock for a while.
    let words = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"];
    let runs = |program: &str, before: &[&str]| {
        let status = Command::new(program).args(before).args(words).args(arguments).status();
        status.is_ok_and(|status| status.success())
    };
    runs("env", &[]) || runs("sudo", &["-n", "env"])
}

/// Whether the program is on the path, or where Debian puts those of a `PostgreSQL`.
fn is_installed(program: &str) -> bool {
    let runs = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    runs || of_postgres(Path::new("/usr/lib/postgresql"), program)
}

fn of_postgres(versions: &Path, program: &str) -> bool {
    let mut versions = fs::read_dir(versions).into_iter().flatten().flatten();
    versions.any(|version| version.path().join("bin").join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_path_is_there() {
        assert_eq!(has("cargo", "cargo"), Ok(true));
    }

    #[test]
    fn a_program_of_no_version_is_not() {
        assert!(!of_postgres(Path::new("no/such/directory"), "initdb"));
    }
}
