//! What a call does with its flight: it comes on board, leads or waits, and shares the result of its attempts.

use core::marker::PhantomData;
use core::task::{Context, Poll, ready};

use tracing::Span;

use super::state::Landed;
use super::table::{Aboard, Flights};
use crate::outcome::Class;
use crate::outcome::Rejected;
use crate::outcome::judge::{Judges, Until};
use crate::outcome::keep::HasKept;
use crate::outcome::probe::{Form, Probe};
use crate::policy::answer::kept::Copies;
use crate::policy::answer::key::Key;
use crate::time::Tick;

/// A judge that shares the result with the calls that ask for the same.
#[derive(Debug)]
pub struct Share<J, R, M: Form<R>> {
    judge: J,
    form: PhantomData<fn() -> (R, M)>,
    answers: Copies<M::Ok>,
    errors: Copies<M::Error>,
    /// Until it is on board.
    key: Option<Key>,
    aboard: Option<Aboard>,
}

impl<J, R, M: Form<R>> Share<J, R, M> {
    pub(crate) fn new(
        judge: J,
        _: Probe<R, M>,
        answers: Copies<M::Ok>,
        errors: Copies<M::Error>,
        key: Key,
    ) -> Self {
        Self { judge, form: PhantomData, answers, errors, key: Some(key), aboard: None }
    }

    fn copied(&self, result: &R) -> Landed {
        match M::as_result(result) {
            Ok(answer) => Landed::Ok((self.answers.keep)(answer)),
            Err(error) => Landed::Err((self.errors.keep)(error)),
        }
    }

    /// The result as one of this function, or the refusal.
    fn given(&self, landed: &Landed) -> Result<R, Rejected> {
        let result = match landed {
            Landed::Ok(kept) => (self.answers.give)(kept).map(M::from_ok),
            Landed::Err(kept) => (self.errors.give)(kept).map(M::from_error),
            Landed::Rejected(rejected) => return Err(*rejected),
        };
        let Some(result) = result else {
            unreachable!("a flight has calls of one instance of a function, which give one type");
        };
        Ok(result)
    }
}

/// What a call comes with.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'s> {
    pub(crate) span: &'s Span,
    /// Until when it has time.
    pub(crate) deadline: Option<Tick>,
    /// Of what: calls share a result only with those of the same.
    pub(crate) revision: u64,
}

/// A judge whose call may get the result of another one.
pub trait Boards<R>: Judges<R> {
    /// Comes on board, and waits for the result of the leader; `None` when this call is the
    /// leader.
    fn poll_landed(
        &mut self,
        flights: &'static Flights,
        coming: Coming<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<R, Rejected>>>;

    /// Waits no longer.
    fn leave(&mut self);
}

impl<J: Judges<R>, R, M: Form<R>> Boards<R> for Share<J, R, M> {
    fn poll_landed(
        &mut self,
        flights: &'static Flights,
        coming: Coming<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<R, Rejected>>> {
        if let Some(key) = self.key.take() {
            self.aboard = Some(flights.board(&key, coming));
        }
        let Some(aboard) = &mut self.aboard else { return Poll::Ready(None) };
        let Some(landed) = ready!(aboard.poll_landed(cx)) else { return Poll::Ready(None) };
        self.aboard = None;
        Poll::Ready(Some(self.given(&landed)))
    }

    fn leave(&mut self) {
        self.aboard = None;
    }
}

impl<J: Judges<R>, R, M: Form<R>> Judges<R> for Share<J, R, M> {
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
        if let Some(aboard) = self.aboard.take() {
            aboard.land(self.copied(result), None);
        }
    }

    fn failed(&mut self, answer: &Result<R, Rejected>, until: Until) {
        let Some(aboard) = self.aboard.take() else { return };
        let landed = match answer {
            Ok(result) => self.copied(result),
            Err(rejected) => Landed::Rejected(*rejected),
        };
        aboard.land(landed, until.0);
    }
}

impl<J: HasKept, R, M: Form<R>> HasKept for Share<J, R, M> {
    type Error = J::Error;

    fn take_error(&mut self) -> J::Error {
        self.judge.take_error()
    }
}
