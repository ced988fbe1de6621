//! Every interleaving of two threads. Time is not paused here and decides nothing.

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::state::End;
use super::{Chaos, ChaosConfig};

/// Ends some attempts, and not others.
const CONFIG: ChaosConfig = ChaosConfig::new().error_rate(0.5).seed(7);

fn faults(chaos: &Chaos, attempts: usize) -> usize {
    (0..attempts).filter(|_| chaos.plan(true).end == Some(End::Error)).count()
}

#[test]
fn two_threads_share_one_sequence_and_no_fault_comes_twice() {
    model(|| {
        let alone = faults(&Chaos::new("loom", CONFIG), 5);
        let chaos = Arc::new(Chaos::new("loom", CONFIG));
        let other = Arc::clone(&chaos);
        let thread = thread::spawn(move || faults(&other, 2));
        let mine = faults(&chaos, 3);
        assert_eq!(mine + thread.join().unwrap(), alone);
        assert_eq!(chaos.snapshot().attempts, 5);
    });
}

#[test]
fn what_is_decided_after_it_is_disabled_is_nothing() {
    model(|| {
        let chaos = Arc::new(Chaos::new("loom", CONFIG.error_rate(1.0)));
        let other = Arc::clone(&chaos);
        let thread = thread::spawn(move || faults(&other, 2));
        chaos.disable();
        assert_eq!(faults(&chaos, 1), 0);
        let theirs = thread.join().unwrap();
        assert_eq!(u64::try_from(theirs).unwrap(), chaos.snapshot().attempts);
    });
}
