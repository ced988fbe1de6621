//! A provider that keeps what it collects, and operations that do as they are told.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ScopeMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use resilience_runtime::telemetry::metrics::{Installed, install, install_counters};
use resilience_runtime::{Class, Classify, Rejected};
use tokio::sync::{Mutex, MutexGuard};

/// The attributes of a series.
pub(crate) type Attributes = BTreeMap<String, String>;

/// What a series says: a number, or how many values were recorded and their sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Recorded { count: u64, sum: f64 },
}

impl Value {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are small")]
    fn count(self) -> u64 {
        match self {
            Self::Number(number) => number as u64,
            Self::Recorded { count, .. } => count,
        }
    }

    fn since(self, before: Self) -> Self {
        match (self, before) {
            (Self::Recorded { count, sum }, Self::Recorded { count: counted, sum: summed }) => {
                Self::Recorded { count: count - counted, sum: sum - summed }
            }
            (Self::Number(number), Self::Number(before)) => Self::Number(number - before),
            (now, _) => now,
        }
    }
}

/// A metric that was collected.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    pub(crate) unit: String,
    pub(crate) description: String,
    /// As the schema calls it.
    pub(crate) instrument: &'static str,
    pub(crate) boundaries: Vec<f64>,
    pub(crate) series: Vec<(Attributes, Value)>,
}

/// A provider with its exporter.
pub(crate) struct Backend {
    pub(crate) provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

static TURN: Mutex<()> = Mutex::const_new(());

/// The turn of one test.
pub(crate) async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// The turn of one test that runs outside of a runtime.
pub(crate) fn turn_now() -> MutexGuard<'static, ()> {
    TURN.blocking_lock()
}

impl Backend {
    pub(crate) fn new() -> Self {
        let exporter = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(exporter.clone()).build();
        Self { provider: SdkMeterProvider::builder().with_reader(reader).build(), exporter }
    }

    pub(crate) fn install(&self) -> Installed {
        install(&self.provider)
    }

    pub(crate) fn install_counters(&self) -> Installed {
        install_counters(&self.provider)
    }

    /// Collects now: every metric that has a series, by name.
    pub(crate) fn collect(&self) -> Metrics {
        self.exporter.reset();
        self.provider.force_flush().expect("it collects");
        let mut metrics = BTreeMap::new();
        for resource in self.exporter.get_finished_metrics().expect("it exports") {
            for metric in resource.scope_metrics().flat_map(ScopeMetrics::metrics) {
                let (instrument, boundaries, series) = match metric.data() {
                    AggregatedMetrics::F64(data) => values(data, |value| value),
                    #[expect(clippy::cast_precision_loss, reason = "the counts of tests are small")]
                    AggregatedMetrics::U64(data) => values(data, |value| value as f64),
                    #[expect(clippy::cast_precision_loss, reason = "the counts of tests are small")]
                    AggregatedMetrics::I64(data) => values(data, |value| value as f64),
                };
                let collected = Collected {
                    unit: metric.unit().to_owned(),
                    description: metric.description().to_owned(),
                    instrument,
                    boundaries,
                    series,
                };
                if !collected.series.is_empty() {
                    let before = metrics.insert(metric.name().to_owned(), collected);
                    assert!(before.is_none(), "{} is there twice", metric.name());
                }
            }
        }
        Metrics(metrics)
    }
}

fn values<T: Copy>(
    data: &MetricData<T>,
    number: impl Fn(T) -> f64,
) -> (&'static str, Vec<f64>, Vec<(Attributes, Value)>) {
    let named = |attributes: &mut dyn Iterator<Item = &opentelemetry::KeyValue>| {
        attributes.map(|it| (it.key.to_string(), it.value.to_string())).collect::<Attributes>()
    };
    match data {
        MetricData::Gauge(gauge) => {
            let points = gauge.data_points();
            let series =
                points.map(|it| (named(&mut it.attributes()), Value::Number(number(it.value())))).collect();
            ("gauge", Vec::new(), series)
        }
        MetricData::Sum(sum) => {
            let points = sum.data_points();
            let series =
                points.map(|it| (named(&mut it.attributes()), Value::Number(number(it.value())))).collect();
            (if sum.is_monotonic() { "counter" } else { "updowncounter" }, Vec::new(), series)
        }
        MetricData::Histogram(histogram) => {
            let boundaries =
                histogram.data_points().next().map(|it| it.bounds().collect()).unwrap_or_default();
            let recorded = |count, sum| Value::Recorded { count, sum };
            let points = histogram.data_points();
            let series = points
                .map(|it| (named(&mut it.attributes()), recorded(it.count(), number(it.sum()))))
                .collect();
            ("histogram", boundaries, series)
        }
        MetricData::ExponentialHistogram(_) => unreachable!("boundaries are given"),
    }
}

/// Everything of one collection.
#[derive(Clone, Debug)]
pub(crate) struct Metrics(pub(crate) BTreeMap<String, Collected>);

impl Metrics {
    /// The series of a metric that have these attributes, and maybe more.
    pub(crate) fn series(&self, metric: &str, with: &[(&str, &str)]) -> Vec<(Attributes, Value)> {
        let has = |attributes: &Attributes| {
            with.iter().all(|(key, value)| attributes.get(*key).is_some_and(|it| it == value))
        };
        let all = self.0.get(metric).map(|metric| metric.series.clone()).unwrap_or_default();
        all.into_iter().filter(|(attributes, _)| has(attributes)).collect()
    }

    /// The sum of a counter's series with these attributes; of a histogram, how often was recorded.
    pub(crate) fn count(&self, metric: &str, with: &[(&str, &str)]) -> u64 {
        self.series(metric, with).into_iter().map(|(_, value)| value.count()).sum()
    }

    /// The sum of what was recorded.
    pub(crate) fn sum(&self, metric: &str, with: &[(&str, &str)]) -> f64 {
        let sum = |value| match value {
            Value::Number(number) => number,
            Value::Recorded { sum, .. } => sum,
        };
        self.series(metric, with).into_iter().map(|(_, value)| sum(value)).sum()
    }

    /// The counts of a metric of one operation.
    pub(crate) fn of(&self, metric: &str, operation: &str) -> u64 {
        self.count(metric, &[("reliability.operation.name", operation)])
    }

    /// The counts of a metric of one operation, with one more attribute.
    pub(crate) fn of_with(&self, metric: &str, operation: &str, with: (&str, &str)) -> u64 {
        self.count(metric, &[("reliability.operation.name", operation), with])
    }

    /// The counts of a metric of one operation, by the values of an attribute; none that is zero.
    pub(crate) fn tally(&self, metric: &str, operation: &str, key: &str) -> BTreeMap<String, u64> {
        let mut tally = BTreeMap::new();
        for (attributes, value) in self.series(metric, &[("reliability.operation.name", operation)]) {
            let count = value.count();
            if count > 0 {
                let value = attributes.get(key).cloned().unwrap_or_default();
                *tally.entry(value).or_default() += count;
            }
        }
        tally
    }

    /// What came since an earlier collection of the same backend.
    pub(crate) fn since(mut self, before: &Self) -> Self {
        for (name, metric) in &mut self.0 {
            let Some(before) = before.0.get(name) else { continue };
            for (attributes, value) in &mut metric.series {
                if let Some((_, before)) = before.series.iter().find(|(known, _)| known == attributes) {
                    *value = value.since(*before);
                }
            }
        }
        self
    }

    /// What holds for every operation once no call is under way and all calls were timed.
    pub(crate) fn assert_agree(&self, operation: &str, entered: u64) {
        let of = |metric| self.of(metric, operation);
        let ended = |outcome| {
            self.of_with("reliability.request.duration", operation, ("reliability.outcome", outcome))
        };
        let (successes, failures) = (of("retry.successes"), of("retry.failures"));
        assert_eq!(of("reliability.request.duration"), entered);
        assert_eq!(of("reliability.attempt.duration"), of("retry.attempts"));
        // Without a fallback, which is asked after the attempts, each call is one of the three.
        if of("reliability.fallback.invocations") == 0 {
            assert_eq!(successes + failures + ended("cancelled"), entered);
            assert_eq!(ended("success"), successes);
            assert_eq!(ended("error") + ended("timeout") + ended("rejected") + ended("panicked"), failures);
        }
        assert!(of("reliability.retry.successes") <= successes);
        assert!(of("reliability.retry.failures") <= failures);
        // One for each call that had retries, those that were cancelled too.
        let retried = of("reliability.retry.successes") + of("reliability.retry.failures");
        assert!(of("reliability.retry.attempts") >= retried);
    }
}

/// What an operation does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan {
    Succeed,
    Fail,
    Refuse,
    Ignore,
    /// Asks for a longer wait than a retry makes.
    PutOff,
    Hang,
    Panic,
}

#[derive(Clone, Debug)]
pub(crate) enum PlanError {
    Of(Class),
    Rejected,
}

impl From<Rejected> for PlanError {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message says /users/17")
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

/// Does it.
pub(crate) async fn carry_out(plan: Plan) -> Result<(), PlanError> {
    match plan {
        Plan::Succeed => Ok(()),
        Plan::Fail => Err(PlanError::Of(Class::Transient)),
        Plan::Refuse => Err(PlanError::Of(Class::Permanent)),
        Plan::Ignore => Err(PlanError::Of(Class::Ignored)),
        Plan::PutOff => {
            Err(PlanError::Of(Class::Throttled { retry_after: Some(Duration::from_secs(24 * 3600)) }))
        }
        Plan::Hang => std::future::pending().await,
        Plan::Panic => panic!("as planned"),
    }
}

/// The plan of this attempt: the last one holds for all further ones.
pub(crate) async fn follow(plans: &[Plan]) -> Result<(), PlanError> {
    let attempt = resilience_runtime::current().attempt() as usize;
    carry_out(plans[attempt.clamp(1, plans.len()) - 1]).await
}
