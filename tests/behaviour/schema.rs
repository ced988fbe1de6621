//! The schema of the telemetry as a table: nothing else is emitted, and everything in it is.
//!
//! A name that changes here changes in every dashboard and alert of every user.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use resilience_runtime::{
    Breaker, BreakerConfig, Class, Classify, Rejected, Throttle, ThrottleConfig, Window, current, resilient,
    testing,
};
use resilience_tests::poll_once;
use resilience_tests::watch::{Fields, watch};

const MS: Duration = Duration::from_millis(1);

/// Text: a string, or what formats as one.
const TEXT: &str = "text";
const INT: &str = "i64";
const FLOAT: &str = "f64";
const BOOL: &str = "bool";

type Names = BTreeMap<String, BTreeMap<&'static str, &'static str>>;

/// Every span and event with its level, and the fields of each with their types.
const SCHEMA: &[(&str, &[(&str, &str)])] = &[
    (
        "span call INFO",
        &[
            ("otel.name", TEXT),
            ("otel.kind", TEXT),
            ("otel.status_code", TEXT),
            ("otel.status_description", TEXT),
            ("error.type", TEXT),
            ("code.function.name", TEXT),
            ("code.file.path", TEXT),
            ("code.line.number", INT),
            ("reliability.operation.name", TEXT),
            ("reliability.outcome", TEXT),
            ("reliability.attempt.count", INT),
            ("reliability.retry.max_attempts", INT),
            ("reliability.retry.stop_reason", TEXT),
            ("reliability.retry.total_delay", FLOAT),
            ("reliability.circuit_breaker.name", TEXT),
            ("reliability.circuit_breaker.state", TEXT),
            ("reliability.policy.digest", TEXT),
        ],
    ),
    (
        "span attempt INFO",
        &[
            ("otel.name", TEXT),
            ("otel.kind", TEXT),
            ("otel.status_code", TEXT),
            ("otel.status_description", TEXT),
            ("error.type", TEXT),
            ("reliability.operation.name", TEXT),
            ("reliability.attempt.number", INT),
            ("reliability.attempt.kind", TEXT),
            ("reliability.attempt.outcome", TEXT),
            ("reliability.retry.delay", FLOAT),
            ("reliability.chaos.fault", TEXT),
            ("reliability.chaos.latency", FLOAT),
            ("reliability.hedge.winner", BOOL),
        ],
    ),
    (
        "span backoff DEBUG",
        &[
            ("otel.name", TEXT),
            ("otel.kind", TEXT),
            ("reliability.retry.delay", FLOAT),
            ("reliability.retry.delay_source", TEXT),
        ],
    ),
    (
        "span acquire DEBUG",
        &[
            ("otel.name", TEXT),
            ("otel.kind", TEXT),
            ("otel.status_code", TEXT),
            ("reliability.queue.kind", TEXT),
            ("reliability.queue.outcome", TEXT),
        ],
    ),
    (
        "span fallback INFO",
        &[
            ("otel.name", TEXT),
            ("otel.kind", TEXT),
            ("otel.status_code", TEXT),
            ("otel.status_description", TEXT),
            ("error.type", TEXT),
            ("reliability.operation.name", TEXT),
            ("reliability.fallback.reason", TEXT),
        ],
    ),
    (
        "event reliability.retry.scheduled DEBUG",
        &[
            ("error.type", TEXT),
            ("reliability.operation.name", TEXT),
            ("reliability.attempt.number", INT),
            ("reliability.retry.delay", FLOAT),
            ("reliability.retry.delay_source", TEXT),
        ],
    ),
    (
        "event reliability.retry.exhausted WARN",
        &[
            ("reliability.operation.name", TEXT),
            ("reliability.attempt.count", INT),
            ("reliability.retry.stop_reason", TEXT),
        ],
    ),
    ("event reliability.circuit_breaker.transition WARN", TRANSITION),
    ("event reliability.circuit_breaker.transition INFO", TRANSITION),
    (
        "event reliability.circuit_breaker.threshold_exceeded WARN",
        &[
            ("reliability.circuit_breaker.name", TEXT),
            ("reliability.circuit_breaker.reason", TEXT),
            ("reliability.circuit_breaker.failure_ratio", FLOAT),
        ],
    ),
    (
        "event reliability.circuit_breaker.rejected DEBUG",
        &[("reliability.circuit_breaker.name", TEXT), ("reliability.retry_after", FLOAT)],
    ),
    (
        "event reliability.rate_limit.rejected DEBUG",
        &[("reliability.rate_limit.name", TEXT), ("reliability.retry_after", FLOAT)],
    ),
    (
        "event reliability.bulkhead.rejected DEBUG",
        &[("reliability.bulkhead.name", TEXT), ("reliability.bulkhead.waited", FLOAT)],
    ),
    (
        "event reliability.throttle.rejected DEBUG",
        &[("reliability.throttle.name", TEXT), ("reliability.throttle.probability", FLOAT)],
    ),
    ("event reliability.retry.budget_exhausted WARN", &[("reliability.retry.budget.name", TEXT)]),
    (
        "event reliability.timeout WARN",
        &[
            ("reliability.operation.name", TEXT),
            ("reliability.timeout.scope", TEXT),
            ("reliability.timeout.limit", FLOAT),
        ],
    ),
    (
        "event reliability.hedge.started DEBUG",
        &[
            ("reliability.operation.name", TEXT),
            ("reliability.attempt.number", INT),
            ("reliability.hedge.delay", FLOAT),
        ],
    ),
    (
        "event reliability.hedge.won DEBUG",
        &[("reliability.operation.name", TEXT), ("reliability.attempt.number", INT)],
    ),
    (
        "event reliability.fallback.used WARN",
        &[("reliability.operation.name", TEXT), ("reliability.fallback.reason", TEXT)],
    ),
    (
        "event reliability.chaos.injected WARN",
        &[
            ("reliability.chaos.name", TEXT),
            ("reliability.chaos.fault", TEXT),
            ("reliability.operation.name", TEXT),
        ],
    ),
];

const TRANSITION: &[(&str, &str)] = &[
    ("reliability.circuit_breaker.name", TEXT),
    ("reliability.circuit_breaker.previous_state", TEXT),
    ("reliability.circuit_breaker.state", TEXT),
    ("reliability.circuit_breaker.reason", TEXT),
    ("reliability.circuit_breaker.failure_ratio", FLOAT),
];

const STATES: &[&str] = &["closed", "half_open", "open"];

/// The fields whose values come from a closed set, with all of it.
const VALUES: &[(&str, &[&str])] = &[
    ("otel.kind", &["internal"]),
    ("otel.status_code", &["ERROR"]),
    (
        "reliability.outcome",
        &["cancelled", "error", "fallback", "panicked", "rejected", "success", "timeout"],
    ),
    (
        "reliability.attempt.outcome",
        &[
            "cancelled",
            "ignored_error",
            "panicked",
            "permanent_error",
            "retryable_error",
            "success",
            "timeout",
        ],
    ),
    ("reliability.attempt.kind", &["hedge", "original", "probe", "retry"]),
    ("reliability.retry.delay_source", &["policy", "server_hint"]),
    (
        "reliability.retry.stop_reason",
        &["breaker_open", "budget", "cancelled", "deadline", "exhausted", "permanent_error", "throttled"],
    ),
    ("reliability.queue.kind", &["bulkhead", "rate_limit"]),
    ("reliability.queue.outcome", &["admitted", "cancelled", "rejected"]),
    ("reliability.timeout.scope", &["attempt", "call"]),
    ("reliability.chaos.fault", &["error", "latency", "panic"]),
    ("reliability.circuit_breaker.state", STATES),
    ("reliability.circuit_breaker.previous_state", STATES),
    (
        "reliability.circuit_breaker.reason",
        &[
            "consecutive_failures",
            "failure_rate",
            "manual",
            "open_period_elapsed",
            "probes_failed",
            "probes_succeeded",
            "slow_call_rate",
        ],
    ),
];

#[derive(Clone, Copy, Debug)]
enum Plan {
    Succeed,
    Fail,
    Throttle,
    Refuse,
    Ignore,
    Hang,
    Panic,
}

#[derive(Debug)]
enum PlanError {
    Of(Class),
    Rejected,
}

impl From<Rejected> for PlanError {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "as planned: {self:?}")
    }
}

impl Classify for PlanError {
    fn classify(&self) -> Class {
        match self {
            Self::Of(class) => *class,
            Self::Rejected => Class::Ignored,
        }
    }

    fn error_type(&self) -> &'static str {
        "planned"
    }
}

async fn carry_out(plan: Plan) -> Result<(), PlanError> {
    Err(PlanError::Of(match plan {
        Plan::Succeed => return Ok(()),
        Plan::Hang => return std::future::pending().await,
        Plan::Panic => panic!("as planned"),
        Plan::Fail => Class::Transient,
        Plan::Throttle => Class::Throttled { retry_after: Some(Duration::from_millis(1)) },
        Plan::Refuse => Class::Permanent,
        Plan::Ignore => Class::Ignored,
    }))
}

#[resilient(retry = "fixed", base = "100ms", max = 2, timeout = "1s", deadline = "2500ms")]
async fn plain(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

#[resilient(retry = "fixed", base = "100ms", max = "deadline", timeout = "1s", deadline = "1500ms")]
async fn limited(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

#[resilient(retry = "fixed", base = "100ms", max = 2, fallback = rescue)]
async fn saved(plans: [Plan; 2]) -> Result<(), PlanError> {
    carry_out(plans[0]).await
}

fn rescue(plans: [Plan; 2]) -> impl Future<Output = Result<(), PlanError>> {
    carry_out(plans[1])
}

#[resilient(hedge = "100ms", idempotent)]
async fn hedged(plans: [Plan; 2]) -> Result<(), PlanError> {
    carry_out(plans[current().attempt() as usize - 1]).await
}

static GUARD: Breaker =
    Breaker::new("schema_guard", BreakerConfig::new().consecutive(2).probes(1).successes(1));

#[resilient(retry = "fixed", base = "100ms", max = 2, breaker = GUARD)]
async fn guarded(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

static SHEDS: Throttle = Throttle::new("schema_throttle", ThrottleConfig::new());

#[resilient(
    retry = "fixed", max = 2, base = "1ms", budget("schema_budget", floor = 1), throttle = SHEDS,
    rate_limit("schema_rate", rate = "3/10s", wait = "5s"), bulkhead("schema_bulkhead", max = 1, queue = 1, wait = "1s"),
)]
async fn bounded(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

#[resilient(chaos(
    latency = "1s",
    latency_rate = "100%",
    error = PlanError::Of(Class::Transient),
    error_rate = "30%",
    panic_rate = "30%",
    seed = 1,
    release = true
))]
async fn troubled(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

/// What limits do: waits that end in each way, and refusals by each.
async fn limits() {
    let mut running = Box::pin(bounded(Plan::Hang));
    assert!(poll_once(&mut running).is_pending());
    // Waits in the queue, in vain; is tried again, and waits for its turn and in the queue again.
    bounded(Plan::Succeed).await.expect_err("the bulkhead is full");
    let mut dropped = Box::pin(bounded(Plan::Succeed));
    assert!(poll_once(&mut dropped).is_pending());
    drop(dropped);
    drop(running);
    bounded(Plan::Succeed).await.expect("its turn comes in a few seconds");
    // Too many for the line, and the budget is spent.
    let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(bounded(Plan::Succeed))).collect();
    for call in &mut waiting {
        let _ = poll_once(call);
    }
    bounded(Plan::Succeed).await.expect_err("nothing is left");
    for _ in 0..10_000 {
        drop(SHEDS.try_admit());
    }
    bounded(Plan::Succeed).await.expect_err("the throttle sheds");
}

/// What breakers do by themselves: each rule opens one, and probes fail.
async fn breakers() {
    const LAST_TWO: BreakerConfig = BreakerConfig::new().window(Window::Calls(2)).min_calls(2);
    static FAILING: Breaker = Breaker::new("schema_failing", LAST_TWO.failure_rate(0.5));
    static OBSERVING: Breaker = Breaker::new("schema_observing", LAST_TWO.failure_rate(0.5));
    static SLOW: Breaker = Breaker::new("schema_slow", LAST_TWO.slow_rate(0.5).slow_call(MS));
    OBSERVING.observe_only();
    for breaker in [&FAILING, &OBSERVING, &SLOW] {
        for _ in 0..2 {
            let permit = breaker.try_acquire().expect("it lets calls through");
            tokio::time::advance(2 * MS).await;
            permit.failure();
        }
    }
    tokio::time::advance(Duration::from_secs(30)).await;
    for _ in 0..3 {
        FAILING.try_acquire().expect("it lets calls through").failure();
    }
    FAILING.reset();
}

/// Makes everything happen that can happen.
async fn everything() {
    for plan in [Plan::Succeed, Plan::Fail, Plan::Throttle, Plan::Refuse, Plan::Ignore, Plan::Hang] {
        let _ = plain(plan).await;
        let _ = limited(plan).await;
    }
    hedged([Plan::Hang, Plan::Succeed]).await.expect("the second plan is to succeed");
    saved([Plan::Fail, Plan::Succeed]).await.expect("the last plan is to succeed");
    saved([Plan::Fail, Plan::Fail]).await.expect_err("the plan is to fail");
    drop(tokio::spawn(plain(Plan::Panic)).await);
    let mut dropped = Box::pin(plain(Plan::Hang));
    assert!(poll_once(&mut dropped).is_pending());
    drop(dropped);

    guarded(Plan::Fail).await.expect_err("the plan is to fail");
    guarded(Plan::Fail).await.expect_err("the plan is to fail");
    tokio::time::advance(Duration::from_secs(30)).await;
    guarded(Plan::Succeed).await.expect("the last plan is to succeed");
    breakers().await;
    limits().await;
    for _ in 0..10 {
        drop(tokio::spawn(troubled(Plan::Succeed)).await);
    }
}

fn type_of(told: &'static str) -> &'static str {
    if told == "str" || told == "debug" { TEXT } else { told }
}

fn collect(
    names: &mut Names,
    values: &mut BTreeMap<&'static str, BTreeSet<String>>,
    key: String,
    fields: &Fields,
) {
    let known = names.entry(key).or_default();
    for (name, (told, text)) in fields {
        let before = known.insert(name, type_of(told));
        assert!(before.is_none_or(|before| before == type_of(told)), "{name} has two types");
        values.entry(name).or_default().insert(text.clone());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_emitted_is_what_the_schema_says() {
    let watch = watch();
    testing::seed(4);
    everything().await;

    let (mut names, mut values) = (Names::new(), BTreeMap::new());
    for span in watch.spans() {
        assert_eq!(span.target, "reliability");
        collect(&mut names, &mut values, format!("span {} {}", span.name, span.level), &span.fields);
        let schema = SCHEMA.iter().find(|(name, _)| *name == format!("span {} {}", span.name, span.level));
        let fields: BTreeSet<_> = schema.unwrap().1.iter().map(|(field, _)| *field).collect();
        assert_eq!(span.declared.into_iter().collect::<BTreeSet<_>>(), fields);
    }
    for event in watch.events() {
        assert_eq!(event.target, "reliability");
        collect(&mut names, &mut values, format!("event {} {}", event.name, event.level), &event.fields);
    }

    let schema: Names =
        SCHEMA.iter().map(|(name, fields)| ((*name).to_owned(), fields.iter().copied().collect())).collect();
    for (name, fields) in &schema {
        assert_eq!(names.get(name), Some(fields), "{name}");
    }
    assert_eq!(names.keys().collect::<Vec<_>>(), schema.keys().collect::<Vec<_>>());
    for (field, set) in VALUES {
        let set: BTreeSet<_> = set.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(values[field], set, "{field}");
    }
}
