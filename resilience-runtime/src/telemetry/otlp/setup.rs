//! Makes exporters and providers of settings.

use core::fmt::Display;
use core::mem;
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::uri::Scheme;
use http::{HeaderMap, Uri};
use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::{Key, KeyValue, global};
use opentelemetry_otlp::{
    LogExporter, MetricExporter, Protocol as Encoding, SpanExporter, WithExportConfig as _,
    WithHttpConfig as _, WithTonicConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{self, BatchLogProcessor, SdkLoggerProvider};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{self, BatchSpanProcessor, SdkTracerProvider};
use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::builder::{TelemetryBuilder, TelemetryError};
use super::client::{Cause, Client};
use super::delivery::Ledger;
use super::environment::Protocol;
use super::exporter::{Bounded, Counting};
use super::guard::{Providers, Telemetry};
use super::layer::Exported;
use super::runtime::Runtime;
use super::settings::{Batch, Export, Settings};
use crate::rng;
use crate::telemetry::metrics;

/// An exporter of one signal: the three have the same builders by name, and not by trait.
macro_rules! exporter {
    ($exporter:ident, $export:expr, $setup:expr) => {{
        let (export, setup): (&Export, &Setup) = ($export, $setup);
        check_address(&export.endpoint)?;
        let cause = Cause::default();
        let built = match export.protocol {
            Protocol::Grpc => {
                let builder = $exporter::builder()
                    .with_tonic()
                    .with_endpoint(&export.endpoint)
                    .with_timeout(export.timeout)
                    .with_interceptor(Headers(setup.headers.clone()));
                match encrypted(export)? {
                    Some(channel) => builder.with_channel(channel).build(),
                    None => builder.build(),
                }
            }
            Protocol::Http => $exporter::builder()
                .with_http()
                .with_protocol(Encoding::HttpBinary)
                .with_endpoint(&export.endpoint)
                .with_timeout(export.timeout)
                .with_http_client(setup.client(export.timeout, cause.clone())?)
                .build(),
        };
        let exporter = built.map_err(no_exporter)?;
        let handle = setup.runtime.handle().clone();
        Counting::new(exporter, Arc::clone(&setup.ledger), handle, export, cause)
    }};
}

struct Setup {
    runtime: Runtime,
    ledger: Arc<Ledger>,
    headers: HeaderMap,
}

impl Setup {
    fn client(&self, timeout: Duration, cause: Cause) -> Result<Client, TelemetryError> {
        let headers = self.headers.clone();
        Client::new(self.runtime.handle().clone(), timeout, headers, cause).map_err(no_exporter)
    }

    fn bounded<P>(&self, processor: P, batch: Batch) -> Bounded<P> {
        let is_over = AtomicBool::new(false);
        Bounded { processor, ledger: Arc::clone(&self.ledger), queue: batch.queue as u64, is_over }
    }
}

/// The headers of the program in a request by gRPC, which hold over those of the environment.
#[derive(Clone)]
struct Headers(HeaderMap);

impl Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let mut headers = mem::take(request.metadata_mut()).into_headers();
        headers.extend(self.0.clone());
        *request.metadata_mut() = MetadataMap::from_headers(headers);
        Ok(request)
    }
}

fn no_exporter(error: impl Display) -> TelemetryError {
    TelemetryError::Exporter(error.to_string())
}

/// Without a scheme, the SDK would ask for TLS by gRPC, and say by HTTP that something is invalid.
fn check_address(address: &str) -> Result<(), TelemetryError> {
    if address.contains("://") {
        return Ok(());
    }
    Err(no_exporter(format_args!("the address `{address}` has no scheme; write `http://{address}`")))
}

/// A channel to an `https` address, as generated clients make one: it trusts the certificates that the program's features
/// bring, where the SDK's trusts none at all.
fn encrypted(export: &Export) -> Result<Option<Channel>, TelemetryError> {
    let address = export.endpoint.parse::<Uri>().ok();
    if address.is_none_or(|address| address.scheme() != Some(&Scheme::HTTPS)) {
        return Ok(None);
    }
    // Says so where there is no TLS in the program; a channel finds that out when it connects.
    SpanExporter::builder().with_tonic().with_endpoint(&export.endpoint).build().map_err(no_exporter)?;
    let endpoint = Endpoint::new(export.endpoint.clone()).map_err(no_exporter)?;
    Ok(Some(endpoint.timeout(export.timeout).connect_lazy()))
}

/// Makes everything, and OpenTelemetry's global providers of it.
pub(super) fn start(said: &TelemetryBuilder, settings: &Settings) -> Result<Telemetry, TelemetryError> {
    let runtime = Runtime::start().map_err(TelemetryError::Runtime)?;
    let setup = Setup { runtime, ledger: Arc::new(Ledger::new()), headers: settings.headers.clone() };
    // A gRPC channel lives on the runtime it is made on.
    let handle = setup.runtime.handle().clone();
    let entered = handle.enter();
    let resource = resource(said);
    let tracer = tracer_provider(&setup, settings, &resource)?;
    let meter = meter_provider(&setup, settings, &resource)?;
    let logger = logger_provider(&setup, settings, resource)?;
    drop(entered);

    let propagators: [(bool, Box<dyn TextMapPropagator + Send + Sync>); 2] = [
        (settings.trace_context, Box::new(TraceContextPropagator::new())),
        (settings.baggage, Box::new(BaggagePropagator::new())),
    ];
    let propagators = propagators.into_iter().filter_map(|(is_on, propagator)| is_on.then_some(propagator));
    global::set_text_map_propagator(TextMapCompositePropagator::new(propagators.collect()));
    global::set_tracer_provider(tracer.clone());
    global::set_meter_provider(meter.clone());
    let installed = settings.metrics.is_some().then(|| metrics::install(&meter));

    let filter = |export: &Option<Export>| Exported::new(export.is_some(), settings.level);
    let filters = (filter(&settings.traces), filter(&settings.logs));
    let providers = Providers { tracer, meter, logger };
    let Setup { runtime, ledger, .. } = setup;
    Ok(Telemetry::new(runtime, ledger, providers, installed, filters, said.shutdown_timeout))
}

/// What tells the processes of one service apart: without it, their counters would be one series that jumps.
const INSTANCE: Key = Key::from_static_str("service.instance.id");

fn resource(said: &TelemetryBuilder) -> Resource {
    // Reads `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`; what is said afterwards takes their place.
    let resource = Resource::builder().with_attributes(said.resource.iter().cloned());
    let resource = match &said.service_name {
        Some(name) => resource.with_service_name(name.clone()).build(),
        None => resource.build(),
    };
    if resource.get(&INSTANCE).is_some() {
        return resource;
    }
    let known = resource.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let instance = KeyValue::new(INSTANCE, rng::unique().to_string());
    Resource::builder_empty().with_attributes(known.chain([instance])).build()
}

fn tracer_provider(
    setup: &Setup,
    settings: &Settings,
    resource: &Resource,
) -> Result<SdkTracerProvider, TelemetryError> {
    let provider = SdkTracerProvider::builder().with_resource(resource.clone());
    let Some(export) = &settings.traces else { return Ok(provider.build()) };
    let batch = settings.spans;
    let config = trace::BatchConfigBuilder::default()
        .with_max_queue_size(batch.queue)
        .with_max_export_batch_size(batch.size)
        .with_scheduled_delay(batch.delay);
    let exporter = exporter!(SpanExporter, export, setup);
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(config.build()).build();
    let provider = provider.with_sampler(settings.sampler.clone());
    Ok(provider.with_span_processor(setup.bounded(processor, batch)).build())
}

fn meter_provider(
    setup: &Setup,
    settings: &Settings,
    resource: &Resource,
) -> Result<SdkMeterProvider, TelemetryError> {
    let provider = SdkMeterProvider::builder().with_resource(resource.clone());
    let Some(export) = &settings.metrics else { return Ok(provider.build()) };
    let exporter = exporter!(MetricExporter, export, setup);
    let reader = PeriodicReader::builder(exporter).with_interval(settings.interval);
    Ok(provider.with_reader(reader.build()).build())
}

fn logger_provider(
    setup: &Setup,
    settings: &Settings,
    resource: Resource,
) -> Result<SdkLoggerProvider, TelemetryError> {
    let provider = SdkLoggerProvider::builder().with_resource(resource);
    let Some(export) = &settings.logs else { return Ok(provider.build()) };
    let batch = settings.log_events;
    let config = logs::BatchConfigBuilder::default()
        .with_max_queue_size(batch.queue)
        .with_max_export_batch_size(batch.size)
        .with_scheduled_delay(batch.delay);
    let exporter = exporter!(LogExporter, export, setup);
    let processor = BatchLogProcessor::builder(exporter).with_batch_config(config.build()).build();
    Ok(provider.with_log_processor(setup.bounded(processor, batch)).build())
}
