//! Every interleaving of two threads. Time is not paused here and decides nothing.

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::{Throttle, ThrottleConfig};

const CONFIG: ThrottleConfig = ThrottleConfig::new().k(100.0);

// I9
#[test]
fn no_call_is_lost_while_another_fails() {
    model(|| {
        let throttle = Arc::new(Throttle::new("loom", CONFIG));
        throttle.try_admit().unwrap().accept();
        let other = Arc::clone(&throttle);
        let thread = thread::spawn(move || {
            other.try_admit().unwrap().accept();
            other.try_admit().unwrap().ignore();
        });
        drop(throttle.try_admit());
        thread.join().unwrap();
        assert_eq!((throttle.snapshot().requests, throttle.snapshot().accepts), (3, 2));
    });
}

#[test]
fn a_reader_collects_without_loss() {
    model(|| {
        let throttle = Arc::new(Throttle::new("loom", CONFIG));
        throttle.try_admit().unwrap().accept();
        let other = Arc::clone(&throttle);
        let admit = |throttle: &Throttle| throttle.try_admit().unwrap().accept();
        let thread = thread::spawn(move || {
            admit(&other);
            admit(&other);
        });
        let requests = throttle.snapshot().requests;
        assert!((1..=3).contains(&requests));
        thread.join().unwrap();
        assert_eq!((throttle.snapshot().requests, throttle.snapshot().accepts), (3, 3));
    });
}
