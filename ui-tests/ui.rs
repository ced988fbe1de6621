//! Compiles what users write: `pass/` must build and run, `fail/` must be refused in exactly the expected words.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use resilience_ui_tests::lint;
use trybuild::TestCases;

/// The compiler whose messages the `.stderr` files hold. Another version words and underlines its own part of a
/// message differently, so that a comparison with it would say nothing about ours.
const COMPILER: &str = "1.95";

#[test]
fn shapes_users_write_build_and_run() {
    TestCases::new().pass("pass/*.rs");
}

#[tokio::test(start_paused = true)]
async fn the_functions_that_all_lints_look_at_run() {
    assert_eq!(lint::all().await.unwrap(), 63);
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

#[test]
fn one_mistake_shows_one_error_where_it_stands() {
    for case in files(Path::new("fail")) {
        // Those of the README show themselves, without a comment in them.
        if case.extension() != Some(OsStr::new("rs")) || case.starts_with("fail/readme") {
            continue;
        }
        let mistakes = mistakes(&fs::read_to_string(&case).unwrap());
        let stderr = fs::read_to_string(case.with_extension("stderr")).unwrap();
        let mut errors = errors(&stderr);
        for (line, text) in &mistakes {
            let at =
                errors.iter().position(|(place, message)| place == line && message.contains(text.as_str()));
            let at =
                at.unwrap_or_else(|| panic!("{}: no error in line {line} says {text:?}", case.display()));
            errors.remove(at);
        }
        assert!(!mistakes.is_empty() && errors.is_empty(), "{}: more errors: {errors:?}", case.display());
        assert!(!stderr.contains("__private"), "{}: speaks of what is private", case.display());
    }
}

/// The lines with a mistake, and a part of the message: from `//~ ERROR message` behind the code.
fn mistakes(case: &str) -> Vec<(usize, String)> {
    let lines = case.lines().enumerate().filter_map(|(index, line)| {
        let (_, message) = line.split_once("//~ ERROR ")?;
        Some((index + 1, message.to_owned()))
    });
    lines.collect()
}

/// The lines that a compiler's output has errors in, and their messages.
fn errors(stderr: &str) -> Vec<(usize, String)> {
    let mut errors = Vec::new();
    let mut lines = stderr.lines();
    while let Some(line) = lines.next() {
        let Some(message) = line.strip_prefix("error") else { continue };
        let place = lines.next().and_then(|place| place.rsplit(':').nth(1)?.parse().ok());
        errors.push((place.expect("a place follows the message"), message.to_owned()));
    }
    errors
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
