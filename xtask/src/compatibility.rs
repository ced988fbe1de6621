//! What is promised for systems and compilers that no test runs with: it is built for them.

use crate::line::{Line, Tally};
use crate::manifest;
use crate::tools;
use crate::workspace::Workspace;

/// Those of the step `platforms`.
const PLATFORMS: [&str; 2] = ["aarch64-apple-darwin", "x86_64-pc-windows-msvc"];

/// The oldest compiler that `sqlx` builds with.
const OLDEST_WITH_SQLX: &str = "1.94";

/// Nothing is linked, so that no linker of theirs is needed.
pub(crate) fn platforms(workspace: &Workspace) -> Result<Tally, String> {
    tools::needs_component(workspace, "clippy", "clippy")?;
    let runtime = workspace.read(manifest::RUNTIME)?;
    // With `tsc` the clock would be the processor's, whatever the system.
    let names = manifest::features(&runtime).into_iter().filter(|name| *name != "tsc");
    let features: Vec<String> = names.map(|name| format!("resilience-runtime/{name}")).collect();
    let what = "-p resilience-runtime -p resilience-tests --lib --test behaviour";
    let what = format!("{what} --features {}", features.join(","));
    for target in PLATFORMS {
        if tools::has_target(target) {
            Line::cargo(&format!("clippy --target {target} {what} -- -D warnings")).run(workspace)?;
        } else {
            crate::say(&format!("skipped: `{target}` is missing and could not be installed"));
        }
    }
    Ok(Tally::default())
}

/// With the lowest versions of the dependencies that the manifest allows, of which `tests/oldest` has the lock file. Tests
/// are not run: what is not there yet does not compile.
pub(crate) fn oldest(workspace: &Workspace) -> Result<Tally, String> {
    let root = workspace.read("Cargo.toml")?;
    let oldest = manifest::value(&root, "rust-version").ok_or("`Cargo.toml` has no `rust-version`")?;
    let tokio = manifest::lowest(&root, "tokio")
        .ok_or("`Cargo.toml` does not say which version of `tokio` it asks for")?;
    let readme = workspace.read("README.md")?;
    let rust = format!("Rust {oldest} or later, with the feature `sqlx` {OLDEST_WITH_SQLX},");
    let promises = [rust, format!("tokio {} or later", tokio.trim_end_matches(".0"))];
    if let Some(promise) = promises.iter().find(|promise| !readme.contains(promise.as_str())) {
        return Err(format!("`README.md` does not say: {promise}"));
    }
    if !workspace.read("tests/oldest/Cargo.lock")?.contains(&format!("\"tokio\"\nversion = \"{tokio}\"")) {
        return Err(format!("`tests/oldest/Cargo.lock` does not have `tokio` {tokio}"));
    }
    let (runtime, listed) = (workspace.read(manifest::RUNTIME)?, workspace.read("tests/oldest/Cargo.toml")?);
    let mut missing =
        manifest::features(&runtime).into_iter().filter(|name| !["macros", "sqlx"].contains(name));
    if let Some(name) = missing.find(|name| !listed.contains(&format!("\"{name}\""))) {
        return Err(format!("`tests/oldest/Cargo.toml` does not turn on the runtime's feature `{name}`"));
    }
    let target = workspace.target.join("oldest").display().to_string();
    let lines = [
        (oldest, "check --locked --manifest-path tests/oldest/Cargo.toml --tests"),
        (OLDEST_WITH_SQLX, "check -p resilience-runtime --features sqlx"),
    ];
    for (version, line) in lines {
        if let Some(compiler) = tools::compiler(version) {
            let line = Line::cargo(line).variable("RUSTC", &compiler);
            line.variable("CARGO_TARGET_DIR", &target).run(workspace)?;
        } else {
            crate::say(&format!("skipped: Rust {version} is missing and could not be installed"));
        }
    }
    Ok(Tally::default())
}
