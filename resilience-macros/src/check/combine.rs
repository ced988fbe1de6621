//! Rules between options that the tokens alone decide: what has no effect, and what needs something else.
//!
//! Options that need the same missing thing are one mistake, and are reported together at the first of them.

use proc_macro2::{Ident, TokenStream};

use super::keys::Written;
use crate::args::Args;
use crate::diag::{Diagnostics, list};
use crate::policy::breaker::{self, Target};
use crate::policy::retry::{Schedule, Strategy};
use crate::value::Attempts;

const BACKOFF: [&str; 4] = ["base", "cap", "factor", "jitter"];
const CLASSIFICATION: [&str; 2] = ["when", "when_ok"];
const REJECTING: [&str; 3] = ["breaker", "timeout", "deadline"];

/// Reports every combination of options that cannot be meant.
pub(crate) fn check(args: &Args, written: &Written, diagnostics: &mut Diagnostics) {
    let mut rules = Rules { args, written, diagnostics };
    rules.something();
    rules.retry_is_there();
    rules.strategy_uses_settings();
    rules.deadline_is_there();
    rules.rejection_is_possible();
    rules.breaker_uses_settings();
}

struct Rules<'a> {
    args: &'a Args,
    written: &'a Written,
    diagnostics: &'a mut Diagnostics,
}

impl Rules<'_> {
    /// Whether `name` is there, or may be there in what could not be read.
    fn may_have(&self, name: &str) -> bool {
        self.written.unclear || self.written.find(name).is_some()
    }

    /// Reports `keys` as one mistake: "`a` and `b` have no effect {why}", where `{it}` stands for the keys.
    fn no_effect(&mut self, keys: &[&Ident], why: &str) {
        let Some(first) = keys.first() else { return };
        let (has, it) = if keys.len() == 1 { ("has", "it") } else { ("have", "them") };
        let why = why.replace("{it}", it);
        self.diagnostics.push(first, format_args!("{} {has} no effect {why}", list(keys)));
    }

    fn something(&mut self) {
        if !self.written.unclear && !self.written.has_other_than(&["crate"]) {
            let message = "name at least one policy, like `retry = \"exp_jitter\"` or `timeout = \"2s\"`";
            self.diagnostics.push(TokenStream::new(), message);
        }
    }

    fn retry_is_there(&mut self) {
        if self.may_have("retry") {
            return;
        }
        let settings = self.written.find_all(&["max", "base", "cap", "factor", "jitter"]);
        let classification = self.written.find_all(&CLASSIFICATION);
        if !settings.is_empty() {
            self.no_effect(&settings, "without `retry`; add one, like `retry = \"exp_jitter\"`");
        } else if self.written.find("breaker").is_none() {
            self.no_effect(&classification, "without `retry` or `breaker`; add one of them");
        }
    }

    fn strategy_uses_settings(&mut self) {
        let Some(retry) = &self.args.retry else { return };
        match &retry.strategy.value {
            Strategy::Named(Schedule::None) => {
                let mut unused = self.written.find_all(&["max", "base", "cap", "factor", "jitter"]);
                if !self.may_have("breaker") {
                    unused.extend(self.written.find_all(&CLASSIFICATION));
                }
                self.no_effect(&unused, "with `retry = \"none\"`; remove {it}, or choose another strategy");
            }
            Strategy::Named(schedule) => self.schedule_uses_settings(*schedule),
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

    fn deadline_is_there(&mut self) {
        let max = self.args.retry.as_ref().and_then(|retry| retry.max.as_ref());
        let Some(max) = max.filter(|max| max.value.literal() == Some(&Attempts::UntilDeadline)) else {
            return;
        };
        if !self.may_have("deadline") {
            let message = "`max = \"deadline\"` needs a deadline; add one, like `deadline = \"30s\"`";
            self.diagnostics.push(&max.tokens, message);
        }
    }

    fn rejection_is_possible(&mut self) {
        if REJECTING.iter().any(|policy| self.may_have(policy)) {
            return;
        }
        let map_rejected = self.written.find_all(&["map_rejected"]);
        self.no_effect(
            &map_rejected,
            "without `breaker`, `timeout` or `deadline`, which reject; remove {it}",
        );
    }

    fn breaker_uses_settings(&mut self) {
        let Some(breaker) = &self.args.breaker else { return };
        if let Target::Static(_) = breaker.target.value {
            let settings = self.written.grouped(&breaker::ROOM);
            let (belongs, it) = if settings.len() == 1 { ("belongs", "it") } else { ("belong", "them") };
            if let Some(first) = settings.first() {
                let message = format!("{} {belongs} to the `static`; set {it} there", list(&settings));
                self.diagnostics.push(first, message);
            }
            return;
        }
        let has = |name: &str| self.may_have(name);
        let (slow_rate, slow_call) = (has("slow_rate"), has("slow_call"));
        let rates = has("failure_rate") || slow_rate || !has("consecutive");
        let grows = has("open_growth");
        if !slow_rate {
            let slow_call = self.written.find_all(&["slow_call"]);
            self.no_effect(&slow_call, "without `slow_rate`; add one, like `slow_rate = \"50%\"`");
        }
        if let (Some(slow_rate), false) = (self.written.find("slow_rate"), slow_call) {
            let message =
                "`slow_rate` needs to know what is slow; add `slow_call`, like `slow_call = \"2s\"`";
            self.diagnostics.push(slow_rate, message);
        }
        if !rates {
            let unused = self.written.find_all(&["window", "min_calls"]);
            let why =
                "with `consecutive` alone, which looks at no window; remove {it}, or add `failure_rate`";
            self.no_effect(&unused, why);
        }
        if !grows {
            let open_max = self.written.find_all(&["open_max"]);
            self.no_effect(&open_max, "without `open_growth`; add one, like `open_growth = 2.0`");
        }
    }
}
