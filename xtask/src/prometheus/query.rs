//! Asks a Prometheus.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use yaml_rust2::{Yaml, YamlLoader};

/// A series with its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) labels: Vec<(String, String)>,
    /// Times in seconds of the clock, and values.
    pub(crate) points: Vec<(f64, f64)>,
}

impl Series {
    /// Its name in a legend: `{{label}}` is the label's value.
    pub(crate) fn legend(&self, template: &str) -> String {
        let named = self.labels.iter().fold(template.to_owned(), |text, (label, value)| {
            text.replace(&format!("{{{{{label}}}}}"), value)
        });
        // A label that is not there is empty.
        let mut pieces = named.split("{{");
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |text, piece| text + piece.split_once("}}").map_or("", |(_, rest)| rest))
    }

    /// The value of a label.
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str())
    }

    /// Whether one of the values is a number.
    pub(crate) fn has_value(&self) -> bool {
        self.points.iter().any(|(_, value)| value.is_finite())
    }
}

/// What an expression is now.
pub(crate) fn now(server: SocketAddr, expression: &str) -> Result<Vec<Series>, String> {
    ask(server, &format!("/api/v1/query?query={}", encode(expression)))
}

/// What an expression was, second by second.
pub(crate) fn between(
    server: SocketAddr,
    expression: &str,
    (start, end): (f64, f64),
) -> Result<Vec<Series>, String> {
    ask(server, &format!("/api/v1/query_range?query={}&start={start}&end={end}&step=1", encode(expression)))
}

/// The names of all series.
pub(crate) fn names(server: SocketAddr) -> Result<Vec<String>, String> {
    let answer = get(server, "/api/v1/label/__name__/values")?;
    let names = answer["data"].as_vec().map_or(&[][..], |names| names);
    Ok(names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
}

fn ask(server: SocketAddr, path: &str) -> Result<Vec<Series>, String> {
    series(&get(server, path)?)
}

fn series(answer: &Yaml) -> Result<Vec<Series>, String> {
    if answer["status"].as_str() != Some("success") {
        return Err(answer["error"].as_str().unwrap_or("the answer is none").to_owned());
    }
    let result = answer["data"]["result"].as_vec().map_or(&[][..], |result| result);
    Ok(result.iter().map(one_series).collect())
}

fn one_series(entry: &Yaml) -> Series {
    let text = |yaml: &Yaml| yaml.as_str().unwrap_or_default().to_owned();
    let labels = entry["metric"].as_hash().map_or(Vec::new(), |labels| {
        labels.iter().map(|(label, value)| (text(label), text(value))).collect()
    });
    let point = |point: &Yaml| {
        let time = point[0].as_f64().or(point[0].as_i64().map(seconds)).unwrap_or_default();
        // Values are text, because JSON has no `NaN`.
        (time, point[1].as_str().and_then(|value| value.parse().ok()).unwrap_or(f64::NAN))
    };
    let points = match entry["values"].as_vec() {
        Some(values) => values.iter().map(point).collect(),
        None => vec![point(&entry["value"])],
    };
    Series { labels, points }
}

#[expect(clippy::cast_precision_loss, reason = "the clock is far from 2^53 seconds")]
fn seconds(whole: i64) -> f64 {
    whole as f64
}

/// The answer to a request, which is JSON, and so YAML.
fn get(server: SocketAddr, path: &str) -> Result<Yaml, String> {
    let body = text(server, path).map_err(|error| format!("`{server}` does not answer: {error}"))?;
    let documents = YamlLoader::load_from_str(&body).map_err(|error| format!("{error} in `{body}`"))?;
    documents.into_iter().next().ok_or_else(|| format!("`{path}` is answered with nothing"))
}

/// By HTTP 1.0, whose answers end where the connection does.
fn text(server: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&server, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {server}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
}

fn encode(expression: &str) -> String {
    expression.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_series_with_their_labels_and_values() {
        let json = r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"job":"shop","a_b":"x::y"},"values":[[1700000000,"0.5"],[1700000001.25,"NaN"]]},
            {"metric":{},"value":[1700000000.781,"3"]}]}}"#;
        let yaml = YamlLoader::load_from_str(json).unwrap().remove(0);
        let read = series(&yaml).unwrap();
        assert_eq!(read[0].legend("{{a_b}} {{job}}{{none}}"), "x::y shop");
        assert_eq!(read[0].points[0], (1_700_000_000.0, 0.5));
        assert!(read[0].points[1].1.is_nan());
        assert_eq!(read[1].points, [(1_700_000_000.781, 3.0)]);
    }

    #[test]
    fn a_refusal_is_an_error() {
        let json = r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#;
        let yaml = YamlLoader::load_from_str(json).unwrap().remove(0);
        assert_eq!(series(&yaml).unwrap_err(), "parse error");
    }

    #[test]
    fn expressions_are_encoded() {
        assert_eq!(encode("a{b=\"c\"} / 2"), "a%7Bb%3D%22c%22%7D%20%2F%202");
    }
}
