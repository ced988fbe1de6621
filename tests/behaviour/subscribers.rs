//! Subscribers that want only a part of what is told.

use resilience_runtime::{resilient, testing};
use resilience_tests::watch::Watcher;
use resilience_tests::{Answer, Script, ms};
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

/// Switches spans of that name off, for everyone.
struct Without(&'static str);

impl<S: Subscriber> Layer<S> for Without {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.name() != self.0
    }
}

/// What is told while `call` runs, without the spans of that name.
async fn told_without(name: &'static str, call: impl Future<Output = Answer>) -> Watcher {
    // Makes `tracing` ask every thread's subscriber, whatever other tests do.
    drop(testing::record());
    let watcher = Watcher::default();
    let subscriber = tracing_subscriber::registry().with(watcher.clone()).with(Without(name));
    let _guard = tracing::subscriber::set_default(subscriber);
    let _ = call.await;
    watcher
}

#[resilient(retry = "fixed", base = "10ms", max = 2, fallback = instead)]
async fn load(script: &Script) -> Answer {
    tracing::info_span!("query").in_scope(|| ());
    script.run().await
}

async fn instead(_script: &Script) -> Answer {
    tracing::info_span!("lookup").in_scope(|| ());
    Ok(7)
}

#[tokio::test(start_paused = true)]
async fn what_a_body_opens_stands_below_its_call_where_attempts_are_switched_off() {
    let told = told_without("attempt", load(&Script::new("F"))).await;
    assert_eq!(told.tree(), "call\n  query\n  backoff\n  query\n  fallback\n    lookup\n");
    // An attempt that failed does not make its call an error.
    assert_eq!(told.spans()[0].get("otel.status_code"), None);
    assert_eq!(told.spans()[0].get("reliability.outcome"), Some("fallback"));
}

#[tokio::test(start_paused = true)]
async fn what_a_fallback_opens_stands_below_its_call_where_fallbacks_are_switched_off() {
    let told = told_without("fallback", load(&Script::new("N"))).await;
    assert_eq!(told.tree(), "call\n  attempt\n    query\n  lookup\n");
}

#[tokio::test(start_paused = true)]
async fn so_do_those_of_attempts_beside_each_other() {
    #[resilient(hedge = "10ms", idempotent)]
    async fn load(script: &Script) -> Answer {
        tracing::info_span!("query").in_scope(|| ());
        script.run().await
    }
    let told = told_without("attempt", load(&Script::new("FS").taking(ms(20)))).await;
    assert_eq!(told.tree(), "call\n  query\n  query\n");
    assert_eq!(told.spans()[0].get("otel.status_code"), None);
}
