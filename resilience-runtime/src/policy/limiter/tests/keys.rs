//! Limits by key.

use super::*;
use crate::outcome::RejectedKind;
use crate::policy::limiter::config::Settings;
use crate::policy::limiter::keys::Keys;

/// Two calls a minute for each key.
const TWO: RateLimitConfig = RateLimitConfig::new(Rate::per_minute(2));

/// How long each call for that key would have to wait, in seconds, and 0 for one that is admitted.
fn calls_of(limiter: &RateLimiter, key: u64, count: usize) -> Vec<u64> {
    let call = |_| match limiter.try_acquire_key(key) {
        Ok(()) => 0,
        Err(rejected) => rejected.retry_after().expect("time helps").as_secs(),
    };
    (0..count).map(call).collect()
}

#[tokio::test(start_paused = true)]
async fn each_key_has_the_limit_to_itself() {
    for config in [TWO, window(2, 30 * SECOND)] {
        let limiter = RateLimiter::new("own", config);
        assert_eq!(calls_of(&limiter, 1, 3), [0, 0, 30]);
        assert_eq!(calls_of(&limiter, 2, 3), [0, 0, 30]);
        pass(10 * SECOND).await;
        assert_eq!(calls_of(&limiter, 1, 1), [20]);
        assert_eq!(calls(&limiter, 3), [0, 0, 30_000]);
        pass(20 * SECOND).await;
        assert_eq!(calls_of(&limiter, 1, 1), [0]);
        assert_eq!(limiter.snapshot().keys, 2);
    }
}

#[test]
fn one_key_is_one_number_in_a_process() {
    assert_eq!(RateLimiter::key("ada"), RateLimiter::key(&String::from("ada")));
    assert_ne!(RateLimiter::key("ada"), RateLimiter::key("grace"));
    assert_ne!(RateLimiter::key(&("a", "bc")), RateLimiter::key(&("ab", "c")));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_a_key_is_told_like_any_other() {
    let limiter = RateLimiter::new("key-told", TWO.burst(1));
    assert_eq!(calls_of(&limiter, 1, 1), [0]);
    let rejected = limiter.try_acquire_key(1).unwrap_err();
    assert_eq!((rejected.kind(), rejected.retry_after()), (RejectedKind::RateLimited, Some(30 * SECOND)));
    assert_eq!(heard("key-told"), [30 * SECOND]);
    assert_eq!(limiter.snapshot().rejections, 1);
}

// The keys of the first round are in use again in the second, and none has been forgotten.
#[tokio::test(start_paused = true)]
async fn ten_thousand_keys_are_remembered() {
    let limiter = RateLimiter::new("ten-thousand", TWO);
    for round in [[0, 0], [30, 30]] {
        for key in 0..10_000 {
            assert_eq!(calls_of(&limiter, key, 2), round, "{key}");
        }
    }
    assert_eq!(limiter.snapshot().keys, 10_000);
}

#[tokio::test(start_paused = true)]
async fn keys_that_make_no_difference_any_more_are_forgotten_on_the_way() {
    let limiter = RateLimiter::new("yesterday", TWO);
    for key in 0..1_000 {
        assert_eq!(calls_of(&limiter, key, 1), [0]);
    }
    pass(3600 * SECOND).await;
    for key in 5_000..6_000 {
        assert_eq!(calls_of(&limiter, key, 2), [0, 0]);
    }
    // Each new key made up to two others go, of its own shard.
    let keys = limiter.snapshot().keys;
    assert!((1_000..1_200).contains(&keys), "{keys}");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_still_makes_a_difference_is_not_forgotten_on_the_way() {
    const HOUR: Duration = Duration::from_secs(3600);

    for (config, wait) in [(RateLimitConfig::new(Rate::new(2, HOUR)), 1200), (window(2, HOUR), 3000)] {
        let limiter = RateLimiter::new("last-hour", config.max_keys(100));
        assert_eq!(calls_of(&limiter, 1, 2), [0, 0]);
        pass(600 * SECOND).await;
        // Each new key looks at two others of the one shard there is.
        for key in 2..50 {
            assert_eq!(calls_of(&limiter, key, 1), [0]);
        }
        assert_eq!(calls_of(&limiter, 1, 1), [wait]);
        pass(HOUR).await;
        for key in 50..100 {
            assert_eq!(calls_of(&limiter, key, 1), [0]);
        }
        assert_eq!(limiter.snapshot().keys, 50);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_forgets_all_keys_but_those_that_are_waited_for() {
    let limiter = RateLimiter::new("key-reset", TWO.burst(1).wait(60 * SECOND).max_keys(3));
    for key in [1, 2, 3] {
        assert_eq!(calls_of(&limiter, key, 1), [0]);
    }
    let place = limiter.reserve(Some(1), 60 * SECOND).unwrap();
    limiter.reset();
    assert_eq!((limiter.snapshot().keys, limiter.snapshot().waiting), (1, 1));
    // It has its turn at once, and there is room for two other keys.
    assert!(place.take().is_ok());
    for key in [4, 5] {
        assert_eq!(calls_of(&limiter, key, 1), [0]);
    }
    assert_eq!((limiter.snapshot().keys, limiter.snapshot().waiting), (3, 0));
    // What was counted before is forgotten, and what came behind it is not.
    for key in [1, 4, 5] {
        assert_eq!(calls_of(&limiter, key, 1), [30]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_least_recently_used_key_makes_place() {
    let limiter = RateLimiter::new("lru", TWO.max_keys(3));
    for key in [1, 2, 3] {
        assert_eq!(calls_of(&limiter, key, 1), [0]);
        pass(SECOND).await;
    }
    // The first comes again, so that the second is now the one.
    assert_eq!(calls_of(&limiter, 1, 2), [0, 27]);
    assert_eq!(calls_of(&limiter, 4, 1), [0]);
    assert_eq!(limiter.snapshot().keys, 3);
    // The third is still known: it has one call left, and would have to wait for the next.
    assert_eq!(calls_of(&limiter, 3, 2), [0, 29]);
}

#[tokio::test(start_paused = true)]
async fn a_key_without_effect_makes_place_before_one_that_was_not_used_for_longer() {
    let limiter = RateLimiter::new("idle-first", TWO.burst(4).max_keys(2));
    assert_eq!(calls_of(&limiter, 1, 4), [0, 0, 0, 0]);
    pass(35 * SECOND).await;
    assert_eq!(calls_of(&limiter, 2, 1), [0]);
    pass(30 * SECOND).await;
    // The second is full again, the first has two calls left.
    assert_eq!(calls_of(&limiter, 3, 4), [0, 0, 0, 0]);
    assert_eq!(calls_of(&limiter, 1, 3), [0, 0, 25]);
}

#[tokio::test(start_paused = true)]
async fn a_key_makes_place_however_many_others_have_calls_that_wait() {
    let limiter = RateLimiter::new("few-free", TWO.burst(1).max_keys(40));
    let waiting: Vec<_> = (0..36).map(|key| limiter.reserve(Some(key), 60 * SECOND).unwrap()).collect();
    for key in 36..60 {
        assert_eq!(limiter.try_acquire_key(key).map_err(|rejected| (key, rejected)), Ok(()));
        pass(60 * SECOND).await;
    }
    drop(waiting);
}

#[tokio::test(start_paused = true)]
async fn what_a_forgotten_key_has_used_up_stays_used_up() {
    for config in [TWO, window(2, 60 * SECOND)] {
        let limiter = RateLimiter::new("forgotten", config.max_keys(10));
        let mut admitted = 0;
        // A hundred keys take turns, and each one is forgotten before it comes again.
        for _ in 0..10 {
            for key in 0..100 {
                admitted += usize::from(calls_of(&limiter, key, 1) == [0]);
            }
        }
        assert!((10..=200).contains(&admitted), "{admitted}");
        assert_eq!(limiter.snapshot().keys, 10);
        // And it is over when it would have been.
        pass(60 * SECOND).await;
        assert_eq!(calls_of(&limiter, 1_000, 3)[..2], [0, 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_calls_wait_for_is_not_forgotten() {
    let limiter = RateLimiter::new("waiting", TWO.burst(1).wait(60 * SECOND).max_keys(2));
    let mut line = Vec::new();
    for key in [1, 2] {
        assert_eq!(calls_of(&limiter, key, 1), [0]);
        line.push(limiter.reserve(Some(key), 60 * SECOND).unwrap());
    }
    // Not even one that could be forgotten: the call is refused, for as long as a call takes to get its turn.
    assert_eq!(calls_of(&limiter, 3, 1), [30]);
    assert_eq!((limiter.snapshot().keys, limiter.snapshot().waiting), (2, 2));
    pass(30 * SECOND).await;
    for place in line {
        assert!(place.take().is_ok());
    }
    assert_eq!(calls_of(&limiter, 3, 1)[0], 30);
    pass(30 * SECOND).await;
    assert_eq!(calls_of(&limiter, 3, 1), [0]);
    assert_eq!(limiter.snapshot().keys, 2);
}

#[tokio::test(start_paused = true)]
async fn calls_wait_for_their_own_key() {
    let limiter = RateLimiter::new("lines", TWO.burst(1).wait(60 * SECOND));
    let start = Tick::now();
    let wait = |key| {
        let limiter = &limiter;
        async move {
            limiter.acquire_key(key).await.unwrap();
            Tick::now().since(start).as_secs()
        }
    };
    let times = tokio::join!(wait(1), wait(1), wait(2), wait(1), wait(2));
    assert_eq!(times, (0, 30, 0, 60, 30));
    assert_eq!(limiter.acquire_key(3).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn another_configuration_is_for_all_keys() {
    let limiter = RateLimiter::new("key-reload", TWO);
    for key in 0..1_000 {
        assert_eq!(calls_of(&limiter, key, 2), [0, 0]);
    }
    limiter.reconfigure(RateLimitConfig::new(Rate::per_minute(3))).unwrap();
    for key in 0..1_000 {
        assert_eq!(calls_of(&limiter, key, 2), [0, 20]);
    }
    limiter.reconfigure(RateLimitConfig::new(Rate::per_minute(3)).max_keys(100)).unwrap();
    assert_eq!(limiter.snapshot().keys, 100);
    for key in 0..1_000 {
        assert_eq!(calls_of(&limiter, key, 1), [20]);
    }
    assert_eq!(limiter.snapshot().keys, 100);
}

#[test]
fn few_keys_have_one_lock_and_many_have_many() {
    for (max_keys, shards) in [(1, 1), (127, 1), (128, 2), (10_000, 32), (u32::MAX, 32)] {
        assert_eq!(Keys::new(&TWO.max_keys(max_keys).settings()).shards(), shards, "{max_keys}");
    }
    // Also where keys come before the configuration does.
    assert_eq!(Keys::new(&Settings::NONE).shards(), 32);
}
