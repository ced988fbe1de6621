//! Where the workspace lies, and how long things take.

use std::env;
use std::fmt;
use std::fs;
use std::path::{self, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The directories every step needs.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The directory of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The directory cargo builds into.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks the variables that `cargo run` sets, so that no path is compiled in.
    pub(crate) fn find() -> Result<Self, String> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = manifest
            .and_then(|xtask| xtask.parent().map(PathBuf::from))
            .ok_or("the workspace is not known; start this program as `cargo xtask`")?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            // A relative directory is meant from where the user stands; the steps run in the root.
            Some(directory) => path::absolute(&directory)
                .map_err(|error| format!("`CARGO_TARGET_DIR` is not usable: {error}"))?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The text of a file, by its path from the root.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|error| format!("`{path}` is not readable: {error}"))
    }

    /// The cargo that started this program, run in the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        if env::var_os("CARGO_TARGET_DIR").is_some() {
            command.env("CARGO_TARGET_DIR", &self.target);
        }
        // They describe xtask; a build script that reads one would otherwise run again.
        for (name, _) in env::vars_os() {
            let own = name
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
            if own {
                command.env_remove(name);
            }
        }
        command
    }
}

/// Measures the time since its start; shown as seconds.
#[derive(Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "steps take real time; the clock of the runtime is for policies"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}s", self.0.elapsed().as_secs_f64())
    }
}
