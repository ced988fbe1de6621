//! One room per policy: what the user wrote, the checked model, and the code it becomes.
//!
//! A room names its keys in a [`Room`], from which the walk over the attribute (`check::keys`) knows what may
//! stand where, and reads their values in its `read`.

pub(crate) mod breaker;
pub(crate) mod budget;
pub(crate) mod bulkhead;
pub(crate) mod cache;
pub(crate) mod call;
pub(crate) mod chaos;
pub(crate) mod coalesce;
pub(crate) mod fallback;
pub(crate) mod hedge;
pub(crate) mod idempotency;
pub(crate) mod preset;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod span;
pub(crate) mod throttle;
pub(crate) mod timeout;

use proc_macro2::Ident;

/// One option of the attribute.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    /// What the value is called, with its article.
    pub(crate) noun: &'static str,
    /// A value, as the user would write it behind `=`; for messages.
    pub(crate) example: &'static str,
}

/// What may follow a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `= value`
    Value,
    /// `= value`, or nothing for the default.
    Optional,
    /// `= value`; in the group, the setting of this name may say it.
    ValueOr(&'static str),
    /// Nothing: that it is there is what it says.
    Nothing,
    /// `(..)` with a grammar of its own.
    Tokens,
    /// `= value`, or `(value, ..)`.
    Values,
}

impl Key {
    const fn new(name: &'static str, example: &'static str) -> Self {
        Self { name, takes: Takes::Value, noun: "a value", example }
    }

    const fn takes(self, takes: Takes) -> Self {
        Self { takes, ..self }
    }

    const fn noun(self, noun: &'static str) -> Self {
        Self { noun, ..self }
    }
}

/// The options of one policy.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: &'static str,
    /// The key that turns the policy on and also opens its group; without one the room has no group.
    pub(crate) headline: Option<Key>,
    pub(crate) settings: &'static [Key],
    /// Whether the settings may stand outside of the group.
    pub(crate) flat: bool,
    /// The room in whose group the headline may stand as well.
    pub(crate) within: Option<&'static str>,
}

impl Room {
    /// The headline and the settings.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.headline.iter().chain(self.settings)
    }

    /// Whether the group may begin with a name.
    pub(crate) fn may_begin_with_name(&self) -> bool {
        let named = [
            &breaker::ROOM,
            &rate_limit::ROOM,
            &bulkhead::ROOM,
            &budget::ROOM,
            &throttle::ROOM,
            &chaos::ROOM,
        ];
        named.iter().any(|room| room.name == self.name)
    }

    /// Whether `key` is the one that opens the group.
    pub(crate) fn is_headline(&self, key: &Key) -> bool {
        self.headline.as_ref().is_some_and(|headline| headline.name == key.name)
    }

    /// Whether `key`, one of the room's, may stand outside of the group.
    pub(crate) fn is_outside(&self, key: &Key) -> bool {
        self.flat || self.is_headline(key)
    }

    /// The keys that take `"none"` for a function without what they say; a strategy of that name is `retry`'s own.
    pub(crate) fn switches(&self, key: &Key) -> bool {
        match &self.headline {
            Some(_) if self.name == retry::ROOM.name => ["when", "when_ok"].contains(&key.name),
            Some(_) => self.is_headline(key),
            None => [timeout::ROOM.name, fallback::ROOM.name].contains(&self.name),
        }
    }
}

/// All rooms: a new policy is one more line here and one in `args.rs`.
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
pub(crate) fn find(name: &Ident, group: Option<&Room>) -> Option<(&'static Room, &'static Key)> {
    let homes = homes(name);
    for (room, key) in &homes {
        let fits = match group {
            Some(group) => room.name == group.name,
            None => room.is_outside(key),
        };
        if fits {
            return Some((room, key));
        }
    }
    homes.first().copied()
}

/// How to write `word` where it is a value with a name of its own, a preset or a strategy: with its key.
pub(crate) fn keyed(word: &str) -> Option<String> {
    let key = if preset::is_name(word) {
        preset::ROOM.name
    } else {
        retry::Schedule::named(word).filter(|schedule| schedule.name() != "none").map(|_| retry::ROOM.name)?
    };
    Some(format!("{key} = \"{word}\""))
}

/// Whether some policy has an option of this name.
pub(crate) fn is_key(name: &Ident) -> bool {
    !homes(name).is_empty()
}

/// How to write a value for the key `name` of `group`, as the end of a sentence: ``, like `timeout = "2s"` ``.
pub(crate) fn like(name: &Ident, group: Option<&Room>) -> String {
    find(name, group).map_or_else(String::new, |(_, key)| format!(", like `{name} = {}`", key.example))
}

/// The message for a key without its value.
pub(crate) fn needs_value(name: &Ident, group: Option<&Room>) -> String {
    let noun = find(name, group).map_or("a value", |(_, key)| key.noun);
    format!("`{name}` needs {noun}{}", like(name, group))
}
