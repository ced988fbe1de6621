//! The handle: switches, figures, and what a name comes to.

use core::time::Duration;
use std::thread;

use crate::event::Fault;
use crate::policy::chaos::state::End;
use crate::policy::chaos::{Chaos, ChaosConfig};

const ERRORS: ChaosConfig = ChaosConfig::new().error_rate(1.0);

#[test]
fn a_disabled_one_decides_nothing_and_counts_nothing() {
    static CHAOS: Chaos = Chaos::new("chaos_switch", ERRORS.enabled(false));
    assert_eq!(CHAOS.plan(true).end, None);
    CHAOS.enable();
    assert_eq!(CHAOS.plan(true).end, Some(End::Error));
    CHAOS.disable();
    assert_eq!(CHAOS.plan(true).end, None);
    let snapshot = CHAOS.snapshot();
    assert_eq!((snapshot.is_enabled, snapshot.attempts), (false, 1));
}

#[test]
fn faults_are_counted_by_kind() {
    static CHAOS: Chaos = Chaos::new("chaos_counts", ERRORS);
    for fault in [Fault::Error, Fault::Latency, Fault::Error, Fault::Panic, Fault::Error] {
        CHAOS.count(fault);
    }
    let snapshot = CHAOS.snapshot();
    assert_eq!((snapshot.latencies, snapshot.errors, snapshot.panics), (1, 3, 1));
}

#[test]
fn rates_are_set_one_by_one() {
    static CHAOS: Chaos = Chaos::new("chaos_set", ERRORS);
    CHAOS.set_error_rate(0.0).unwrap();
    assert_eq!(CHAOS.plan(true).end, None);
    CHAOS.set_latency(Duration::from_secs(3)).unwrap();
    CHAOS.set_latency_rate(1.0).unwrap();
    CHAOS.set_panic_rate(1.0).unwrap();
    let plan = CHAOS.plan(true);
    assert_eq!((plan.end, plan.latency), (Some(End::Panic), Some(Duration::from_secs(3))));
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    static CHAOS: Chaos = Chaos::new("chaos_refused", ERRORS);
    let before = CHAOS.settings();
    for set in [
        || CHAOS.set_error_rate(1.1),
        || CHAOS.set_panic_rate(-0.1),
        || CHAOS.set_latency_rate(f64::NAN),
        || CHAOS.set_latency(Duration::ZERO),
        || CHAOS.reconfigure(ERRORS.panic_rate(0.5)),
    ] {
        assert!(set().is_err());
    }
    assert_eq!(CHAOS.settings(), before);
}

#[test]
fn threads_share_one_sequence() {
    let config = ChaosConfig::new().error_rate(0.5).seed(7);
    let count = |chaos: &Chaos, attempts| (0..attempts).filter(|_| chaos.plan(true).end.is_some()).count();
    let chaos = Chaos::new("chaos_threads", config);
    let found: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| count(&chaos, 1_000))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(found, count(&Chaos::new("chaos_alone", config), 4_000));
}
