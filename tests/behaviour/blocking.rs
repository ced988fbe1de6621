//! Functions that are not async: the same policies, on a thread that waits. None of these tests has a runtime, but for
//! the one that says so.

use std::collections::HashMap;
use std::fmt::Display;
use std::io;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use resilience_runtime::testing::Recorder;
use resilience_runtime::{Breaker, Bulkhead, Rejected, RejectedKind, State, current, resilient};
use tracing_subscriber::layer::SubscriberExt as _;

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// What blocks a thread is held against a clock of the test's own.
#[expect(clippy::disallowed_methods, reason = "a blocked thread moves no paused clock on")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

fn state(name: &str) -> Option<State> {
    Breaker::named(name).map(Breaker::state)
}

fn rejected(error: &io::Error) -> Option<RejectedKind> {
    error.get_ref()?.downcast_ref::<Rejected>().map(Rejected::kind)
}

#[resilient(retry = "fixed", base = "1us", max = 4)]
fn third_time_lucky(runs: &AtomicU32, name: String) -> io::Result<String> {
    runs.fetch_add(1, Ordering::Relaxed);
    if current().attempt() < 3 {
        return Err(reset());
    }
    Ok(name)
}

#[test]
fn a_retry_runs_the_body_again() {
    let runs = AtomicU32::new(0);
    assert_eq!(third_time_lucky(&runs, "a".to_owned()).unwrap(), "a");
    assert_eq!(runs.into_inner(), 3);
}

#[resilient(retry = "fixed", base = "3ms", max = 2)]
fn waits_in_between(at: &mpsc::Sender<std::time::Instant>) -> io::Result<()> {
    at.send(clock()).map_err(io::Error::other)?;
    Err(reset())
}

#[test]
fn the_delay_is_waited_on_the_thread() {
    let (sender, at) = mpsc::channel();
    waits_in_between(&sender).unwrap_err();
    let at: Vec<_> = at.try_iter().collect();
    assert_eq!(at.len(), 2);
    assert!(at[1].duration_since(at[0]) >= Duration::from_millis(3));
}

#[derive(Debug, Default)]
struct Store {
    rows: HashMap<String, String>,
    runs: u32,
}

impl Store {
    #[resilient(retry = "fixed", base = "1us", max = 3)]
    fn write(&mut self, id: &str, value: &str) -> io::Result<usize> {
        self.runs += 1;
        if self.runs % 2 == 1 {
            Err(reset())?;
        }
        self.rows.insert(id.to_owned(), value.to_owned());
        Ok(self.rows.len())
    }

    #[resilient(retry = "fixed", base = "1us", max = 3)]
    fn read<'s>(&'s self, id: &str) -> io::Result<&'s str> {
        if current().attempt() == 1 {
            Err(reset())
        } else {
            self.rows.get(id).map(String::as_str).ok_or_else(reset)
        }
    }

    #[resilient(retry = "fixed", base = "1us", max = 3)]
    fn into_len(self, more: impl Display + Clone) -> io::Result<usize> {
        if current().attempt() == 1 { Err(reset()) } else { Ok(self.rows.len() + more.to_string().len()) }
    }
}

impl Clone for Store {
    fn clone(&self) -> Self {
        Self { rows: self.rows.clone(), runs: self.runs }
    }
}

#[test]
fn receivers_borrows_and_generics_are_as_in_async_functions() {
    let mut store = Store::default();
    assert_eq!(store.write("1", "one").unwrap(), 1);
    assert_eq!(store.write("2", "two").unwrap(), 2);
    assert_eq!(store.runs, 4);
    assert_eq!(store.read("1").unwrap(), "one");
    assert_eq!(store.into_len("abc").unwrap(), 5);
}

trait Load {
    fn load(&self) -> io::Result<u32>;
}

impl Load for u32 {
    #[resilient(retry = "fixed", base = "1us", max = 2)]
    fn load(&self) -> io::Result<u32> {
        if current().attempt() == 1 { Err(reset()) } else { Ok(*self) }
    }
}

#[test]
fn a_method_of_a_trait_has_it_too() {
    assert_eq!(7.load().unwrap(), 7);
}

#[resilient(breaker("blocking-breaker", consecutive = 2))]
fn guarded(fails: bool) -> io::Result<()> {
    if fails { Err(reset()) } else { Ok(()) }
}

#[test]
fn the_breaker_opens_and_refuses() {
    assert_eq!(rejected(&guarded(true).unwrap_err()), None);
    assert_eq!(rejected(&guarded(true).unwrap_err()), None);
    assert_eq!(rejected(&guarded(false).unwrap_err()), Some(RejectedKind::BreakerOpen));
    assert_eq!(state("blocking-breaker"), Some(State::Open));
}

#[resilient(breaker("blocking-panic", consecutive = 1))]
fn panics() -> io::Result<()> {
    panic!("in the body")
}

#[test]
fn a_panic_is_a_failure_and_goes_on_unwinding() {
    thread::spawn(panics).join().unwrap_err();
    assert_eq!(state("blocking-panic"), Some(State::Open));
}

#[resilient(bulkhead("blocking-bulkhead", max = 1, queue = 1, wait = "10s"))]
fn alone(entered: &mpsc::Sender<u32>, leave: &mpsc::Receiver<()>, id: u32) -> io::Result<()> {
    entered.send(id).map_err(io::Error::other)?;
    leave.recv().map_err(io::Error::other)
}

#[test]
fn a_free_place_wakes_the_thread_that_waits_for_it() {
    let (entered, in_order) = mpsc::channel();
    let (first, first_leaves) = mpsc::channel();
    let (second, second_leaves) = mpsc::channel();
    let entered_too = entered.clone();
    let one = thread::spawn(move || alone(&entered, &first_leaves, 1));
    assert_eq!(in_order.recv().unwrap(), 1);
    let two = thread::spawn(move || alone(&entered_too, &second_leaves, 2));
    let queued =
        || Bulkhead::named("blocking-bulkhead").is_some_and(|bulkhead| bulkhead.snapshot().queued == 1);
    while !queued() {
        thread::yield_now();
    }
    second.send(()).unwrap();
    first.send(()).unwrap();
    assert_eq!(in_order.recv().unwrap(), 2);
    one.join().unwrap().unwrap();
    two.join().unwrap().unwrap();
}

#[resilient(bulkhead("blocking-full", max = 1, queue = 1, wait = "2ms"))]
fn waits_for_a_place(inner: bool) -> io::Result<()> {
    if inner { Ok(()) } else { waits_for_a_place(true) }
}

#[test]
fn a_wait_for_a_place_ends_with_its_time() {
    assert_eq!(rejected(&waits_for_a_place(false).unwrap_err()), Some(RejectedKind::BulkheadFull));
}

#[resilient(rate_limit("blocking-rate", rate = "1/2ms", burst = 1, wait = "1s"))]
fn metered() -> io::Result<()> {
    Ok(())
}

#[test]
fn a_turn_at_the_rate_limit_is_waited_for() {
    for _ in 0..3 {
        metered().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn and_it_comes_where_the_clock_is_paused() {
    #[resilient(rate_limit("blocking-paused", rate = "1/2ms", burst = 1, wait = "1s"))]
    fn metered() -> io::Result<()> {
        Ok(())
    }
    for _ in 0..3 {
        metered().unwrap();
    }
}

#[resilient(throttle("blocking-throttle", k = 1.0))]
fn throttled() -> io::Result<()> {
    Err(reset())
}

#[test]
fn the_throttle_sheds_calls() {
    let shed = (0..200).filter(|_| rejected(&throttled().unwrap_err()) == Some(RejectedKind::Throttled));
    assert!(shed.count() > 100);
}

#[resilient(retry = "fixed", base = "1us", max = 3, budget("blocking-budget", ratio = "10%", floor = 1))]
fn budgeted(runs: &AtomicU32) -> io::Result<()> {
    runs.fetch_add(1, Ordering::Relaxed);
    Err(reset())
}

#[test]
fn the_budget_ends_the_retries() {
    let runs = AtomicU32::new(0);
    budgeted(&runs).unwrap_err();
    assert_eq!(runs.into_inner(), 2);
}

#[resilient(retry = "fixed", base = "1us", max = 2, fallback = |id| Ok(id * 2))]
fn answered(id: u32) -> io::Result<u32> {
    Err(io::Error::other(format!("{id} is not there")))
}

#[test]
fn the_fallback_answers() {
    assert_eq!(answered(4).unwrap(), 8);
}

#[resilient(retry = "fixed", base = "1us", max = 2, chaos(error = reset(), error_rate = 1.0, release = true))]
fn sabotaged(runs: &AtomicU32) -> io::Result<()> {
    runs.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

#[test]
fn an_injected_error_is_one_of_its_own() {
    let runs = AtomicU32::new(0);
    assert_eq!(sabotaged(&runs).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(runs.into_inner(), 0);
}

#[resilient(chaos(latency = "2ms", latency_rate = 1.0, release = true))]
fn slowed() -> io::Result<()> {
    Ok(())
}

#[test]
fn an_injected_latency_blocks_the_thread() {
    let before = clock();
    slowed().unwrap();
    assert!(before.elapsed() >= Duration::from_millis(2));
}

#[test]
fn its_spans_are_those_of_an_async_function() {
    let recorder = Recorder::new();
    let runs = AtomicU32::new(0);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(recorder.layer()), || {
        third_time_lucky(&runs, "a".to_owned()).unwrap();
    });
    let calls = recorder.calls();
    assert_eq!(calls[0].outcomes(), ["retryable_error", "retryable_error", "success"]);
    assert_eq!((calls[0].waits.len(), calls[0].outcome.as_str()), (2, "success"));
}

#[resilient(deadline = "5s", retry = "none")]
async fn around(runs: &AtomicU32) -> io::Result<Option<Duration>> {
    third_time_lucky(runs, "a".to_owned())?;
    inherits()
}

#[resilient(retry = "none")]
fn inherits() -> io::Result<Option<Duration>> {
    Ok(current().remaining())
}

#[tokio::test(start_paused = true)]
async fn inside_of_a_runtime_it_blocks_the_thread_and_inherits_the_deadline() {
    let runs = AtomicU32::new(0);
    assert_eq!(around(&runs).await.unwrap(), Some(Duration::from_secs(5)));
    assert_eq!(runs.into_inner(), 3);
}

#[test]
fn fallbacks_stand_behind_each_other_and_are_given_the_error() {
    #[resilient(retry("fixed", max = 2, base = "1ms"), fallback(higher, |_, error: u32| if error == 3 { Err(4) } else { Ok(error) }, Ok(base + 5)))]
    fn load(base: u32) -> Result<u32, u32> {
        Err(base)
    }
    fn higher(_base: u32, error: u32) -> Result<u32, u32> {
        Err(error + 1)
    }
    assert_eq!(load(2), Ok(7));
    assert_eq!(load(7), Ok(8));
}

#[test]
fn a_body_does_not_know_where_its_function_was_called() {
    #[resilient(retry = "fixed")]
    #[track_caller]
    fn tracked() -> io::Result<u32> {
        Ok(Location::caller().line())
    }
    assert_eq!(tracked().unwrap(), line!() - 2);
}
