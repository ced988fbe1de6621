//! A meter provider that tells nobody.

use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

/// An SDK's provider, which collects once a minute.
#[must_use]
pub fn provider() -> SdkMeterProvider {
    SdkMeterProvider::builder().with_reader(PeriodicReader::builder(Nobody).build()).build()
}

#[derive(Debug)]
struct Nobody;

impl PushMetricExporter for Nobody {
    async fn export(&self, _metrics: &ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
