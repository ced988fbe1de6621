//! One attempt with those that the hedge puts beside it: the future that polls them all, takes the first answer, and
//! drops the others.
//!
//! To the retry around it this is one attempt. The first body lives in the future; each extra one is on the heap, and
//! only when it is started. There is one timer for all: it ends when the next attempt is due or one runs out of time.

mod ends;

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Call;
use super::conclude::conclude;
use super::core::Stage;
use super::failure::{Failure, Next};
use super::lane::Branch;
use super::limits::{CoreRef, Limits};
use super::timer::{TaskTimer, Timer, TimerTick, poll_pause};
use crate::event::Event;
use crate::outcome::judge::Judges;
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::hedge::{Hedge, Plan};
use crate::time::Tick;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Admission,
    Running,
    Wait,
}

/// How all of it ended.
struct End<T> {
    next: Next,
    answer: Result<T, Rejected>,
}

/// The failure of the first attempt: what the caller gets when all others fail as well.
#[derive(Debug)]
struct Kept<T> {
    answer: Result<T, Rejected>,
    failure: Failure,
}

pin_project! {
    /// One attempt with those beside it; see [`Call::hedged`].
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops every body, and gives back what each attempt held.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Hedged<'c, J, L, M, F>
    where
        F: Future,
        L: Limits,
    {
        call: &'c mut Call<J, L>,
        again: &'c mut M,
        #[pin]
        first: Branch<F, L>,
        // Those that are over stay, so that the others keep their places.
        extras: Vec<Pin<Box<Branch<F, L>>>>,
        timer: TaskTimer,
        plan: Plan,
        kept: Option<Box<Kept<F::Output>>>,
        phase: Phase,
        // Something has happened since the timer was set.
        is_due: bool,
    }

    impl<J, L, M, F> PinnedDrop for Hedged<'_, J, L, M, F>
    where
        F: Future,
        L: Limits,
    {
        fn drop(this: Pin<&mut Self>) {
            this.cancel();
        }
    }
}

/// The branch at `index`, the first one at zero.
fn branch<'b, F, L>(
    first: Pin<&'b mut Branch<F, L>>,
    extras: &'b mut [Pin<Box<Branch<F, L>>>],
    index: usize,
) -> Pin<&'b mut Branch<F, L>> {
    match index.checked_sub(1) {
        None => first,
        Some(extra) => extras[extra].as_mut(),
    }
}

impl<'c, J, L, M, F> Hedged<'c, J, L, M, F>
where
    F: Future,
    L: Limits,
    M: FnMut() -> F,
{
    pub(crate) fn new(call: &'c mut Call<J, L>, again: &'c mut M) -> Self {
        let plan = Plan::new(call.core().site.config.hedge.as_ref().map_or(0, Hedge::max));
        let first = Branch::new(again(), None);
        Self {
            call,
            again,
            first,
            extras: Vec::new(),
            timer: TaskTimer::default(),
            plan,
            kept: None,
            phase: Phase::Admission,
            is_due: true,
        }
    }
}

impl<J, L, M, F> Future for Hedged<'_, J, L, M, F>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    M: FnMut() -> F,
{
    type Output = ControlFlow<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.as_mut().project();
        match *this.phase {
            Phase::Admission => {
                let (core, limits, _) = this.call.parts();
                core.lane_kind = None;
                let admitted = ready!(limits.poll_admission(CoreRef(core), this.timer, cx));
                if let Err(rejected) = admitted {
                    let next = core.refused(&rejected);
                    return self.go_on(End { next, answer: Err(rejected) }, cx);
                }
                let beside = limits.beside();
                this.first.begin(core.take_lane(core::mem::replace(limits, beside)));
                *this.phase = Phase::Running;
                if let Some(hedge) =
                    core.site.config.hedge.as_ref().filter(|hedge| hedge.latencies().is_some())
                {
                    let now = Tick::now();
                    this.plan.begin(now, hedge.delay(now));
                }
            }
            Phase::Running => {}
            Phase::Wait => return self.wait(cx),
        }
        self.run(cx)
    }
}

/// What there is to do after every attempt was polled.
enum Step<T> {
    /// An attempt was started, and has not been polled.
    Poll,
    /// Nothing before that time, or before an attempt wakes.
    Wait(Option<Tick>),
    End(End<T>),
}

impl<J, L, M, F> Hedged<'_, J, L, M, F>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    M: FnMut() -> F,
{
    fn run(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<F::Output>> {
        loop {
            if let Some(end) = self.as_mut().poll_all(cx) {
                return self.go_on(end, cx);
            }
            if !self.is_due {
                let this = self.as_mut().project();
                if !this.timer.is_armed() {
                    return Poll::Pending;
                }
                ready!(this.timer.poll_elapsed(cx));
                *this.is_due = true;
            }
            match self.as_mut().plan() {
                Step::End(end) => return self.go_on(end, cx),
                Step::Poll => {}
                Step::Wait(until) => {
                    let this = self.as_mut().project();
                    *this.is_due = false;
                    let Some(until) = until else {
                        this.timer.disarm();
                        return Poll::Pending;
                    };
                    this.timer.arm(TimerTick(until));
                    ready!(this.timer.poll_elapsed(cx));
                    *this.is_due = true;
                }
            }
        }
    }

    /// Polls every attempt that is under way.
    fn poll_all(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<End<F::Output>> {
        for index in 0..=self.extras.len() {
            let this = self.as_mut().project();
            let (core, _, judge) = this.call.parts();
            let Poll::Ready(result) = branch(this.first, this.extras, index).poll(core, cx) else { continue };
            let end = match judge.class(&result) {
                None => {
                    judge.succeeded(&result);
                    Some(self.as_mut().won(index, result))
                }
                Some(class) => self.as_mut().failed(index, result, class),
            };
            if end.is_some() {
                return end;
            }
        }
        None
    }

    /// Ends what has run out of time, starts what is due, and says what comes next.
    fn plan(mut self: Pin<&mut Self>) -> Step<F::Output> {
        let now = Tick::now();
        if let Some(end) = self.as_mut().time_out(now) {
            return Step::End(end);
        }
        let mut is_started = false;
        loop {
            let this = self.as_mut().project();
            let delay = this.call.core().site.config.hedge.as_ref().and_then(|hedge| hedge.delay(now));
            if !this.plan.has_begun() {
                this.plan.begin(now, delay);
            }
            if !this.plan.starts(now, delay) {
                break;
            }
            is_started |= self.as_mut().start(now);
        }
        if is_started {
            return Step::Poll;
        }
        let this = self.as_mut().project();
        let core = this.call.core();
        let extras = this.extras.iter().map(Pin::as_ref);
        let (mut is_running, mut until) = (false, None);
        for branch in extras.chain([this.first.as_ref()]) {
            is_running |= branch.is_running();
            until = sooner(until, branch.until());
        }
        let next = this.plan.next(is_running);
        let is_in_time = |next: &Tick| core.effective_deadline().is_none_or(|(deadline, _)| *next < deadline);
        if is_running || next.as_ref().is_some_and(is_in_time) {
            return Step::Wait(sooner(until, next));
        }
        let Some(kept) = this.kept.take() else {
            unreachable!("where no attempt is under way, the first one has failed")
        };
        let Kept { answer, failure } = *kept;
        Step::End(End { next: core.after(&failure), answer })
    }

    /// Starts an extra attempt, or tells which of those it has to ask has nothing free.
    fn start(mut self: Pin<&mut Self>, now: Tick) -> bool {
        let Err(reason) = self.as_mut().try_start(now) else { return true };
        let core = self.project().call.core();
        core.emit(&Event::HedgeSkipped { operation: core.site.operation(), reason });
        false
    }

    fn try_start(self: Pin<&mut Self>, now: Tick) -> Result<(), &'static str> {
        let this = self.project();
        let (core, limits, _) = this.call.parts();
        let withdrawal = match core.site.get_budget() {
            None => None,
            Some(budget) => Some(core.in_call(|| budget.withdraw()).ok_or("retry_budget_exhausted")?),
        };
        core.stage = Stage::Inside;
        let body = (this.again)();
        core.stage = Stage::Running;
        let lane = core.begin_extra(limits.beside()).map_err(RejectedKind::as_error_type)?;
        if let Some(withdrawal) = withdrawal {
            withdrawal.spend();
        }
        let attempt = lane.number;
        this.extras.push(Box::pin(Branch::new(body, Some(lane))));
        let (operation, delay) = (core.site.operation(), this.plan.elapsed(now));
        core.emit(&Event::HedgeStarted { operation, attempt, delay });
        Ok(())
    }

    /// Ends with an answer, or waits for the next attempt.
    fn go_on(
        mut self: Pin<&mut Self>,
        end: End<F::Output>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<F::Output>> {
        let this = self.as_mut().project();
        let End { next, answer } = end;
        match next {
            Next::Retry(at) => {
                drop(answer);
                *this.kept = None;
                this.extras.clear();
                *this.phase = Phase::Wait;
                ready!(poll_pause(this.timer, at, cx));
                this.call.core().waited();
                Poll::Ready(ControlFlow::Continue(()))
            }
            next => {
                let (core, _, judge) = this.call.parts();
                let until = core.shares_until(&answer);
                Poll::Ready(conclude(judge, next, answer, until))
            }
        }
    }

    /// Polls the wait before the next attempt.
    fn wait(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<F::Output>> {
        let this = self.project();
        ready!(this.timer.poll_elapsed(cx));
        this.call.core().waited();
        Poll::Ready(ControlFlow::Continue(()))
    }
}

fn sooner(one: Option<Tick>, other: Option<Tick>) -> Option<Tick> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
