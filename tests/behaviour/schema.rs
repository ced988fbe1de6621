//! The schema of the telemetry: nothing else is emitted, and everything in it is. Metrics have a program of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use resilience_runtime::propagation::{Incoming, record_resend, record_server};
use resilience_runtime::{
    Breaker, BreakerConfig, Class, Classify, Rejected, Throttle, ThrottleConfig, Window, current, resilient,
    testing,
};
use resilience_tests::poll_once;
use resilience_tests::watch::{Fields, watch};
use xtask::registry::{Attribute, Registry, Type};

const MS: Duration = Duration::from_millis(1);

/// The schema that readers of the telemetry are given too.
const REGISTRY: &str = include_str!("../../resilience-runtime/telemetry/registry.yaml");

/// Text: a string, or what formats as one.
const TEXT: &str = "text";
const INT: &str = "i64";
const FLOAT: &str = "f64";
const BOOL: &str = "bool";

/// The values of the fields that become no attribute of their own.
const SPECIAL: &[(&str, &[&str])] = &[("otel.kind", &["internal"]), ("otel.status_code", &["ERROR"])];

/// Every span and event with its level, and the fields of each with their types.
type Names = BTreeMap<String, BTreeMap<String, &'static str>>;

fn names_of(registry: &Registry) -> Names {
    let mut names = Names::new();
    let spans = registry.spans.iter().map(|span| ("span", span));
    for (kind, signal) in spans.chain(registry.events.iter().map(|event| ("event", event))) {
        let typed = |key: &str| match registry.attribute(key).map(|attribute| attribute.kind) {
            Some(Type::Int) => INT,
            Some(Type::Double) => FLOAT,
            Some(Type::Boolean) => BOOL,
            Some(Type::Text) | None => TEXT,
        };
        let keys = signal.special.iter().chain(signal.attributes.iter().map(|used| &used.key));
        let fields: BTreeMap<_, _> = keys.map(|key| (key.clone(), typed(key))).collect();
        for level in &signal.levels {
            names.insert(format!("{kind} {} {level}", signal.name), fields.clone());
        }
    }
    names
}

/// The fields of spans and events whose values come from a closed set, with all of it.
fn values_of(registry: &Registry) -> BTreeMap<String, BTreeSet<String>> {
    let signals = || registry.spans.iter().chain(&registry.events).flat_map(|signal| &signal.attributes);
    let closed = registry.attributes.iter().filter(|it| !it.values.is_empty());
    let used = closed.filter(|it| signals().any(|used| used.key == it.key));
    let values =
        |it: &Attribute| it.values.iter().filter(|value| !it.only_metrics.contains(value)).cloned().collect();
    let own = used.map(|it| (it.key.clone(), values(it)));
    let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    own.chain(SPECIAL.iter().map(|(key, values)| ((*key).to_owned(), set(values)))).collect()
}

/// The attributes of spans and events that are always there, and those that are not.
fn requirements_of(registry: &Registry, is_always: bool) -> BTreeMap<&str, BTreeSet<&str>> {
    let signals = registry.spans.iter().chain(&registry.events);
    signals
        .map(|signal| {
            let these = signal.attributes.iter().filter(|used| used.condition.is_none() == is_always);
            (signal.name.as_str(), these.map(|used| used.key.as_str()).collect())
        })
        .collect()
}

#[derive(Clone, Copy, Debug)]
enum Plan {
    Succeed,
    Fail,
    Throttle,
    PutOff,
    Refuse,
    Ignore,
    Hang,
    Panic,
}

#[derive(Clone, Debug)]
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
        Plan::PutOff => Class::Throttled { retry_after: Some(Duration::from_secs(24 * 3600)) },
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

/// With a place for one attempt, and none for another beside it.
#[resilient(hedge = "100ms", idempotent, bulkhead = 1, timeout = "1s")]
async fn alone(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

#[resilient(deadline = "500ms")]
async fn around() -> Result<(), PlanError> {
    plain(Plan::Hang).await
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

#[resilient(cache("10s", key = (), stale_if_error = "10s", name = "schema_cache"))]
async fn remembered(plan: Plan) -> Result<(), PlanError> {
    carry_out(plan).await
}

#[resilient(coalesce(key = ()))]
async fn shared() -> Result<(), PlanError> {
    tokio::task::yield_now().await;
    Ok(())
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
    static COUNTING: Breaker = Breaker::new("schema_counting", BreakerConfig::new().failures(2));
    static CONSECUTIVE: Breaker = Breaker::new("schema_consecutive", BreakerConfig::new().consecutive(2));
    OBSERVING.observe_only();
    CONSECUTIVE.observe_only();
    for breaker in [&FAILING, &OBSERVING, &SLOW, &COUNTING, &CONSECUTIVE] {
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
    GUARD.isolate();
    guarded(Plan::Succeed).await.expect_err("it is isolated");
}

#[resilient(retry = "fixed", base = "1ms", max = 2)]
async fn resent() -> Result<(), PlanError> {
    record_resend();
    record_server("stock.internal", Some(8080));
    carry_out(Plan::Fail).await
}

/// What callers in other processes do: headers that make no sense, and retries that are theirs.
async fn callers() {
    let wrong = [
        ("traceparent", ["none"].as_slice()),
        ("resilience-timeout-ms", &["soon"]),
        ("grpc-timeout", &["99999999H"]),
        ("resilience-attempt", &["1", "1"]),
        ("resilience-attempts-left", &["many"]),
    ];
    for (name, values) in wrong {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let _ = Incoming::read(&headers);
    }
    let retried = HeaderMap::from_iter([(
        HeaderName::from_static("resilience-attempts-left"),
        HeaderValue::from_static("1"),
    )]);
    Incoming::read(&retried).scope(plain(Plan::Fail)).await.expect_err("the plan is to fail");
    resent().await.expect_err("the plan is to fail");
}

/// Makes everything happen that can happen.
async fn everything() {
    for plan in [Plan::Succeed, Plan::Fail, Plan::Throttle, Plan::Refuse, Plan::Ignore, Plan::Hang] {
        let _ = plain(plan).await;
        let _ = limited(plan).await;
    }
    hedged([Plan::Hang, Plan::Succeed]).await.expect("the second plan is to succeed");
    alone(Plan::Hang).await.expect_err("it runs out of time");
    saved([Plan::Fail, Plan::Succeed]).await.expect("the last plan is to succeed");
    saved([Plan::PutOff, Plan::Succeed]).await.expect("the last plan is to succeed");
    saved([Plan::Fail, Plan::Fail]).await.expect_err("the plan is to fail");
    drop(tokio::spawn(plain(Plan::Panic)).await);
    let mut dropped = Box::pin(plain(Plan::Hang));
    assert!(poll_once(&mut dropped).is_pending());
    drop(dropped);

    guarded(Plan::Fail).await.expect_err("the plan is to fail");
    guarded(Plan::Fail).await.expect_err("the plan is to fail");
    tokio::time::advance(Duration::from_secs(30)).await;
    guarded(Plan::Succeed).await.expect("the last plan is to succeed");
    around().await.expect_err("the deadline of the call around it comes first");
    breakers().await;
    limits().await;
    callers().await;
    for _ in 0..2 {
        remembered(Plan::Succeed).await.expect("the plan is to succeed");
    }
    tokio::time::advance(Duration::from_secs(10)).await;
    remembered(Plan::Fail).await.expect("an older answer stands in");
    let (first, second) = tokio::join!(shared(), shared());
    first.and(second).expect("nothing is in the way");
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
        let before = known.insert((*name).to_owned(), type_of(told));
        assert!(before.is_none_or(|before| before == type_of(told)), "{name} has two types");
        values.entry(name).or_default().insert(text.clone());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_emitted_is_what_the_schema_says() {
    let watch = watch();
    testing::seed(4);
    everything().await;

    let registry = Registry::parse(REGISTRY).expect("the schema is well-formed");
    let schema = names_of(&registry);
    let (mut names, mut values) = (Names::new(), BTreeMap::new());
    for span in watch.spans() {
        assert_eq!(span.target, "reliability");
        let key = format!("span {} {}", span.name, span.level);
        let fields = schema.get(&key).unwrap_or_else(|| panic!("`{key}` is not in the schema"));
        let fields: BTreeSet<_> = fields.keys().map(String::as_str).collect();
        assert_eq!(span.declared.into_iter().collect::<BTreeSet<_>>(), fields);
        collect(&mut names, &mut values, key, &span.fields);
    }
    for event in watch.events() {
        assert_eq!(event.target, "reliability");
        collect(&mut names, &mut values, format!("event {} {}", event.name, event.level), &event.fields);
    }

    // Always there is what the schema says is always there, and nothing else.
    let closed = watch.spans().into_iter().filter(|span| span.closed).map(|span| (span.name, span.fields));
    let told: Vec<_> =
        closed.chain(watch.events().into_iter().map(|event| (event.name, event.fields))).collect();
    for (name, keys) in requirements_of(&registry, true) {
        let lacking = |key: &&str| told.iter().any(|(of, has)| *of == name && !has.contains_key(key));
        assert_eq!(keys.into_iter().find(lacking), None, "{name} is not always with it");
    }
    for (name, keys) in requirements_of(&registry, false) {
        let always = |key: &&str| told.iter().all(|(of, has)| *of != name || has.contains_key(key));
        assert_eq!(keys.into_iter().find(always), None, "{name} is always with it");
    }

    for (name, fields) in &schema {
        assert_eq!(names.get(name), Some(fields), "{name}");
    }
    assert_eq!(names.keys().collect::<Vec<_>>(), schema.keys().collect::<Vec<_>>());
    for (field, set) in values_of(&registry) {
        assert_eq!(values.get(field.as_str()), Some(&set), "{field}");
    }
}
