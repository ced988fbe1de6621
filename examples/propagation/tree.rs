//! The spans of all services as one tree, by the numbers of their parents.

use std::fmt::Write as _;

use opentelemetry_sdk::trace::SpanData;

/// Draws it.
pub(crate) fn draw(spans: &[SpanData]) -> String {
    let mut drawn = String::new();
    let is_root = |span: &&SpanData| !spans.iter().any(|other| is_parent(other, span));
    for root in in_order(spans.iter().filter(is_root)) {
        branch(&mut drawn, spans, root, 0);
    }
    drawn
}

fn is_parent(parent: &SpanData, span: &SpanData) -> bool {
    span.parent_span_id == parent.span_context.span_id()
}

fn in_order<'spans>(spans: impl Iterator<Item = &'spans SpanData>) -> Vec<&'spans SpanData> {
    let mut spans: Vec<_> = spans.collect();
    spans.sort_by_key(|span| span.start_time);
    spans
}

fn branch(drawn: &mut String, spans: &[SpanData], span: &SpanData, depth: usize) {
    let from = if span.parent_span_is_remote { "→ " } else { "" };
    let name = format!("{:indent$}{from}{}", "", span.name, indent = 3 * depth);
    let says = ["reliability.outcome", "reliability.attempt.outcome", "reliability.retry.stop_reason"];
    let says = says.iter().filter_map(|key| value(span, key));
    let resent = value(span, "http.request.resend_count").map(|count| format!("sent again ({count})"));
    let said: Vec<_> = says.chain(resent).collect();
    let _ = writeln!(drawn, "{name:<46} {}", said.join(", "));
    for child in in_order(spans.iter().filter(|child| is_parent(span, child))) {
        branch(drawn, spans, child, depth + 1);
    }
}

fn value(span: &SpanData, key: &str) -> Option<String> {
    span.attributes.iter().find(|it| it.key.as_str() == key).map(|it| it.value.to_string())
}
