//! Draws a terminal as a picture.

use std::fmt::Write as _;

use super::server::Told;

/// Columns of the terminal, and the place that one letter takes.
const COLUMNS: f64 = 102.0;
const LETTER: (f64, f64) = (7.8, 17.0);
const MARGIN: f64 = 16.0;

/// The phase that is shown.
const PHASE: &str = "slow";

/// The lines before the first phase, and those of the one phase.
pub(crate) fn choose(told: &[Told]) -> Vec<String> {
    let is_heading = |line: &&Told| plain(&line.1).starts_with("── ");
    let opening = told.iter().take_while(|line| !is_heading(line));
    let phase = told.iter().skip_while(|line| !plain(&line.1).starts_with(&format!("── {PHASE} ")));
    let mut lines = phase.clone();
    let phase = lines.next().into_iter().chain(lines.take_while(|line| !is_heading(line)));
    let mut shown: Vec<String> = opening.chain(phase).map(|line| line.1.clone()).collect();
    while shown.last().is_some_and(|line| line.trim().is_empty()) {
        shown.pop();
    }
    shown
}

/// Text without its colours.
pub(crate) fn plain(line: &str) -> String {
    pieces(line).into_iter().map(|(_, text)| text).collect()
}

/// Lines with the colours of a terminal.
pub(crate) fn draw(lines: &[String]) -> String {
    let (width, height) = (2.0 * MARGIN + COLUMNS * LETTER.0, 2.0 * MARGIN + LETTER.1 * count(lines.len()));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"13\">\n\
         <rect width=\"{width:.0}\" height=\"{height:.0}\" rx=\"6\" fill=\"#16191f\"/>\n"
    );
    for (row, line) in lines.iter().enumerate() {
        let y = MARGIN + LETTER.1 * count(row) + 13.0;
        let mut column = 0;
        for (style, text) in pieces(line) {
            let letters = text.chars().count();
            if !text.trim().is_empty() {
                // Each piece has its place and its length, whatever font there is.
                let _ = writeln!(
                    svg,
                    "<text x=\"{:.1}\" y=\"{y:.1}\" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" {}>{}</text>",
                    MARGIN + LETTER.0 * count(column),
                    LETTER.0 * count(letters),
                    look(style),
                    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
                );
            }
            column += letters;
        }
    }
    svg + "</svg>\n"
}

/// The pieces of a line, with the number of their style.
fn pieces(line: &str) -> Vec<(u8, &str)> {
    let mut pieces = Vec::new();
    let (mut rest, mut style) = (line, 0);
    loop {
        let Some((text, behind)) = rest.split_once("\x1b[") else {
            pieces.push((style, rest));
            return pieces;
        };
        pieces.push((style, text));
        let (code, behind) = behind.split_once('m').unwrap_or(("", behind));
        style = code.parse().unwrap_or(0);
        rest = behind;
    }
}

fn look(style: u8) -> &'static str {
    match style {
        1 => "fill=\"#ffffff\" font-weight=\"700\"",
        2 => "fill=\"#7d8590\"",
        31 => "fill=\"#ff7b72\"",
        32 => "fill=\"#7ee787\"",
        33 => "fill=\"#e3b341\"",
        34..=36 => "fill=\"#79c0ff\"",
        _ => "fill=\"#d5dae0\"",
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few lines")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_pieces() {
        let line = "a \x1b[32m✓\x1b[0m b";
        assert_eq!(pieces(line), [(0, "a "), (32, "✓"), (0, " b")]);
        assert_eq!(plain(line), "a ✓ b");
        let svg = draw(&[line.to_owned()]);
        assert!(svg.contains("fill=\"#7ee787\">✓</text>"), "{svg}");
    }

    #[test]
    fn one_phase_is_shown_below_the_opening() {
        let lines =
            ["intro", "── healthy ──", "a", "── slow ── x", "b", "", "── rush ──", "c", "── slow ── x", "d"];
        let told: Vec<Told> = lines.iter().map(|line| (0.0, (*line).to_owned())).collect();
        assert_eq!(choose(&told), ["intro", "── slow ── x", "b"]);
    }
}
