//! Keeps the README honest: the Rust it shows is pieces of the quickstart's client, which compiles and runs, the compile
//! error is one that the UI tests compare, and its figures are the committed ones.

use std::fs;
use std::path::Path;

/// Where the Rust is from.
const SOURCE: &str = "examples/quickstart/client.rs";
/// Where the compile error is from.
const MESSAGE: &str = "ui-tests/fail/readme/plan_exceeds_deadline.stderr";

/// Where the figures are from.
const COUNTS: &str = "benches/instructions.tsv";
/// What the README calls the cases it shows.
const COSTS: [(&str, &str); 8] = [
    ("nothing", "bare"),
    ("a retry loop by hand", "by hand: retry"),
    ("`retry`", "retry"),
    ("`timeout`", "timeout"),
    ("`breaker`, consecutive or over a window of calls", "breaker, window of calls"),
    ("`breaker`, over a window of time (the default)", "breaker, window of time"),
    ("`retry`, `breaker` over calls, `timeout`", "retry + breaker (calls) + timeout"),
    ("the same, with `rate_limit` and `bulkhead`", "retry + all limits + timeout"),
];

/// Pages whose links are followed.
const PAGES: [&str; 2] = ["README.md", "examples/observability/README.md"];

/// Compares the README of the workspace at `root` with what it shows.
///
/// # Errors
///
/// One sentence when there is no example, or one that is not a run of lines of the client; the same for the error.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|error| format!("`{path}` is not readable: {error}"))
    };
    for page in PAGES {
        let text = read(page)?;
        let directory = root.join(page).with_file_name("");
        if let Some(gone) = links(&text).into_iter().find(|link| !directory.join(link).exists()) {
            return Err(format!("`{page}` has a link to `{gone}`, which is not there"));
        }
    }
    let (readme, source, message) = (read("README.md")?, read(SOURCE)?, read(MESSAGE)?);
    let examples = blocks(&readme, "rust");
    if examples.is_empty() {
        return Err(format!("`README.md` has no Rust example; show one of `{SOURCE}`"));
    }
    if let Some(strange) = examples.iter().find(|example| !is_run_of_lines(example, &source)) {
        return Err(format!(
            "the example of `README.md` that begins with `{}` is not in `{SOURCE}`; copy it from there",
            strange[0]
        ));
    }
    if let Some(row) = wrong_cost(&readme, &read(COUNTS)?) {
        return Err(format!("`README.md` does not have the row `{row}`, as `{COUNTS}` has it"));
    }
    let message = without_places(message.lines());
    if blocks(&readme, "text").into_iter().any(|block| without_places(block) == message) {
        Ok(())
    } else {
        Err(format!("`README.md` does not show the compile error of `{MESSAGE}`; copy it from there"))
    }
}

/// The row that the README should have and has not.
fn wrong_cost(readme: &str, counts: &str) -> Option<String> {
    let rows = COSTS.iter().map(|(name, case)| {
        let count = counts.lines().find_map(|line| line.strip_prefix(case)?.strip_prefix('\t'));
        format!("| {name} | {} |", count.unwrap_or("?").replace('\t', " | "))
    });
    rows.into_iter().find(|row| !readme.lines().any(|line| line == row))
}

/// What a page links to and shows of this repository.
fn links(page: &str) -> Vec<&str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#')).collect()
}

/// The lines of each code block in that language, unless it is empty.
fn blocks<'text>(readme: &'text str, language: &str) -> Vec<Vec<&'text str>> {
    let is_start = |line: &str| {
        let rest = line.strip_prefix("```").and_then(|line| line.strip_prefix(language));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
    };
    let mut lines = readme.lines();
    let mut blocks = Vec::new();
    while lines.any(is_start) {
        blocks.push(lines.by_ref().take_while(|line| !line.starts_with("```")).collect());
    }
    blocks.retain(|block: &Vec<&str>| !block.is_empty());
    blocks
}

/// A message of the compiler but for the lines that name a file: the README's is a user's.
fn without_places<'text>(lines: impl IntoIterator<Item = &'text str>) -> Vec<&'text str> {
    lines.into_iter().filter(|line| !line.trim_start().starts_with("-->")).collect()
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
    fn links_are_those_of_this_repository() {
        let page = "![a picture](one.svg), [a page\nover lines](../two.md), [elsewhere](https://three.org), [here](#four)";
        assert_eq!(links(page), ["one.svg", "../two.md"]);
    }

    #[test]
    fn every_block_of_a_language_is_found_and_no_other() {
        assert_eq!(blocks(README, "rust"), [vec!["fn f() {", "", "    g();", "}"], vec!["later"]]);
        assert_eq!(blocks(README, "sh"), [["ls"]]);
        assert!(blocks("```sh\nls\n```\n```rust\n```\n```rust-like\nx\n```\n", "rust").is_empty());
    }

    #[test]
    fn every_figure_is_the_committed_one() {
        let counts = COSTS.map(|(_, case)| format!("{case}\t7\t16")).join("\n");
        let readme = COSTS.map(|(name, _)| format!("| {name} | 7 | 16 |")).join("\n");
        assert_eq!(wrong_cost(&readme, &counts), None);
        let wrong = readme.replacen('7', "8", 1);
        assert_eq!(wrong_cost(&wrong, &counts).as_deref(), Some("| nothing | 7 | 16 |"));
        assert_eq!(wrong_cost(&readme, "").as_deref(), Some("| nothing | ? |"));
    }

    #[test]
    fn messages_are_compared_without_the_file() {
        let message = "error: no\n --> fail/x.rs:3:1\n  |\n";
        assert_eq!(without_places(message.lines()), ["error: no", "  |"]);
    }

    #[test]
    fn a_block_matches_at_any_even_indentation() {
        let block = blocks(README, "rust").remove(0);
        assert!(is_run_of_lines(&block, "use x;\nfn f() {\n\n    g();\n}\n"));
        assert!(is_run_of_lines(&block, "impl X {\n    fn f() {\n\n        g();\n    }\n}\n"));
    }

    #[test]
    fn a_block_that_differs_anywhere_does_not_match() {
        let block = blocks(README, "rust").remove(0);
        assert!(!is_run_of_lines(&block, "fn f() {\n\n    h();\n}\n"));
        assert!(!is_run_of_lines(&block, "    fn f() {\n\n    g();\n}\n"));
        assert!(!is_run_of_lines(&block, "fn f() {\n"));
    }
}
