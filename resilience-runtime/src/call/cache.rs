//! A call with a cache: in front of the attempts, and behind a failure.

use super::Call;
use super::core::{Core, Stage};
use super::limits::Limits;
use crate::event::{Event, StopReason};
use crate::outcome::probe::{Form, Probe};
use crate::policy::answer::kept::Copies;
use crate::policy::answer::key::Key;
use crate::policy::cache::{Memory, Recalled};
use crate::policy::retry::Cause;
use crate::telemetry::values::CallOutcome;
use crate::time::Tick;

impl<J, L> Call<J, L> {
    /// With answers that are remembered by `key`.
    pub fn remembering<R, M: Form<R>>(
        self,
        probe: Probe<R, M>,
        copies: Copies<M::Ok>,
        key: Key,
    ) -> Call<Memory<J, R, M>, L> {
        let Self { state, judge } = self;
        let Some(cache) = state.site().get_cache() else {
            unreachable!("answers are remembered for a function that has a cache");
        };
        Call { state, judge: Memory::new(judge, probe, copies, cache, key) }
    }
}

impl<J, R, M: Form<R>, L: Limits> Call<Memory<J, R, M>, L> {
    /// Whether the cache has an answer; then it is the call's.
    pub fn recall(&mut self) -> bool {
        // The key is compared by the user's code.
        let (core, _, judge) = self.parts();
        core.stage = Stage::Inside;
        let recalled = judge.recall();
        core.stage = Stage::Between;
        let (cache, operation) = (judge.name(), core.site.operation());
        match recalled {
            Recalled::Hit(age) => {
                core.emit(&Event::CacheHit { cache, operation, age });
                return true;
            }
            Recalled::Miss(stale) => {
                if stale.is_some() {
                    core.detail.get_or_insert_default().stale = stale;
                }
                core.emit(&Event::CacheMiss { cache, operation });
            }
            Recalled::Off => {}
        }
        if let Some(budget) = core.site.get_budget().filter(|_| !core.site.config.coalesces) {
            budget.deposit();
        }
        false
    }

    /// The answer.
    pub fn recalled(&mut self) -> R {
        // It is cloned by the user's code.
        let (core, _, judge) = self.parts();
        core.stage = Stage::Inside;
        let Some(result) = judge.take() else {
            unreachable!("an answer is of the type that its function gives");
        };
        core.finish(CallOutcome::Cached, None);
        result
    }
}

impl Core {
    /// Whether an older answer takes the place of the failure; if so, the call is over.
    pub(super) fn is_answered_by_stale(&mut self, cause: Cause, reason: Option<StopReason>) -> bool {
        let answers = match cause {
            // What is permanent or ignored is an answer of the dependency.
            Cause::Failed(class) => class.is_retryable(),
            Cause::BreakerOpen { .. } | Cause::Limited { .. } | Cause::Throttled => true,
        };
        let Some(detail) = self.detail.as_mut().filter(|_| answers) else { return false };
        let now = Tick::now();
        let Some((_, given)) = detail.stale.take().filter(|(until, _)| now < *until) else { return false };
        detail.stopped = reason;
        let (cache, operation) = (self.site.get_cache(), self.site.operation());
        let cache = cache.map_or(operation, crate::policy::cache::Cache::name);
        self.emit(&Event::CacheStale { cache, operation, age: now.since(given) });
        self.finish(CallOutcome::Stale, None);
        true
    }
}
