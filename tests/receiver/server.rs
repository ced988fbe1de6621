//! The two servers.

use std::io::Read as _;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tokio::net::TcpListener;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use super::{Conduct, Received, Store, value};

type Shared = Arc<Store>;

/// Serves until it is dropped.
pub(super) async fn serve(grpc: TcpListener, http: TcpListener, store: Shared) {
    let gzip = CompressionEncoding::Gzip;
    let grpc = Server::builder()
        .add_service(TraceServiceServer::new(Service(Arc::clone(&store))).accept_compressed(gzip))
        .add_service(MetricsServiceServer::new(Service(Arc::clone(&store))).accept_compressed(gzip))
        .add_service(LogsServiceServer::new(Service(Arc::clone(&store))).accept_compressed(gzip))
        .serve_with_incoming(TcpIncoming::from(grpc));
    let routes = Router::new()
        .route("/v1/traces", post(over_http::<ExportTraceServiceRequest>))
        .route("/v1/metrics", post(over_http::<ExportMetricsServiceRequest>))
        .route("/v1/logs", post(over_http::<ExportLogsServiceRequest>))
        .with_state(store);
    let http = axum::serve(http, routes);
    let (grpc, http) = tokio::join!(grpc, async { http.await });
    grpc.expect("gRPC is served");
    http.expect("HTTP is served");
}

/// What is sent of one signal.
trait Sent: Message + Default {
    type Answer: Message + Default;

    fn keep(self, received: &mut Received);

    /// The answer that so many were left out.
    fn left_out(count: i64) -> Self::Answer;
}

macro_rules! sent {
    ($request:ty, $answer:ident, $partial:ident, $rejected:ident, $keep:expr) => {
        impl Sent for $request {
            type Answer = $answer;

            fn keep(self, received: &mut Received) {
                $keep(self, received)
            }

            fn left_out(count: i64) -> $answer {
                let partial = $partial { $rejected: count, error_message: "left out".to_owned() };
                $answer { partial_success: Some(partial) }
            }
        }
    };
}

sent!(
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
    ExportTracePartialSuccess,
    rejected_spans,
    value::keep_spans
);
sent!(
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
    ExportMetricsPartialSuccess,
    rejected_data_points,
    value::keep_metrics
);
sent!(
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
    ExportLogsPartialSuccess,
    rejected_log_records,
    value::keep_logs
);

/// What is done with a request; `None` when it is refused.
async fn treat<R: Sent>(store: &Store, request: R, headers: &HeaderMap) -> Option<R::Answer> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    store.change(|received| {
        received.requests += 1;
        let encoding = header("content-encoding").or_else(|| header("grpc-encoding"));
        received.compressed += usize::from(encoding == Some("gzip"));
        received.headers.extend(header("x-test").map(String::from));
    });
    match store.conduct() {
        conduct @ (Conduct::Take | Conduct::Count) => {
            store.change(|received| {
                request.keep(received);
                if conduct == Conduct::Count {
                    received.spans.clear();
                    received.logs.clear();
                }
            });
            Some(R::Answer::default())
        }
        Conduct::LeaveOut(count) => Some(R::left_out(count)),
        Conduct::Refuse => None,
        Conduct::Hang => std::future::pending().await,
    }
}

async fn over_http<R: Sent>(
    State(store): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], Vec<u8>) {
    let mut plain = body.to_vec();
    if headers.get("content-encoding").is_some_and(|encoding| encoding == "gzip") {
        plain.clear();
        flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut plain).expect("it is gzip");
    }
    let request = R::decode(&plain[..]).expect("it is what its path says");
    let (status, body) = match treat(&store, request, &headers).await {
        Some(answer) => (StatusCode::OK, answer.encode_to_vec()),
        None => (StatusCode::BAD_REQUEST, Vec::new()),
    };
    (status, [("content-type", "application/x-protobuf")], body)
}

struct Service(Shared);

impl Service {
    async fn over_grpc<R: Sent>(
        &self,
        request: tonic::Request<R>,
    ) -> Result<tonic::Response<R::Answer>, tonic::Status> {
        let (metadata, _, request) = request.into_parts();
        let answer = treat(&self.0, request, &metadata.into_headers()).await;
        answer.map(tonic::Response::new).ok_or_else(|| tonic::Status::invalid_argument("as told"))
    }
}

macro_rules! service {
    ($service:ident, $request:ident, $answer:ident) => {
        #[tonic::async_trait]
        impl $service for Service {
            async fn export(
                &self,
                request: tonic::Request<$request>,
            ) -> Result<tonic::Response<$answer>, tonic::Status> {
                self.over_grpc(request).await
            }
        }
    };
}

service!(TraceService, ExportTraceServiceRequest, ExportTraceServiceResponse);
service!(MetricsService, ExportMetricsServiceRequest, ExportMetricsServiceResponse);
service!(LogsService, ExportLogsServiceRequest, ExportLogsServiceResponse);
