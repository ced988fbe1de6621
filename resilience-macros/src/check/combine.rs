//! Rules between options that the tokens alone decide: what has no effect, and what needs something else.
//!
//! Options that need the same missing thing are one mistake, and are reported together at the first of them.

use proc_macro2::Ident;

use crate::args::Args;
use crate::diag::{Diagnostics, list};
use crate::keys::rooms;
use crate::policy::budget::Budget;
use crate::policy::bulkhead::Bulkhead;
use crate::policy::preset::REJECTING;
use crate::policy::rate_limit::RateLimit;
use crate::policy::retry::{Schedule, Strategy};
use crate::policy::{breaker, budget, bulkhead, cache, chaos, hedge, rate_limit, throttle};
use crate::value::{Attempts, Count, Target};
use crate::written::{NONE, Room, Written, only};

const BACKOFF: [&str; 4] = ["base", "cap", "factor", "jitter"];
const RETRY: [&str; 7] = ["max", "base", "cap", "retry_after_max", "factor", "jitter", "budget"];
const CLASSIFICATION: [&str; 2] = ["when", "when_ok"];
/// Settings that concern the function and its calls, whoever has the policy.
const OF_THE_CALL: [&str; 4] = ["key", "priority", "error", "release"];

/// Reports every combination of options that cannot be meant; returns the places of those of the block that have no
/// effect here.
pub(crate) fn check(args: &Args, written: &Written, diagnostics: &mut Diagnostics) -> Vec<usize> {
    let mut rules = Rules { args, written, diagnostics, idle: Vec::new() };
    rules.switched_off();
    rules.retry_is_there();
    rules.strategy_uses_settings();
    rules.budget_has_retries();
    rules.deadline_is_there();
    rules.rejection_is_possible();
    rules.settings_of_statics();
    rules.breaker_uses_settings();
    rules.main_settings_stand_once();
    rules.rate_limit_uses_settings();
    rules.bulkhead_uses_settings();
    rules.idle
}

struct Rules<'a> {
    args: &'a Args,
    written: &'a Written,
    diagnostics: &'a mut Diagnostics,
    idle: Vec<usize>,
}

impl<'a> Rules<'a> {
    /// Those of `keys` that the attribute itself has; the others are idle here.
    fn own(&mut self, keys: &[&'a Ident]) -> Vec<&'a Ident> {
        for key in keys {
            self.idle.extend(self.written.of_block(key));
        }
        self.written.own(keys)
    }

    /// Whether `name` is there, or may be there in what could not be read.
    fn may_have(&self, name: &str) -> bool {
        self.written.unclear || self.written.find(name).is_some()
    }

    /// The setting of that name in the group of `room`.
    fn setting(&self, room: &Room, name: &str) -> Option<&'a Ident> {
        self.written.setting(room, name)
    }

    /// Those of the settings of `room` that are there, in the order they were written.
    fn settings(&self, room: &Room, names: &[&str]) -> Vec<&'a Ident> {
        only(self.written.settings(room), &|setting| names.iter().any(|name| setting == name))
    }

    /// Reports `keys` as one mistake: "`a` and `b` have no effect {why}", where `{it}` stands for the keys.
    fn no_effect(&mut self, keys: &[&'a Ident], why: &str) {
        let keys = &self.own(keys);
        let Some(first) = keys.first() else { return };
        let (has, it) = if keys.len() == 1 { ("has", "it") } else { ("have", "them") };
        let why = why.replace("{it}", it);
        self.diagnostics.push(first, format_args!("{} {has} no effect {why}", list(keys)));
    }

    /// Whether a preset has what the attribute does not say; one that could not be read may have anything.
    fn preset_may_have(&self, key: &str) -> bool {
        match &self.args.preset {
            Some(preset) => preset.value.may_have(key),
            None => self.written.find("preset").is_some(),
        }
    }

    /// A policy that the function is without has no settings.
    fn switched_off(&mut self) {
        for (room, key) in &self.written.off() {
            let settings = only(self.written.settings(room), &|setting| {
                rooms::homes(setting).iter().all(|(room, key)| !room.is_outside(key))
            });
            let why = format!("with `{key} = \"{NONE}\"`; remove {{it}}, or the \"{NONE}\"");
            self.no_effect(&settings, &why);
        }
    }

    fn retry_is_there(&mut self) {
        if self.may_have("retry") || self.preset_may_have("retry") {
            return;
        }
        let settings = self.retry_settings();
        let classification = self.written.find_all(&CLASSIFICATION);
        if !settings.is_empty() {
            self.no_effect(&settings, "without `retry`; add one, like `retry = \"exp_jitter\"`");
        } else if !self.counts_failures() {
            self.no_effect(&classification, "without `retry`, `breaker` or `throttle`; add one of them");
        }
    }

    /// Those that only a retry has a use for.
    fn retry_settings(&self) -> Vec<&'a Ident> {
        only(self.written.find_all(&RETRY), &|setting| setting != "budget" || !self.may_have("hedge"))
    }

    /// Whether a policy other than `retry` asks how outcomes are classified.
    fn counts_failures(&self) -> bool {
        let adapts = match &self.args.bulkhead {
            Some(bulkhead) => bulkhead.may_adapt(),
            None => self.written.find("bulkhead").is_some(),
        };
        let may_have = |key| self.may_have(key) || self.preset_may_have(key);
        let may_here = ["hedge", "cache"].iter().any(|key| self.may_have(key));
        adapts || may_here || may_have("breaker") || may_have("throttle")
    }

    fn strategy_uses_settings(&mut self) {
        let Some(retry) = &self.args.retry else { return };
        match &retry.strategy.value {
            Strategy::Named(Schedule::None) => {
                let mut unused = self.retry_settings();
                if !self.counts_failures() {
                    unused.extend(self.written.find_all(&CLASSIFICATION));
                }
                self.no_effect(&unused, "with `retry = \"none\"`; remove {it}, or choose another strategy");
            }
            Strategy::Named(schedule) => self.schedule_uses_settings(*schedule),
            Strategy::OfPreset => {}
            Strategy::Const(_) | Strategy::Policy(_) => {
                let unused = self.written.find_all(&BACKOFF);
                self.no_effect(&unused, "beside a strategy of your own; set {it} there");
            }
        }
    }

    fn schedule_uses_settings(&mut self, schedule: Schedule) {
        let name = schedule.name();
        if !matches!(schedule, Schedule::Exp | Schedule::ExpJitter) {
            let factor = self.written.find_all(&["factor"]);
            let why = format!("with `retry = \"{name}\"`; only `exp` and `exp_jitter` have a factor");
            self.no_effect(&factor, &why);
        }
        let why = match schedule {
            Schedule::Fixed => "with `retry = \"fixed\"`, whose waits are all alike; remove {it}",
            Schedule::Decorrelated => {
                "with `retry = \"decorrelated\"`, which is a jitter itself; remove {it}"
            }
            _ => return,
        };
        let jitter = self.written.find_all(&["jitter"]);
        self.no_effect(&jitter, why);
    }

    fn budget_has_retries(&mut self) {
        // `"none"` has been told, with all that it does not use.
        let retry = self.args.retry.as_ref().filter(|retry| retry.schedule() != Some(Schedule::None));
        let max = retry.and_then(|retry| retry.max.as_ref());
        let has_one_attempt = max.and_then(|max| max.value.literal()) == Some(&Attempts::Count(Count(1)));
        if has_one_attempt && !self.may_have("hedge") {
            let budget = self.written.find_all(&["budget"]);
            self.no_effect(&budget, "with `max = 1`, which leaves no retry; remove {it}, or raise `max`");
        }
    }

    fn deadline_is_there(&mut self) {
        let max = self.args.retry.as_ref().and_then(|retry| retry.max.as_ref());
        let Some(max) = max.filter(|max| max.value.literal() == Some(&Attempts::UntilDeadline)) else {
            return;
        };
        if !self.may_have("deadline") && !self.preset_may_have("deadline") {
            let message = "`max = \"deadline\"` needs a deadline; add one, like `deadline = \"30s\"`";
            self.diagnostics.push(&max.tokens, message);
        }
    }

    fn rejection_is_possible(&mut self) {
        if REJECTING.iter().any(|policy| self.may_have(policy) || self.preset_may_have(policy)) {
            return;
        }
        let map_rejected = self.written.find_all(&["map_rejected"]);
        let why = "without a policy that rejects, like `breaker` or `timeout`; add one, or remove {it}";
        self.no_effect(&map_rejected, why);
    }

    /// A policy in a `static` has its settings there, but for those that concern the call.
    fn settings_of_statics(&mut self) {
        let args = self.args;
        let targets = [
            (&breaker::ROOM, args.breaker.as_ref().map(|breaker| &breaker.target)),
            (&rate_limit::ROOM, args.rate_limit.as_ref().map(|rate_limit| &rate_limit.target)),
            (&bulkhead::ROOM, args.bulkhead.as_ref().map(|bulkhead| &bulkhead.target)),
            (&budget::ROOM, args.budget.as_ref().map(|budget| &budget.target)),
            (&throttle::ROOM, args.throttle.as_ref().map(|throttle| &throttle.target)),
            (&cache::ROOM, args.cache.as_ref().map(|cache| &cache.target)),
            (&chaos::ROOM, args.chaos.as_ref().map(|chaos| &chaos.target)),
        ];
        for (room, target) in &targets {
            if !target.is_some_and(|target| is_static(&target.value)) {
                continue;
            }
            let settings =
                only(self.written.settings(room), &|setting| !OF_THE_CALL.iter().any(|name| setting == name));
            let settings = self.own(&settings);
            let (belongs, it) = if settings.len() == 1 { ("belongs", "it") } else { ("belong", "them") };
            if let Some(first) = settings.first() {
                let message = format!("{} {belongs} to the `static`; set {it} there", list(&settings));
                self.diagnostics.push(first, message);
            }
        }
    }

    fn breaker_uses_settings(&mut self) {
        let Some(breaker) = &self.args.breaker else { return };
        if is_static(&breaker.target.value) {
            return;
        }
        let preset = self.args.preset.as_ref();
        if preset.is_some_and(|preset| !preset.value.is_known()) {
            // What its breaker has is not known here.
            return;
        }
        let has = |name: &str| self.written.unclear || self.setting(&breaker::ROOM, name).is_some();
        let (slow_rate, slow_call) = (has("slow_rate"), has("slow_call"));
        let (rate, consecutive) = (has("failure_rate"), has("consecutive"));
        // That of each built-in preset, where no rule takes its place.
        let failures = has("failures") || preset.is_some() && !(rate || slow_rate || consecutive);
        let rates = rate || slow_rate || !(failures || consecutive);
        let grows = has("open_growth");
        if !slow_rate {
            let slow_call = self.settings(&breaker::ROOM, &["slow_call"]);
            self.no_effect(&slow_call, "without `slow_rate`; add one, like `slow_rate = \"50%\"`");
        }
        if let (Some(slow_rate), false) = (self.setting(&breaker::ROOM, "slow_rate"), slow_call) {
            let message =
                "`slow_rate` needs to know what is slow; add `slow_call`, like `slow_call = \"2s\"`";
            self.diagnostics.push(slow_rate, message);
        }
        if !rates && failures {
            let unused = self.settings(&breaker::ROOM, &["min_calls"]);
            let why = "with `failures`, which is no rate; remove {it}, or add `failure_rate`";
            self.no_effect(&unused, why);
        } else if !rates {
            let unused = self.settings(&breaker::ROOM, &["window", "min_calls"]);
            let why =
                "with `consecutive` alone, which looks at no window; remove {it}, or add `failure_rate`";
            self.no_effect(&unused, why);
        }
        if !grows {
            let open_max = self.settings(&breaker::ROOM, &["open_max"]);
            self.no_effect(&open_max, "without `open_growth`; add one, like `open_growth = 2.0`");
        }
    }

    /// What a group begins with is not said again by its key.
    fn main_settings_stand_once(&mut self) {
        let args = self.args;
        let begins = [
            (&rate_limit::ROOM, "rate", args.rate_limit.as_ref().is_some_and(RateLimit::begins_with_rate)),
            (&bulkhead::ROOM, "max", args.bulkhead.as_ref().is_some_and(Bulkhead::begins_with_max)),
            (&hedge::ROOM, "after", args.hedge.as_ref().is_some_and(|hedge| hedge.begins_with_after)),
            (&budget::ROOM, "ratio", args.budget.as_ref().is_some_and(Budget::begins_with_ratio)),
        ];
        for (room, name, begins) in &begins {
            if let (Some(again), true) = (self.setting(room, name), begins) {
                let message = format!("`{}(..)` begins with its `{name}`; remove one of them", room.name);
                self.diagnostics.push(again, message);
            }
        }
    }

    fn rate_limit_uses_settings(&mut self) {
        let room = &rate_limit::ROOM;
        let Some(limit) = self.args.rate_limit.as_ref().filter(|limit| !is_static(&limit.target.value))
        else {
            return;
        };
        if let (Target::Named(_), None) = (&limit.target.value, &self.args.preset) {
            let settings = self.settings(room, &["burst", "algorithm", "wait", "max_keys", "lease"]);
            self.needs(room, "rate", &settings);
        }
        if limit.has_sliding_window() {
            let burst = self.settings(room, &["burst"]);
            self.no_effect(
                &burst,
                "with `algorithm = \"sliding_window\"`, which lets the rate through at once; remove {it}",
            );
            let lease = self.settings(room, &["lease"]);
            self.no_effect(
                &lease,
                "with `algorithm = \"sliding_window\"`, which asks for each call; remove {it}",
            );
        }
        if !self.written.unclear && self.setting(room, "key").is_none() {
            let max_keys = self.settings(room, &["max_keys"]);
            self.no_effect(&max_keys, "without `key`; add one, like `key = tenant`");
        }
        if self.setting(room, "key").is_some() && !limit.has_sliding_window() {
            let lease = self.settings(room, &["lease"]);
            self.no_effect(
                &lease,
                "with `key`, which has a bucket for each of its values; remove one of them",
            );
        }
    }

    fn bulkhead_uses_settings(&mut self) {
        let room = &bulkhead::ROOM;
        let Some(bulkhead) =
            self.args.bulkhead.as_ref().filter(|bulkhead| !is_static(&bulkhead.target.value))
        else {
            return;
        };
        let (adaptive, algorithm) = (self.settings(room, &["adaptive"]), self.settings(room, &["algorithm"]));
        let limits = self.settings(room, &["queue", "wait", "adaptive", "min"]);
        // What the bulkhead of a constant has is not known here.
        let is_unknown = self.args.preset.as_ref().is_some_and(|preset| !preset.value.is_known());
        if bulkhead.begins_with_adaptive {
            self.no_effect(&adaptive, "in `bulkhead(\"adaptive\", ..)`; write `algorithm`");
            if !self.written.unclear && self.setting(room, "max").is_none() {
                let message = "an adaptive bulkhead needs to know how far its limit may rise; add `max`, like `max = 50`";
                self.diagnostics.push(&bulkhead.target.tokens, message);
            }
        } else {
            self.no_effect(&algorithm, "outside of `bulkhead(\"adaptive\", ..)`; write `adaptive`");
            if adaptive.is_empty() && algorithm.is_empty() && !self.written.unclear && !is_unknown {
                let min = self.settings(room, &["min"]);
                self.no_effect(&min, "without `adaptive`; add it, like `adaptive = \"gradient\"`");
            }
            if let (Target::Named(_), None) = (&bulkhead.target.value, &self.args.preset) {
                self.needs(room, "max", &limits);
            }
        }
        // A bulkhead that is only named has its queue from elsewhere.
        let is_set_here =
            self.setting(room, "max").is_some() || !matches!(bulkhead.target.value, Target::Named(_));
        if is_set_here && !is_unknown && !self.written.unclear && self.setting(room, "queue").is_none() {
            let priority = self.settings(room, &["priority"]);
            self.no_effect(&priority, "without `queue`, where calls wait; add one, like `queue = 20`");
        }
    }

    /// Reports `settings` that stand without the `main` one.
    fn needs(&mut self, room: &Room, main: &str, settings: &[&'a Ident]) {
        if self.setting(room, main).is_some() || self.written.unclear {
            return;
        }
        let settings = &self.own(settings);
        let Some(first) = settings.first() else { return };
        let need = if settings.len() == 1 { "needs" } else { "need" };
        let example = room.settings.iter().find(|key| key.name == main).map_or("..", |key| key.example);
        let message =
            format!("{} {need} `{main}` beside it; add it, like `{main} = {example}`", list(settings));
        self.diagnostics.push(first, message);
    }
}

fn is_static(target: &Target) -> bool {
    matches!(target, Target::Static(..))
}
