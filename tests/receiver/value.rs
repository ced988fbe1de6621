//! What arrived, as values: the messages of OTLP without what no test asks for.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, NumberDataPoint};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1 as proto;

use super::Received;

/// The value of an attribute, in its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// None of these.
    Other,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// Attributes by their keys.
pub type Values = BTreeMap<String, Value>;

/// What a span is to its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Work of the service itself.
    Internal,
    /// A request that is served.
    Server,
    /// A request that is made.
    Client,
    /// None of these.
    Other,
}

/// How a span ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing is said, which is well.
    Unset,
    /// The application says that all is well.
    Ok,
    /// It failed, and why.
    Error(String),
}

/// Another span that one refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its trace, in hex.
    pub trace: String,
    /// Its own, in hex.
    pub id: String,
}

/// What happened within a span.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What it is called.
    pub name: String,
    /// Its attributes.
    pub attributes: Values,
}

/// A span.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// What it is called.
    pub name: String,
    /// Its trace, in hex.
    pub trace: String,
    /// Its own, in hex.
    pub id: String,
    /// The span above it, in hex; empty for a root.
    pub parent: String,
    /// What it is to its trace.
    pub kind: Kind,
    /// How it ended.
    pub status: Status,
    /// When it began, in nanoseconds of the epoch.
    pub start: u64,
    /// When it ended.
    pub end: u64,
    /// Its attributes.
    pub attributes: Values,
    /// What happened within.
    pub events: Vec<Event>,
    /// What it refers to.
    pub links: Vec<Link>,
    /// Where it comes from.
    pub resource: Values,
}

/// A log event.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// What it is called.
    pub name: String,
    /// Its message; empty without one.
    pub body: String,
    /// Its severity, as a word.
    pub severity: String,
    /// When it happened, in nanoseconds of the epoch.
    pub time: u64,
    /// The span it belongs to, in hex; empty without one.
    pub span: String,
    /// Its attributes.
    pub attributes: Values,
    /// Where it comes from.
    pub resource: Values,
}

/// A series of a metric, as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its attributes.
    pub attributes: Values,
    /// The number; of a histogram, the sum.
    pub value: f64,
    /// How many values were recorded, in a histogram.
    pub count: u64,
    /// Whether the number is a whole one.
    pub is_int: bool,
}

/// A metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// What it is called.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// `sum`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// Its series.
    pub points: Vec<Point>,
    /// Where it comes from.
    pub resource: Values,
}

pub(super) fn keep_spans(request: ExportTraceServiceRequest, received: &mut Received) {
    for of_resource in request.resource_spans {
        let resource = resource(of_resource.resource);
        for span in of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            received.spans.push(to_span(span, &resource));
            received.span_count += 1;
        }
    }
}

fn to_span(span: proto::Span, resource: &Values) -> Span {
    let kind = match span.kind() {
        proto::span::SpanKind::Internal => Kind::Internal,
        proto::span::SpanKind::Server => Kind::Server,
        proto::span::SpanKind::Client => Kind::Client,
        _ => Kind::Other,
    };
    let status = span.status.unwrap_or_default();
    Span {
        kind,
        name: span.name,
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        status: match status.code() {
            proto::status::StatusCode::Unset => Status::Unset,
            proto::status::StatusCode::Ok => Status::Ok,
            proto::status::StatusCode::Error => Status::Error(status.message),
        },
        start: span.start_time_unix_nano,
        end: span.end_time_unix_nano,
        attributes: values(span.attributes),
        events: span
            .events
            .into_iter()
            .map(|event| Event { name: event.name, attributes: values(event.attributes) })
            .collect(),
        links: span
            .links
            .into_iter()
            .map(|link| Link { trace: hex(&link.trace_id), id: hex(&link.span_id) })
            .collect(),
        resource: resource.clone(),
    }
}

pub(super) fn keep_logs(request: ExportLogsServiceRequest, received: &mut Received) {
    for of_resource in request.resource_logs {
        let resource = resource(of_resource.resource);
        for log in of_resource.scope_logs.into_iter().flat_map(|scope| scope.log_records) {
            received.log_count += 1;
            received.logs.push(Log {
                name: log.event_name,
                body: match value(log.body) {
                    Value::Text(text) => text,
                    _ => String::new(),
                },
                severity: log.severity_text,
                time: log.time_unix_nano,
                span: hex(&log.span_id),
                attributes: values(log.attributes),
                resource: resource.clone(),
            });
        }
    }
}

pub(super) fn keep_metrics(request: ExportMetricsServiceRequest, received: &mut Received) {
    for of_resource in request.resource_metrics {
        let resource = resource(of_resource.resource);
        for metric in of_resource.scope_metrics.into_iter().flat_map(|scope| scope.metrics) {
            let (kind, points) = match metric.data {
                Some(Data::Sum(sum)) => ("sum", sum.data_points.into_iter().map(number).collect()),
                Some(Data::Gauge(gauge)) => ("gauge", gauge.data_points.into_iter().map(number).collect()),
                Some(Data::Histogram(histogram)) => {
                    ("histogram", histogram.data_points.into_iter().map(recorded).collect())
                }
                _ => ("other", Vec::new()),
            };
            let (name, unit) = (metric.name, metric.unit);
            received.metrics.retain(|known| known.name != name || known.resource != resource);
            received.metrics.push(Metric { name, unit, kind, points, resource: resource.clone() });
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the counts of tests are small")]
fn number(point: NumberDataPoint) -> Point {
    let (value, is_int) = match point.value {
        Some(Number::AsDouble(value)) => (value, false),
        Some(Number::AsInt(value)) => (value as f64, true),
        None => (f64::NAN, false),
    };
    Point { attributes: values(point.attributes), value, count: 1, is_int }
}

fn recorded(point: HistogramDataPoint) -> Point {
    let value = point.sum.unwrap_or(f64::NAN);
    Point { attributes: values(point.attributes), value, count: point.count, is_int: false }
}

fn resource(resource: Option<Resource>) -> Values {
    values(resource.unwrap_or_default().attributes)
}

fn values(attributes: Vec<KeyValue>) -> Values {
    attributes.into_iter().map(|it| (it.key, value(it.value))).collect()
}

fn value(value: Option<AnyValue>) -> Value {
    match value.and_then(|value| value.value) {
        Some(Any::StringValue(text)) => Value::Text(text),
        Some(Any::IntValue(number)) => Value::Int(number),
        Some(Any::DoubleValue(number)) => Value::Float(number),
        Some(Any::BoolValue(value)) => Value::Bool(value),
        _ => Value::Other,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
