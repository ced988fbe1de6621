//! Compiles what users write: `pass/` must build and run, `fail/` must be refused in exactly the expected words.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use trybuild::TestCases;

/// The compiler whose messages the `.stderr` files hold. Another version words and underlines its own part of a
/// message differently, so that a comparison with it would say nothing about ours.
const COMPILER: &str = "1.95";

#[test]
fn shapes_users_write_build_and_run() {
    TestCases::new().pass("pass/*.rs");
}

/// Apart from the shapes, so that these cases are only checked, not built: a mistake must be found by `cargo check`.
#[test]
fn mistakes_are_refused_in_the_expected_words() {
    let version = compiler();
    if !version.starts_with(&format!("{COMPILER}.")) {
        // Not `eprintln`: the test harness would swallow it, and nobody would learn that nothing was compared.
        let note = format!(
            "messages are compared on rustc {COMPILER} only; this is {version}: `fail/` is skipped\n"
        );
        io::stderr().write_all(note.as_bytes()).unwrap();
        return;
    }
    TestCases::new().compile_fail("fail/**/*.rs");
}

#[test]
fn every_expected_message_belongs_to_a_case() {
    let orphans: Vec<PathBuf> = files(Path::new("fail"))
        .into_iter()
        .filter(|file| file.extension() == Some(OsStr::new("stderr")) && !file.with_extension("rs").exists())
        .collect();
    assert!(orphans.is_empty(), "delete these, or bring back their cases: {orphans:?}");
}

/// The version of the compiler in use, like `1.95.0`.
fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("cargo runs it too");
    let text = String::from_utf8(output.stdout).expect("a version is ASCII");
    text.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// All files below a directory; none when it does not exist.
fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("a readable directory").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
