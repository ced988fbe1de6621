//! A collector for tests: takes spans, metrics and log events by gRPC and HTTP, and gives them back as values.
//!
//! It runs on a thread of its own, so that it does not matter what a test runs on, and can be told to misbehave.

mod server;
mod value;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use value::{Event, Kind, Link, Log, Metric, Point, Span, Status, Value, Values};

/// What a collector does with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conduct {
    /// Takes everything.
    #[default]
    Take,
    /// Takes everything, and of spans and log events keeps the number alone.
    Count,
    /// Refuses everything as a bad request: HTTP 400, gRPC `INVALID_ARGUMENT`.
    Refuse,
    /// Never answers.
    Hang,
    /// Says that it left out so many of each request.
    LeaveOut(i64),
}

/// All that arrived.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// In the order of their arrival.
    pub spans: Vec<Span>,
    /// As they were collected the last time.
    pub metrics: Vec<Metric>,
    /// In the order of their arrival.
    pub logs: Vec<Log>,
    /// How many spans there were, those that were not kept too.
    pub span_count: u64,
    /// How many log events there were, those that were not kept too.
    pub log_count: u64,
    /// How many requests there were, those that were not taken too.
    pub requests: usize,
    /// Of these, how many were compressed.
    pub compressed: usize,
    /// The values of the header `x-test` that came with them.
    pub headers: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    received: Mutex<Received>,
    conduct: Mutex<Conduct>,
}

impl Store {
    fn change<T>(&self, change: impl FnOnce(&mut Received) -> T) -> T {
        change(&mut self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn conduct(&self) -> Conduct {
        *self.conduct.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A collector that listens until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    store: Arc<Store>,
    grpc: SocketAddr,
    http: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Receiver {
    /// Listens on ports that are free.
    #[must_use]
    pub fn start() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, any)
    }

    /// Listens there, for gRPC and for HTTP.
    ///
    /// # Panics
    ///
    /// When it cannot.
    #[must_use]
    pub fn start_at(grpc: SocketAddr, http: SocketAddr) -> Self {
        let store = Arc::new(Store::default());
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        let shared = Arc::clone(&store);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(async move {
                let grpc = TcpListener::bind(grpc).await.expect("the port for gRPC is free");
                let http = TcpListener::bind(http).await.expect("the port for HTTP is free");
                let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
                tell.send((address(&grpc), address(&http))).expect("the test waits for it");
                tokio::select! {
                    () = server::serve(grpc, http, shared) => {}
                    _ = ended => {}
                }
            });
        });
        let (grpc, http) = told.recv().expect("it listens");
        Self { store, grpc, http, end: Some(end), thread: Some(thread) }
    }

    /// Its address for gRPC.
    #[must_use]
    pub fn grpc(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// Its address for HTTP.
    #[must_use]
    pub fn http(&self) -> String {
        format!("http://{}", self.http)
    }

    /// Its two addresses, to start another one there when it is gone.
    #[must_use]
    pub const fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.grpc, self.http)
    }

    /// How it is to treat requests from now on.
    pub fn behave(&self, conduct: Conduct) {
        *self.store.conduct.lock().unwrap_or_else(PoisonError::into_inner) = conduct;
    }

    /// All that arrived so far.
    #[must_use]
    pub fn received(&self) -> Received {
        self.store.change(|received| received.clone())
    }

    /// Waits until `found` finds something in what arrived.
    ///
    /// # Panics
    ///
    /// When it does not within a minute.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "waits for a network, which knows nothing of paused time")]
    pub fn wait_for<T>(&self, what: &str, mut found: impl FnMut(&Received) -> Option<T>) -> T {
        for _ in 0..6000 {
            if let Some(found) = self.store.change(|received| found(received)) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{what} did not arrive; there is {:#?}", self.received());
    }
}

impl Drop for Receiver {
    /// Its ports are free again afterwards.
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // That it panicked is told already.
            let _ = thread.join();
        }
    }
}

impl Received {
    /// The spans of that name.
    #[must_use]
    pub fn spans_named(&self, name: &str) -> Vec<&Span> {
        self.spans.iter().filter(|span| span.name == name).collect()
    }

    /// The spans below `parent`, by their start.
    #[must_use]
    pub fn children(&self, parent: &Span) -> Vec<&Span> {
        let of_parent = |span: &&Span| span.trace == parent.trace && span.parent == parent.id;
        let mut children: Vec<&Span> = self.spans.iter().filter(of_parent).collect();
        children.sort_by_key(|span| span.start);
        children
    }

    /// The points of a metric that have this attribute.
    #[must_use]
    pub fn points(&self, metric: &str, key: &str, value: &str) -> Vec<&Point> {
        let points = self.metrics.iter().filter(|it| it.name == metric).flat_map(|it| &it.points);
        points.filter(|point| point.attributes.get(key) == Some(&Value::from(value))).collect()
    }
}
