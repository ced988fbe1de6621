//! All options by their rooms, the names that other libraries give them, and how messages speak of them.

use proc_macro2::Ident;

use crate::policy::{
    breaker, budget, bulkhead, cache, call, chaos, coalesce, fallback, hedge, idempotency, preset,
    rate_limit, retry, span, throttle, timeout,
};
use crate::written::{Key, Room};

/// All rooms: a new policy is one more line here and one in `args`.
pub(crate) static ROOMS: [&Room; 16] = [
    &retry::ROOM,
    &hedge::ROOM,
    &breaker::ROOM,
    &rate_limit::ROOM,
    &bulkhead::ROOM,
    &budget::ROOM,
    &throttle::ROOM,
    &timeout::ROOM,
    &fallback::ROOM,
    &cache::ROOM,
    &coalesce::ROOM,
    &chaos::ROOM,
    &preset::ROOM,
    &idempotency::ROOM,
    &span::ROOM,
    &call::ROOM,
];

/// Names that other libraries give to our options. Of several of one name the first counts that stands where it was written.
pub(crate) const SYNONYMS: [(&str, &str); 75] = [
    ("attempts", "max"),
    ("max_attempts", "max"),
    ("retries", "max"),
    ("max_retries", "max"),
    ("max_retry_attempts", "max"),
    ("max_times", "max"),
    ("max_hedged_attempts", "max"),
    ("backoff", "retry"),
    ("backoff_type", "retry"),
    ("use_jitter", "jitter"),
    ("delay", "base"),
    ("delay", "after"),
    ("initial_delay", "base"),
    ("initial_interval", "base"),
    ("min_delay", "base"),
    ("wait_duration", "base"),
    ("max_delay", "cap"),
    ("max_interval", "cap"),
    ("max_retry_after", "retry_after_max"),
    ("multiplier", "factor"),
    ("exponential_backoff_multiplier", "factor"),
    ("randomized_wait_factor", "jitter"),
    ("retry_if", "when"),
    ("retry_on", "when"),
    ("retry_on_exception", "when"),
    ("retry_on_result", "when_ok"),
    ("ignore_exceptions", "when"),
    ("record_exceptions", "when"),
    ("should_handle", "when"),
    ("circuit_breaker", "breaker"),
    ("failure_threshold", "consecutive"),
    ("threshold", "failures"),
    ("failure_ratio", "failure_rate"),
    ("failure_rate_threshold", "failure_rate"),
    ("slow_call_rate_threshold", "slow_rate"),
    ("slow_call_duration_threshold", "slow_call"),
    ("sliding_window_size", "window"),
    ("sampling_duration", "window"),
    ("minimum_number_of_calls", "min_calls"),
    ("minimum_throughput", "min_calls"),
    ("reset_timeout", "open_for"),
    ("open", "open_for"),
    ("break_duration", "open_for"),
    ("wait_duration_in_open_state", "open_for"),
    ("half_open", "probes"),
    ("permitted_number_of_calls_in_half_open_state", "probes"),
    ("total_timeout", "deadline"),
    ("attempt_timeout", "timeout"),
    ("time_limiter", "timeout"),
    ("timeout_duration", "timeout"),
    ("timeout_duration", "wait"),
    ("rate_limiter", "rate_limit"),
    ("limiter", "rate_limit"),
    ("limit_for_period", "rate_limit"),
    ("limit_for_period", "rate"),
    ("burst_size", "burst"),
    ("concurrency", "bulkhead"),
    ("concurrency_limit", "bulkhead"),
    ("max_concurrent", "bulkhead"),
    ("max_concurrent_calls", "bulkhead"),
    ("max_concurrent_calls", "max"),
    ("permit_limit", "bulkhead"),
    ("permit_limit", "max"),
    ("queue_size", "queue"),
    ("queue_limit", "queue"),
    ("max_wait", "wait"),
    ("max_wait_duration", "wait"),
    ("retry_budget", "budget"),
    ("adaptive_throttle", "throttle"),
    ("max_capacity", "capacity"),
    ("max_entries", "capacity"),
    ("max_size", "capacity"),
    ("time_to_live", "ttl"),
    ("single_flight", "coalesce"),
    ("singleflight", "coalesce"),
];

/// Whether the group of `room` may begin with a name.
pub(super) fn may_begin_with_name(room: &Room) -> bool {
    let named =
        [&breaker::ROOM, &rate_limit::ROOM, &bulkhead::ROOM, &budget::ROOM, &throttle::ROOM, &chaos::ROOM];
    named.iter().any(|known| known.name == room.name)
}

/// Whether `key` of `room` takes `"none"` for a function without what it says; a strategy of that name is `retry`'s own.
pub(super) fn switches(room: &Room, key: &Key) -> bool {
    match &room.headline {
        Some(_) if room.name == retry::ROOM.name => ["when", "when_ok"].contains(&key.name),
        Some(_) => room.is_headline(key),
        None => [timeout::ROOM.name, fallback::ROOM.name].contains(&room.name),
    }
}

/// All keys of the name `name`, with the rooms they belong to.
pub(crate) fn homes(name: &Ident) -> Vec<(&'static Room, &'static Key)> {
    let name = name.to_string();
    let mut homes = Vec::new();
    for room in &ROOMS {
        for key in room.keys() {
            if key.name == name {
                homes.push((*room, key));
            }
        }
    }
    homes
}

/// The key of the name `name`: that of `group` where it has one, or the one outside of all groups; otherwise any, which
/// then is in the wrong place.
pub(super) fn find(name: &Ident, group: Option<&Room>) -> Option<(&'static Room, &'static Key)> {
    let name = name.to_string();
    let mut misplaced = None;
    for room in ROOMS {
        for key in room.keys() {
            if key.name != name {
                continue;
            }
            let fits = match group {
                Some(group) => room.name == group.name,
                None => room.is_outside(key),
            };
            if fits {
                return Some((room, key));
            }
            misplaced = misplaced.or(Some((room, key)));
        }
    }
    misplaced
}

/// How to write `word` where it is a value with a name of its own, a preset or a strategy: with its key.
pub(super) fn keyed(word: &str) -> Option<String> {
    let key = if preset::is_name(word) {
        preset::ROOM.name
    } else {
        retry::Schedule::named(word).filter(|schedule| schedule.name() != "none").map(|_| retry::ROOM.name)?
    };
    Some(format!("{key} = \"{word}\""))
}

/// Whether some policy has an option of this name.
pub(super) fn is_key(name: &Ident) -> bool {
    !homes(name).is_empty()
}

/// How to write a value for the key `name` of `group`, as the end of a sentence: ``, like `timeout = "2s"` ``.
pub(super) fn like(name: &Ident, group: Option<&Room>) -> String {
    find(name, group).map_or_else(String::new, |(_, key)| format!(", like `{name} = {}`", key.example))
}

/// The message for a key without its value.
pub(super) fn needs_value(name: &Ident, group: Option<&Room>) -> String {
    let noun = find(name, group).map_or("a value", |(_, key)| key.noun);
    format!("`{name}` needs {noun}{}", like(name, group))
}
