//! Lines of text for a terminal: escaped, clipped to a width, painted.

use core::fmt::Write as _;

/// What a piece of text is painted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Warning,
    Accent,
}

impl Paint {
    /// The parameter of the "select graphic rendition" control sequence (ECMA-48, 8.3.117). Six of them are
    /// no reason for a dependency.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Bad => "31",
            Self::Warning => "33",
            Self::Accent => "36",
        }
    }
}

/// One line, built from left to right. What passes its width is cut off, with `…` at the cut.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pieces: Vec<(Paint, String)>,
    used: usize,
    width: usize,
}

impl Line {
    pub(crate) const fn new(width: usize) -> Self {
        Self { pieces: Vec::new(), used: 0, width }
    }

    /// Columns left.
    pub(crate) const fn room(&self) -> usize {
        self.width.saturating_sub(self.used)
    }

    /// Appends `text`, escaped, as much of it as there is room for.
    pub(crate) fn push(&mut self, paint: Paint, text: &str) {
        let text = clip(&escape(text), self.room());
        self.used += columns(&text);
        self.pieces.push((paint, text));
    }

    /// Appends blanks up to `column`.
    pub(crate) fn pad_to(&mut self, column: usize) {
        let blanks = column.min(self.width).saturating_sub(self.used);
        self.used += blanks;
        self.pieces.push((Paint::Plain, " ".repeat(blanks)));
    }

    /// The same pieces on a line of `width`, to go on beyond the first clip.
    pub(crate) fn widened(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// Appends the line to `out`, with an end of line and without blanks before it.
    pub(crate) fn write(&self, colored: bool, out: &mut String) {
        let start = out.len();
        for (paint, text) in &self.pieces {
            if colored && *paint != Paint::Plain && !text.trim().is_empty() {
                let _ = write!(out, "\x1b[{}m{text}\x1b[0m", paint.code());
            } else {
                out.push_str(text);
            }
        }
        out.truncate(start + out[start..].trim_end().len());
        out.push('\n');
    }
}

/// Makes text safe for a terminal: control characters, and those that turn the direction of writing (both can
/// make a line say something else than it does), are written as escapes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        let turns = matches!(char, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if char.is_control() || turns {
            escaped.extend(char.escape_default());
        } else {
            escaped.push(char);
        }
    }
    escaped
}

/// The first `most` columns of `text`, the last of them `…` when something is missing.
pub(crate) fn clip(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let (mut clipped, mut used) = (String::new(), 0);
    for char in text.chars() {
        if used + column(char) >= most {
            break;
        }
        used += column(char);
        clipped.push(char);
    }
    if most > 0 {
        clipped.push('…');
    }
    clipped
}

/// The last `most` columns of `text`, the first of them `…` when something is missing: the end of a path says
/// more than its start.
pub(crate) fn clip_front(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let (mut kept, mut used) = (Vec::new(), 0);
    for char in text.chars().rev() {
        if used + column(char) >= most {
            break;
        }
        used += column(char);
        kept.push(char);
    }
    let kept: String = kept.into_iter().rev().collect();
    // At the border of two parts, unless too little would be left of the last one.
    let whole = kept.find("::").map_or("", |border| &kept[border..]);
    let kept = if columns(whole) * 2 > most { whole } else { &kept };
    if most > 0 { format!("…{kept}") } else { String::new() }
}

/// The columns that `text` takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// The columns of one character: two for the large blocks of wide ones (East Asian scripts, emoji), none for
/// combining ones. Not the whole of Unicode's tables, but enough to keep columns straight.
const fn column(char: char) -> usize {
    match char {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_to_columns_not_to_bytes() {
        assert_eq!(clip("größer", 6), "größer");
        assert_eq!(clip("größer", 4), "grö…");
        assert_eq!(clip("日本語", 5), "日本…");
        assert_eq!(clip("日本語", 4), "日…");
        assert_eq!(clip("abc", 0), "");
        assert_eq!(clip_front("crate::Users::find", 14), "…::Users::find");
        assert_eq!(clip_front("long_module::f", 8), "…dule::f");
        assert_eq!(clip_front("crate::Users::load", 9), "…::load");
        assert_eq!(clip_front("load", 4), "load");
    }

    #[test]
    fn what_could_steer_a_terminal_is_escaped() {
        assert_eq!(escape("a\nb\x1b[2J\u{202e}c"), "a\\nb\\u{1b}[2J\\u{202e}c");
        assert_eq!(escape("größer 日本"), "größer 日本");
    }

    #[test]
    fn a_line_never_passes_its_width() {
        let mut line = Line::new(8);
        line.push(Paint::Good, "abcd");
        line.push(Paint::Plain, " efghij");
        line.push(Paint::Plain, "k");
        let (mut plain, mut colored) = (String::new(), String::new());
        line.write(false, &mut plain);
        line.write(true, &mut colored);
        assert_eq!(plain, "abcd ef…\n");
        assert_eq!(colored, "\x1b[32mabcd\x1b[0m ef…\n");
    }
}
