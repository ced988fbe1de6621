//! Text for the terminal: colours where they are wanted, columns that stay straight.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

/// Columns of a line.
pub(crate) const WIDTH: usize = 100;

/// What a piece of text is painted for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint {
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
    Accent,
}

/// Where everything is printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) colored: bool,
}

impl Page {
    /// Standard output: coloured on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn of_stdout() -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Self { colored: io::stdout().is_terminal() && !is_dumb && !is_set("NO_COLOR") }
    }

    /// Prints a blank line and a title.
    pub(crate) fn title(self, text: &str, more: &str) -> io::Result<()> {
        let rule = "─".repeat(WIDTH.saturating_sub(text.chars().count() + more.chars().count() + 5));
        let (text, rule) = (self.paint(Paint::Strong, text), self.paint(Paint::Faint, &rule));
        print(&format!("\n── {text} {rule} {}\n\n", self.paint(Paint::Faint, more)))
    }

    /// `text` in its colour.
    pub(crate) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Strong => 1,
            Paint::Faint => 2,
            Paint::Good => 32,
            Paint::Warning => 33,
            Paint::Bad => 31,
            Paint::Accent => 36,
        };
        if self.colored && !text.trim().is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Prints `text` as it is, at once.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// `part` of `whole`; nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "a few hundred calls")]
pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The colour of a share of calls that were answered.
pub(crate) fn paint_of(share: f64) -> Paint {
    match share {
        0.98.. => Paint::Good,
        0.5.. => Paint::Warning,
        _ => Paint::Bad,
    }
}

/// `part` of `whole` as a bar of `cells`, rounded down so that a full bar is all of it.
pub(crate) fn bar(page: Page, part: usize, whole: usize, cells: usize) -> String {
    let full = (cells * part).checked_div(whole).unwrap_or(0);
    let paint = paint_of(share(part, whole).unwrap_or(1.0));
    page.paint(paint, &"■".repeat(full)) + &page.paint(Paint::Faint, &"·".repeat(cells - full))
}

/// A duration in at most six columns.
pub(crate) fn short(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds @ 0.9995.. => format!("{seconds:.2}s"),
        seconds @ 0.00995.. => format!("{:.0}ms", seconds * 1e3),
        seconds => format!("{:.1}ms", seconds * 1e3),
    }
}
