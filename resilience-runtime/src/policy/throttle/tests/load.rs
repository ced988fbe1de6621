//! What a throttle is for, simulated: the load of a dependency that accepts a part of the calls.

use super::*;
use crate::rng;

/// Calls a hundred times in each of so many seconds. The dependency accepts so many of each hundred, those that come
/// first. Returns how many were accepted and how many were sent to it, per hundred, in the last second.
async fn call_for(throttle: &Throttle, seconds: u32, capacity: u32) -> (u32, u32) {
    let mut last = (0, 0);
    for _ in 0..seconds {
        last = (0, 0);
        for _ in 0..100 {
            if let Ok(admission) = throttle.try_admit() {
                last.1 += 1;
                if last.0 < capacity {
                    last.0 += 1;
                    admission.accept();
                }
            }
            pass(Duration::from_millis(10)).await;
        }
    }
    last
}

#[tokio::test(start_paused = true)]
async fn lets_through_about_twice_what_is_accepted() {
    rng::seed(4);
    let throttle = Throttle::new("overload", ThrottleConfig::new());
    assert_eq!(call_for(&throttle, 120, 100).await, (100, 100));
    // The dependency takes a fifth of the calls from now on.
    let (accepted, sent) = call_for(&throttle, 240, 20).await;
    assert_eq!(accepted, 20);
    assert!((30..=50).contains(&sent), "{sent} sent");
}

#[tokio::test(start_paused = true)]
async fn sheds_nothing_again_soon_after_a_short_outage() {
    rng::seed(5);
    let throttle = Throttle::new("short-outage", ThrottleConfig::new());
    call_for(&throttle, 120, 100).await;
    call_for(&throttle, 30, 0).await;
    // A quarter of the window failed, and `k` is 2.
    assert!(is_exactly(throttle.snapshot().probability, 0.0));
    assert_eq!(call_for(&throttle, 1, 100).await, (100, 100));
}

#[tokio::test(start_paused = true)]
async fn comes_back_after_an_outage_longer_than_its_window() {
    rng::seed(6);
    let throttle = Throttle::new("long-outage", ThrottleConfig::new().window(10 * SECOND));
    let (_, sent) = call_for(&throttle, 30, 0).await;
    assert!(sent <= 3, "{sent} sent to a dependency that is down");
    let mut seconds = 0;
    while call_for(&throttle, 1, 100).await != (100, 100) {
        seconds += 1;
    }
    assert!((20..=50).contains(&seconds), "{seconds} seconds");
}
