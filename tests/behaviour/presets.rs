//! Presets: each part of each built-in one, and functions of every shape. What overrides them is in `preset_overrides`.

use std::time::Duration;

use resilience_runtime::catalog::{Entry, Origin, Policy, SettingValue};
use resilience_runtime::{Backoff, Preset, RejectedKind, catalog, resilient, testing};
use resilience_tests::{Answer, Script, ms, pass, play, refusal, secs, timed};
use tokio::task::JoinSet;

const MINE: Preset = Preset::new().retry(Backoff::exp_jitter(ms(5)), 3);

/// The operations of this test, without and with a number of attempts, for what is repeated for each preset.
macro_rules! operations {
    ($($name:ident: $preset:literal,)*) => {$(
        mod $name {
            use super::{Answer, Script, resilient};

            #[resilient(preset = $preset)]
            pub(super) async fn load(script: &Script) -> Answer {
                script.run().await
            }

            #[resilient(preset = $preset, retry = "none")]
            pub(super) async fn once(script: &Script) -> Answer {
                script.run().await
            }

            #[resilient(preset = $preset, retry = "none", breaker = "none")]
            pub(super) async fn limited(script: &Script) -> Answer {
                script.run().await
            }

            #[resilient(preset = $preset, retry = "none", timeout = "none")]
            pub(super) async fn breaks(script: &Script) -> Answer {
                script.run().await
            }
        }
    )*};
}

operations! {
    critical: "critical",
    standard: "standard",
    batch: "batch",
}

/// The entry of a function of this module.
fn entry(function: &str) -> Entry {
    let path = format!("behaviour::presets::{function}");
    catalog().find(&path).cloned().unwrap_or_else(|| panic!("{path} is annotated"))
}

/// The settings of a policy as a user writes them.
pub(crate) fn settings(policy: Option<Policy>) -> String {
    let Some(policy) = policy else { return "none".to_owned() };
    policy.settings.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The table in the documentation.
#[test]
fn the_built_in_ones_are_what_the_table_says() {
    let backoff = Backoff::exp_jitter(ms(100)).cap(secs(10)).factor(2.0);
    let table = [
        (
            "critical",
            4,
            "failures 3, window 30s",
            30,
            "rate 1000/s, burst 1000, algorithm token_bucket, wait 1s",
            "none",
        ),
        (
            "standard",
            3,
            "failures 5, window 30s",
            10,
            "rate 500/s, burst 500, algorithm token_bucket, wait 1s",
            "ratio 20%, floor 3, window 10s",
        ),
        (
            "batch",
            6,
            "failures 10, window 60s",
            60,
            "rate 100/s, burst 100, algorithm token_bucket, wait 10s",
            "none",
        ),
    ];
    for (preset, max, rule, timeout, limit, budget) in table {
        let entry = entry(&format!("{preset}::load"));
        let retry = entry.retry.expect("a retry");
        assert_eq!((retry.max, retry.backoff), (Some(max), Some(backoff)), "{preset}");
        let rest = "open_for 30s, probes 5, successes 3, probe_timeout 30s";
        assert_eq!(settings(entry.breaker.clone()), format!("{rule}, {rest}"));
        assert_eq!(settings(entry.rate_limit.clone()), format!("{limit}, max_keys 10000, lease 1"));
        assert_eq!(settings(entry.budget.clone()), budget);
        assert_eq!((entry.timeout, entry.deadline), (Some(secs(timeout)), None));
        assert_eq!((entry.throttle.clone(), entry.bulkhead.clone(), entry.fallback), (None, None, false));
        assert!(entry.policies().all(|policy| policy.origin == Origin::Own));
    }
}

#[test]
fn an_attribute_that_says_nothing_is_the_standard_one() {
    #[resilient]
    async fn bare(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient()]
    async fn empty(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    drop((bare(&script), empty(&script)));
    let standard = entry("standard::load");
    for function in ["bare", "empty"] {
        let entry = entry(&format!("an_attribute_that_says_nothing_is_the_standard_one::{function}"));
        assert_eq!((entry.retry, entry.timeout), (standard.retry, standard.timeout));
        assert_eq!(settings(entry.breaker), settings(standard.breaker.clone()));
        assert_eq!(settings(entry.rate_limit), settings(standard.rate_limit.clone()));
        assert_eq!(settings(entry.budget), settings(standard.budget.clone()));
    }
}

#[tokio::test(start_paused = true)]
async fn they_try_as_often_as_they_say() {
    #[resilient(preset = "critical", breaker = "none")]
    async fn without_a_breaker(script: &Script) -> Answer {
        script.run().await
    }
    // Each in the way of its breaker, which opens only after the last attempt of the first call.
    let (critical, standard, batch) = (Script::new("FFS"), Script::new("FFF"), Script::new("FFFFFF"));
    assert_eq!(critical::load(&critical).await, Ok(3));
    assert!(standard::load(&standard).await.is_err());
    assert!(batch::load(&batch).await.is_err());
    assert_eq!((standard.executions(), batch.executions()), (3, 6));

    let script = Script::new("F");
    assert!(without_a_breaker(&script).await.is_err());
    assert_eq!(script.executions(), 4);
}

#[tokio::test(start_paused = true)]
async fn breakers_open_at_the_number_of_failures() {
    let script = Script::new("F");
    assert_eq!(play(4, async || critical::breaks(&script).await).await, "FFFR");
    assert_eq!(play(6, async || standard::breaks(&script).await).await, "FFFFFR");
    assert_eq!(play(11, async || batch::breaks(&script).await).await, "FFFFFFFFFFR");
}

#[tokio::test(start_paused = true)]
async fn failures_of_more_than_half_a_minute_are_forgotten() {
    #[resilient(preset = "critical", retry = "none", breaker = "presets_forget")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    for _ in 0..5 {
        assert_eq!(play(2, async || load(&script).await).await, "FF");
        pass(secs(30)).await;
    }
    assert_eq!(play(4, async || load(&script).await).await, "FFFR");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_limited() {
    for (expected, limit) in [("critical", 30), ("standard", 10), ("batch", 60)] {
        let script = Script::new("P");
        let (answer, time) = match expected {
            "critical" => timed(critical::once(&script)).await,
            "standard" => timed(standard::once(&script)).await,
            _ => timed(batch::once(&script)).await,
        };
        assert_eq!((refusal(answer).kind(), time), (RejectedKind::Timeout, secs(limit)), "{expected}");
    }
}

/// How long the last of so many calls at once takes, and how many are refused.
async fn storm<F>(calls: u32, call: impl Fn() -> F) -> (Duration, usize)
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        tasks.spawn(call());
    }
    let (answers, time) = timed(tasks.join_all()).await;
    (time, answers.iter().filter(|answer| answer.is_err()).count())
}

#[tokio::test(start_paused = true)]
async fn calls_over_the_rate_wait_but_not_for_long() {
    static OK: Script = Script::new("S");
    // The burst goes at once, as many again wait in line, and the rest is refused.
    assert_eq!(storm(1_000, || critical::limited(&OK)).await, (Duration::ZERO, 0));
    assert_eq!(storm(1_500, || critical::limited(&OK)).await, (secs(1), 500));
    assert_eq!(storm(500, || standard::limited(&OK)).await, (Duration::ZERO, 0));
    assert_eq!(storm(501, || standard::limited(&OK)).await, (secs(1), 1));
    assert_eq!(storm(100, || batch::limited(&OK)).await, (Duration::ZERO, 0));
    assert_eq!(storm(1_200, || batch::limited(&OK)).await, (secs(10), 200));
}

#[tokio::test(start_paused = true)]
async fn the_standard_one_has_a_budget_for_its_retries() {
    #[resilient(preset = "standard", breaker = "none")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = "standard", breaker = "none", budget = "none")]
    async fn spendthrift(script: &Script) -> Answer {
        script.run().await
    }
    let (script, other) = (Script::new("F"), Script::new("F"));
    for _ in 0..5 {
        assert!(load(&script).await.is_err());
        assert!(spendthrift(&other).await.is_err());
    }
    // Five calls and the three retries that few calls have.
    assert_eq!((script.executions(), other.executions()), (8, 15));
}

#[tokio::test(start_paused = true)]
async fn functions_share_nothing_unless_they_are_told() {
    #[resilient(preset = "critical", retry = "none")]
    async fn one(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = "critical", retry = "none", breaker = "presets_shared")]
    async fn two(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = "critical", retry = "none", breaker = "presets_shared")]
    async fn three(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(4, async || two(&script).await).await, "FFFR");
    assert_eq!(play(1, async || three(&script).await).await, "R");
    assert_eq!(play(1, async || one(&script).await).await, "F");
}

#[tokio::test(start_paused = true)]
async fn every_shape_takes_one() {
    trait Load {
        async fn load(&self, script: &'static Script) -> Answer;
    }
    #[async_trait::async_trait]
    trait Boxed {
        async fn load(&self, script: &'static Script) -> Answer;
    }
    #[derive(Clone)]
    struct Client(u32);
    #[resilient]
    impl Client {
        async fn of_the_block(&self, script: &Script) -> Answer {
            script.run().await
        }
        #[resilient(preset = MINE)]
        async fn by_value(self, script: &Script) -> Answer {
            script.run().await
        }
        #[resilient(preset = "batch")]
        async fn exclusive(&mut self, script: &Script) -> Answer {
            self.0 += 1;
            script.run().await
        }
    }
    impl Load for Client {
        #[resilient(preset = "critical")]
        async fn load(&self, script: &'static Script) -> Answer {
            script.run().await
        }
    }
    #[async_trait::async_trait]
    impl Boxed for Client {
        #[resilient(preset = MINE, max = 2)]
        async fn load(&self, script: &'static Script) -> Answer {
            script.run().await
        }
    }
    #[resilient(preset = "critical", rate_limit(key = name))]
    async fn generic<T: std::hash::Hash + Clone + Send>(name: T, script: &Script) -> Answer {
        drop(name);
        script.run().await
    }
    static ONE: Script = Script::new("FS");
    static OTHER: Script = Script::new("FS");
    let script = || Script::new("FS");
    assert_eq!(Client(0).of_the_block(&script()).await, Ok(2));
    assert_eq!(Client(0).by_value(&script()).await, Ok(2));
    let mut client = Client(0);
    assert_eq!((client.exclusive(&script()).await, client.0), (Ok(2), 2));
    assert_eq!(tokio::spawn(Load::load(&Client(0), &ONE)).await.expect("no panic"), Ok(2));
    assert_eq!(Boxed::load(&Client(0), &OTHER).await, Ok(2));
    assert_eq!(generic("a", &script()).await, Ok(2));
    assert_eq!(generic(vec![1], &script()).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn spans_name_what_it_comes_to() {
    #[resilient(preset = "standard", breaker = "presets_span", name = "presets_span")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    let policy = recording.call_of("presets_span").fields["reliability.policy.digest"].to_string();
    assert!(policy.contains("retry=exp_jitter base=100ms cap=10s max=3 budget=presets_span"), "{policy}");
    assert!(policy.contains("breaker=presets_span rate_limit=presets_span timeout=10s"), "{policy}");
}

#[test]
fn a_setting_value_reads_as_written() {
    let breaker = entry("critical::load").breaker.expect("a breaker");
    assert_eq!(breaker.setting("failures"), Some(SettingValue::Count(3)));
}
