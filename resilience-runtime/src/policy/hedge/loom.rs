//! Every interleaving of two threads.

use core::time::Duration;

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::latencies::Found;

#[test]
fn a_percentile_is_that_of_its_samples() {
    const P95: Duration = Duration::from_millis(50);
    model(|| {
        let found = Arc::new(Found::new());
        let other = Arc::clone(&found);
        let thread = thread::spawn(move || other.keep(P95, 100));
        assert!(found.of(100).is_none_or(|found| found == P95));
        thread.join().unwrap();
        assert_eq!(found.of(100), Some(P95));
    });
}
