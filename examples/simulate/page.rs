//! The written result: a page of Markdown, and pictures beside it.

use std::fmt::Write as _;

use crate::chart::Figure;
use crate::figures::Spread;

/// One scenario's part of the page.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) markdown: String,
    /// Names of files, and what is in them.
    pub(crate) pictures: Vec<(String, String)>,
}

/// A table of Markdown, figures to the right.
#[derive(Debug)]
pub(crate) struct Table {
    columns: usize,
    markdown: String,
}

impl Section {
    pub(crate) fn new(title: &str, about: &str) -> Self {
        Self { markdown: format!("## {title}\n\n{}\n", wrapped(about)), pictures: Vec::new() }
    }

    pub(crate) fn heading(&mut self, text: &str) {
        self.put(&format!("### {text}\n"));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.put(&format!("{}\n", wrapped(text)));
    }

    pub(crate) fn table(&mut self, table: &Table) {
        self.put(&table.markdown);
    }

    pub(crate) fn picture(&mut self, name: &str, figure: &Figure) {
        let file = format!("{name}.svg");
        self.put(&format!("![{}]({file})\n", figure.title));
        self.pictures.push((file, figure.to_svg()));
    }

    fn put(&mut self, block: &str) {
        self.markdown.push('\n');
        self.markdown.push_str(block);
    }
}

impl Table {
    pub(crate) fn new(heads: &[&str]) -> Self {
        Self::aligned(heads, "---:")
    }

    /// A table of words: all to the left.
    pub(crate) fn of_words(heads: &[&str]) -> Self {
        Self::aligned(heads, "---")
    }

    fn aligned(heads: &[&str], rule: &str) -> Self {
        let mut table = Self { columns: heads.len(), markdown: String::new() };
        table.row(heads.iter().map(ToString::to_string));
        table.row((0..heads.len()).map(|column| (if column == 0 { "---" } else { rule }).to_owned()));
        table
    }

    /// A row; cells that are missing are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<_> = cells.into_iter().collect();
        cells.resize(self.columns, String::new());
        let _ = writeln!(self.markdown, "| {} |", cells.join(" | "));
    }
}

/// The whole page.
pub(crate) fn page(seed: u64, sections: &[Section]) -> String {
    let mut page = format!(
        "# Simulation\n\n{}\n\n```sh\ncargo run --release --example simulate -- --seed {seed} --out \
         examples/simulate/results\n```\n\n{}\n",
        wrapped(
            "What policies do to clients and to what these call: annotated functions on the real runtime, under tokio's \
             paused clock, against modelled services. Written by"
        ),
        wrapped(
            "The same seed gives the same page. Figures with ± are the mean of many runs and the standard deviation of \
             a run."
        ),
    );
    for section in sections {
        page.push('\n');
        page.push_str(&section.markdown);
    }
    page
}

/// The words in lines of readable length.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 118 {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    lines
}

/// A share with its spread, in percent.
pub(crate) fn share(share: Spread) -> Spread {
    Spread { mean: share.mean * 100.0, deviation: share.deviation * 100.0 }
}

/// A change in percent, with its sign: 0.5 is `+50 %`.
pub(crate) fn percent(change: f64) -> String {
    let rounded = (change * 100.0).round();
    if rounded == 0.0 { "±0 %".to_owned() } else { format!("{rounded:+.0} %") }
}
