//! The events of a call: each once, inside the call it belongs to, at its level, without a message.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resilience_runtime::{Breaker, BreakerConfig, Error, State, current, resilient, testing};
use resilience_tests::poll_once;
use resilience_tests::watch::{Event, Watch, watch, watch_at};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};

const MS: Duration = Duration::from_millis(1);

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// The runtime's own events, each as its level, its name and the fields asked for.
fn told(watch: &Watch, fields: &[&str]) -> Vec<String> {
    let tell = |event: &Event| {
        let name = event.name.strip_prefix("reliability.").unwrap_or(event.name);
        let fields = fields.iter().filter_map(|field| {
            let value = event.get(&format!("reliability.{field}")).or_else(|| event.get(field))?;
            Some(format!(" {field}={value}"))
        });
        format!("{} {name}{}", event.level, fields.collect::<String>())
    };
    watch.events().iter().filter(|event| event.target == "reliability").map(tell).collect()
}

/// Every event stands in the one call there is.
#[track_caller]
fn assert_in_the_call(watch: &Watch) {
    let spans = watch.spans();
    for event in watch.events() {
        let parent = event.parent.map(|place| spans[place].name);
        assert_eq!(parent, Some("call"), "{}", event.name);
        assert_eq!(event.get("message"), None, "{}", event.name);
    }
}

#[resilient(retry = "fixed", base = "100ms", max = 3, name = "load")]
async fn load(succeeds_at: u32) -> io::Result<()> {
    if current().attempt() < succeeds_at { Err(reset()) } else { Ok(()) }
}

#[tokio::test(start_paused = true)]
async fn each_retry_is_told_when_it_is_scheduled() {
    let watch = watch();
    load(3).await.unwrap();
    let fields = ["operation.name", "attempt.number", "retry.delay", "retry.delay_source", "error.type"];
    assert_eq!(
        told(&watch, &fields),
        [
            "DEBUG retry.scheduled operation.name=load attempt.number=1 retry.delay=0.1 \
             retry.delay_source=policy error.type=io::ConnectionReset",
            "DEBUG retry.scheduled operation.name=load attempt.number=2 retry.delay=0.1 \
             retry.delay_source=policy error.type=io::ConnectionReset",
        ]
    );
    assert_in_the_call(&watch);
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_told_before_its_wait() {
    let watch = watch();
    let mut call = Box::pin(load(2));
    assert!(poll_once(&mut call).is_pending());
    assert_eq!(told(&watch, &[]), ["DEBUG retry.scheduled"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_gives_up_tells_it_once() {
    let watch = watch();
    load(9).await.unwrap_err();
    assert_eq!(
        told(&watch, &["attempt.count", "retry.stop_reason"])[2..],
        ["WARN retry.exhausted attempt.count=3 retry.stop_reason=exhausted"]
    );
    assert_in_the_call(&watch);
}

#[resilient(retry = "fixed", max = 3, when = |_| false)]
async fn permanent() -> io::Result<()> {
    Err(reset())
}

#[resilient(deadline = "1s", name = "hang")]
async fn hang_without_retry() -> Result<(), Error<io::Error>> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn what_was_not_to_be_retried_exhausts_nothing() {
    let watch = watch();
    permanent().await.unwrap_err();
    assert_eq!(told(&watch, &[]), [""; 0]);
    hang_without_retry().await.unwrap_err();
    assert_eq!(
        told(&watch, &["operation.name", "timeout.scope", "timeout.limit"]),
        ["WARN timeout operation.name=hang timeout.scope=call timeout.limit=1"]
    );
}

#[resilient(retry = "fixed", base = "100ms", max = "deadline", timeout = "1s", deadline = "1500ms")]
async fn hang() -> Result<(), Error<io::Error>> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn each_limit_that_runs_out_is_told() {
    let watch = watch();
    hang().await.unwrap_err();
    assert_eq!(
        told(&watch, &["timeout.scope", "timeout.limit", "retry.stop_reason"]),
        [
            "WARN timeout timeout.scope=attempt timeout.limit=1",
            "DEBUG retry.scheduled",
            "WARN timeout timeout.scope=call timeout.limit=1.5",
            "WARN retry.exhausted retry.stop_reason=deadline",
        ]
    );
    assert_in_the_call(&watch);
}

#[resilient(deadline = "50ms", name = "around")]
async fn around() -> Result<(), Error<io::Error>> {
    within().await
}

#[resilient(timeout = "1s", name = "within")]
async fn within() -> Result<(), Error<io::Error>> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_was_inherited_has_no_limit_of_its_own() {
    let watch = watch();
    around().await.unwrap_err();
    let fields = ["operation.name", "timeout.scope", "timeout.limit"];
    assert_eq!(
        told(&watch, &fields),
        ["WARN timeout operation.name=within timeout.scope=call"],
        "the call around it answers with the error of the call within"
    );
}

#[tokio::test(start_paused = true)]
async fn a_breakers_life_is_told_where_it_happens() {
    const SETTINGS: BreakerConfig =
        BreakerConfig::new().consecutive(2).open_for(Duration::from_millis(250)).probes(1).successes(1);
    static BREAKER: Breaker = Breaker::new("events_life", SETTINGS);

    #[resilient(breaker = BREAKER)]
    async fn guarded(works: bool) -> io::Result<()> {
        if works { Ok(()) } else { Err(reset()) }
    }

    let watch = watch();
    guarded(false).await.unwrap_err();
    assert_eq!(told(&watch, &[]), [""; 0]);
    guarded(false).await.unwrap_err();
    guarded(true).await.unwrap_err();
    tokio::time::advance(250 * MS).await;
    guarded(true).await.unwrap();
    let [name, from, to, reason, after] =
        ["name", "previous_state", "state", "reason", "retry_after"].map(|field| match field {
            "retry_after" => field.to_owned(),
            field => format!("circuit_breaker.{field}"),
        });
    assert_eq!(
        told(&watch, &[&name, &from, &to, &reason, &after])
            .iter()
            .map(|line| line.replace("circuit_breaker.", "").replace("name=events_life ", ""))
            .collect::<Vec<_>>(),
        [
            "WARN transition previous_state=closed state=open reason=consecutive_failures",
            "DEBUG rejected retry_after=0.25",
            "INFO transition previous_state=open state=half_open reason=open_period_elapsed",
            "INFO transition previous_state=half_open state=closed reason=probes_succeeded",
        ]
    );
    let calls: Vec<_> = watch.events().iter().map(|event| event.parent.unwrap()).collect();
    let names: Vec<_> = calls.iter().map(|place| watch.spans()[*place].name).collect();
    assert_eq!(names, ["call"; 4]);
    assert!(calls[0] < calls[1] && calls[1] < calls[2] && calls[2] == calls[3]);
}

#[test]
fn an_operators_command_is_told_outside_of_any_call() {
    static BREAKER: Breaker = Breaker::new("events_manual", BreakerConfig::new());
    let watch = watch();
    BREAKER.trip();
    BREAKER.trip();
    BREAKER.reset();
    BREAKER.isolate();
    BREAKER.try_acquire().unwrap_err();
    let names: Vec<_> = told(&watch, &["retry_after"]);
    assert_eq!(
        names,
        [
            "WARN circuit_breaker.transition",
            "INFO circuit_breaker.transition",
            "WARN circuit_breaker.transition",
            "DEBUG circuit_breaker.rejected",
        ],
        "no time ends the refusals of an isolated breaker"
    );
    assert!(watch.events().iter().all(|event| event.parent.is_none()));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_only_observes_tells_when_it_would_have_opened() {
    static BREAKER: Breaker = Breaker::new("events_observing", BreakerConfig::new().consecutive(2));

    #[resilient(retry = "fixed", base = "1ms", max = 5, breaker = BREAKER)]
    async fn guarded() -> io::Result<()> {
        Err(reset())
    }

    BREAKER.observe_only();
    let watch = watch_at(LevelFilter::INFO);
    guarded().await.unwrap_err();
    assert_eq!(told(&watch, &[]), ["WARN circuit_breaker.threshold_exceeded", "WARN retry.exhausted"]);
    assert_in_the_call(&watch);
}

#[resilient(retry = "fixed", base = "1ms", max = 2, fallback = rescue, level = "trace")]
async fn saved() -> io::Result<()> {
    Err(reset())
}

async fn rescue() -> io::Result<()> {
    tracing::info!("to the rescue");
    tokio::task::yield_now().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fallback_is_told_before_it_runs() {
    let watch = watch();
    saved().await.unwrap();
    assert_eq!(
        told(&watch, &["fallback.reason"])[1..],
        ["WARN retry.exhausted", "WARN fallback.used fallback.reason=io::ConnectionReset"]
    );
    let (spans, events) = (watch.spans(), watch.events());
    let [.., used, rescue] = &events[..] else { panic!("{events:?}") };
    assert_eq!(spans[used.parent.unwrap()].name, "call");
    assert_eq!(spans[rescue.parent.unwrap()].name, "fallback");
}

#[tokio::test(start_paused = true)]
async fn events_have_levels_of_their_own() {
    let watch = watch_at(LevelFilter::WARN);
    let request = tracing::error_span!("request");
    tracing::Instrument::instrument(saved(), request).await.unwrap();
    assert_eq!(told(&watch, &[]), ["WARN retry.exhausted", "WARN fallback.used"]);
    assert_eq!(watch.tree(), "request\n", "the call's level is filtered out");
    assert!(watch.events().iter().all(|event| event.parent == Some(0)));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_as_an_error() {
    // An event of that level marks the span it is in as failed, and the call may still recover.
    let watch = watch();
    load(9).await.unwrap_err();
    hang().await.unwrap_err();
    saved().await.unwrap();
    assert!(watch.events().iter().all(|event| event.level > Level::ERROR));
}

/// Counts what it is told, wants nothing of the runtime, and may panic at one of its calls.
#[derive(Clone, Default)]
struct Mock {
    told: Arc<AtomicUsize>,
    is_wanted: bool,
    panics_at: usize,
}

impl Mock {
    fn tell(&self) {
        let number = self.told.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(number != self.panics_at, "the subscriber panics");
    }
}

impl Subscriber for Mock {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        self.is_wanted
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.tell();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        self.tell();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {
        self.tell();
    }

    fn event(&self, _: &tracing::Event<'_>) {
        self.tell();
    }

    fn enter(&self, _: &Id) {
        self.tell();
    }

    fn exit(&self, _: &Id) {
        self.tell();
    }
}

// P8
#[tokio::test(start_paused = true)]
async fn a_subscriber_that_wants_nothing_is_told_nothing() {
    drop(testing::record());
    let mock = Mock::default();
    let guard = tracing::subscriber::set_default(mock.clone());
    load(9).await.unwrap_err();
    hang().await.unwrap_err();
    saved().await.unwrap();
    drop(guard);
    assert_eq!(mock.told.load(Ordering::Relaxed), 0);
}

static PROBED: Breaker =
    Breaker::new("events_panicking", BreakerConfig::new().consecutive(1).probes(1).successes(1));

#[resilient(breaker = PROBED)]
async fn probed(works: bool) -> io::Result<()> {
    if works { Ok(()) } else { Err(reset()) }
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_panics_keeps_no_permit() {
    drop(testing::record());
    for works in [true, false] {
        for panics_at in 1.. {
            PROBED.open_for(Duration::ZERO);
            let mock = Mock { is_wanted: true, panics_at, ..Mock::default() };
            let guard = tracing::subscriber::set_default(mock.clone());
            let mut call = Box::pin(probed(works));
            let polled = catch_unwind(AssertUnwindSafe(|| poll_once(&mut call)));
            drop(catch_unwind(AssertUnwindSafe(|| drop(call))));
            drop(guard);
            if PROBED.state() == State::HalfOpen {
                PROBED.try_acquire().expect("the probe gave its place back").ignore();
            }
            if mock.told.load(Ordering::Relaxed) < panics_at {
                assert!(polled.unwrap().is_ready());
                assert!(panics_at > 10, "it was told more than {panics_at}");
                break;
            }
        }
    }
}
