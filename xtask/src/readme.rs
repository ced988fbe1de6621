//! Keeps the README honest: its first example is a piece of the quickstart, which compiles and runs.

use std::fs;
use std::path::Path;

/// Compares the README of the workspace at `root` with the quickstart.
///
/// # Errors
///
/// One sentence when the example is missing, or is not a run of lines of the quickstart.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|error| format!("`{path}` is not readable: {error}"))
    };
    let (readme, quickstart) = (read("README.md")?, read("examples/quickstart/main.rs")?);
    let block = first_block(&readme).ok_or("`README.md` has no Rust example; show one of the quickstart")?;
    if is_run_of_lines(&block, &quickstart) {
        Ok(())
    } else {
        Err("the first example of `README.md` is not in `examples/quickstart/main.rs`; copy it from there"
            .into())
    }
}

/// The lines of the first code block that is marked as Rust.
fn first_block(readme: &str) -> Option<Vec<&str>> {
    let is_start = |line: &&str| line.strip_prefix("```rust").is_some_and(|rest| !rest.starts_with('-'));
    let mut lines = readme.lines().skip_while(|line| !is_start(line));
    lines.next()?;
    let block: Vec<&str> = lines.take_while(|line| !line.starts_with("```")).collect();
    (!block.is_empty()).then_some(block)
}

/// Whether the block stands in the source line by line; in an `impl` all its lines are indented by as much.
fn is_run_of_lines(block: &[&str], source: &str) -> bool {
    let source: Vec<&str> = source.lines().collect();
    source.windows(block.len()).any(|run| {
        let Some(indent) = run[0].strip_suffix(block[0]) else { return false };
        indent.trim().is_empty()
            && block.iter().zip(run).all(|(shown, real)| {
                real.strip_prefix(indent) == Some(*shown) || (shown.is_empty() && real.is_empty())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str =
        "# Title\n\n```sh\nls\n```\n\n```rust,no_run\nfn f() {\n\n    g();\n}\n```\n\n```rust\nlater\n```\n";

    #[test]
    fn the_first_rust_block_is_found_behind_other_blocks() {
        assert_eq!(first_block(README).unwrap(), ["fn f() {", "", "    g();", "}"]);
        assert_eq!(first_block("```sh\nls\n```\n"), None);
    }

    #[test]
    fn a_block_matches_at_any_even_indentation() {
        let block = first_block(README).unwrap();
        assert!(is_run_of_lines(&block, "use x;\nfn f() {\n\n    g();\n}\n"));
        assert!(is_run_of_lines(&block, "impl X {\n    fn f() {\n\n        g();\n    }\n}\n"));
    }

    #[test]
    fn a_block_that_differs_anywhere_does_not_match() {
        let block = first_block(README).unwrap();
        assert!(!is_run_of_lines(&block, "fn f() {\n\n    h();\n}\n"));
        assert!(!is_run_of_lines(&block, "    fn f() {\n\n    g();\n}\n"));
        assert!(!is_run_of_lines(&block, "fn f() {\n"));
    }
}
