//! The instruments of one installation, and which one is in place.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Histogram, Meter};

use super::observed::OBSERVED;
use super::table;

/// What kind of instrument a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
}

/// A metric as the schema has it.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: &'static str,
    pub(crate) about: &'static str,
    /// Upper bounds of a histogram's buckets.
    pub(crate) boundaries: &'static [f64],
}

/// Takes one series of a metric.
pub(crate) type Observe<'o> = &'o mut dyn FnMut(u64, &[KeyValue]);

/// Tells all series of a metric as they are now.
pub(crate) type Read = fn(Observe<'_>);

/// The instruments that calls record in themselves.
#[derive(Debug)]
pub(crate) struct Histograms {
    pub(crate) backoff: Histogram<f64>,
    pub(crate) retries: Histogram<u64>,
    pub(crate) request: Histogram<f64>,
    pub(crate) attempt: Histogram<f64>,
    pub(crate) queue: Histogram<f64>,
}

/// The instruments in place. Those of a provider that was replaced go with this.
#[derive(Debug)]
pub(crate) struct Instruments {
    histograms: Option<Histograms>,
}

static CURRENT: RwLock<Option<Arc<Instruments>>> = RwLock::new(None);

/// Whether calls have histograms to record in: what a call asks before it reads a clock.
static TIMED: AtomicBool = AtomicBool::new(false);

/// Whether calls are to be timed.
#[inline]
pub(crate) fn are_timed() -> bool {
    // Relaxed: a call that begins while a provider is installed may be recorded or not.
    TIMED.load(Ordering::Relaxed)
}

/// The instruments in place, if they have histograms.
///
/// Shared and not lent: no lock is held while a provider's code runs.
pub(crate) fn histograms() -> Option<impl core::ops::Deref<Target = Histograms>> {
    struct Lent(Arc<Instruments>);

    impl core::ops::Deref for Lent {
        type Target = Histograms;

        fn deref(&self) -> &Histograms {
            let Some(histograms) = &self.0.histograms else { unreachable!("only lent where there are some") };
            histograms
        }
    }

    let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner);
    current.as_ref().filter(|instruments| instruments.histograms.is_some()).map(|it| Lent(Arc::clone(it)))
}

/// Makes the instruments, and puts them in the place of those before.
pub(super) fn put(meter: &Meter, with_histograms: bool) -> Weak<Instruments> {
    let histograms = with_histograms.then(|| Histograms::of(meter));
    let instruments = Arc::new(Instruments { histograms });
    let weak = Arc::downgrade(&instruments);
    for (metric, read) in OBSERVED {
        observe(meter, metric, *read, &weak);
    }
    // The old ones are let go when the lock is released: a provider's code may run then.
    let old = {
        let mut current = CURRENT.write().unwrap_or_else(PoisonError::into_inner);
        TIMED.store(with_histograms, Ordering::Relaxed);
        current.replace(instruments)
    };
    drop(old);
    weak
}

/// Takes these instruments out of their place, if they are still in it.
pub(super) fn take(instruments: &Weak<Instruments>) {
    let old = {
        let mut current = CURRENT.write().unwrap_or_else(PoisonError::into_inner);
        let is_in_place =
            current.as_ref().is_some_and(|it| core::ptr::eq(Arc::as_ptr(it), instruments.as_ptr()));
        if is_in_place {
            TIMED.store(false, Ordering::Relaxed);
            current.take()
        } else {
            None
        }
    };
    drop(old);
}

/// Whether these instruments are in place.
pub(super) fn is_in_place(instruments: &Weak<Instruments>) -> bool {
    instruments.strong_count() > 0
}

impl Histograms {
    fn of(meter: &Meter) -> Self {
        let seconds = |metric: &Metric| {
            let builder = meter.f64_histogram(metric.name).with_unit(metric.unit);
            builder.with_description(metric.about).with_boundaries(metric.boundaries.to_vec()).build()
        };
        let retries = &table::RELIABILITY_RETRY_ATTEMPTS;
        Self {
            backoff: seconds(&table::RETRY_BACKOFF_DURATION),
            request: seconds(&table::RELIABILITY_REQUEST_DURATION),
            attempt: seconds(&table::RELIABILITY_ATTEMPT_DURATION),
            queue: seconds(&table::RELIABILITY_QUEUE_WAIT_TIME),
            retries: meter
                .u64_histogram(retries.name)
                .with_unit(retries.unit)
                .with_description(retries.about)
                .with_boundaries(retries.boundaries.to_vec())
                .build(),
        }
    }
}

/// Has `read` asked whenever the provider collects, for as long as `instruments` are in place. There is no way to take a
/// callback back: one whose instruments are gone tells nothing.
fn observe(meter: &Meter, metric: &'static Metric, read: Read, instruments: &Weak<Instruments>) {
    let instruments = instruments.clone();
    let unsigned = move |observer: &dyn AsyncInstrument<u64>| {
        if is_in_place(&instruments) {
            read(&mut |value, attributes| observer.observe(value, attributes));
        }
    };
    match metric.kind {
        Kind::Counter => {
            let builder = meter.u64_observable_counter(metric.name).with_unit(metric.unit);
            let _ = builder.with_description(metric.about).with_callback(unsigned).build();
        }
        Kind::Gauge => {
            let builder = meter.u64_observable_gauge(metric.name).with_unit(metric.unit);
            let _ = builder.with_description(metric.about).with_callback(unsigned).build();
        }
        Kind::UpDownCounter => {
            let signed = move |observer: &dyn AsyncInstrument<i64>| {
                unsigned(&Signed(observer));
            };
            let builder = meter.i64_observable_up_down_counter(metric.name).with_unit(metric.unit);
            let _ = builder.with_description(metric.about).with_callback(signed).build();
        }
        Kind::Histogram => unreachable!("histograms are recorded by calls"),
    }
}

/// Takes what is never negative for an instrument whose values could be.
struct Signed<'o>(&'o dyn AsyncInstrument<i64>);

impl AsyncInstrument<u64> for Signed<'_> {
    fn observe(&self, value: u64, attributes: &[KeyValue]) {
        self.0.observe(i64::try_from(value).unwrap_or(i64::MAX), attributes);
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_metric_of_the_schema_is_read_or_recorded() {
        let recorded = table::ALL.iter().filter(|metric| metric.kind == Kind::Histogram);
        assert_eq!(recorded.count(), 5);
        for metric in table::ALL.iter().filter(|metric| metric.kind != Kind::Histogram) {
            let readers = OBSERVED.iter().filter(|(observed, _)| observed.name == metric.name);
            assert_eq!(readers.count(), 1, "{}", metric.name);
        }
    }
}
