//! Events of level `ERROR` as events of their span, and no more.
//!
//! OpenTelemetry's layer makes an error of every span in which one is logged, whatever it is told. But a failure that is
//! logged may be retried, or answered by a fallback: how a call ended says the call. So its layer never sees them, and
//! they are added here.

use core::fmt;
use std::borrow::Cow;

use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, KeyValue, StringValue, Value};
use tracing::dispatcher::WeakDispatch;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata};

/// Whether it is an event that is added here.
pub(super) fn is_error(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && *metadata.level() == Level::ERROR
}

/// Adds it to its span, if that is exported.
pub(super) fn add(event: &Event<'_>, dispatch: Option<&WeakDispatch>) {
    let context = match event.parent() {
        Some(id) => {
            let dispatch = dispatch.and_then(WeakDispatch::upgrade);
            dispatch.and_then(|dispatch| tracing_opentelemetry::get_otel_context(id, &dispatch))
        }
        None => event.is_contextual().then(Context::current),
    };
    let Some(context) = context.filter(|context| context.span().is_recording()) else { return };
    let metadata = event.metadata();
    let mut values = Values {
        name: Cow::Borrowed(metadata.name()),
        attributes: vec![
            KeyValue::new("level", metadata.level().as_str()),
            KeyValue::new("target", metadata.target()),
        ],
    };
    event.record(&mut values);
    context.span().add_event(values.name, values.attributes);
}

/// An event's name, which is its message if it has one, and its fields.
struct Values {
    name: Cow<'static, str>,
    attributes: Vec<KeyValue>,
}

impl Visit for Values {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.attributes.push(KeyValue::new(field.name(), value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.attributes.push(KeyValue::new(field.name(), value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.attributes.push(KeyValue::new(field.name(), value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, error: &(dyn core::error::Error + 'static)) {
        self.record_debug(field, &format_args!("{error}"));
        let sources = core::iter::successors(error.source(), |error| error.source());
        let sources: Vec<StringValue> = sources.map(|error| error.to_string().into()).collect();
        self.attributes.push(KeyValue::new("exception.message", error.to_string()));
        self.attributes.push(KeyValue::new("exception.stacktrace", Value::Array(sources.into())));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.name = format!("{value:?}").into(),
            name => self.attributes.push(KeyValue::new(name, format!("{value:?}"))),
        }
    }
}
