//! Keeps the README honest: the Rust it shows is pieces of the quickstart's client, which compiles and runs, the call it
//! draws is one that the quickstart prints, the compile error is one that the UI tests compare, and its figures are the
//! committed ones.

use std::process::Stdio;

use crate::workspace::Workspace;

/// Where the Rust is from.
const SOURCE: &str = "examples/quickstart/client.rs";
/// What prints the call that is drawn.
const QUICKSTART: [&str; 4] = ["run", "--quiet", "--example", "quickstart"];
/// Where it is drawn.
const DRAWN: &str = "## What a call looks like";
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

/// Compares the README of the workspace with what it shows; runs the quickstart for that.
///
/// # Errors
///
/// One sentence when there is no example, or one that is not a run of lines of the client; the same for the call that is
/// drawn and for the error.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    let root = &workspace.root;
    let read = |path: &str| workspace.read(path);
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
    if !blocks(&readme, "text").into_iter().any(|block| without_places(block) == message) {
        return Err(format!(
            "`README.md` does not show the compile error of `{MESSAGE}`; copy it from there"
        ));
    }
    let section = readme.split_once(DRAWN).map_or("", |(_, section)| section);
    let drawn = blocks(section, "text").into_iter().next().unwrap_or_default();
    compare(&drawn, &quickstart(workspace)?)
}

/// Whether the call that is drawn stands in the output of the quickstart.
fn compare(drawn: &[&str], output: &str) -> Result<(), String> {
    if is_drawn(drawn, output) {
        return Ok(());
    }
    let command = QUICKSTART.join(" ");
    Err(format!(
        "the call below `{DRAWN}` of `README.md` is none that `cargo {command}` prints; copy one from there"
    ))
}

/// What the quickstart prints.
fn quickstart(workspace: &Workspace) -> Result<String, String> {
    let run = workspace.cargo().args(QUICKSTART).stderr(Stdio::inherit()).output();
    let run = run.map_err(|error| format!("the quickstart could not start: {error}"))?;
    if run.status.success() {
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    } else {
        Err(format!("the quickstart ended with {}", run.status))
    }
}

/// Whether these lines are all of a call that is drawn in the output of the quickstart, but for its times.
fn is_drawn(block: &[&str], output: &str) -> bool {
    let shown: Vec<_> = block.iter().map(|line| without_times(line)).collect();
    let printed: Vec<_> = output.lines().map(without_times).collect();
    let mut runs = printed.split(String::is_empty);
    // In front of a call there is a line that says what it shows.
    !shown.is_empty() && runs.any(|run| run.get(1..) == Some(shown.as_slice()))
}

/// A line of a drawing without what differs from run to run: times, and how much of the bar is filled. Columns that are
/// filled up with blanks stay as far as they do not depend on a time: the bar's place does.
fn without_times(line: &str) -> String {
    let is_bar = |word: &str| word.chars().all(|char| "·█░▒◆".contains(char));
    let bar = line.rsplit_once(' ').map(|(_, word)| word).filter(|word| !word.is_empty() && is_bar(word));
    let mut text: Vec<_> = line.split_whitespace().map(without_time).collect();
    if let Some(bar) = bar {
        let (cells, columns) = (bar.chars().count(), line.chars().count());
        text.pop();
        text.push(format!("<a bar of {cells} that ends at column {columns}>"));
    }
    text.join(" ")
}

/// A word, `#` where it is a number, with its unit if it has one.
fn without_time(word: &str) -> String {
    let number = word.trim_end_matches([',', ')']);
    let value = number.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let is_number = !value.is_empty() && value.chars().all(|char| char.is_ascii_digit() || char == '.');
    if is_number && ["", "ns", "us", "ms", "s"].contains(&&number[value.len()..]) {
        format!("#{}", &word[number.len()..])
    } else {
        word.to_owned()
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

    const PRINTED: &str = "── Six calls ── of a client\n\n\
        1. late: it says why\n\
        ✓ orders: success after 2 attempts in 305ms, waited 45.247ms\n\
        ├─ ✗ 1 original  timeout  took longer than 250ms     251ms ████····\n\
        └─ ✓ 2 retry     success                            7.31ms ····████\n\n\
        2. next\n";

    #[test]
    fn a_call_is_the_same_whatever_time_it_took() {
        let shown = "\
            ✓ orders: success after 2 attempts in 1.2s, waited 900us\n\
            ├─ ✗ 1 original  timeout  took longer than 250ms        1s ██████··\n\
            └─ ✓ 2 retry     success                             987us ······██";
        assert!(is_drawn(&shown.lines().collect::<Vec<_>>(), PRINTED));
    }

    #[test]
    fn a_call_that_is_drawn_in_another_way_is_not_the_same() {
        let shown: Vec<_> = PRINTED.lines().skip(3).take(3).collect();
        assert!(is_drawn(&shown, PRINTED));
        assert!(!is_drawn(&shown[..2], PRINTED));
        assert!(!is_drawn(&shown[1..], PRINTED));
        assert!(!is_drawn(&[], PRINTED));
        for (real, stale) in [
            ("  took longer than 250ms", "                        "),
            ("success", "fallback"),
            ("2 retry", "2 hedge"),
            ("████····", "████···"),
            ("  251ms", " 251ms"),
            ("after 2", "after two"),
        ] {
            let changed: Vec<_> = shown.iter().map(|line| line.replace(real, stale)).collect();
            let changed: Vec<_> = changed.iter().map(String::as_str).collect();
            assert!(changed != shown && !is_drawn(&changed, PRINTED), "{stale}");
        }
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
