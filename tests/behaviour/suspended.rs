//! First attempts that are admitted at once and have to wait: what they hold is kept beside their bodies, from poll to poll,
//! and told when they end, however they do. Nobody traces these calls.

use resilience_runtime::{Breaker, BreakerConfig, Bulkhead, BulkheadConfig, Window, current, resilient};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, Failure, Script, ms, panic_of, poll_at_most, secs, started, timed};
use tokio::task::yield_now;

/// Never opens, and has all calls in its window.
const COUNTS: BreakerConfig =
    BreakerConfig::new().window(Window::Calls(1_000)).failure_rate(1.0).min_calls(1_000);

/// Something with a state of its own, which its methods borrow while they wait.
struct Client<'s> {
    script: &'s Script,
    frames: Vec<(u32, u32)>,
}

static DB: Breaker = Breaker::new("suspended", COUNTS);
static PLACES: Bulkhead = Bulkhead::new("suspended", BulkheadConfig::new(1));

impl Client<'_> {
    /// Waits three times in each attempt.
    #[resilient(
        retry = "fixed", max = 2, base = "100ms", breaker = DB, rate_limit = "1000/s", bulkhead = PLACES,
        timeout = "1s",
    )]
    async fn load(&mut self) -> Answer {
        yield_now().await;
        self.look();
        let answer = self.script.run().await?;
        yield_now().await;
        self.look();
        Ok(answer)
    }

    fn look(&mut self) {
        self.frames.push((current().depth(), current().attempt()));
    }
}

fn client(script: &Script) -> Client<'_> {
    Client { script, frames: Vec::new() }
}

/// Calls and failures in the window, and calls that are under way.
fn told() -> (u64, u64, u32) {
    let snapshot = DB.snapshot();
    (snapshot.calls, snapshot.failures, PLACES.in_flight())
}

/// One test: the breaker and the bulkhead have to be static, and are told of one thing after the other.
#[tokio::test(start_paused = true)]
async fn what_it_holds_is_told_however_it_ends() {
    let script = Script::new("S").taking(ms(10));
    let mut succeeds = client(&script);
    assert_eq!(succeeds.load().await, Ok(1));
    assert_eq!(succeeds.frames, [(1, 1), (1, 1)]);
    assert_eq!(told(), (1, 0, 0));

    // Between two polls it is nobody's call, and its place is taken.
    let (hang, script) = (Script::new("P"), Script::new("S"));
    let mut waits = client(&hang);
    let waiting = started(waits.load());
    assert_eq!((current().depth(), told()), (0, (1, 0, 1)));
    let refused = client(&script).load().await;
    assert!(
        matches!(refused, Err(Failure::Rejected(rejected)) if rejected.name() == "suspended"),
        "{refused:?}"
    );
    drop(waiting);
    assert_eq!(told(), (1, 0, 0));

    let mut dropped = 0;
    loop {
        let script = Script::new("S").taking(ms(10));
        if poll_at_most(dropped, client(&script).load()).await.is_some() {
            break;
        }
        assert_eq!((current().depth(), told()), (0, (1, 0, 0)), "after {dropped} polls");
        dropped += 1;
    }
    assert_eq!((dropped, told()), (4, (2, 0, 0)));

    let script = Script::new("!").taking(ms(10));
    assert_eq!(panic_of(client(&script).load()).await, "execution 1 panics");
    assert_eq!((current().depth(), told()), (0, (3, 1, 0)));

    let script = Script::new("FS").taking(ms(10));
    let mut fails = client(&script);
    assert_eq!(timed(fails.load()).await, (Ok(2), ms(120)));
    assert_eq!(fails.frames, [(1, 1), (1, 2), (1, 2)]);
    assert_eq!(told(), (5, 2, 0));

    let script = Script::new("PF");
    assert_eq!(timed(client(&script).load()).await, (Err(Transient(2)), secs(1) + ms(100)));
    assert_eq!(told(), (7, 4, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_may_go_on_in_another_thread() {
    static PLACES: Bulkhead = Bulkhead::new("suspended_threads", BulkheadConfig::new(64));
    #[resilient(breaker("suspended_threads", window = 100), bulkhead = PLACES, timeout = "1m")]
    async fn load<T: Send>(value: T) -> Result<(T, u32), Failure> {
        for _ in 0..20 {
            yield_now().await;
        }
        Ok((value, current().depth()))
    }
    let calls = (0..64).map(|number| tokio::spawn(load(number))).collect::<Vec<_>>();
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), Ok((number, 1)));
    }
    assert_eq!(PLACES.in_flight(), 0);
}
