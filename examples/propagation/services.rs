//! The shop, and the stock behind it, which is down.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::reqwest_middleware::Propagate;
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::propagation::caller;
use resilience_runtime::{Classify, resilient};
use tokio::net::TcpListener;

/// A client whose requests name the attempt that sends them.
pub(crate) fn client() -> reqwest::Result<ClientWithMiddleware> {
    // The services are on this machine: a proxy of the environment could not reach them.
    let client = reqwest::Client::builder().no_proxy().build()?;
    Ok(ClientBuilder::new(client).with(Propagate).build())
}

async fn serve(router: Router) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}

/// Says who asks.
fn show(service: &str) {
    let Some(caller) = caller() else { return };
    let (attempt, left) = (caller.attempt().unwrap_or_default(), caller.attempts_left());
    let remaining = caller.remaining().unwrap_or_default().as_millis();
    println!(
        "{service}: attempt {attempt} of its caller, which may make {left} more; {remaining} ms are left"
    );
}

/// Starts the shop, with what it takes over from its callers: its address.
pub(crate) async fn shop(layer: InheritLayer, stock: String) -> Result<String, Box<dyn std::error::Error>> {
    let client = client()?;
    let handler = async move || {
        show("shop ");
        reserve(&client, &stock).await.map_err(|_| StatusCode::BAD_GATEWAY)
    };
    Ok(serve(Router::new().route("/", get(handler)).layer(layer)).await?)
}

#[resilient(name = "shop reserve", retry = "fixed", base = "20ms", max = 3)]
async fn reserve(client: &ClientWithMiddleware, stock: &str) -> Result<String, HttpError> {
    Ok(check(client.get(stock).send().await?)?.text().await?)
}

/// Starts the stock, which counts its requests: its address.
pub(crate) async fn stock(asked: Arc<AtomicU32>) -> io::Result<String> {
    let handler = async move || {
        show("stock");
        asked.fetch_add(1, Ordering::Relaxed);
        take().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
    };
    serve(Router::new().route("/", get(handler)).layer(InheritLayer::new())).await
}

/// What the stock fails with.
#[derive(Clone, Copy, Debug, Classify)]
enum StockError {
    #[transient]
    Down,
}

#[resilient(name = "stock take")]
async fn take() -> Result<&'static str, StockError> {
    Err(StockError::Down)
}
