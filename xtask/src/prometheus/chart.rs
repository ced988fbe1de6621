//! Draws panels of the dashboard as a picture, from what Prometheus answers.

use std::fmt::Write as _;

use super::query::Series;
use crate::dashboard::panels::{Look, Panel, Unit};

/// A part of the example's script.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    pub(crate) begins: f64,
    pub(crate) name: String,
}

/// A panel with its series and their names.
#[derive(Debug)]
pub(crate) struct Drawing {
    pub(crate) panel: &'static Panel,
    pub(crate) series: Vec<(String, Series)>,
}

/// A panel with its margin. Two stand side by side: three are too small to read where pages are narrow.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 250.0;
const GAP: f64 = 10.0;
const COLUMNS: usize = 2;
const HEAD: f64 = 34.0;

/// Where the values are, within a panel.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 384.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 178.0;
/// Lines of a legend.
const LEGEND: usize = 4;

/// None of them is one of those that mean something.
const COLORS: [&str; 8] =
    ["#3274d9", "#e0752d", "#19a2b0", "#8f3bb8", "#e0b400", "#7c4a2d", "#d4679e", "#5a6b7b"];

/// A range of values on a range of the picture.
#[derive(Clone, Copy, Debug)]
struct Axis {
    values: (f64, f64),
    places: (f64, f64),
}

impl Axis {
    fn place(self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        self.places.0 + share.clamp(0.0, 1.0) * (self.places.1 - self.places.0)
    }
}

/// A row of the dashboard.
pub(crate) fn draw(title: &str, drawings: &[Drawing], phases: &[Phase], between: (f64, f64)) -> String {
    let rows = drawings.len().div_ceil(COLUMNS);
    let (width, height) = (WIDTH * number(COLUMNS) + GAP, HEAD + HEIGHT * number(rows) + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\" font-size=\"10\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#f4f5f5\"/>\n\
         <text x=\"{GAP}\" y=\"23\" font-size=\"15\" font-weight=\"600\" fill=\"#24292e\">{}</text>\n",
        escape(title)
    );
    for (place, drawing) in drawings.iter().enumerate() {
        let (left, top) = (GAP + WIDTH * number(place % COLUMNS), HEAD + HEIGHT * number(place / COLUMNS));
        let _ = writeln!(svg, "<g transform=\"translate({left} {top})\">");
        panel(&mut svg, drawing, phases, between);
        svg.push_str("</g>\n");
    }
    svg + "</svg>\n"
}

fn panel(svg: &mut String, Drawing { panel, series }: &Drawing, phases: &[Phase], between: (f64, f64)) {
    let _ = writeln!(
        svg,
        "<rect width=\"{}\" height=\"{}\" rx=\"3\" fill=\"#fff\" stroke=\"#d8d9da\"/>\n\
         <text x=\"12\" y=\"20\" font-size=\"12\" font-weight=\"600\" fill=\"#24292e\">{}</text>",
        WIDTH - GAP,
        HEIGHT - GAP,
        escape(panel.title)
    );
    let time = Axis { values: between, places: (LEFT, RIGHT) };
    match panel.look {
        Look::Bars => bars(svg, series),
        Look::States => {
            shades(svg, phases, time);
            states(svg, series, time);
        }
        Look::Lines | Look::Stack => {
            shades(svg, phases, time);
            lines(svg, panel, series, time);
        }
    }
}

/// The phases of the script, with their names.
fn shades(svg: &mut String, phases: &[Phase], time: Axis) {
    for (index, phase) in phases.iter().enumerate() {
        let ends = phases.get(index + 1).map_or(time.values.1, |next| next.begins);
        let (from, to) = (time.place(phase.begins), time.place(ends));
        if to - from < 1.0 {
            continue;
        }
        let fill = match phase.name.as_str() {
            "healthy" | "recovery" => "#ffffff",
            "outage" => "#fbe3e4",
            _ => "#fdf3dc",
        };
        let _ = writeln!(
            svg,
            "<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{}\" fill=\"{fill}\"/>",
            to - from,
            BOTTOM - TOP
        );
        if to - from > 4.2 * number(phase.name.len()) {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{}\" font-size=\"7.5\" fill=\"#8a8f94\" text-anchor=\"middle\">{}</text>",
                f64::midpoint(from, to),
                TOP - 5.0,
                escape(&phase.name)
            );
        }
    }
}

fn lines(svg: &mut String, panel: &Panel, series: &[(String, Series)], time: Axis) {
    let is_stack = panel.look == Look::Stack;
    let mut drawn = series.to_vec();
    if is_stack {
        pile_up(&mut drawn, time.values);
    }
    let highest = drawn.iter().flat_map(|(_, series)| &series.points).map(|(_, value)| *value);
    let highest = highest.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let top = if panel.unit == Unit::Share { 1.0 } else { round_up(highest) };
    let values = Axis { values: (0.0, top), places: (BOTTOM, TOP) };
    for step in 0..=4 {
        let value = top * f64::from(step) / 4.0;
        let y = values.place(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e3e4e5\"/>\
             <text x=\"{}\" y=\"{:.1}\" fill=\"#6e7379\" text-anchor=\"end\">{}</text>",
            LEFT - 5.0,
            y + 3.5,
            label(value, panel.unit)
        );
    }
    // The highest pile first, so that those below are seen in front of it.
    for (index, (name, series)) in drawn.iter().enumerate().rev() {
        let color = color(name, index);
        for run in runs(&series.points) {
            let path: Vec<String> = run
                .iter()
                .map(|(at, value)| format!("{:.1},{:.1}", time.place(*at), values.place(*value)))
                .collect();
            let path = path.join(" ");
            if is_stack {
                let (first, last) = (time.place(run[0].0), time.place(run[run.len() - 1].0));
                let _ = writeln!(
                    svg,
                    "<polygon points=\"{first:.1},{BOTTOM} {path} {last:.1},{BOTTOM}\" fill=\"{color}\" fill-opacity=\"0.9\"/>"
                );
            } else {
                let _ = writeln!(
                    svg,
                    "<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.4\"/>"
                );
            }
        }
    }
    let names = drawn.iter().enumerate().map(|(index, (name, _))| (name.clone(), color(name, index)));
    legend(svg, &names.collect::<Vec<_>>());
}

/// Adds to each series those before it. Where one has no value, it adds nothing.
fn pile_up(series: &mut [(String, Series)], (start, end): (f64, f64)) {
    let mut seconds = Vec::new();
    let mut at = start;
    while at <= end {
        seconds.push((at, 0.0));
        at += 1.0;
    }
    let mut below = seconds;
    for (_, series) in series {
        for (at, sum) in &mut below {
            let point =
                series.points.iter().find(|(time, value)| (time - *at).abs() < 0.5 && value.is_finite());
            *sum += point.map_or(0.0, |(_, value)| *value);
        }
        series.points.clone_from(&below);
    }
}

/// Pieces without a hole.
fn runs(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    for point in points.iter().filter(|(_, value)| value.is_finite()) {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| point.0 - last < 1.5) => run.push(*point),
            _ => runs.push(vec![*point]),
        }
    }
    runs
}

/// One band for each breaker.
fn states(svg: &mut String, series: &[(String, Series)], time: Axis) {
    let height = (BOTTOM - TOP) / number(series.len().max(1));
    for (index, (name, series)) in series.iter().enumerate() {
        let y = TOP + height * number(index);
        let mut points = series.points.iter().peekable();
        while let Some((from, state)) = points.next() {
            let mut to = from + 1.0;
            while let Some((next, _)) =
                points.next_if(|(next, value)| (value - state).abs() < 0.5 && next - to < 0.5)
            {
                to = next + 1.0;
            }
            let fill = match state {
                0.5..1.5 => "#e02f44",
                1.5.. => "#f2cc0c",
                _ => "#73bf69",
            };
            let (left, right) = (time.place(*from), time.place(to));
            let _ = writeln!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
                y + 4.0,
                right - left,
                height - 8.0
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" font-weight=\"600\" fill=\"#24292e\">{}</text>",
            LEFT + 6.0,
            y + height / 2.0 + 3.0,
            escape(name)
        );
    }
    legend(svg, &[("closed".into(), "#73bf69"), ("open".into(), "#e02f44"), ("half-open".into(), "#f2cc0c")]);
}

/// The highest value of each series: the last one is of a moment when all may be well.
fn bars(svg: &mut String, series: &[(String, Series)]) {
    let mut bars: Vec<(&str, f64)> = series
        .iter()
        .map(|(name, series)| {
            let values = series.points.iter().map(|(_, value)| *value).filter(|value| value.is_finite());
            (name.as_str(), values.fold(0.0, f64::max))
        })
        .collect();
    bars.sort_by(|one, other| other.1.total_cmp(&one.1));
    bars.truncate(8);
    let longest = bars.first().map_or(1.0, |bar| bar.1).max(1e-9);
    let _ = writeln!(
        svg,
        "<text x=\"{RIGHT}\" y=\"20\" fill=\"#8a8f94\" text-anchor=\"end\">at its worst</text>"
    );
    for (index, (name, value)) in bars.iter().enumerate() {
        let y = 34.0 + 25.0 * number(index);
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{:.1}\" fill=\"#24292e\">{}</text>\
             <rect x=\"12\" y=\"{:.1}\" width=\"{:.1}\" height=\"9\" fill=\"#e0752d\"/>\
             <text x=\"{RIGHT}\" y=\"{:.1}\" fill=\"#24292e\" text-anchor=\"end\">{}</text>",
            y + 8.0,
            escape(&short(name)),
            y + 11.0,
            (RIGHT - 70.0) * value / longest,
            y + 19.0,
            label(*value, Unit::PerSecond)
        );
    }
}

fn legend(svg: &mut String, names: &[(String, &'static str)]) {
    let (mut x, mut line) = (12.0, 0);
    for (shown, (name, color)) in names.iter().enumerate() {
        let name = short(name);
        let width = 5.6 * number(name.chars().count()) + 22.0;
        if x + width > RIGHT && x > 12.0 {
            (x, line) = (12.0, line + 1);
        }
        if line == LEGEND {
            let _ = writeln!(
                svg,
                "<text x=\"{RIGHT}\" y=\"234\" fill=\"#8a8f94\" text-anchor=\"end\">+ {}</text>",
                names.len() - shown
            );
            return;
        }
        let y = 196.0 + 13.0 * number(line);
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"10\" height=\"4\" fill=\"{color}\"/>\
             <text x=\"{:.1}\" y=\"{y:.1}\" fill=\"#464c54\">{}</text>",
            y - 5.0,
            x + 14.0,
            escape(&name)
        );
        x += width;
    }
}

/// A name without the program that all operations of the example begin with.
fn short(name: &str) -> String {
    let name = name.replace("observability::", "");
    if name.is_empty() { "all".to_owned() } else { name }
}

/// Outcomes have colours of their own, all else goes by its place.
fn color(name: &str, index: usize) -> &'static str {
    match name.rsplit(' ').next().unwrap_or(name) {
        "success" | "original" | "saved" | "won" | "hit" => "#56a64b",
        "error" | "retryable_error" | "open" | "same" => "#e02f44",
        "timeout" => "#e0752d",
        "rejected" => "#8f3bb8",
        "permanent_error" => "#b0125b",
        "fallback" => "#3274d9",
        "cached" | "hedge" => "#19a2b0",
        "stale" => "#7c4a2d",
        "cancelled" => "#9fa7b3",
        "half_open" | "probe" => "#e0b400",
        _ => COLORS[index % COLORS.len()],
    }
}

/// The next number whose quarters are short.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let ten = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0];
    steps.iter().map(|step| step * ten).find(|top| *top >= value * 1.02).unwrap_or(12.0 * ten)
}

fn label(value: f64, unit: Unit) -> String {
    let number = |value: f64| {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match unit {
        Unit::Share => format!("{:.0} %", value * 100.0),
        Unit::Seconds if value > 0.0 && value < 1.0 => format!("{} ms", number(value * 1e3)),
        Unit::Seconds => format!("{} s", number(value)),
        Unit::PerSecond => format!("{}/s", number(value)),
        Unit::Count => number(value),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[expect(clippy::cast_precision_loss, reason = "a few panels and series")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: &[(f64, f64)]) -> (String, Series) {
        (String::new(), Series { labels: Vec::new(), points: points.to_vec() })
    }

    #[test]
    fn a_line_breaks_where_there_is_no_value() {
        let points = [(1.0, 1.0), (2.0, 1.0), (3.0, f64::NAN), (4.0, 1.0), (7.0, 1.0)];
        assert_eq!(runs(&points).iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1]);
    }

    #[test]
    fn each_series_of_a_pile_lies_upon_those_before() {
        let mut series = [of(&[(1.0, 1.0), (2.0, 2.0)]), of(&[(2.0, 5.0)])];
        pile_up(&mut series, (1.0, 2.0));
        assert_eq!(series[1].1.points, [(1.0, 1.0), (2.0, 7.0)]);
    }

    #[test]
    fn the_axis_ends_at_a_round_number_above_all_values() {
        let tops = [0.0, 0.7, 3.0, 2.2, 99.0].map(round_up).map(|top| format!("{top}"));
        assert_eq!(tops, ["1", "0.8", "4", "3", "120"]);
    }
}
