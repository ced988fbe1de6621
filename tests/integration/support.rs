//! Servers and clients on this machine, and the spans of both as OpenTelemetry exports them.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use opentelemetry::trace::{SpanId, TraceId, TracerProvider as _};
use opentelemetry::{Value, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    InMemorySpanExporter, InMemorySpanExporterBuilder, SdkTracerProvider, SpanData,
};
use reqwest_middleware::ClientWithMiddleware;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::reqwest_middleware::Propagate;
use resilience_runtime::{Class, Classify, resilient, testing};
use tokio::net::TcpListener;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

/// How often something was done.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU32);

impl Count {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Once more: how often, with this time.
    pub(crate) fn add(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// What is worth another attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unwell;

impl Classify for Unwell {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

/// Serves `router` for as long as the test runs: its address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("this machine has a port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A client that adds nothing.
pub(crate) fn plain() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("it needs nothing")
}

/// A client that names its attempts.
pub(crate) fn client() -> ClientWithMiddleware {
    reqwest_middleware::ClientBuilder::new(plain()).with(Propagate).build()
}

/// Asks `url` in up to three attempts.
#[resilient(name = "ask", retry = "fixed", base = "1ms", max = 3, deadline = "20s")]
pub(crate) async fn ask(client: &ClientWithMiddleware, url: &str) -> Result<String, HttpError> {
    Ok(check(client.get(url).send().await?)?.text().await?)
}

/// The spans of this thread, as they are exported.
pub(crate) struct Spans {
    exporter: InMemorySpanExporter,
    _provider: SdkTracerProvider,
    _guard: DefaultGuard,
}

impl Spans {
    pub(crate) fn watch() -> Self {
        // Makes `tracing` ask every thread's subscriber, whatever other tests do.
        drop(testing::record());
        global::set_text_map_propagator(TraceContextPropagator::new());
        let exporter = InMemorySpanExporterBuilder::new().build();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("tests"));
        // What the libraries below tell of themselves is none of it.
        let own = Targets::new()
            .with_target("reliability", LevelFilter::INFO)
            .with_target("integration", LevelFilter::INFO);
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(own));
        let guard = tracing::subscriber::set_default(subscriber);
        Self { exporter, _provider: provider, _guard: guard }
    }

    /// The spans of that name, in the order in which they began.
    pub(crate) fn named(&self, name: &str) -> Vec<SpanData> {
        let mut spans = self.exporter.get_finished_spans().expect("it is not shut down");
        spans.retain(|span| span.name == name);
        spans.sort_by_key(|span| span.start_time);
        spans
    }

    /// The one span of that name.
    #[track_caller]
    pub(crate) fn one(&self, name: &str) -> SpanData {
        let mut spans = self.named(name);
        assert_eq!(spans.len(), 1, "{spans:?}");
        spans.remove(0)
    }
}

/// The span's own number.
pub(crate) fn id(span: &SpanData) -> SpanId {
    span.span_context.span_id()
}

/// That of its trace.
pub(crate) fn trace(span: &SpanData) -> TraceId {
    span.span_context.trace_id()
}

/// What the span says under that key.
pub(crate) fn says(span: &SpanData, key: &str) -> Option<Value> {
    span.attributes.iter().find(|it| it.key.as_str() == key).map(|it| it.value.clone())
}
