//! Leases: what threads take from the bucket in advance.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::prelude::*;

use super::*;

/// A bucket of ten, and a call every 100 ms.
const TEN: RateLimitConfig = RateLimitConfig::new(Rate::per_second(10));

/// How many calls of the thread at `seat` are admitted at `now`, one after the other, until one is refused.
fn drain(limiter: &RateLimiter, seat: usize, now: Tick) -> usize {
    (0..1_000).take_while(|_| limiter.admit_seated(seat, now).is_ok()).count()
}

#[tokio::test(start_paused = true)]
async fn one_thread_that_calls_without_pause_is_held_to_the_rate_exactly() {
    let limiter = RateLimiter::new("lease-exact", TEN.lease(4));
    assert_eq!(calls(&limiter, 12), [[0; 10].as_slice(), &[100, 100]].concat());
    for _ in 0..20 {
        pass(millis(250)).await;
        assert_eq!(calls(&limiter, 3), [0, 0, 50]);
        pass(millis(50)).await;
        assert_eq!(calls(&limiter, 2), [0, 100]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_thread_has_kept_comes_on_top_of_the_burst_and_no_more() {
    let limiter = RateLimiter::new("lease-kept", TEN.lease(4));
    // The first call of all is admitted under the lock, and the second one takes a lease.
    assert_eq!(calls(&limiter, 2), [0; 2]);
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (5, 3));
    pass(60 * SECOND).await;
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (10, 3));
    assert_eq!(calls(&limiter, 14), [[0; 13].as_slice(), &[100]].concat());
    assert_eq!(limiter.snapshot().leased, 0);
}

#[test]
fn each_thread_keeps_less_than_a_lease() {
    let limiter = RateLimiter::new("lease-threads", RateLimitConfig::new(Rate::per_second(100)).lease(8));
    let start = START;
    assert_eq!(limiter.admit_seated(0, start), Ok(()));
    for seat in 0..5 {
        assert_eq!(limiter.admit_seated(seat, start), Ok(()));
    }
    assert_eq!(limiter.leases.held(), 5 * 7);
    let later = start.after(60 * SECOND);
    let admitted: usize = (0..5).map(|seat| drain(&limiter, seat, later)).sum();
    assert_eq!(admitted, 100 + 5 * 7);
    assert_eq!((0..64).map(|seat| drain(&limiter, seat, later)).sum::<usize>(), 0);
}

#[test]
fn a_thread_without_a_seat_and_one_of_a_limit_without_leases_keep_nothing() {
    for (config, seats) in [(TEN.lease(4), [64, 64]), (TEN, [0, 1])] {
        let limiter = RateLimiter::new("lease-none", config);
        assert_eq!(seats.map(|seat| usize::from(limiter.admit_seated(seat, START).is_ok())), [1, 1]);
        assert_eq!(limiter.leases.held(), 0);
        assert_eq!(drain(&limiter, seats[0], START), 8);
        let wait = limiter.admit_seated(seats[1], START);
        assert_eq!(wait, Err(millis(100)));
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_takes_a_lease_while_somebody_waits() {
    let limiter = RateLimiter::new("lease-line", TEN.lease(4).wait(SECOND));
    assert_eq!(drain(&limiter, 0, Tick::now()), 10);
    pass(millis(300)).await;
    // One of the two leased tokens of this thread is left.
    assert_eq!(limiter.admit_seated(1, Tick::now()), Ok(()));
    assert_eq!(limiter.admit_seated(1, Tick::now()), Ok(()));
    let first = limiter.reserve(None, SECOND).unwrap();
    assert_eq!(first.remaining(), millis(100));
    assert_eq!(limiter.admit_seated(1, Tick::now()), Ok(()));
    pass(millis(500)).await;
    // Enough for both, and it is taken one by one.
    assert_eq!(limiter.admit_seated(1, Tick::now()), Ok(()));
    assert_eq!(limiter.snapshot().leased, 0);
    assert!(first.take().is_ok());
    assert_eq!(limiter.admit_seated(1, Tick::now()), Ok(()));
    assert_eq!(limiter.snapshot().leased, 2);
}

#[tokio::test(start_paused = true)]
async fn another_configuration_makes_leases_void_and_the_same_one_does_not() {
    let limiter = RateLimiter::new("lease-void", TEN.lease(4));
    assert_eq!(calls(&limiter, 2), [0; 2]);
    for same in [TEN.lease(4), TEN.lease(4).wait(SECOND), TEN.burst(10).lease(4).max_keys(5)] {
        limiter.reconfigure(same).unwrap();
        assert_eq!(limiter.snapshot().leased, 3);
    }
    // Void is not given back: five are left in the bucket.
    limiter.reconfigure(TEN.lease(5)).unwrap();
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (5, 0));
    assert_eq!(calls(&limiter, 6), [0, 0, 0, 0, 0, 100]);
    pass(SECOND).await;
    // Five of ten.
    assert_eq!(calls(&limiter, 2), [0; 2]);
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (4, 4));
    limiter.reconfigure(RateLimitConfig::new(Rate::per_second(1)).lease(1)).unwrap();
    assert_eq!(limiter.snapshot().leased, 0);
    // Six are missing, and in a bucket of one that is one.
    assert_eq!(calls(&limiter, 1), [1000]);
    limiter.reconfigure(window(2, SECOND)).unwrap();
    pass(SECOND).await;
    assert_eq!(calls(&limiter, 3), [0, 0, 1000]);
    // What was leased in an earlier round stays void when there are leases again.
    limiter.reconfigure(TEN.lease(5)).unwrap();
    assert_eq!(limiter.snapshot().leased, 0);
    assert_eq!(calls(&limiter, 9), [[0; 8].as_slice(), &[100]].concat());
}

#[test]
fn keys_have_no_leases() {
    let limiter = RateLimiter::new("lease-keys", TEN.lease(4));
    let admitted = |key| (0..20).filter(|_| limiter.try_acquire_key(key).is_ok()).count();
    assert_eq!([admitted(1), admitted(2)], [10, 10]);
    assert_eq!(limiter.snapshot().leased, 0);
}

#[test]
fn threads_share_a_bucket_to_the_last_token_and_use_none_twice() {
    let limiter =
        RateLimiter::new("lease-share", RateLimitConfig::new(Rate::per_hour(1)).burst(50_000).lease(64));
    let admitted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mine = (0..100_000).take_while(|_| limiter.try_acquire().is_ok()).count();
                admitted.fetch_add(mine, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(admitted.into_inner(), 50_000);
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (0, 0));
}

#[test]
fn nothing_is_admitted_twice_while_leases_begin_anew() {
    let config = RateLimitConfig::new(Rate::per_hour(1)).burst(100_000);
    let limiter = RateLimiter::new("lease-anew", config.lease(16));
    let admitted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..4 {
            let (limiter, admitted) = (&limiter, &admitted);
            scope.spawn(move || {
                for call in 0..20_000 {
                    if number == 0 && call % 200 == 0 {
                        limiter.reconfigure(config.lease([16, 1, 7][call / 200 % 3])).unwrap();
                    } else if number == 1 && call % 50 == 0 {
                        drop(limiter.reserve(None, SECOND));
                    }
                    admitted.fetch_add(usize::from(limiter.try_acquire().is_ok()), Ordering::Relaxed);
                }
            });
        }
    });
    let admitted = admitted.into_inner();
    let left = (0..200_000).filter(|_| limiter.try_acquire().is_ok()).count();
    // What was void is lost: of four threads at most, a hundred times, less than a lease.
    assert!((100_000 - 100 * 4 * 15..=100_000).contains(&(admitted + left)), "{admitted} and {left}");
}

#[test]
fn a_thread_that_ends_leaves_what_it_has_kept() {
    let limiter = RateLimiter::new("lease-ends", RateLimitConfig::new(Rate::per_hour(1)).burst(20).lease(8));
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(calls(&limiter, 2), [0; 2]));
    });
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (11, 7));
    // Whoever has the seat next gets the seven; without them it is eleven.
    let admitted = thread::scope(|scope| {
        scope.spawn(|| (0..30).filter(|_| limiter.try_acquire().is_ok()).count()).join().unwrap()
    });
    assert!([11, 18].contains(&admitted), "{admitted}");
}

#[test]
fn threads_that_call_once_use_up_what_those_before_them_left() {
    let limiter =
        RateLimiter::new("lease-once", RateLimitConfig::new(Rate::per_hour(1)).burst(300).lease(10));
    let call = || thread::scope(|scope| scope.spawn(|| limiter.try_acquire().is_ok()).join().unwrap());
    let admitted = (0..300).filter(|_| call()).count();
    // Other tests take seats meanwhile, each of which may come back with nine tokens less.
    assert!(admitted > 150, "{admitted}");
}

/// The definition: a bucket in which each nanosecond puts `count` of the `period` parts of a token, and what each thread
/// has kept. The first call, and one every half a second, finds the gate closed and takes one token by itself.
struct Model {
    count: u128,
    period: u128,
    burst: u128,
    lease: u128,
    level: u128,
    last: u128,
    opened: Option<u128>,
    kept: [u128; 4],
}

impl Model {
    /// Whether a call is admitted, or how long it would have to wait.
    fn call(&mut self, seat: usize, now: u128) -> u128 {
        if self.kept[seat] > 0 {
            self.kept[seat] -= 1;
            return 0;
        }
        self.level = (self.burst * self.period).min(self.level + (now - self.last) * self.count);
        self.last = now;
        let is_fresh = self.opened.is_some_and(|opened| now - opened < 1 << 29);
        if !is_fresh {
            self.opened = Some(now);
        }
        let tokens = (self.level / self.period).min(if is_fresh { self.lease } else { 1 });
        if tokens == 0 {
            return (self.period - self.level).div_ceil(self.count);
        }
        self.level -= tokens * self.period;
        self.kept[seat] = tokens - 1;
        0
    }
}

proptest! {
    #[test]
    fn leases_are_as_defined_and_the_bound_holds(
        (count, interval, burst) in (1_u32..8, 1_u64..50_000_000, 1_u32..40),
        lease in 1_u32..40,
        calls in prop::collection::vec((0_usize..4, 0_u64..40_000_000), 0..400),
    ) {
        let lease = lease.min(burst);
        let rate = Rate::new(count, Duration::from_nanos(interval) * count);
        let limiter = RateLimiter::new("lease-model", RateLimitConfig::new(rate).burst(burst).lease(lease));
        let (count, period, burst) = (u128::from(count), rate.period().as_nanos(), u128::from(burst));
        let start = u128::from(START.as_nanos());
        let mut model = Model {
            count, period, burst, lease: lease.into(), level: burst * period, last: start, opened: None, kept: [0; 4],
        };
        let (mut now, mut admitted) = (START, Vec::new());
        for (seat, pause) in calls {
            // Most calls come without a pause.
            now = now.after(Duration::from_nanos(if pause % 3 == 0 { pause } else { 0 }));
            let wait = limiter.admit_seated(seat, now).err().map_or(0, |wait| wait.as_nanos());
            prop_assert_eq!(wait, model.call(seat, now.as_nanos().into()));
            if wait == 0 {
                admitted.push(u128::from(now.as_nanos()));
            }
        }
        prop_assert_eq!(u128::from(limiter.leases.held()), model.kept.iter().sum::<u128>());
        let kept = u128::from(lease - 1) * 4;
        for (first, start) in admitted.iter().enumerate() {
            for (last, end) in admitted.iter().enumerate().skip(first) {
                let between = ((last - first + 1) as u128).saturating_sub(burst + kept);
                prop_assert!(between * period <= (end - start) * count);
            }
        }
    }
}
