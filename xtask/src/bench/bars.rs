//! Bar charts as SVG.

use std::fmt::Write as _;

/// One bar.
#[derive(Debug)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: f64,
    pub(super) is_ours: bool,
}

const WIDTH: f64 = 760.0;
/// What a character of a label takes, in bold and on average: a little more than any label has needed.
const CHARACTER: f64 = 7.8;
/// Left of the labels, and between them and their bars.
const GAP: f64 = 8.0;
/// What is left for the figure behind the longest bar.
const RIGHT: f64 = 90.0;
const TOP: f64 = 44.0;
const LINE: f64 = 26.0;
const BAR: f64 = 17.0;

/// Of times, a bar so often as long as the one in the middle is cut, or nothing could be seen of the short ones.
pub(super) const CUT: f64 = 5.0;

/// The chart, one bar below the other; what is more than `cut` times the middle is cut.
pub(super) fn chart(title: &str, unit: &str, cut: f64, bars: &[Bar]) -> String {
    let middle = super::figures::median(bars.iter().map(|bar| bar.value));
    let longest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let left = left(bars);
    let end = longest.min(middle * cut).max(f64::MIN_POSITIVE);
    #[expect(clippy::cast_precision_loss, reason = "a dozen bars")]
    let height = TOP + LINE * bars.len() as f64 + 10.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"14\" y=\"25\" font-size=\"15\" font-weight=\"bold\" fill=\"#1f2328\">{title}</text>\n",
        title = escaped(title)
    );
    let mut top = TOP;
    for bar in bars {
        let length = (WIDTH - left - RIGHT) * (bar.value / end).min(1.0);
        let (middle, fill) = (top + BAR / 2.0 + 4.5, if bar.is_ours { "#0969da" } else { "#afb8c1" });
        let weight = if bar.is_ours { "bold" } else { "normal" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{middle:.1}\" text-anchor=\"end\" font-weight=\"{weight}\" \
             fill=\"#1f2328\">{}</text>\n\
             <rect x=\"{left:.0}\" y=\"{top}\" width=\"{length:.1}\" height=\"{BAR}\" fill=\"{fill}\"/>",
            left - GAP,
            escaped(&bar.label),
        );
        if bar.value > end {
            let (slash, bottom) = (left + length - 30.0, top + BAR);
            let _ =
                writeln!(svg, "<path d=\"M{slash:.1} {bottom} l6 -{BAR} h6 l-6 {BAR} z\" fill=\"#ffffff\"/>");
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{middle:.1}\" font-weight=\"{weight}\" fill=\"#1f2328\">{} {unit}</text>",
            left + length + 6.0,
            figure(bar.value)
        );
        top += LINE;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where bars begin, right of their labels.
fn left(bars: &[Bar]) -> f64 {
    let longest = bars.iter().map(|bar| bar.label.chars().count()).max().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a line of text")]
    let width = longest as f64 * CHARACTER;
    2.0f64.mul_add(GAP, width).round()
}

/// Three digits, and thousands apart.
pub(super) fn figure(value: f64) -> String {
    if value.abs() >= 99.95 {
        let digits = format!("{:.0}", value.abs());
        let mut text = String::from(if value < 0.0 { "-" } else { "" });
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        return text;
    }
    if value.abs() >= 9.995 { format!("{value:.1}") } else { format!("{value:.2}") }
}

fn escaped(text: &str) -> String {
    // A picture has no `code`.
    text.replace('`', "").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(value: f64) -> Bar {
        Bar { label: "a <b>".to_owned(), value, is_ours: false }
    }

    #[test]
    fn a_bar_is_as_long_as_its_value() {
        let svg = chart("title", "ns", CUT, &[bar(10.0), bar(20.0)]);
        let full = WIDTH - (5.0 * CHARACTER + 2.0 * GAP) - RIGHT;
        assert!(
            svg.contains(&format!("width=\"{full:.1}\""))
                && svg.contains(&format!("width=\"{:.1}\"", full / 2.0))
        );
        assert!(svg.contains("a &lt;b&gt;") && !svg.contains("<path"));
    }

    #[test]
    fn the_longest_label_has_room() {
        let long = Bar { label: "w".repeat(50), ..bar(1.0) };
        let svg = chart("title", "ns", CUT, &[bar(1.0), long]);
        let end = 50.0f64.mul_add(CHARACTER, GAP);
        assert_eq!(svg.matches(&format!("<text x=\"{end:.0}\"")).count(), 2);
    }

    #[test]
    fn a_bar_far_beyond_the_others_is_cut_and_says_so() {
        let svg = chart("title", "ns", CUT, &[bar(1.0), bar(1.0), bar(100.0)]);
        assert_eq!(svg.matches("<path").count(), 1);
        assert!(svg.contains("100 ns"));
    }

    #[test]
    fn figures_have_three_digits_and_thousands_apart() {
        let figures = [0.0, 1.234, 12.34, 123.4, 1_234.4, -1_234_567.0].map(figure);
        assert_eq!(figures, ["0.00", "1.23", "12.3", "123", "1,234", "-1,234,567"]);
    }
}
