//! The same by gRPC: a service of one method, whose messages are empty.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Request as HttpRequest, Response as HttpResponse, StatusCode};
use resilience_runtime::integration::tonic::Propagate;
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::propagation::caller;
use resilience_runtime::{Breaker, BreakerConfig, Class, Classify, Rejected, current, resilient};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, InterceptedService};
use tonic::metadata::MetadataMap;
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt as _};
use tower_service::Service;

use crate::support::{Count, Spans, id, trace};

/// Messages without anything in them.
#[derive(Clone, Copy, Debug, Default)]
struct Empty;

impl Codec for Empty {
    type Encode = ();
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Empty {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), _buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for Empty {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, _buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        Ok(Some(()))
    }
}

type Answer = BoxFuture<(), Status>;
type Handler = Arc<dyn Fn(MetadataMap) -> Answer + Send + Sync>;

/// The service: what is asked for is done by the handler.
#[derive(Clone)]
struct Shop(Handler);

impl NamedService for Shop {
    const NAME: &'static str = "tests.Shop";
}

impl UnaryService<()> for Shop {
    type Response = ();
    type Future = BoxFuture<Response<()>, Status>;

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let answer = (self.0)(request.into_parts().0);
        Box::pin(async move { answer.await.map(Response::new) })
    }
}

impl Service<HttpRequest<Body>> for Shop {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = BoxFuture<HttpResponse<Body>, Infallible>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        let shop = self.clone();
        Box::pin(async move { Ok(tonic::server::Grpc::new(Empty).unary(shop, request).await) })
    }
}

type Client = tonic::client::Grpc<InterceptedService<Channel, Propagate>>;

/// A service that answers by `handler`, and a client of it.
async fn shop<F>(handler: impl Fn(MetadataMap) -> F + Send + Sync + 'static) -> Client
where
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("this machine has a port");
    let address = listener.local_addr().expect("it is bound");
    let shop = Shop(Arc::new(move |metadata| Box::pin(handler(metadata))));
    let router = Server::builder().layer(InheritLayer::new()).add_service(shop);
    tokio::spawn(router.serve_with_incoming(tonic::transport::server::TcpIncoming::from(listener)));
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("it is an address");
    let channel = endpoint.connect().await.expect("it listens");
    tonic::client::Grpc::new(InterceptedService::new(channel, Propagate))
}

async fn buy(client: &Client, request: Request<()>) -> Result<(), Status> {
    let mut client = client.clone();
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let path = PathAndQuery::from_static("/tests.Shop/Buy");
    client.unary(request, path, Empty).await.map(Response::into_inner)
}

#[resilient(name = "grpc_buy", retry = "fixed", base = "1ms", max = 3, deadline = "20s")]
async fn buy_resiliently(client: &Client) -> Result<(), Status> {
    buy(client, Request::new(())).await
}

#[resilient(name = "grpc_serve", retry = "fixed", base = "1ms", max = 2)]
async fn serve_it(count: &Count) -> Result<(), Status> {
    if count.add() < 3 { Err(Status::unavailable("not yet")) } else { Ok(()) }
}

#[tokio::test]
async fn each_attempt_is_the_parent_of_its_request_and_the_server_tries_nothing_again() {
    let spans = Spans::watch();
    let count = Arc::new(Count::new());
    let served = Arc::clone(&count);
    let client = shop(move |_| {
        let count = Arc::clone(&served);
        async move { serve_it(&count).await }
    })
    .await;
    buy_resiliently(&client).await.expect("the third attempt is answered");

    let (attempts, served) = (spans.named("grpc_buy attempt"), spans.named("grpc_serve"));
    // Two requests whose callers try again, and one that is well.
    assert_eq!((attempts.len(), served.len(), count.get()), (3, 3, 3));
    for (attempt, serve) in attempts.iter().zip(&served) {
        assert_eq!(serve.parent_span_id, id(attempt));
        assert!(serve.parent_span_is_remote);
        assert_eq!(trace(serve), trace(&spans.one("grpc_buy")));
    }
}

/// What a server heard: the header, and what was made of it.
async fn heard(call: impl AsyncFnOnce(&Client)) -> (String, Option<u32>, u32, Option<Duration>) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = Arc::new(std::sync::Mutex::new(Some(tell)));
    let client = shop(move |metadata: MetadataMap| {
        let timeout = metadata.get("grpc-timeout").map(|it| it.to_str().unwrap_or_default().to_owned());
        let caller = caller().expect("the layer is around");
        let heard =
            (timeout.unwrap_or_default(), caller.attempt(), caller.attempts_left(), current().remaining());
        if let Some(tell) = tell.lock().expect("nothing panics with it").take() {
            tell.send(heard).expect("it is waited for");
        }
        async { Ok(()) }
    })
    .await;
    call(&client).await;
    told.await.expect("it was asked")
}

#[tokio::test]
async fn the_time_crosses_as_grpc_timeout() {
    let call = async |client: &Client| buy_resiliently(client).await.expect("it answers");
    let (timeout, attempt, left, remaining) = heard(call).await;
    assert!(timeout.ends_with('u') && timeout.len() == 9, "{timeout}");
    assert_eq!((attempt, left), (Some(1), 2));
    assert!(remaining.is_some_and(|it| it > Duration::from_secs(5) && it <= Duration::from_secs(20)));
}

#[resilient(name = "grpc_own", deadline = "20s")]
async fn buy_within(client: &Client, timeout: Duration) -> Result<(), Status> {
    let mut request = Request::new(());
    request.set_timeout(timeout);
    buy(client, request).await
}

#[tokio::test]
async fn a_timeout_of_the_request_itself_holds_where_it_is_shorter() {
    let call = async |client: &Client| buy_within(client, Duration::from_secs(3)).await.expect("it answers");
    let (_, _, _, remaining) = heard(call).await;
    assert!(remaining.is_some_and(|it| it <= Duration::from_secs(3)), "{remaining:?}");
    let call =
        async |client: &Client| buy_within(client, Duration::from_secs(3000)).await.expect("it answers");
    let (_, _, _, remaining) = heard(call).await;
    assert!(remaining.is_some_and(|it| it <= Duration::from_secs(20)), "{remaining:?}");
}

#[tokio::test]
async fn outside_of_annotated_functions_nothing_is_said() {
    let call = async |client: &Client| buy(client, Request::new(())).await.expect("it answers");
    assert_eq!(heard(call).await, (String::new(), None, 0, None));
}

#[tokio::test]
async fn without_time_the_server_is_not_asked() {
    let count = Arc::new(Count::new());
    let served = Arc::clone(&count);
    let client = shop(move |_| {
        served.add();
        async { Ok(()) }
    })
    .await;
    let mut headers = http::HeaderMap::new();
    headers.insert("resilience-timeout-ms", http::HeaderValue::from_static("0"));
    let incoming = resilience_runtime::propagation::Incoming::read(&headers);
    let status = incoming.scope(buy(&client, Request::new(()))).await.expect_err("no time is left");
    assert_eq!((status.code(), count.get()), (Code::DeadlineExceeded, 0));
}

#[resilient(name = "grpc_hang", deadline = "60s", breaker("grpc_hang", consecutive = 1))]
async fn hang() -> Result<(), Status> {
    std::future::pending().await
}

#[tokio::test]
async fn a_time_out_of_tonic_is_worth_another_attempt_and_opens_no_breaker_of_the_server() {
    let client = shop(|_| hang()).await;
    let mut time = Duration::from_millis(50);
    // Where the machine has other things to do, the time may be over before the server is asked.
    let breaker = loop {
        let status = buy_within(&client, time).await.expect_err("it hangs");
        assert_eq!(status.classify(), Class::Transient, "{status:?}");
        match Breaker::named("grpc_hang") {
            Some(breaker) => break breaker,
            None => time *= 2,
        }
    };
    assert_eq!(breaker.snapshot().failures, 0);
}

static OPEN: Breaker = Breaker::new("grpc_open", BreakerConfig::new().open_for(Duration::from_secs(1000)));

#[resilient(name = "grpc_guarded", breaker = OPEN)]
async fn guarded() -> Result<(), Rejected> {
    Ok(())
}

#[tokio::test]
async fn a_refusal_arrives_with_the_time_to_come_back() {
    OPEN.trip();
    let client = shop(|_| async { guarded().await.map_err(Status::from) }).await;
    let status = buy(&client, Request::new(())).await.expect_err("the breaker is open");
    assert_eq!(status.code(), Code::Unavailable);
    let Class::Throttled { retry_after: Some(after) } = status.classify() else {
        panic!("{status:?} has no hint");
    };
    // A little of the time may be over.
    assert!((900..=1000).contains(&after.as_secs()), "{after:?}");
}

#[tokio::test]
async fn details_arrive_with_the_time_to_come_back() {
    let delay = Some(Duration::from_secs(7));
    let answer =
        move || Status::with_error_details(Code::ResourceExhausted, "", ErrorDetails::with_retry_info(delay));
    let client = shop(move |_| async move { Err(answer()) }).await;
    let status = buy(&client, Request::new(())).await.expect_err("there are too many calls");
    assert_eq!(status.classify(), Class::Throttled { retry_after: delay });
}

#[tokio::test]
async fn a_message_that_is_cut_off_is_worth_another_attempt() {
    // Of nine bytes, four arrive.
    let body = "\0\0\0\0\u{9}half".to_owned();
    let mut messages = Streaming::new_response(Empty, body, StatusCode::OK, None, None);
    let status = messages.message().await.expect_err("it is cut off");
    assert_eq!(status.classify(), Class::Transient, "{status:?}");
}

static SHUT: Breaker = Breaker::new("grpc_shut", BreakerConfig::new());

#[resilient(name = "grpc_inner", breaker = SHUT)]
async fn inner() -> Result<(), Status> {
    Ok(())
}

#[resilient(
    name = "grpc_outer",
    retry = "fixed",
    base = "1ms",
    max = 3,
    breaker("grpc_outer", consecutive = 5)
)]
async fn outer(count: &Count) -> Result<(), Status> {
    count.add();
    inner().await
}

#[tokio::test]
async fn a_refusal_of_this_process_is_not_tried_again_by_the_call_around_it() {
    SHUT.isolate();
    let count = Count::new();
    let status = outer(&count).await.expect_err("the breaker is open");
    assert_eq!((status.code(), count.get()), (Code::Unavailable, 1));
    let snapshot = Breaker::named("grpc_outer").expect("it was called").snapshot();
    assert_eq!(snapshot.failures, 0);
}
