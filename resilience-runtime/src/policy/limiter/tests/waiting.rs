//! Calls that wait for their turn.

use core::future::Future;
use core::task::{Context, Poll, Waker};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Wake;

use super::*;
use crate::outcome::Rejected;
use crate::policy::limiter::Reservation;
use crate::policy::limiter::reservation::Turn;
use crate::wakers::tests::Meddler;

/// One call every 100 ms, and waits of up to a second.
const SLOW: RateLimitConfig = RateLimitConfig::new(Rate::per_second(10)).burst(1).wait(SECOND);

/// Calls in tasks of their own, and when each one started.
struct Calls {
    limiter: Arc<RateLimiter>,
    start: Tick,
    started: Arc<Mutex<Vec<(usize, u128)>>>,
}

impl Calls {
    fn new(limiter: RateLimiter) -> Self {
        Self { limiter: Arc::new(limiter), start: Tick::now(), started: Arc::default() }
    }

    /// Lets call number `number` come, and wait if it has to.
    async fn come(&self, number: usize) -> tokio::task::JoinHandle<Result<(), Rejected>> {
        let (limiter, started, start) = (Arc::clone(&self.limiter), Arc::clone(&self.started), self.start);
        let task = tokio::spawn(async move {
            let result = limiter.acquire().await;
            if result.is_ok() {
                started.lock().expect("no panic").push((number, Tick::now().since(start).as_millis()));
            }
            result
        });
        tokio::task::yield_now().await;
        task
    }

    /// Which calls have started, and after how many milliseconds.
    fn started(&self) -> Vec<(usize, u128)> {
        self.started.lock().expect("no panic").clone()
    }
}

/// Counts wake-ups.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Asks for the turn, with a waker that counts.
fn poll(place: &mut Reservation<'_>, wakes: &Arc<Wakes>) -> Turn {
    place.poll_turn(Tick::now(), &mut Context::from_waker(&Waker::from(Arc::clone(wakes))))
}

fn wait_of(place: &Reservation<'_>) -> u128 {
    place.remaining().as_millis()
}

#[tokio::test(start_paused = true)]
async fn each_call_starts_at_its_time() {
    for config in [SLOW, window(1, millis(100)).wait(SECOND)] {
        let calls = Calls::new(RateLimiter::new("times", config));
        let mut tasks = Vec::new();
        for number in 0..6 {
            tasks.push(calls.come(number).await);
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(calls.started(), [(0, 0), (1, 100), (2, 200), (3, 300), (4, 400), (5, 500)]);
    }
}

// L11
#[tokio::test(start_paused = true)]
async fn a_wait_that_would_be_too_long_is_refused_at_once_and_uses_nothing_up() {
    let limiter = RateLimiter::new("l11", SLOW.wait(millis(250)));
    assert_eq!(calls(&limiter, 1), [0]);
    let first = limiter.reserve(None, millis(100)).unwrap();
    let second = limiter.reserve(None, millis(200)).unwrap();
    let start = Tick::now();
    for _ in 0..5 {
        let rejected = limiter.acquire().await.unwrap_err();
        assert_eq!(rejected.retry_after(), Some(millis(300)));
    }
    // To the nanosecond: what takes as long as it may is not too long.
    assert!(limiter.reserve(None, Duration::from_nanos(299_999_999)).is_err());
    let third = limiter.reserve(None, millis(300)).unwrap();
    assert_eq!(Tick::now(), start);
    assert_eq!([first, second, third].each_ref().map(wait_of), [100, 200, 300]);
    assert_eq!(heard("l11"), [millis(300); 6]);
}

#[tokio::test(start_paused = true)]
async fn without_a_wait_nobody_waits() {
    let limiter = RateLimiter::new("no-wait", RateLimitConfig::new(Rate::per_second(1)));
    assert!(limiter.acquire().await.is_ok());
    assert!(limiter.acquire().await.is_err());
    assert_eq!(limiter.snapshot().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_wait_does_not_overtake() {
    let limiter = RateLimiter::new("overtake", SLOW);
    assert_eq!(calls(&limiter, 1), [0]);
    let first = limiter.reserve(None, SECOND).unwrap();
    assert_eq!(calls(&limiter, 1), [200]);
    pass(millis(100)).await;
    // Its turn has come, and it is its own, until it leaves.
    assert_eq!(calls(&limiter, 1), [100]);
    assert_eq!(limiter.snapshot().waiting, 1);
    drop(first);
    assert_eq!(calls(&limiter, 2), [0, 100]);
    assert_eq!(limiter.snapshot().waiting, 0);
}

// L13
#[tokio::test(start_paused = true)]
async fn who_leaves_takes_nothing_with_it_and_all_behind_move_up() {
    for config in [SLOW, window(1, millis(100)).wait(SECOND)] {
        let limiter = RateLimiter::new("l13", config);
        assert_eq!(calls(&limiter, 1), [0]);
        let mut line: Vec<_> = (0..5).map(|_| limiter.reserve(None, SECOND).unwrap()).collect();
        let times = |line: &[Reservation<'_>]| line.iter().map(wait_of).collect::<Vec<_>>();
        assert_eq!(times(&line), [100, 200, 300, 400, 500]);
        drop(line.remove(2));
        assert_eq!(times(&line), [100, 200, 300, 400]);
        drop(line.remove(0));
        drop(line.pop());
        assert_eq!(times(&line), [100, 200]);
        // Its turn was over, and it had not used it.
        pass(millis(150)).await;
        drop(line.remove(0));
        assert_eq!(times(&line), [0]);
        line.remove(0).take().unwrap();
        assert_eq!(calls(&limiter, 1), [100]);
        assert_eq!(limiter.snapshot().waiting, 0);
    }
}

// L13
#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_its_time_to_the_next() {
    for config in [SLOW, window(1, millis(100)).wait(SECOND)] {
        let calls = Calls::new(RateLimiter::new("dropped", config));
        let mut tasks = Vec::new();
        for number in 0..6 {
            tasks.push(calls.come(number).await);
        }
        // Whether it waits as the first, in the middle or as the last.
        for number in [1, 3, 5] {
            tasks[number].abort();
        }
        for task in tasks {
            let _ = task.await;
        }
        assert_eq!(calls.started(), [(0, 0), (2, 100), (4, 200)]);
    }
}

#[tokio::test(start_paused = true)]
async fn only_who_has_moved_up_is_woken_and_passes_it_on() {
    let limiter = RateLimiter::new("woken", SLOW);
    assert_eq!(calls(&limiter, 1), [0]);
    let [wakes1, wakes2, wakes3] = [(); 3].map(|()| Arc::new(Wakes::default()));
    let count = |wakes: &Arc<Wakes>| wakes.0.load(Ordering::Relaxed);
    let first = limiter.reserve(None, SECOND).unwrap();
    let [mut second, mut third, mut fourth] = [(); 3].map(|()| limiter.reserve(None, SECOND).unwrap());
    let at = |after| Turn::At(Tick::now().after(millis(after)));
    assert_eq!(poll(&mut second, &wakes1), at(200));
    assert_eq!(poll(&mut third, &wakes2), at(300));
    assert_eq!(poll(&mut fourth, &wakes3), at(400));

    drop(first);
    assert_eq!([&wakes1, &wakes2, &wakes3].map(count), [1, 0, 0]);
    assert_eq!(poll(&mut second, &wakes1), at(100));
    pass(millis(100)).await;
    assert_eq!(poll(&mut second, &wakes1), Turn::Admitted);
    assert_eq!([&wakes1, &wakes2, &wakes3].map(count), [1, 1, 0]);
    assert_eq!(poll(&mut third, &wakes2), at(100));
    // Its own time has not changed since it was told.
    drop(second);
    assert_eq!([&wakes1, &wakes2, &wakes3].map(count), [1, 1, 0]);
    drop(third);
    assert_eq!([&wakes1, &wakes2, &wakes3].map(count), [1, 1, 1]);
    assert_eq!(poll(&mut fourth, &wakes3), at(100));
}

#[tokio::test(start_paused = true)]
async fn a_reservation_that_is_only_held_does_not_keep_those_behind_it_asleep() {
    let limiter = RateLimiter::new("held", SLOW);
    assert_eq!(calls(&limiter, 1), [0]);
    let wakes = Arc::new(Wakes::default());
    let [first, held, mut third] = [(); 3].map(|()| limiter.reserve(None, SECOND).unwrap());
    let at = |after| Turn::At(Tick::now().after(millis(after)));
    assert_eq!(poll(&mut third, &wakes), at(300));
    drop(first);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    assert_eq!(poll(&mut third, &wakes), at(200));
    drop(held);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn no_waker_is_called_or_dropped_with_the_lock_held() {
    static LIMITER: RateLimiter = RateLimiter::new("meddled", SLOW);
    let meddle = || _ = (LIMITER.snapshot(), LIMITER.try_acquire());
    let poll = |place: &mut Reservation<'_>| {
        let waker = Arc::new(Meddler(meddle)).into();
        place.poll_turn(Tick::now(), &mut Context::from_waker(&waker))
    };
    assert_eq!(calls(&LIMITER, 1), [0]);
    let mut line = [(); 4].map(|()| LIMITER.reserve(None, SECOND).unwrap());
    for _ in 0..2 {
        for place in &mut line {
            assert!(matches!(poll(place), Turn::At(_)));
        }
    }
    pass(millis(100)).await;
    assert_eq!(poll(&mut line[0]), Turn::Admitted);
    drop(line);
    assert_eq!(LIMITER.snapshot().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn another_configuration_wakes_all() {
    let limiter = RateLimiter::new("wakes-all", SLOW);
    assert_eq!(calls(&limiter, 1), [0]);
    let wakes = Arc::new(Wakes::default());
    let mut line = [(); 3].map(|()| limiter.reserve(None, SECOND).unwrap());
    for place in &mut line {
        poll(place, &wakes);
    }
    limiter.reconfigure(SLOW.burst(2)).unwrap();
    assert_eq!(wakes.0.load(Ordering::Relaxed), 3);
    assert_eq!(poll(&mut line[0], &wakes), Turn::Admitted);
}

#[tokio::test(start_paused = true)]
async fn who_can_no_longer_make_it_is_refused_as_soon_as_that_is_known() {
    let calls = Calls::new(RateLimiter::new("too-late", SLOW));
    assert!(calls.come(0).await.await.unwrap().is_ok());
    let tasks = [calls.come(1).await, calls.come(2).await];
    calls.limiter.reconfigure(RateLimitConfig::new(Rate::per_second(1))).unwrap();
    let [first, second] = tasks;
    assert_eq!(second.await.unwrap().unwrap_err().retry_after(), Some(2 * SECOND));
    assert_eq!(Tick::now(), calls.start);
    assert!(first.await.unwrap().is_ok());
    assert_eq!(calls.started(), [(0, 0), (1, 1000)]);
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_is_a_little_late_costs_nobody_its_turn() {
    let limiter = RateLimiter::new("late", SLOW);
    assert_eq!(calls(&limiter, 1), [0]);
    let [mut first, mut second] = [millis(100), millis(200)].map(|wait| limiter.reserve(None, wait).unwrap());
    let wakes = Arc::new(Wakes::default());
    pass(millis(102)).await;
    assert_eq!(poll(&mut first, &wakes), Turn::Admitted);
    assert_eq!(poll(&mut second, &wakes), Turn::At(Tick::now().after(millis(100))));
    pass(millis(100)).await;
    assert_eq!(poll(&mut second, &wakes), Turn::Admitted);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_does_not_use_its_turn_holds_up_one_and_not_all() {
    let limiter = RateLimiter::new("held", RateLimitConfig::new(Rate::per_second(10)).burst(3).wait(SECOND));
    assert_eq!(calls(&limiter, 3), [0, 0, 0]);
    let start = Tick::now();
    let held = limiter.reserve(None, SECOND).unwrap();
    for _ in 0..10 {
        let next = limiter.reserve(None, SECOND).unwrap();
        pass(next.remaining()).await;
        assert!(next.take().is_ok());
    }
    assert_eq!(Tick::now().since(start), millis(1_100));
    assert!(held.take().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_not_used_before_its_time() {
    let limiter = RateLimiter::new("early", SLOW);
    assert_eq!(calls(&limiter, 1), [0]);
    let place = limiter.reserve(None, SECOND).unwrap();
    pass(millis(99)).await;
    let place = place.take().unwrap_err();
    assert_eq!(wait_of(&place), 1);
    pass(millis(1)).await;
    assert!(place.take().is_ok());
    assert_eq!(calls(&limiter, 1), [100]);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_anywhere_leaves_nothing_behind() {
    for polls in 0..3 {
        let limiter = RateLimiter::new("drop", SLOW);
        assert_eq!(calls(&limiter, 1), [0]);
        let mut call = Box::pin(limiter.acquire());
        for _ in 0..polls {
            assert_eq!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
            pass(millis(10)).await;
        }
        drop(call);
        let snapshot = limiter.snapshot();
        assert_eq!((snapshot.waiting, snapshot.retry_after), (0, millis(100 - 10 * polls)));
    }
}
