//! A real HTTP service on loopback that fails as it is told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::client::Order;

/// This order cannot be read, whatever the time.
pub(crate) const BROKEN_ORDER: u64 = 13;

/// What is wrong with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    Errors,
    Overload,
    SlowAnswers,
    Restart,
    Outage,
}

/// A part of the schedule.
#[derive(Debug)]
pub(crate) struct Phase {
    /// At least: it goes on until it has shown what it is there for.
    pub(crate) lasts: Duration,
    pub(crate) fault: Fault,
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
}

pub(crate) const SCHEDULE: [Phase; 9] = [
    phase(875, Fault::Nothing, "healthy", "answers in 5 ms; order 13 is broken"),
    phase(2000, Fault::Errors, "errors", "three answers in ten are a 500"),
    phase(1250, Fault::Overload, "busy", "one in five is a 503, `Retry-After: 1`"),
    phase(1500, Fault::SlowAnswers, "slow", "one in five takes 1.5 s"),
    phase(875, Fault::Nothing, "healthy", ""),
    phase(250, Fault::Restart, "restart", "nobody listens: connections are refused"),
    phase(1250, Fault::Nothing, "healthy", ""),
    phase(1250, Fault::Outage, "outage", "every answer is a 500, after 100 ms"),
    phase(1250, Fault::Nothing, "healthy", "the outage is over"),
];

const fn phase(millis: u64, fault: Fault, name: &'static str, what: &'static str) -> Phase {
    Phase { lasts: Duration::from_millis(millis), fault, name, what }
}

/// The service, and how many requests it has had.
#[derive(Debug)]
pub(crate) struct Service {
    fault: watch::Receiver<Fault>,
    requests: AtomicU64,
}

impl Service {
    /// Binds a free port.
    pub(crate) async fn start(fault: watch::Receiver<Fault>) -> io::Result<(Self, TcpListener)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        Ok((Self { fault, requests: AtomicU64::new(0) }, listener))
    }

    /// Serves as long as there is somebody to tell the faults; during a restart the port is closed.
    pub(crate) async fn run(self, mut listener: TcpListener) -> io::Result<()> {
        let address = listener.local_addr()?;
        let mut fault = self.fault.clone();
        let routes = Router::new()
            .route("/orders/{id}", get(order))
            .route("/offers/{id}", get(offers))
            .with_state(Arc::new(self));
        loop {
            let mut down = fault.clone();
            let down = async move { _ = down.wait_for(|fault| *fault == Fault::Restart).await };
            // Closes the listener and every connection that is idle; answers under way are finished.
            tokio::spawn(axum::serve(listener, routes.clone()).with_graceful_shutdown(down).into_future());
            for is_down in [true, false] {
                if fault.wait_for(|fault| (*fault == Fault::Restart) == is_down).await.is_err() {
                    return Ok(());
                }
            }
            listener = bind(address).await?;
        }
    }

    /// Whether this request is one of `of_ten` in ten, which look random and are the same in every run.
    fn is_unlucky(&self, of_ten: u64) -> bool {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        let mixed = (request ^ 0x5bd1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 33) % 10 < of_ten
    }

    /// What this moment makes of a request; `None` when it can be answered.
    async fn fault(&self) -> Option<Response> {
        let fault = *self.fault.borrow();
        sleep(Duration::from_millis(5)).await;
        match fault {
            Fault::Nothing | Fault::Restart => None,
            Fault::Errors => self.is_unlucky(3).then(broken),
            Fault::Overload => self
                .is_unlucky(2)
                .then(|| (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()),
            Fault::SlowAnswers => {
                if self.is_unlucky(2) {
                    sleep(Duration::from_millis(1500)).await;
                }
                None
            }
            Fault::Outage => {
                sleep(Duration::from_millis(95)).await;
                Some(broken())
            }
        }
    }
}

fn broken() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Binds the port again; for a moment another process may have it.
async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    for _ in 0..20 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return Ok(listener);
        }
        sleep(Duration::from_millis(10)).await;
    }
    TcpListener::bind(address).await
}

async fn order(State(service): State<Arc<Service>>, Path(id): Path<u64>) -> Response {
    match service.fault().await {
        Some(fault) => fault,
        None if id == BROKEN_ORDER => broken(),
        None => Json(Order { id }).into_response(),
    }
}

async fn offers(State(service): State<Arc<Service>>, Path(id): Path<u64>) -> Response {
    service.fault().await.unwrap_or_else(|| Json([id + 1, id + 2, id + 3]).into_response())
}
