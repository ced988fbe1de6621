use core::any::TypeId;
use core::hint;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, Barrier};
use std::thread;

use crate::policy::answer::kept::Kept;
use crate::policy::answer::key::{Key, Typed};
use crate::policy::cache::config::CacheConfig;
use crate::policy::cache::guard::Cache;
use crate::policy::cache::store::Found;
use crate::policy::registry::Shared as _;

const MINUTE: Duration = Duration::from_secs(60);
const ROUNDS: u64 = 2_000;

fn key(key: u64) -> Key {
    Key(Arc::new(Typed { instance: TypeId::of::<()>(), key }))
}

fn answer(number: u64) -> Kept {
    Arc::new(number)
}

fn find(cache: &Cache, of: u64) -> Option<u64> {
    match cache.find(&key(of)) {
        Some(Found::Fresh(kept, _)) => kept.downcast_ref().copied(),
        _ => None,
    }
}

fn remember(cache: &Cache, of: u64, given: u64) {
    cache.remember(&key(of), answer(given), cache.revision(&key(of)));
}

#[test]
fn an_answer_is_found_until_it_is_taken_back() {
    let cache = Cache::new("handle_found", CacheConfig::new(MINUTE));
    assert_eq!(find(&cache, 1), None);
    for of in [1, 2] {
        remember(&cache, of, of * 10);
    }
    assert_eq!((find(&cache, 1), find(&cache, 2)), (Some(10), Some(20)));
    cache.invalidate(&1_u64);
    assert_eq!((find(&cache, 1), find(&cache, 2)), (None, Some(20)));
    cache.clear();
    assert_eq!(find(&cache, 2), None);
    let snapshot = cache.snapshot();
    assert_eq!((snapshot.hits, snapshot.misses, snapshot.stale, snapshot.entries), (3, 3, 0, 0));
}

#[test]
fn an_answer_from_before_it_was_taken_back_is_not_remembered() {
    let cache = Cache::new("handle_revision", CacheConfig::new(MINUTE));
    let revision = cache.revision(&key(1));
    cache.invalidate(&1_u64);
    cache.remember(&key(1), answer(10), revision);
    assert_eq!(find(&cache, 1), None);
    let revision = cache.revision(&key(1));
    cache.clear();
    cache.remember(&key(1), answer(10), revision);
    assert_eq!(find(&cache, 1), None);
}

#[test]
fn that_one_key_is_taken_back_keeps_no_more_than_a_few_others_from_being_remembered() {
    let cache = Cache::new("handle_others", CacheConfig::new(MINUTE));
    let revisions: Vec<_> = (1..=1_000).map(|of| (of, cache.revision(&key(of)))).collect();
    cache.invalidate(&0_u64);
    for (of, revision) in revisions {
        cache.remember(&key(of), answer(of), revision);
    }
    let found = (1..=1_000).filter(|of| find(&cache, *of).is_some()).count();
    // 4 of 1000 on average, where 256 counters are shared.
    assert!(found > 950, "{found}");
}

#[test]
fn an_answer_of_a_function_that_has_none_yet_is_taken_back_on_its_way() {
    struct Other;
    let cache = Cache::new("handle_first", CacheConfig::new(MINUTE));
    let first = Key(Arc::new(Typed { instance: TypeId::of::<Other>(), key: 1_u64 }));
    let revision = cache.revision(&first);
    cache.invalidate(&1_u64);
    cache.remember(&first, answer(10), revision);
    assert!(matches!(cache.find(&first), Some(Found::Nothing)));
}

#[test]
fn a_key_of_another_type_takes_nothing_back() {
    let cache = Cache::new("handle_other_type", CacheConfig::new(MINUTE));
    remember(&cache, 1, 10);
    cache.invalidate(&1_i32);
    cache.invalidate("1");
    assert_eq!(find(&cache, 1), Some(10));
}

#[test]
fn there_are_no_more_answers_than_the_capacity() {
    let cache = Cache::new("handle_capacity", CacheConfig::new(MINUTE).capacity(10));
    for of in 0..100 {
        remember(&cache, of, of);
    }
    assert!(cache.snapshot().entries <= 10, "{:?}", cache.snapshot());
}

#[test]
fn a_name_that_nobody_configures_remembers_nothing() {
    let cache = Cache::registry().resolve("handle_unset", None).0;
    remember(cache, 1, 10);
    assert!(cache.find(&key(1)).is_none());
    assert_eq!(cache.snapshot().misses, 0);
}

#[test]
fn the_longest_times_are_taken() {
    let cache = Cache::new("handle_longest", CacheConfig::new(Duration::MAX).stale_if_error(Duration::MAX));
    remember(&cache, 1, 10);
    assert_eq!(find(&cache, 1), Some(10));
}

#[test]
#[should_panic(expected = "must be longer than 0s")]
fn a_configuration_that_makes_no_sense_is_refused() {
    let _ = Cache::new("handle_invalid", CacheConfig::new(Duration::ZERO));
}

#[test]
fn what_is_taken_back_while_it_is_stored_is_gone_whoever_is_first() {
    for round in 0..200 {
        let cache = Cache::new("handle_race", CacheConfig::new(MINUTE));
        let (barrier, revision) = (Barrier::new(2), cache.revision(&key(1)));
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                cache.remember(&key(1), answer(10), revision);
            });
            barrier.wait();
            cache.invalidate(&1_u64);
        });
        assert_eq!(find(&cache, 1), None, "round {round}");
    }
}

#[test]
fn behind_that_it_was_taken_back_an_answer_from_before_is_never_found() {
    let cache = Cache::new("handle_behind", CacheConfig::new(MINUTE));
    let (begun, ended) = (AtomicU64::new(0), AtomicU64::new(0));
    let meet = |count: &AtomicU64, round| {
        count.fetch_add(1, Ordering::SeqCst);
        while count.load(Ordering::SeqCst) < 2 * round {
            hint::spin_loop();
        }
    };
    let mut found = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=ROUNDS {
                let revision = cache.revision(&key(round));
                meet(&begun, round);
                cache.remember(&key(round), answer(10), revision);
                meet(&ended, round);
            }
        });
        for round in 1..=ROUNDS {
            meet(&begun, round);
            cache.invalidate(&round);
            found += u32::from(find(&cache, round).is_some());
            meet(&ended, round);
        }
    });
    assert_eq!(found, 0, "of {ROUNDS}");
}
