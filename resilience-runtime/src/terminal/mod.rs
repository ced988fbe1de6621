//! For a developer's terminal: every call drawn as a tree when it is over.
//!
//! ```no_run
//! use resilience_runtime::terminal;
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! let subscriber = tracing_subscriber::registry().with(terminal::layer());
//! tracing::subscriber::set_global_default(subscriber).expect("the first subscriber of this process");
//! ```
//!
//! What it draws, with a clock that is paused:
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! # use std::io::{self, Write};
//! # use std::sync::{Arc, Mutex};
//! # use std::time::Duration;
//! # use resilience_runtime::{current, resilient, terminal::Terminal};
//! # use tracing_subscriber::layer::SubscriberExt as _;
//! # #[derive(Clone, Default)]
//! # struct Screen(Arc<Mutex<Vec<u8>>>);
//! # impl Write for Screen {
//! #     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> { self.0.lock().unwrap().write(bytes) }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//! # impl Screen {
//! #     fn text(&self) -> String { String::from_utf8(self.0.lock().unwrap().clone()).unwrap() }
//! # }
//! # async fn work(millis: u64) { tokio::time::sleep(Duration::from_millis(millis)).await }
//! #[resilient(retry = "exp", base = "100ms", max = 3, timeout = "250ms", name = "load_user", fields(user.id = id))]
//! async fn load_user(id: u64) -> io::Result<u64> {
//!     match current().attempt() {
//!         1 => work(12).await,
//!         2 => work(1_000).await,
//!         _ => {
//!             work(160).await;
//!             return Ok(id);
//!         }
//!     }
//!     Err(io::ErrorKind::ConnectionReset.into())
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! # let screen = Screen::default();
//! # let writer = screen.clone();
//! # let terminal = Terminal::new().writer(move || writer.clone());
//! # let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(terminal.layer()));
//! load_user(7).await.unwrap();
//! assert_eq!(screen.text(), "\
//! ✓ load_user: success after 3 attempts in 722ms, waited 300ms
//! │ user.id=7
//! ├─ ✗ 1 original  retryable_error  io::ConnectionReset                  12ms █·······················
//! │    connection reset
//! ├─ · wait 100ms                                                       100ms ░░░░····················
//! ├─ ✗ 2 retry     timeout          took longer than 250ms              250ms ····████████············
//! ├─ · wait 200ms                                                       200ms ············░░░░░░░·····
//! └─ ✓ 3 retry     success                                              160ms ···················█████
//! ");
//! # }
//! ```
//!
//! It sees the runtime's own spans alone and takes no part in what other layers see. A call is drawn when its
//! span has ended, after everything that was spawned within it. What is remembered is bounded: the calls that
//! are going on, and of each no more than 2000 spans and events.

use core::fmt;
use core::time::Duration;
use std::io::{IsTerminal as _, Stderr, Stdout, Write};

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::record::{Finished, Reader, draw_event, is_good};

pub use crate::record::{Attempt, Call, Fallback, Fields, Queue, RecordedEvent, Style, Value, Wait, draw};

/// Spans and events remembered of one outermost call; a server's main loop may be one, and never end.
const LIMIT: usize = 2000;

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Color {
    /// When the output is a terminal that is not `dumb`, and the environment variable `NO_COLOR` is not set.
    /// A [writer](Terminal::writer) of your own is not taken for a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A layer that draws every call on the standard error stream, as [`Terminal::new`] does.
#[must_use]
pub fn layer<S>() -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    Terminal::new().layer()
}

/// Draws calls on a terminal: where to, how, and which of them.
///
/// ```
/// use std::time::Duration;
///
/// use resilience_runtime::terminal::{Color, Terminal};
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let terminal = Terminal::new().width(120).color(Color::Never).slower_than(Duration::from_secs(1)).failed_only();
/// let subscriber = tracing_subscriber::registry().with(terminal.layer());
/// # let _ = subscriber;
/// ```
#[derive(Clone)]
pub struct Terminal<M = fn() -> Stderr> {
    writer: M,
    is_interactive: bool,
    style: Style,
    color: Color,
    slower_than: Option<Duration>,
    failed_only: bool,
}

impl Terminal {
    /// Draws every call on the standard error stream, 100 columns wide.
    #[must_use]
    pub fn new() -> Self {
        Self {
            writer: std::io::stderr,
            is_interactive: std::io::stderr().is_terminal(),
            style: Style::new(),
            color: Color::Auto,
            slower_than: None,
            failed_only: false,
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Terminal<M> {
    /// Draws on the standard output stream instead.
    #[must_use]
    pub fn stdout(self) -> Terminal<fn() -> Stdout> {
        let is_interactive = std::io::stdout().is_terminal();
        let writer: fn() -> Stdout = std::io::stdout;
        Terminal { is_interactive, ..self.writer(writer) }
    }

    /// Draws on what `writer` returns. It is called once per call that is drawn, and given the whole drawing
    /// at once; an error of its own has nowhere to go and is dropped.
    #[must_use]
    pub fn writer<N>(self, writer: N) -> Terminal<N> {
        let Self { style, color, slower_than, failed_only, .. } = self;
        Terminal { writer, is_interactive: false, style, color, slower_than, failed_only }
    }

    /// The columns a line may take, from 40 to 1000; 100 by default. Under 60 there are no bars.
    #[must_use]
    pub fn width(mut self, columns: usize) -> Self {
        self.style = self.style.width(columns);
        self
    }

    /// When colours are used; [`Color::Auto`] by default.
    #[must_use]
    pub fn color(mut self, color: Color) -> Self {
        self.color = color;
        self
    }

    /// Draws only calls that took at least `duration`. With [`failed_only`](Self::failed_only), calls to which
    /// either applies.
    #[must_use]
    pub fn slower_than(mut self, duration: Duration) -> Self {
        self.slower_than = Some(duration);
        self
    }

    /// Draws only calls that got no good answer: whose outcome is neither `success` nor, answered by a cache or with
    /// the result of another call, `cached` or `coalesced`. One that its fallback answered, or an older answer of the
    /// cache (`stale`), is among them. With [`slower_than`](Self::slower_than), calls to which either applies.
    #[must_use]
    pub fn failed_only(mut self) -> Self {
        self.failed_only = true;
        self
    }

    fn is_drawn(&self, call: &Call) -> bool {
        let is_slow = self.slower_than.map(|least| call.duration >= least);
        let has_failed = self.failed_only.then(|| !is_good(&call.outcome));
        match (is_slow, has_failed) {
            (None, None) => true,
            (is_slow, has_failed) => is_slow.unwrap_or(false) || has_failed.unwrap_or(false),
        }
    }

    fn is_colored(&self) -> bool {
        // By the convention of no-color.org, a variable that is set but empty does not count.
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self.color {
            Color::Auto => {
                let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                self.is_interactive && !is_dumb && !is_set("NO_COLOR")
            }
            Color::Always => true,
            Color::Never => false,
        }
    }
}

impl<M, W> Terminal<M>
where
    M: Fn() -> W + Send + Sync + 'static,
    W: Write,
{
    /// The layer, to be added to a subscriber.
    #[must_use]
    pub fn layer<S>(self) -> impl Layer<S> + Send + Sync + use<S, M, W>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let style = self.style.colored(self.is_colored());
        Reader::telling(LIMIT, move |finished| {
            let drawing = match finished {
                Finished::Call(call) => self.is_drawn(&call).then(|| draw(&call, &style)),
                Finished::Event(event) => draw_event(&event, &style),
            };
            if let Some(drawing) = drawing {
                // In one piece, so that the drawings of several threads do not mix.
                let _ = (self.writer)().write_all(drawing.as_bytes());
            }
        })
        .filtered()
    }
}

impl<M> fmt::Debug for Terminal<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal")
            .field("style", &self.style)
            .field("color", &self.color)
            .field("slower_than", &self.slower_than)
            .field("failed_only", &self.failed_only)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "test-util"))]
mod tests;
