//! One command line of a step: shown, run, and its test results counted.

use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::process::Stdio;

use crate::workspace::Workspace;

/// A cargo command with its variables, as one would type it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    variables: Vec<(&'static str, String)>,
    arguments: Vec<String>,
}

impl Line {
    /// A command from its text; the words are separated by spaces, and none contains one.
    pub(crate) fn cargo(text: &str) -> Self {
        Self { variables: Vec::new(), arguments: text.split_whitespace().map(String::from).collect() }
    }

    /// The same command with one variable set.
    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Runs the command in the root, passing its output on as it comes.
    ///
    /// # Errors
    ///
    /// One sentence with the line to repeat, when the command cannot be started or fails.
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<Tally, String> {
        let mut command = workspace.cargo();
        command.args(&self.arguments).envs(self.variables.iter().cloned()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("`{self}` could not start: {error}"))?;
        let mut tally = Tally::default();
        if let Some(output) = child.stdout.take() {
            pass_on(BufReader::new(output), io::stdout().lock(), &mut tally)
                .map_err(|error| format!("the output of `{self}` could not be read: {error}"))?;
        }
        let status = child.wait().map_err(|error| format!("`{self}` was lost: {error}"))?;
        if status.success() { Ok(tally) } else { Err(format!("{status}\nthe command again: {self}")) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}=\"{value}\" ")?;
        }
        write!(f, "cargo {}", self.arguments.join(" "))
    }
}

/// Copies output line by line and counts the results in it.
fn pass_on(mut from: impl BufRead, mut to: impl Write, tally: &mut Tally) -> io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        tally.count(&String::from_utf8_lossy(&line));
        to.write_all(&line)?;
        to.flush()?;
        line.clear();
    }
    Ok(())
}

/// How many tests ran, by the `test result:` lines.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) ignored: u64,
}

impl Tally {
    fn count(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result:") else { return };
        for part in result.split([';', '.']) {
            match part.split_whitespace().collect::<Vec<_>>().as_slice() {
                [count, "passed"] => self.passed += count.parse::<u64>().unwrap_or(0),
                [count, "ignored"] => self.ignored += count.parse::<u64>().unwrap_or(0),
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.passed > 0 {
            write!(f, ", {} passed", self.passed)?;
        }
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_one_would_type_it() {
        let line = Line::cargo("doc --workspace  --no-deps").variable("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(line.to_string(), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --no-deps");
    }

    #[test]
    fn output_is_passed_on_unchanged_and_its_results_are_added_up() {
        let output = "running 3 tests\n\
            test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 1 filtered out; finished in 0.52s\n\
            \u{fffd} half a line\n\
            test result: ok. 30 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let (mut copy, mut tally) = (Vec::new(), Tally::default());
        pass_on(output.as_bytes(), &mut copy, &mut tally).unwrap();
        assert_eq!(String::from_utf8(copy).unwrap(), output);
        assert_eq!(tally, Tally { passed: 42, ignored: 3 });
        assert_eq!(tally.to_string(), ", 42 passed, 3 ignored");
    }
}
