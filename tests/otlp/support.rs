//! The turn of one test, and runtimes of both kinds.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use resilience_runtime::telemetry::{Telemetry, TelemetryBuilder};
use resilience_tests::receiver::Receiver;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::SubscriberExt as _;

static TURN: Mutex<()> = Mutex::new(());

pub(crate) fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a program runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flavour {
    CurrentThread,
    MultiThread,
}

impl Flavour {
    pub(crate) const ALL: [Self; 2] = [Self::CurrentThread, Self::MultiThread];

    pub(crate) fn run<F: Future>(self, future: F) -> F::Output {
        let mut builder = match self {
            Self::CurrentThread => tokio::runtime::Builder::new_current_thread(),
            Self::MultiThread => tokio::runtime::Builder::new_multi_thread(),
        };
        builder.worker_threads(2).enable_all().build().expect("a runtime starts").block_on(future)
    }
}

/// How a collector is spoken to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    Grpc,
    Http,
}

impl Protocol {
    pub(crate) const ALL: [Self; 2] = [Self::Grpc, Self::Http];

    /// To the collector with these two addresses.
    pub(crate) fn to(self, grpc: String, http: String) -> TelemetryBuilder {
        match self {
            Self::Grpc => Telemetry::builder().grpc(grpc),
            Self::Http => Telemetry::builder().http(http),
        }
    }
}

/// Runs `future` with `telemetry` as its subscriber.
pub(crate) async fn under<F: Future>(telemetry: &Telemetry, future: F) -> F::Output {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    future.with_subscriber(subscriber).await
}

/// With each flavour, each protocol, and a collector of its own.
pub(crate) fn each_way(check: impl Fn(Flavour, Protocol, Receiver)) {
    for flavour in Flavour::ALL {
        for protocol in Protocol::ALL {
            check(flavour, protocol, Receiver::start());
        }
    }
}

/// How long something took, of the time that networks know.
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "exporting takes real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
