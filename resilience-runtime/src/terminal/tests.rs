use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{Color, Terminal};
use crate::record::script::{attempt, call, fail, succeed, transition, try_once};

/// A terminal that can be read.
#[derive(Clone, Default)]
struct Screen {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Whether writing makes an annotated call, once.
    is_traced: Arc<AtomicBool>,
}

impl Screen {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("no writer panics")).into_owned()
    }

    /// The operations drawn.
    fn operations(&self) -> Vec<String> {
        let text = self.text();
        let heads = text.lines().filter_map(|line| line.strip_prefix(['✓', '✗', '↺', '○']));
        heads.filter_map(|line| Some(line.trim_start().split_once(':')?.0.to_owned())).collect()
    }

    fn show<M>(&self, terminal: Terminal<M>) -> DefaultGuard {
        let screen = self.clone();
        let layer = terminal.writer(move || screen.clone()).layer();
        tracing::subscriber::set_default(tracing_subscriber::registry().with(layer))
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_traced.swap(false, Ordering::Relaxed) {
            succeed(&call("write"));
        }
        self.bytes.lock().expect("no writer panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn quick() {
    let call = call("quick");
    try_once(&call, 1, 0, 10, "success").await;
    succeed(&call);
}

async fn slow() {
    let call = call("slow");
    try_once(&call, 1, 0, 500, "success").await;
    succeed(&call);
}

async fn broken() {
    let call = call("broken");
    try_once(&call, 1, 0, 10, "permanent_error").await;
    fail(&call, "error", "permanent_error", "io::ConnectionReset");
}

#[tokio::test(start_paused = true)]
async fn draws_an_outermost_call_when_it_is_over() {
    let screen = Screen::default();
    let guard = screen.show(Terminal::new());
    let outer = call("outer");
    let body = attempt(&outer, 1, 0.0);
    succeed(&body.in_scope(|| call("inner")));
    drop(body);
    succeed(&outer);
    assert_eq!(screen.text(), "");
    drop(outer);
    drop(guard);
    assert_eq!(screen.operations(), ["outer"]);
    assert!(screen.text().contains("─ ✓ inner: success without an attempt"), "{}", screen.text());
}

#[tokio::test(start_paused = true)]
async fn slow_or_failed_calls_alone_are_drawn_when_asked_for() {
    let limit = Duration::from_millis(500);
    for (terminal, expected) in [
        (Terminal::new(), vec!["quick", "slow", "broken"]),
        (Terminal::new().slower_than(limit), vec!["slow"]),
        (Terminal::new().failed_only(), vec!["broken"]),
        (Terminal::new().failed_only().slower_than(limit), vec!["slow", "broken"]),
    ] {
        let screen = Screen::default();
        let guard = screen.show(terminal);
        quick().await;
        slow().await;
        broken().await;
        drop(guard);
        assert_eq!(screen.operations(), expected);
    }
}

#[test]
fn calls_that_got_a_good_answer_have_not_failed() {
    let outcomes = [
        "success",
        "cached",
        "coalesced",
        "fallback",
        "stale",
        "error",
        "timeout",
        "rejected",
        "cancelled",
        "panicked",
    ];
    let screen = Screen::default();
    let guard = screen.show(Terminal::new().failed_only());
    for outcome in outcomes {
        call(outcome).record("reliability.outcome", outcome);
    }
    drop(guard);
    assert_eq!(screen.operations(), outcomes[3..]);
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_is_not_known_to_be_a_terminal_gets_plain_text() {
    for (color, is_colored) in [(Color::Auto, false), (Color::Never, false), (Color::Always, true)] {
        let screen = Screen::default();
        let guard = screen.show(Terminal::new().color(color));
        broken().await;
        drop(guard);
        assert_eq!(screen.text().contains('\u{1b}'), is_colored, "{color:?}");
    }
}

#[test]
fn a_transition_outside_of_any_call_is_a_line() {
    let screen = Screen::default();
    let guard = screen.show(Terminal::new());
    transition("db", "closed", "open", "manual");
    drop(guard);
    assert_eq!(screen.text(), "◆ breaker db: closed → open (manual, 60% failed)\n");
}

#[tokio::test(start_paused = true)]
async fn a_writer_may_make_annotated_calls_itself() {
    let screen = Screen::default();
    screen.is_traced.store(true, Ordering::Relaxed);
    let guard = screen.show(Terminal::new());
    quick().await;
    drop(guard);
    assert_eq!(screen.operations(), ["write", "quick"]);
}
