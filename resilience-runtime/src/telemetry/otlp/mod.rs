//! Spans, metrics and log events to a collector, by OTLP (feature `otlp`).
//!
//! ```no_run
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let telemetry = resilience_runtime::telemetry::install()?;
//!     // .. the program ..
//!     let report = telemetry.shutdown().await;
//!     assert!(report.is_complete(), "telemetry: {report}");
//!     Ok(())
//! }
//! ```
//!
//! That is all: where to, and how, says the environment. [`Telemetry::builder`] says it in the program, and what the
//! program says holds over what the environment says. A program with a `tracing` subscriber of its own takes
//! [`build`](TelemetryBuilder::build) and adds [`Telemetry::layer`] to it.
//!
//! | what | variable | in the program | default |
//! |---|---|---|---|
//! | the collector | `OTEL_EXPORTER_OTLP_ENDPOINT` | [`grpc`](TelemetryBuilder::grpc), [`http`](TelemetryBuilder::http) | `http://localhost:4318`, or `:4317` for gRPC |
//! | how it is spoken to: `grpc`, `http/protobuf` | `OTEL_EXPORTER_OTLP_PROTOCOL` | likewise | `http/protobuf` |
//! | the time for a batch, in ms | `OTEL_EXPORTER_OTLP_TIMEOUT` | [`timeout`](TelemetryBuilder::timeout) | 10 s |
//! | headers | `OTEL_EXPORTER_OTLP_HEADERS` | [`header`](TelemetryBuilder::header), beside those of the variable, and over one of the same name | none |
//! | `gzip`, or `none` | `OTEL_EXPORTER_OTLP_COMPRESSION` | - | none |
//! | `service.name` | `OTEL_SERVICE_NAME` | [`service_name`](TelemetryBuilder::service_name) | `unknown_service:` and the name of the program |
//! | where everything comes from | `OTEL_RESOURCE_ATTRIBUTES` | [`resource`](TelemetryBuilder::resource), key by key | that of the SDK, with a `service.instance.id` that no other process has |
//! | which traces are sampled | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | [`sample_ratio`](TelemetryBuilder::sample_ratio) | all, or as the caller decided |
//! | which signals are sent: `otlp`, `none` | `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER`, `OTEL_LOGS_EXPORTER` | - | all |
//! | how long spans wait, and how many | `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | [`immediate`](TelemetryBuilder::immediate) | 5 s, 2048, 512 |
//! | the same of log events | `OTEL_BLRP_..` | likewise | 1 s, 2048, 512 |
//! | how often metrics are collected, in ms | `OTEL_METRIC_EXPORT_INTERVAL` | [`metric_interval`](TelemetryBuilder::metric_interval) | 60 s |
//! | `cumulative`, `delta` or `lowmemory` metrics | `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` | - | `cumulative` |
//! | what crosses to other services | `OTEL_PROPAGATORS` | - | `tracecontext`, `baggage` |
//! | nothing of all this | `OTEL_SDK_DISABLED=true`, which holds over the program | - | |
//! | spans and log events up to a level | - | [`level`](TelemetryBuilder::level) | `INFO` |
//!
//! The variables of `OTEL_EXPORTER_OTLP_..` are there for each signal too, as `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, and then
//! hold over that of all signals; an endpoint of one signal is taken as it is, without a path of our own behind it. A
//! variable that cannot be read is left out, with a line in the log.
//!
//! **What is lost when.** A collector that is down, hangs or refuses costs the program nothing: exporting has threads of
//! its own, and retries a batch up to three times within the time for it. What it cannot deliver is lost, and counted:
//! [`Telemetry::report`] says for each signal how much was delivered and how much was not. So is what comes while the
//! queue is full, and what a collector says it left out of a batch. Of each such time there is one line in the log, and
//! another when it is over (`resilience_runtime::otlp` is their target; [`install`] writes them to the standard error
//! stream, and so does [`install_with`](TelemetryBuilder::install_with), whatever its layer shows). Cumulative counters lose nothing by a collection that did not arrive, except the last.
//!
//! **At the end** [`Telemetry::shutdown`] sends what is left, on any runtime and on none. What a program has not sent when
//! it is killed, nobody counts.
//!
//! **Exporting is not exported.** It happens on threads where no span and no log event is recorded, whatever libraries tell
//! there; layers beside ours do not hear of it either. What the SDK says on the program's own threads, as of an instrument
//! whose name is none, they do.
//!
//! **Errors that are logged** are events of their span and of the log, and do not make the span an error, that of a call
//! or any other: a failure that is logged may be retried, or answered by a fallback. How a call ended says its span.
//!
//! **Links.** The attempt of a half-open breaker's probe has a link to the attempt that opened the breaker: from the call
//! that found the dependency back, or still away, to the failure that it began with. With a layer of OpenTelemetry that
//! the program makes itself it is there too.
//!
//! **TLS** is not built in. For an `https` address, depend on `opentelemetry-otlp` with `tls-ring` and `tls-roots` (gRPC)
//! or on `reqwest` with `rustls` (HTTP) beside this crate. Both trust whom the system trusts, or on Linux the certificates
//! in the file that `SSL_CERT_FILE` names. `OTEL_EXPORTER_OTLP_CERTIFICATE`, `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE` and
//! `OTEL_EXPORTER_OTLP_CLIENT_KEY`, and those of a signal, are not read; the log says so.
//!
//! **What it costs.** About a hundred more crates to build than with `otel`, gRPC and HTTP among them, and one thread for
//! each signal and one for sending. What a call costs then stands in `benches/telemetry.md` of the repository.

mod builder;
mod client;
mod delivery;
mod environment;
mod errors;
mod exporter;
mod guard;
mod layer;
mod notice;
mod runtime;
mod settings;
mod setup;

pub use self::builder::{TelemetryBuilder, TelemetryError};
pub use self::delivery::{Delivery, Report};
pub use self::guard::Telemetry;

/// Sends spans, metrics and log events of the whole process, as the environment says: [`TelemetryBuilder::install`]
/// without a word from the program.
///
/// # Errors
///
/// Those of [`TelemetryBuilder::install`].
pub fn install() -> Result<Telemetry, TelemetryError> {
    Telemetry::builder().install()
}
