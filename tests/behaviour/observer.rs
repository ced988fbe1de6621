//! Observers: what they are told of a call, and that they cannot harm it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use resilience_runtime::{Breaker, BreakerConfig, Event, StopReason, observe_named, resilient};
use resilience_tests::watch::watch;
use resilience_tests::{Answer, Script, ms};

#[tokio::test(start_paused = true)]
async fn is_told_of_what_happens_to_a_call_in_order() {
    #[resilient(retry = "fixed", max = 3, base = "10ms", fallback = instead, name = "observed_call")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn instead(script: &Script) -> Answer {
        tokio::task::yield_now().await;
        Ok(100 + script.executions())
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&heard);
    let observing =
        observe_named("observed_call", move |event: &Event| writer.lock().unwrap().push(event.clone()));
    assert_eq!(load(&Script::new("FFF")).await, Ok(103));
    drop(observing);
    assert_eq!(load(&Script::new("FS")).await, Ok(2));

    let heard = heard.lock().unwrap();
    let [first, second, exhausted, fallback] = heard.as_slice() else { panic!("{heard:?}") };
    assert!(matches!(first, Event::RetryScheduled { attempt: 1, delay, .. } if *delay == ms(10)));
    assert!(matches!(second, Event::RetryScheduled { attempt: 2, .. }));
    assert!(matches!(exhausted, Event::RetryExhausted { attempts: 3, reason: StopReason::Exhausted, .. }));
    assert!(matches!(fallback, Event::FallbackUsed { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_panicking_one_is_reported_once_and_the_call_goes_on() {
    #[resilient(retry = "fixed", max = 4, base = "10ms", name = "panicking_observer")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let _observing = observe_named("panicking_observer", |_: &Event| panic!("in the observer"));
    let watch = watch();
    assert_eq!(load(&Script::new("FFFS")).await, Ok(4));
    let reports = watch.events().into_iter().filter(|event| event.name.starts_with("event "));
    assert_eq!(reports.count(), 1);
}

// E9
#[tokio::test(start_paused = true)]
async fn may_use_the_breaker_of_the_call_it_is_told_of() {
    static DB: Breaker = Breaker::new("observed_breaker", BreakerConfig::new().consecutive(1));
    static TOLD: AtomicU32 = AtomicU32::new(0);
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let _observing = observe_named("observed_breaker", |event: &Event| {
        if let Event::BreakerTransition { .. } = event {
            TOLD.fetch_add(1, Ordering::Relaxed);
            // A remedy: whatever was wrong with it is set right.
            DB.reset();
        }
    });
    load(&Script::new("F")).await.unwrap_err();
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    assert_eq!(TOLD.load(Ordering::Relaxed), 2);
}

#[test]
fn is_told_of_refusals_whether_or_not_they_are_traced() {
    static DB: Breaker = Breaker::new("observed_refusals", BreakerConfig::new());
    static TOLD: AtomicU32 = AtomicU32::new(0);
    DB.isolate();
    DB.try_acquire().unwrap_err();
    let observing = observe_named("observed_refusals", |event: &Event| {
        if let Event::BreakerRejected { retry_after: None, .. } = event {
            TOLD.fetch_add(1, Ordering::Relaxed);
        }
    });
    DB.try_acquire().unwrap_err();
    let watch = watch();
    DB.try_acquire().unwrap_err();
    drop(observing);
    DB.try_acquire().unwrap_err();
    assert_eq!(TOLD.load(Ordering::Relaxed), 2);
    assert_eq!(watch.events().len(), 2);
}
