//! The spans and events of limits: a span for each wait, and an event, once, for each refusal.

use resilience_runtime::{RejectedKind, Throttle, resilient, testing};
use resilience_tests::watch::{Watch, watch, watch_at};
use resilience_tests::{Answer, Script, drop_after, ms, play, refusal, started};
use tracing::level_filters::LevelFilter;

/// Each wait for a limit: its name, kind, outcome and status.
fn waits(watch: &Watch) -> Vec<[String; 4]> {
    let fields = ["otel.name", "reliability.queue.kind", "reliability.queue.outcome", "otel.status_code"];
    let told =
        |span: &resilience_tests::watch::Span| fields.map(|name| span.get(name).unwrap_or("").to_owned());
    watch.named("acquire").iter().map(told).collect()
}

/// Each event, but for its prefix, with the fields named.
fn told(watch: &Watch, fields: &[&str]) -> Vec<String> {
    let tell = |event: &resilience_tests::watch::Event| {
        let name = event.name.strip_prefix("reliability.").unwrap_or(event.name);
        let values = fields.iter().filter_map(|field| event.get(&format!("reliability.{field}")));
        let values: Vec<_> = values.collect();
        format!("{} {name} {}", event.level, values.join(" "))
    };
    watch.events().iter().map(tell).collect()
}

#[resilient(rate_limit("spans_rate", rate = "1/s", wait = "5s"), name = "paced")]
async fn paced(script: &Script) -> Answer {
    script.run().await
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_rate_limit_is_a_span_below_its_call() {
    #[resilient(rate_limit("wait_span", rate = "1/s", wait = "5s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let watch = watch();
    let script = Script::new("S");
    assert_eq!(play(2, async || load(&script).await).await, "SS");
    assert_eq!(watch.tree(), "call\n  attempt\ncall\n  acquire\n  attempt\n");
    assert_eq!(waits(&watch), [["acquire wait_span", "rate_limit", "admitted", ""]]);
    assert_eq!(watch.span("acquire").level, tracing::Level::DEBUG);
    assert!(watch.spans().iter().all(|span| span.closed && span.entered == 0));
    assert_eq!(told(&watch, &[]), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_in_a_queue_says_how_it_ended() {
    #[resilient(bulkhead("queue_span", max = 1, queue = 5, wait = "1s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let watch = watch();
    let slow = Script::new("S").taking(ms(500));
    let (first, second) = tokio::join!(load(&slow), load(&slow));
    assert_eq!((first, second), (Ok(1), Ok(2)));
    let hang = Script::new("P");
    let _running = started(load(&hang));
    drop_after(ms(100), load(&hang)).await;
    refusal(load(&hang).await);
    assert_eq!(
        waits(&watch),
        [
            ["acquire queue_span", "bulkhead", "admitted", ""],
            ["acquire queue_span", "bulkhead", "cancelled", ""],
            ["acquire queue_span", "bulkhead", "rejected", "ERROR"],
        ]
    );
    assert_eq!(watch.named("attempt").len(), 3);
    assert_eq!(told(&watch, &["bulkhead.name", "bulkhead.waited"]), ["DEBUG bulkhead.rejected queue_span 1"]);
    let outcomes: Vec<_> = watch
        .named("call")
        .iter()
        .filter_map(|call| Some(call.get("reliability.outcome")?.to_owned()))
        .collect();
    assert_eq!(outcomes, ["success", "success", "cancelled", "rejected"]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_left_says_so() {
    let watch = watch();
    let script = Script::new("S");
    assert_eq!(paced(&script).await, Ok(1));
    drop_after(ms(100), paced(&script)).await;
    assert_eq!(waits(&watch), [["acquire spans_rate", "rate_limit", "cancelled", ""]]);
    assert_eq!(watch.named("attempt").len(), 1);
    assert!(watch.spans().iter().all(|span| span.closed));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_once_and_has_no_attempt() {
    #[resilient(rate_limit("told_rate", rate = "1/2s"))]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead("told_bulkhead", max = 1))]
    async fn full(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(throttle("told_throttle"))]
    async fn shed(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 3, budget("told_budget", floor = 1))]
    async fn spent(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    _ = limited(&Script::new("S")).await;
    let _running = started(full(&hang));
    testing::seed(3);
    _ = shed(&Script::new("S")).await;
    let throttle = Throttle::named("told_throttle").unwrap();
    for _ in 0..10_000 {
        drop(throttle.try_admit());
    }
    let fields = [
        "rate_limit.name",
        "retry_after",
        "bulkhead.name",
        "bulkhead.waited",
        "throttle.name",
        "retry.budget.name",
        "retry.stop_reason",
    ];
    let one = watch();
    assert_eq!(refusal(limited(&hang).await).kind(), RejectedKind::RateLimited);
    assert_eq!(told(&one, &fields), ["DEBUG rate_limit.rejected told_rate 2"]);
    assert_eq!(one.tree(), "call\n");
    assert_eq!(one.span("call").get("error.type"), Some("rate_limited"));
    assert_eq!(one.events()[0].parent, Some(0));
    drop(one);
    let one = watch();
    refusal(full(&hang).await);
    assert_eq!(told(&one, &fields), ["DEBUG bulkhead.rejected told_bulkhead 0"]);
    assert_eq!((one.tree().as_str(), one.events()[0].parent), ("call\n", Some(0)));
    assert_eq!(one.span("call").get("error.type"), Some("bulkhead_full"));
    drop(one);
    let one = watch();
    refusal(shed(&hang).await);
    assert_eq!(told(&one, &fields), ["DEBUG throttle.rejected told_throttle"]);
    assert_eq!((one.tree().as_str(), one.events()[0].parent), ("call\n", Some(0)));
    assert_eq!(one.span("call").get("error.type"), Some("throttled"));
    drop(one);
    let one = watch();
    spent(&Script::new("F")).await.unwrap_err();
    assert_eq!(
        told(&one, &fields),
        ["DEBUG retry.scheduled ", "WARN retry.budget_exhausted told_budget", "WARN retry.exhausted budget",]
    );
    assert!(one.events().iter().all(|event| event.parent == Some(0)));
}

#[tokio::test(start_paused = true)]
async fn waits_are_told_at_the_level_of_debug_alone() {
    #[resilient(bulkhead("info_only", max = 1, queue = 1, wait = "1s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let watch = watch_at(LevelFilter::INFO);
    let script = Script::new("S").taking(ms(10));
    assert_eq!(tokio::join!(load(&script), load(&script)), (Ok(1), Ok(2)));
    let hang = Script::new("P");
    let _running = started(load(&hang));
    refusal(load(&hang).await);
    assert_eq!(watch.tree(), "call\n  attempt\ncall\n  attempt\ncall\n  attempt\ncall\n");
    assert!(watch.events().is_empty());
}
