//! What is told of a process, and where to.

use std::error::Error;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder as _, Registry, TextEncoder};
use resilience_runtime::telemetry::metrics::{self, Installed};
use resilience_runtime::terminal::{Color, Terminal};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::options::{Options, Role};
use crate::screen::Screen;
use crate::stage::Stage;

/// The telemetry of this process.
#[derive(Debug)]
pub(crate) struct Telemetry {
    scraped: Registry,
    provider: SdkMeterProvider,
    metrics: Installed,
}

impl Telemetry {
    /// Spans as trees on the terminal, metrics to be scraped.
    pub(crate) fn start(role: Role, options: &Options, stage: &Stage) -> Result<Self, Box<dyn Error>> {
        let screen = Screen::new(stage);
        let color = if options.colored { Color::Always } else { Color::Never };
        let terminal = Terminal::new().writer(move || screen.clone()).color(color);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(terminal.layer()))?;

        let scraped = Registry::new();
        // Names without units are those of the dashboard and the rules: `retry_backoff_duration_bucket`.
        let reader = opentelemetry_prometheus::exporter()
            .with_registry(scraped.clone())
            .without_units()
            .scope_info_enabled(false)
            .build()?;
        let resource = Resource::builder().with_service_name(role.name()).build();
        let provider = SdkMeterProvider::builder().with_resource(resource).with_reader(reader).build();
        let metrics = metrics::install(&provider);
        Ok(Self { scraped, provider, metrics })
    }

    /// `/metrics`.
    pub(crate) fn routes(&self) -> Router {
        let scraped = self.scraped.clone();
        Router::new().route("/metrics", get(move || async move { page(&scraped) }))
    }

    /// Sends what is still to be sent.
    pub(crate) async fn stop(self) -> Result<(), Box<dyn Error>> {
        drop(self.metrics);
        self.provider.shutdown()?;
        Ok(())
    }
}

fn page(scraped: &Registry) -> Response {
    let encoder = TextEncoder::new();
    match encoder.encode_to_string(&scraped.gather()) {
        Ok(page) => ([(CONTENT_TYPE, encoder.format_type().to_owned())], page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
