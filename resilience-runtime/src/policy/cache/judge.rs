//! What one call does with its cache: it looks for an answer in front of the attempts, remembers the one they give, and
//! has an older one ready for when they fail.

use core::marker::PhantomData;
use core::task::{Context, Poll};
use core::time::Duration;

use super::guard::Cache;
use super::revisions::Revision;
use super::store::Found;
use crate::outcome::Class;
use crate::outcome::Rejected;
use crate::outcome::judge::{Judges, Until};
use crate::outcome::keep::HasKept;
use crate::outcome::probe::{Form, Probe};
use crate::policy::answer::kept::{Copies, Kept};
use crate::policy::answer::key::Key;
use crate::policy::coalesce::{Boards, Coming, Flights};
use crate::time::Tick;

/// A judge that remembers what succeeded.
#[derive(Debug)]
pub struct Memory<J, R, M: Form<R>> {
    pub(crate) judge: J,
    form: PhantomData<fn() -> (R, M)>,
    copies: Copies<M::Ok>,
    cache: &'static Cache,
    /// Until it is stored.
    key: Option<Key>,
    /// What was found: no result yet, which a future would have to hold while it waits.
    found: Option<Kept>,
    /// When it began to ask, as the cache counts that.
    revision: Revision,
}

/// What a call finds.
pub(crate) enum Recalled {
    /// An answer, so old.
    Hit(Duration),
    /// None that can be given at once; if there is one that may stand in for an error, until when, and when it was
    /// given.
    Miss(Option<(Tick, Tick)>),
    /// Nothing is ever remembered.
    Off,
}

impl<J, R, M: Form<R>> Memory<J, R, M> {
    pub(crate) fn new(
        judge: J,
        _: Probe<R, M>,
        copies: Copies<M::Ok>,
        cache: &'static Cache,
        key: Key,
    ) -> Self {
        Self {
            judge,
            form: PhantomData,
            copies,
            cache,
            key: Some(key),
            found: None,
            revision: Revision::default(),
        }
    }

    /// The cache's name.
    pub(crate) fn name(&self) -> &'static str {
        self.cache.name()
    }

    /// Looks for an answer.
    pub(crate) fn recall(&mut self) -> Recalled {
        let Some(key) = &self.key else { return Recalled::Off };
        let found = self.cache.find(key);
        if let Some(Found::Stale { .. } | Found::Nothing) = found {
            self.revision = self.cache.revision(key);
        }
        match found {
            None => Recalled::Off,
            Some(Found::Fresh(kept, age)) => {
                self.found = Some(kept);
                Recalled::Hit(age)
            }
            Some(Found::Stale { kept, until, given }) => {
                self.found = Some(kept);
                Recalled::Miss(Some((until, given)))
            }
            Some(Found::Nothing) => Recalled::Miss(None),
        }
    }

    /// What was found, as a result.
    pub(crate) fn take(&mut self) -> Option<R> {
        let answer = (self.copies.give)(&self.found.take()?)?;
        Some(M::from_ok(answer))
    }
}

impl<J: Judges<R>, R, M: Form<R>> Judges<R> for Memory<J, R, M> {
    fn class(&self, result: &R) -> Option<Class> {
        self.judge.class(result)
    }

    fn error_type(&self, result: &R) -> Option<&'static str> {
        self.judge.error_type(result)
    }

    fn message(&self, result: &R) -> Option<String> {
        self.judge.message(result)
    }

    fn reject(&self, rejected: Rejected) -> R {
        self.judge.reject(rejected)
    }

    fn keep(&mut self, failed: Result<R, Rejected>) {
        self.judge.keep(failed);
    }

    fn succeeded(&mut self, result: &R) {
        if let (Ok(answer), Some(key)) = (M::as_result(result), self.key.take()) {
            self.cache.remember(&key, (self.copies.keep)(answer), self.revision);
        }
        // Behind it, so that who comes when the others have their answer finds it here.
        self.judge.succeeded(result);
    }

    fn failed(&mut self, answer: &Result<R, Rejected>, until: Until) {
        self.judge.failed(answer, until);
    }

    fn stale(&mut self) -> Option<R> {
        self.cache.count_stale();
        self.take()
    }
}

impl<J: Boards<R>, R, M: Form<R>> Boards<R> for Memory<J, R, M> {
    fn poll_landed(
        &mut self,
        flights: &'static Flights,
        mut coming: Coming<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<R, Rejected>>> {
        // What was taken back is not for who came later: they ask anew.
        coming.revision = self.revision.number();
        self.judge.poll_landed(flights, coming, cx)
    }

    fn leave(&mut self) {
        self.judge.leave();
    }
}

impl<J: HasKept, R, M: Form<R>> HasKept for Memory<J, R, M> {
    type Error = J::Error;

    fn take_error(&mut self) -> J::Error {
        self.judge.take_error()
    }
}
