//! The crates as they would be published.

use crate::line::Line;
use crate::workspace::Workspace;

/// What is published, in the order of it.
const CRATES: [&str; 2] = ["resilience-macros", "resilience-runtime"];

/// What stands in each of them beside its code.
const PAGES: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What cargo adds.
const OF_CARGO: [&str; 4] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];

/// Packs them, builds each from what is in it alone, and looks whether that is what is meant to be.
///
/// # Errors
///
/// What is missing or too much, or that a crate does not build.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    let all = CRATES.map(|name| format!("-p {name}")).join(" ");
    // Whoever works on it has changes that are not committed.
    Line::cargo(&format!("package --quiet --allow-dirty {all}")).run(workspace)?;
    for name in CRATES {
        let mut cargo = workspace.cargo();
        cargo.args(["package", "--quiet", "--allow-dirty", "--list", "-p", name]);
        let output = cargo.output().map_err(|error| format!("cargo could not start: {error}"))?;
        if !output.status.success() {
            return Err(format!("`{name}`: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let files = String::from_utf8_lossy(&output.stdout);
        compare(&files.lines().collect::<Vec<_>>()).map_err(|what| format!("the package `{name}` {what}"))?;
    }
    Ok(())
}

fn compare(files: &[&str]) -> Result<(), String> {
    if let Some(missing) = PAGES.iter().find(|page| !files.contains(page)) {
        return Err(format!("does not have `{missing}`"));
    }
    let is_meant = |file: &&&str| {
        let is_inside = ["src/", "telemetry/"].iter().any(|directory| file.starts_with(directory));
        is_inside || PAGES.contains(file) || OF_CARGO.contains(file)
    };
    match files.iter().find(|file| !is_meant(file)) {
        Some(strange) => {
            Err(format!("has `{strange}`; exclude it, or say in `xtask/src/package.rs` what it is for"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_its_licences_and_nothing_that_is_not_known() {
        let mut files = vec!["src/lib.rs", "CHANGELOG.md", "LICENSE-APACHE", "README.md", "Cargo.toml"];
        assert_eq!(compare(&files), Err("does not have `LICENSE-MIT`".to_owned()));
        files.push("LICENSE-MIT");
        assert_eq!(compare(&files), Ok(()));
        files.push("notes.md");
        assert!(compare(&files).unwrap_err().starts_with("has `notes.md`"));
    }
}
