//! Draws one trace as a picture: all spans below each other, each where it was in time.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use super::trace::Span;

/// The call whose failures are looked at.
const OPERATION: &str = "observability::shop::order";
/// So many spans are neither too few to tell a story nor too many to read.
const ROWS: core::ops::RangeInclusive<usize> = 12..=24;

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 14.0;
const HEAD: f64 = 58.0;
const ROW: f64 = 19.0;
/// Where the bars are.
const BARS: (f64, f64) = (230.0, 470.0);

/// What the picture says of the call itself, as a backend does where one looks closer.
const ATTRIBUTES: [&str; 8] = [
    "reliability.outcome",
    "reliability.retry.stop_reason",
    "error.type",
    "reliability.attempt.count",
    "reliability.retry.total_delay",
    "reliability.circuit_breaker.name",
    "reliability.circuit_breaker.state",
    "reliability.policy.digest",
];

/// A span in its place below its parent.
#[derive(Clone, Copy, Debug)]
struct Row<'spans> {
    span: &'spans Span,
    depth: usize,
    is_leaf: bool,
}

/// Whole traces: those whose spans all have their parent.
pub(crate) fn whole(spans: &[Span]) -> Vec<Vec<&Span>> {
    let mut traces: BTreeMap<&[u8], Vec<&Span>> = BTreeMap::new();
    for span in spans {
        traces.entry(&span.trace).or_default().push(span);
    }
    let has_parents = |trace: &Vec<&Span>| {
        let ids: HashSet<&[u8]> = trace.iter().map(|span| span.id.as_slice()).collect();
        trace.iter().all(|span| span.parent.is_empty() || ids.contains(span.parent.as_slice()))
    };
    traces.into_values().filter(has_parents).collect()
}

/// The services that a trace passes.
pub(crate) fn services(trace: &[&Span]) -> usize {
    trace.iter().map(|span| &span.service).collect::<HashSet<_>>().len()
}

/// The failed call with most kinds of errors below it that passes all three services.
pub(crate) fn choose(spans: &[Span]) -> Option<Vec<&Span>> {
    let is_failed = |span: &&&Span| span.parent.is_empty() && span.is_error && span.name == OPERATION;
    let mut traces = whole(spans);
    traces.retain(|trace| {
        trace.iter().any(|span| is_failed(&span)) && services(trace) == 3 && ROWS.contains(&trace.len())
    });
    let kinds =
        |trace: &Vec<&Span>| trace.iter().map(|span| span.get("error.type")).collect::<HashSet<_>>().len();
    traces.into_iter().max_by_key(kinds)
}

pub(crate) fn draw(trace: &[&Span]) -> String {
    let rows = rows(trace);
    let Some(root) = rows.first().map(|row| row.span) else { return String::new() };
    let ends = trace.iter().map(|span| span.ends).max().unwrap_or(root.ends);
    let attributes: Vec<&str> = ATTRIBUTES.into_iter().filter(|key| !root.get(key).is_empty()).collect();
    let below = HEAD + ROW * count(rows.len()) + 12.0;
    let height = below + 16.0 * count(attributes.len()) + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\" font-size=\"11\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"3\" fill=\"#fff\" stroke=\"#d8d9da\"/>\n\
         <text x=\"{MARGIN}\" y=\"24\" font-size=\"14\" font-weight=\"600\" fill=\"#24292e\">{} order.id={}: {}</text>\n",
        escape(short(&root.name)),
        escape(root.get("order.id")),
        escape(&root.message)
    );
    let place = |at: u64| BARS.0 + (BARS.1 - BARS.0) * share(at, root.begins, ends);
    for step in 0..=4_u64 {
        let at = root.begins + (ends - root.begins) * step / 4;
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{HEAD}\" y2=\"{:.1}\" stroke=\"#e8e9ea\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"9\" fill=\"#8a8f94\" text-anchor=\"middle\">{} ms</text>",
            below - 12.0,
            HEAD - 5.0,
            (at - root.begins) / 1_000_000,
            x = place(at),
        );
    }
    for (index, row) in rows.iter().enumerate() {
        draw_row(&mut svg, row, HEAD + ROW * count(index), root, &place);
    }
    for (index, key) in attributes.iter().enumerate() {
        let _ = writeln!(
            svg,
            "<text x=\"{MARGIN}\" y=\"{y:.1}\" fill=\"#6e7379\">{key}</text><text x=\"{}\" y=\"{y:.1}\" fill=\"#24292e\">{}</text>",
            BARS.0 - 20.0,
            escape(root.get(key)),
            y = below + 12.0 + 16.0 * count(index),
        );
    }
    svg + "</svg>\n"
}

fn draw_row(svg: &mut String, row: &Row<'_>, y: f64, root: &Span, place: &impl Fn(u64) -> f64) {
    let Row { span, depth, .. } = *row;
    let color = match span.service.as_str() {
        "shop" => "#3274d9",
        "orders" => "#8f3bb8",
        _ => "#7c4a2d",
    };
    let x = MARGIN + 13.0 * count(depth);
    let (from, to) = (place(span.begins), place(span.ends));
    // The wait before it.
    let delay = span.get("reliability.retry.delay").parse().map_or(0, nanoseconds);
    if delay > 0 {
        let waits = place(span.begins.saturating_sub(delay).max(root.begins));
        let _ = writeln!(
            svg,
            "<rect x=\"{waits:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"3\" fill=\"#c9ccd1\"/>",
            y + 8.0,
            from - waits
        );
    }
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\" rx=\"2\" fill=\"{color}\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#24292e\">{}</text>\
         <rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"10\" rx=\"1\" fill=\"{}\"/>\
         <text x=\"{}\" y=\"{:.1}\" fill=\"{}\">{}</text>",
        y + 5.5,
        x + 13.0,
        y + 13.0,
        escape(&title(span)),
        y + 4.5,
        (to - from).max(2.0),
        if span.is_error { "#e02f44" } else { color },
        BARS.1 + 12.0,
        y + 13.0,
        if span.is_error { "#a3162a" } else { "#6e7379" },
        escape(&told(row))
    );
}

/// All spans in the order of their beginnings, each below its parent.
fn rows<'spans>(trace: &[&'spans Span]) -> Vec<Row<'spans>> {
    fn add<'spans>(rows: &mut Vec<Row<'spans>>, trace: &[&'spans Span], parent: &[u8], depth: usize) {
        let mut children: Vec<&Span> = trace.iter().copied().filter(|span| span.parent == parent).collect();
        children.sort_by_key(|span| span.begins);
        for span in children {
            let place = rows.len();
            rows.push(Row { span, depth, is_leaf: false });
            add(rows, trace, &span.id, depth + 1);
            rows[place].is_leaf = rows.len() == place + 1;
        }
    }
    let mut rows = Vec::new();
    add(&mut rows, trace, &[], 0);
    rows
}

fn title(span: &Span) -> String {
    match span.get("reliability.attempt.number") {
        "" => short(&span.name).to_owned(),
        number => format!("attempt {number}, {}", span.get("reliability.attempt.kind")),
    }
}

/// How it ended, and why where nothing below it says so.
fn told(row: &Row<'_>) -> String {
    let span = row.span;
    let outcome = match (span.get("reliability.attempt.outcome"), span.get("error.type")) {
        ("", _) => span.get("reliability.outcome"),
        (outcome, "") => outcome,
        (_, error) => error,
    };
    let mut text = outcome.to_owned();
    match span.get("reliability.retry.stop_reason") {
        "" => {}
        reason => text.extend([", stopped: ", reason]),
    }
    if row.is_leaf && !span.message.is_empty() {
        text.extend([": ", &span.message]);
    }
    // What does not fit.
    match text.char_indices().nth(78) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn short(name: &str) -> &str {
    name.strip_prefix("observability::").unwrap_or(name)
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a call of a second")]
fn share(at: u64, begins: u64, ends: u64) -> f64 {
    at.saturating_sub(begins) as f64 / ends.saturating_sub(begins).max(1) as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wait of less than seconds")]
fn nanoseconds(seconds: f64) -> u64 {
    (seconds * 1e9) as u64
}

#[expect(clippy::cast_precision_loss, reason = "a few rows")]
fn count(number: usize) -> f64 {
    number as f64
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: u8, parent: &[u8], begins: u64) -> Span {
        Span {
            trace: vec![1],
            id: vec![id],
            parent: parent.to_vec(),
            begins,
            ends: begins + 1,
            name: format!("observability::{id}"),
            ..Span::default()
        }
    }

    #[test]
    fn children_stand_below_their_parents_in_the_order_of_time() {
        let spans = [span(3, &[1], 30), span(1, &[], 0), span(2, &[1], 10), span(4, &[2], 11)];
        let rows = rows(&spans.iter().collect::<Vec<_>>());
        let seen: Vec<_> = rows.iter().map(|row| (row.span.id[0], row.depth, row.is_leaf)).collect();
        assert_eq!(seen, [(1, 0, false), (2, 1, false), (4, 2, true), (3, 1, true)]);
    }

    #[test]
    fn a_trace_that_lacks_a_parent_is_not_whole() {
        assert_eq!(whole(&[span(1, &[], 0), span(2, &[1], 1)]).len(), 1);
        assert!(whole(&[span(1, &[], 0), span(2, &[9], 1)]).is_empty());
    }
}
