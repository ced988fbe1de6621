//! What is told of a process, and where to: trees on the terminal always, and the rest to whoever scrapes it or to a
//! collector.

use std::error::Error;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};
use resilience_runtime::telemetry::Telemetry as Sent;
use resilience_runtime::telemetry::metrics::{self, Installed};
use resilience_runtime::terminal::{Color, Terminal};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::options::{Options, Role};
use crate::screen::Screen;
use crate::stage::Stage;

/// The telemetry of this process.
#[derive(Debug)]
pub(crate) enum Telemetry {
    /// Metrics, for whoever asks.
    Scraped { registry: Registry, provider: SdkMeterProvider, installed: Installed },
    /// Spans, metrics and log events, to a collector.
    Sent(Sent),
}

impl Telemetry {
    pub(crate) fn start(role: Role, options: &Options, stage: &Stage) -> Result<Self, Box<dyn Error>> {
        let screen = Screen::new(stage);
        let color = if options.colored { Color::Always } else { Color::Never };
        let terminal = Terminal::new().writer(move || screen.clone()).color(color);
        match &options.otlp {
            None => {
                tracing::subscriber::set_global_default(
                    tracing_subscriber::registry().with(terminal.layer()),
                )?;
                scraped(role)
            }
            Some(endpoint) => {
                let builder = Sent::builder().service_name(role.name()).immediate();
                let builder = if is_http(endpoint) { builder.http(endpoint) } else { builder.grpc(endpoint) };
                Ok(Self::Sent(builder.install_with(terminal.layer())?))
            }
        }
    }

    /// `/metrics`, where they are scraped.
    pub(crate) fn routes(&self) -> Router {
        match self {
            Self::Scraped { registry, .. } => {
                let registry = registry.clone();
                Router::new().route("/metrics", get(move || async move { page(&registry) }))
            }
            Self::Sent(_) => Router::new(),
        }
    }

    /// Sends what is still to be sent.
    ///
    /// # Errors
    ///
    /// What was lost.
    pub(crate) async fn stop(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Scraped { provider, installed, .. } => {
                drop(installed);
                Ok(provider.shutdown()?)
            }
            Self::Sent(sent) => {
                let report = sent.shutdown().await;
                if report.is_complete() { Ok(()) } else { Err(format!("telemetry: {report}").into()) }
            }
        }
    }
}

/// By convention the port says which of the two protocols it is, or else the variable that all programs know.
fn is_http(endpoint: &str) -> bool {
    let protocol = std::env::var("OTEL_EXPORTER_OTLP_PROTOCOL");
    endpoint.trim_end_matches('/').ends_with(":4318") || protocol.is_ok_and(|it| it == "http/protobuf")
}

fn scraped(role: Role) -> Result<Telemetry, Box<dyn Error>> {
    let registry = Registry::new();
    // Names without units are those of the dashboard and the rules: `retry_backoff_duration_bucket`.
    let reader = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .without_units()
        .scope_info_enabled(false)
        .build()?;
    let resource = Resource::builder().with_service_name(role.name()).build();
    let provider = SdkMeterProvider::builder().with_resource(resource).with_reader(reader).build();
    let installed = metrics::install(&provider);
    Ok(Telemetry::Scraped { registry, provider, installed })
}

fn page(registry: &Registry) -> Response {
    let encoder = TextEncoder::new();
    match encoder.encode_to_string(&registry.gather()) {
        Ok(page) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
