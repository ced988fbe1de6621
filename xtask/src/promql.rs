//! Holds expressions of Prometheus against the schema: names of series, labels, and values of closed sets.
//!
//! Not a parser: `promtool` and a running Prometheus say whether an expression is one.

use xtask::registry::{Metric, Registry};

/// What our names begin with; all others are Prometheus' own or the user's.
const OURS: [&str; 3] = ["retry_", "reliability_", "error_type"];

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'text> {
    Word(&'text str),
    Text(&'text str),
    Sign(char),
}

/// The metrics that an expression asks for, by their names in the schema.
///
/// # Errors
///
/// A name that is neither a series of the schema, nor a label of one in the expression, nor `recorded`; a value that the
/// label cannot have.
pub(crate) fn check(text: &str, registry: &Registry, recorded: &[String]) -> Result<Vec<String>, String> {
    let tokens = tokens(text);
    let mut metrics: Vec<&Metric> = Vec::new();
    let mut labels = Vec::new();
    for token in &tokens {
        let Token::Word(word) = *token else { continue };
        if recorded.iter().any(|name| name == word) || !OURS.iter().any(|prefix| word.starts_with(prefix)) {
            continue;
        }
        match registry.metrics.iter().find(|metric| series(metric).iter().any(|name| name == word)) {
            Some(metric) => metrics.push(metric),
            None => labels.push(word),
        }
    }
    for label in labels {
        let of_metrics = metrics.iter().flat_map(|metric| &metric.attributes);
        let mut all = registry.attributes.iter().map(|attribute| attribute.key.replace('.', "_"));
        if !of_metrics.map(|used| used.key.replace('.', "_")).any(|name| name == label) {
            // What records keep of their labels is seen where they run.
            if recorded.is_empty() || !all.any(|name| name == label) {
                return Err(format!("`{label}` is no series of the schema, and no label of one in `{text}`"));
            }
        }
    }
    check_values(&tokens, registry)?;
    Ok(metrics.into_iter().map(|metric| metric.name.clone()).collect())
}

/// The names that a metric's series have.
pub(crate) fn series(metric: &Metric) -> Vec<String> {
    let name = metric.prometheus();
    match metric.instrument.as_str() {
        "histogram" => ["_bucket", "_sum", "_count"].map(|suffix| format!("{name}{suffix}")).into(),
        _ => vec![name],
    }
}

/// `label="value"`, and the alternatives of `label=~"one|other"`, against the values that there are.
fn check_values(tokens: &[Token<'_>], registry: &Registry) -> Result<(), String> {
    for (place, token) in tokens.iter().enumerate() {
        let Token::Word(label) = token else { continue };
        let mut rest =
            tokens[place + 1..].iter().skip_while(|token| matches!(token, Token::Sign('=' | '!' | '~')));
        let Some(Token::Text(text)) = rest.next() else { continue };
        let attribute =
            registry.attributes.iter().find(|attribute| attribute.key.replace('.', "_") == **label);
        let Some(attribute) = attribute.filter(|attribute| !attribute.values.is_empty()) else { continue };
        let is_known =
            |value: &str| value.starts_with('$') || attribute.values.iter().any(|known| known == value);
        if let Some(value) = text.split('|').find(|value| !is_known(value)) {
            return Err(format!("`{label}` is never `{value}`"));
        }
    }
    Ok(())
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            let inner = rest[1..].find('"').unwrap_or(rest.len() - 1);
            tokens.push(Token::Text(&rest[1..=inner]));
            (inner + 2).min(rest.len())
        } else if is_word(first) {
            let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            tokens.push(Token::Word(&rest[..length]));
            length
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "attributes:
  - {key: reliability.name, type: string, brief: b}
  - {key: reliability.kind, type: {members: [{value: one}, {value: other}]}, brief: b}
metrics:
  - {name: retry.calls, instrument: counter, unit: x, brief: b, attributes: [{ref: reliability.name}]}
  - {name: retry.time, instrument: histogram, unit: s, brief: b, attributes: [{ref: reliability.kind}], annotations: {boundaries: [1]}}
";

    fn checked(text: &str) -> Result<Vec<String>, String> {
        check(text, &Registry::parse(REGISTRY).unwrap(), &[])
    }

    #[test]
    fn series_are_found_by_the_names_they_are_scraped_by() {
        let text =
            "sum by (reliability_name) (rate(retry_calls_total{job=\"a\"}[5m])) / sum(retry_time_count)";
        assert_eq!(checked(text).unwrap(), ["retry.calls", "retry.time"]);
        for wrong in ["retry_calls", "retry_time", "retry_time_seconds_bucket", "reliability_calls_total"] {
            assert!(checked(wrong).unwrap_err().contains("is no series"), "{wrong}");
        }
    }

    #[test]
    fn labels_are_those_of_the_metrics_in_the_expression() {
        assert!(checked("sum by (reliability_kind) (retry_time_bucket)").is_ok());
        assert!(
            checked("sum by (reliability_kind) (retry_calls_total)").unwrap_err().contains("no label of one")
        );
    }

    #[test]
    fn values_are_those_of_the_closed_set() {
        assert!(checked("retry_time_sum{reliability_kind=~\"one|other\"}").is_ok());
        assert!(checked("retry_time_sum{reliability_kind!=\"$kind\"}").is_ok());
        let error = checked("retry_time_sum{reliability_kind=~\"one|none\"}").unwrap_err();
        assert_eq!(error, "`reliability_kind` is never `none`");
    }
}
