//! Line charts as SVG: panels side by side with one legend, readable in light and in dark.
//!
//! Colours are style classes with a set for either scheme, which a picture in a page takes from the reader's
//! settings; programs that know no schemes show the light one.

use std::fmt::Write as _;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 450.0;
/// Around the plot of each panel: left for the values, below for the axis, above for title, note and legend.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 136.0;
const BOTTOM: f64 = 56.0;

/// Colours that those who see colours differently can tell apart, after Okabe and Ito; in light and in dark. One line
/// is dashed, so that another one shows below it where the two are the same.
const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;font-size:13px;fill:#3d444d}
.page{fill:#ffffff}.title{font-size:19px;font-weight:600;fill:#1f2328}.panel{font-weight:600;fill:#1f2328}
.note{font-size:12px;fill:#656d76}
.grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#8c959f;stroke-width:1}
.shade{fill:#818b98;fill-opacity:.16}
.line{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}.band{fill-opacity:.14}
.s3{stroke-dasharray:8 5}
.s0{stroke:#6e7781}.s1{stroke:#d55e00}.s2{stroke:#0072b2}.s3{stroke:#00875a}.s4{stroke:#a0438f}
.f0{fill:#6e7781}.f1{fill:#d55e00}.f2{fill:#0072b2}.f3{fill:#00875a}.f4{fill:#a0438f}
@media (prefers-color-scheme:dark){text{fill:#c9d1d9}.page{fill:#0d1117}.title,.panel{fill:#f0f6fc}.note{fill:#9198a1}
.grid{stroke:#2a313c}.axis{stroke:#656c76}
.s0{stroke:#9aa4b0}.s1{stroke:#ff8f45}.s2{stroke:#58b4f0}.s3{stroke:#35c994}.s4{stroke:#e08bd0}
.f0{fill:#9aa4b0}.f1{fill:#ff8f45}.f2{fill:#58b4f0}.f3{fill:#35c994}.f4{fill:#e08bd0}}
";

/// Colours there are.
const COLORS: usize = 5;

/// A picture.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) title: &'static str,
    pub(crate) note: String,
    /// Side by side; their series have the same names, which stand in one legend.
    pub(crate) panels: Vec<Panel>,
}

/// A chart.
#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
    /// A range of `x`, and what was then.
    pub(crate) shade: Option<(f64, f64, &'static str)>,
}

/// What is measured along an edge, and in which unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) label: &'static str,
    pub(crate) scale: Scale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// From zero where that is near.
    Linear,
    /// From the smallest value, by decades.
    Log,
}

/// A line.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
    /// Where values scatter: `x`, lowest, highest.
    pub(crate) band: Vec<(f64, f64, f64)>,
}

/// An axis with its numbers.
#[derive(Debug)]
struct Ruler {
    scale: Scale,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
}

impl Ruler {
    fn over(scale: Scale, values: impl Iterator<Item = f64> + Clone) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(0.0, f64::max);
        match scale {
            Scale::Linear => {
                // From zero, unless that would leave a third of the axis empty.
                let least = if least > most / 3.0 { least } else { 0.0 };
                let step = nice_step((most - least) / 5.0);
                let (from, to) = ((least / step + 1e-9).floor(), (most / step - 1e-9).ceil());
                let to = to.max(from + 1.0);
                let ticks = counted(from, to).map(|number| number * step).collect();
                Self { scale, low: from * step, high: to * step, ticks }
            }
            Scale::Log => {
                let rungs: Vec<f64> = (-3..9)
                    .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)))
                    .collect();
                let low = rungs.iter().copied().filter(|rung| *rung <= least).fold(rungs[0], f64::max);
                let high = rungs.iter().copied().filter(|rung| *rung >= most).fold(f64::INFINITY, f64::min);
                let ticks = rungs.into_iter().filter(|rung| (low..=high).contains(rung)).collect();
                Self { scale, low, high, ticks }
            }
        }
    }

    /// The place of a value between the ends, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let (low, high) = (self.low, self.high);
        match self.scale {
            Scale::Linear => (value - low) / (high - low),
            Scale::Log => (value.max(low) / low).log10() / (high / low).log10(),
        }
    }
}

/// 1, 2 or 5 times a power of ten, at least as large.
fn nice_step(least: f64) -> f64 {
    let powers = (-6..12).map(|power| 10_f64.powi(power));
    powers
        .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * power))
        .find(|step| *step >= least)
        .unwrap_or(1.0)
}

/// `first`, one more, .. `last`.
fn counted(first: f64, last: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |number| Some(number + 1.0))
        .take_while(move |number| *number <= last + 0.5)
}

impl Figure {
    pub(crate) fn to_svg(&self) -> String {
        let mut svg = String::new();
        let mut put = |line: String| {
            svg.push_str(&line);
            svg.push('\n');
        };
        put(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" role=\"img\">"
        ));
        put(format!("<title>{}</title>\n<style>{STYLE}</style>", escaped(self.title)));
        put(format!("<rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>"));
        put(text(24.0, 34.0, "title", "start", self.title));
        put(text(24.0, 54.0, "note", "start", &self.note));
        let mut x = 24.0;
        for (index, series) in self.panels.first().map_or(&[][..], |panel| &panel.series).iter().enumerate() {
            let class = index % COLORS;
            put(format!("<path class=\"line s{class}\" d=\"M{x:.1} 76H{:.1}\"/>", x + 22.0));
            put(text(x + 29.0, 80.5, "key", "start", series.name));
            // No font is measured: 6.8 pixels for a letter is wide enough for the usual ones.
            x += 56.0 + 6.8 * crate::figures::real(series.name.chars().count());
        }
        let width = WIDTH / crate::figures::real(self.panels.len().max(1));
        let mut left = 0.0;
        for panel in &self.panels {
            put(panel.to_svg(left, width));
            left += width;
        }
        svg.push_str("</svg>\n");
        svg
    }
}

impl Panel {
    fn to_svg(&self, from: f64, width: f64) -> String {
        let (left, right, top, bottom) = (from + LEFT, from + width - RIGHT, TOP, HEIGHT - BOTTOM);
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = Ruler::over(self.x.scale, points().map(|point| point.0));
        let highest = || self.series.iter().flat_map(|series| &series.band).map(|band| band.2);
        let y = Ruler::over(self.y.scale, points().map(|point| point.1).chain(highest()));
        let at = |(value_x, value_y): (f64, f64)| {
            let place_y = y.place(value_y).clamp(0.0, 1.0);
            format!(
                "{:.1} {:.1}",
                left + x.place(value_x) * (right - left),
                bottom - place_y * (bottom - top)
            )
        };

        let mut svg = text(left, top - 24.0, "panel", "start", self.title);
        let mut put = |line: String| {
            svg.push('\n');
            svg.push_str(&line);
        };
        if let Some((start, end, label)) = self.shade {
            let place = |value| left + x.place(value) * (right - left);
            put(format!(
                "<rect class=\"shade\" x=\"{:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                place(start),
                place(end) - place(start),
                bottom - top
            ));
            put(text(f64::midpoint(place(start), place(end)), top - 6.0, "note", "middle", label));
        }
        for &tick in &y.ticks {
            let height = bottom - y.place(tick) * (bottom - top);
            put(format!("<path class=\"grid\" d=\"M{left:.1} {height:.1}H{right:.1}\"/>"));
            put(text(left - 8.0, height + 4.5, "value", "end", &number(tick)));
        }
        for &tick in &x.ticks {
            put(text(left + x.place(tick) * (right - left), bottom + 19.0, "value", "middle", &number(tick)));
        }
        put(format!("<path class=\"axis\" d=\"M{left:.1} {bottom:.1}H{right:.1}\"/>"));
        put(text(f64::midpoint(left, right), bottom + 41.0, "note", "middle", self.x.label));
        let scale = if self.y.scale == Scale::Log { " (log scale)" } else { "" };
        put(format!(
            "<text class=\"note\" text-anchor=\"middle\" transform=\"translate({:.1} {:.1}) rotate(-90)\">{}{scale}</text>",
            from + 18.0,
            f64::midpoint(top, bottom),
            escaped(self.y.label)
        ));
        for (index, series) in self.series.iter().enumerate() {
            let there = series.band.iter().map(|&(x, low, _)| at((x, low)));
            let back = series.band.iter().rev().map(|&(x, _, high)| at((x, high)));
            let outline: Vec<_> = there.chain(back).collect();
            if !outline.is_empty() {
                put(format!("<path class=\"band f{}\" d=\"M{}Z\"/>", index % COLORS, outline.join("L")));
            }
        }
        for (index, series) in self.series.iter().enumerate() {
            let line: Vec<_> = series.points.iter().map(|&point| at(point)).collect();
            put(format!("<path class=\"line s{}\" d=\"M{}\"/>", index % COLORS, line.join("L")));
        }
        svg
    }
}

fn text(x: f64, y: f64, class: &str, anchor: &str, text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(text)
    )
}

/// A number on an axis: no more decimals than it needs, thousands apart.
fn number(value: f64) -> String {
    let plain = format!("{}", (value * 1e6).round() / 1e6);
    let (whole, rest) =
        plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut spaced = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            spaced.push('\u{202f}');
        }
        spaced.push(digit);
    }
    if let Some(rest) = rest {
        let _ = write!(spaced, ".{rest}");
    }
    spaced
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_round_numbers() {
        let ticks = |scale, values: &[f64]| Ruler::over(scale, values.iter().copied()).ticks;
        assert_eq!(ticks(Scale::Linear, &[10.0, 190.0]), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(ticks(Scale::Linear, &[4.05, 10.95]), [4.0, 6.0, 8.0, 10.0, 12.0]);
        assert_eq!(ticks(Scale::Linear, &[0.0]), [0.0, 1e-6]);
        assert_eq!(ticks(Scale::Log, &[0.4, 7.0]), [0.2, 0.5, 1.0, 2.0, 5.0, 10.0]);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            [0.5, 500.0, 12_000.0, 1_234_567.0].map(number).join(" "),
            "0.5 500 12\u{202f}000 1\u{202f}234\u{202f}567"
        );
    }

    #[test]
    fn words_cannot_break_the_picture() {
        assert!(text(0.0, 0.0, "note", "start", "a < b & c").ends_with(">a &lt; b &amp; c</text>"));
    }
}
