//! What no test inside the workspace can see: a crate with `chaos` in it that is built for release, or without the
//! feature.

use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

/// Annotated as a service would, by somebody who then forgets about it.
const CODE: &str = r#"
#[resilience_runtime::resilient(chaos(panic_rate = "5%", release = cfg!(feature = "meant")))]
pub async fn load() -> std::io::Result<()> {
    Ok(())
}
"#;

/// How the crate is built, and what the compiler has to say; nothing, where it builds.
const BUILDS: [(&str, Option<&str>); 4] = [
    ("--features chaos", None),
    ("--release --features chaos,meant", None),
    (
        "--release --features chaos",
        Some("`chaos` would be active in a release build; write `chaos(.., release"),
    ),
    ("", Some("`chaos` needs the feature `chaos` of `resilience-runtime`")),
];

/// Builds a crate of its own in each way.
///
/// # Errors
///
/// The first way that ends otherwise than it should.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    let directory = workspace.target.join("xtask/chaos");
    write(&directory, workspace).map_err(|error| format!("`{}`: {error}", directory.display()))?;
    for (arguments, message) in BUILDS {
        crate::say(&format!("cargo check {arguments}"));
        let mut cargo = workspace.cargo();
        cargo.current_dir(&directory).env("CARGO_TARGET_DIR", &workspace.target);
        cargo.arg("check").args(arguments.split_whitespace());
        let output = cargo.output().map_err(|error| format!("cargo could not start: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let is_right = match message {
            None => output.status.success(),
            Some(message) => !output.status.success() && said.contains(message),
        };
        if !is_right {
            let expected = message.map_or("to build".to_owned(), |message| format!("to say: {message}"));
            return Err(format!("`cargo check {arguments}` of {CODE} was {expected}\n{said}"));
        }
    }
    Ok(())
}

fn write(directory: &Path, workspace: &Workspace) -> std::io::Result<()> {
    let runtime = workspace.root.join("resilience-runtime");
    let manifest = format!(
        "[package]\nname = \"forgotten\"\nedition = \"2024\"\n\n[workspace]\n\n[features]\n\
         chaos = [\"resilience-runtime/chaos\"]\nmeant = []\n\n[dependencies]\nresilience-runtime = {{ path = '{}' }}\n",
        runtime.display()
    );
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("Cargo.toml"), manifest)?;
    fs::write(directory.join("src/lib.rs"), CODE)?;
    // The versions of the workspace: nothing is to be looked up or built anew.
    fs::copy(workspace.root.join("Cargo.lock"), directory.join("Cargo.lock")).map(drop)
}
