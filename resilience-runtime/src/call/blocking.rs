//! Calls of functions that are not async: the same attempts, on a thread that waits where a task would be suspended.
//!
//! What a call does is decided in one place for both. Here is only what stands in for a runtime: a body that is ready
//! when it returns, a timer without a driver, and a thread that sleeps until the one or the other wakes it.

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Wake;

use super::Call;
use super::attempt::Attempt;
use super::coalesce::Board;
use super::limits::Limits;
use super::timer::{Timer, TimerTick};
use crate::outcome::judge::Judges;
use crate::policy::coalesce::Boards;
use crate::time::{Alarm, Tick};

impl<J, L: Limits> Call<J, L> {
    /// Runs `body` as the next attempt, as [`attempt`](Self::attempt) does, and waits on this thread.
    pub fn blocking_attempt<C, R>(&mut self, body: C) -> ControlFlow<R>
    where
        C: FnOnce() -> R,
        J: Judges<R>,
    {
        run(pin!(Attempt { call: self, body: Some(Body(Some(body))), timer: ThreadTimer::default() }))
    }

    /// Runs `body` as the only attempt.
    pub fn blocking_once<C, R>(&mut self, body: C) -> R
    where
        C: FnOnce() -> R,
        J: Judges<R>,
    {
        match self.blocking_attempt(body) {
            ControlFlow::Break(result) => result,
            ControlFlow::Continue(()) => {
                unreachable!("a function without retry and fallback has one attempt")
            }
        }
    }

    /// Runs `body` as the fallback.
    pub fn blocking_fallback<C, R>(&mut self, body: C) -> R
    where
        C: FnOnce() -> R,
        J: Judges<R>,
    {
        ready_at_once(pin!(self.fallback(Body(Some(body)))))
    }

    /// Runs `body` as a fallback with another one behind it.
    pub fn blocking_fallback_or_next<C, R>(&mut self, body: C) -> ControlFlow<R>
    where
        C: FnOnce() -> R,
        J: Judges<R>,
    {
        ready_at_once(pin!(self.fallback_or_next(Body(Some(body)))))
    }
}

/// What `fallback` gives, whose body is not async.
fn ready_at_once<F: Future>(fallback: Pin<&mut F>) -> F::Output {
    match fallback.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("a body that is not async is ready when it returns"),
    }
}

impl<J, L: Limits> Call<J, L> {
    /// The same as [`board`](Self::board), on a thread that waits.
    pub fn blocking_board<R>(&mut self) -> ControlFlow<R>
    where
        J: Boards<R>,
    {
        let signal = Arc::new(Signal::default());
        let waker = Waker::from(Arc::clone(&signal));
        let mut board = pin!(Board::<_, _, _, ThreadTimer>::new(self));
        loop {
            if let Poll::Ready(next) = board.as_mut().poll(&mut Context::from_waker(&waker)) {
                return next;
            }
            signal.wait(board.as_mut().timer().alarm());
        }
    }
}

/// Polls an attempt to its end.
fn run<J, L, C, R>(mut attempt: Pin<&mut Attempt<'_, J, L, Body<C>, ThreadTimer>>) -> ControlFlow<R>
where
    C: FnOnce() -> R,
    J: Judges<R>,
    L: Limits,
{
    // Most attempts need no wait, and no signal for it.
    let polled = attempt.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(next) = polled {
        return next;
    }
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(next) = attempt.as_mut().poll(&mut cx) {
            return next;
        }
        signal.wait(attempt.as_mut().timer().alarm());
    }
}

/// A body that is not async, as a future that is ready at once.
struct Body<C>(Option<C>);

// Nothing in it is ever pinned.
impl<C> Unpin for Body<C> {}

impl<C: FnOnce() -> R, R> Future for Body<C> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<R> {
        let Some(body) = self.0.take() else { unreachable!("a body is polled once") };
        Poll::Ready(body())
    }
}

/// A timer that the waiting thread watches itself.
#[derive(Debug, Default)]
struct ThreadTimer {
    /// When it ends, by the clock that may be paused, and by the one that is not.
    end: Option<(Tick, Alarm)>,
}

impl ThreadTimer {
    fn alarm(&self) -> Option<Alarm> {
        self.end.map(|(_, alarm)| alarm)
    }
}

impl Timer for ThreadTimer {
    fn is_armed(&self) -> bool {
        self.end.is_some()
    }

    fn now(&self) -> TimerTick {
        let reached = self.end.filter(|(_, alarm)| alarm.left().is_zero());
        TimerTick(reached.map_or_else(Tick::now, |(end, _)| end.max(Tick::now())))
    }

    fn arm(&mut self, tick: TimerTick) {
        self.end = Some((tick.0, Alarm::at(tick.0)));
    }

    fn arm_after(&mut self, duration: Duration) {
        self.arm(TimerTick(Tick::now().after(duration)));
    }

    fn disarm(&mut self) {
        self.end = None;
    }

    fn poll_elapsed(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        match self.alarm() {
            Some(alarm) if !alarm.left().is_zero() => Poll::Pending,
            _ => Poll::Ready(()),
        }
    }
}

/// What wakes the thread. Not its own parking place: what someone else put there is not ours to take.
#[derive(Debug, Default)]
struct Signal {
    is_woken: Mutex<bool>,
    woken: Condvar,
}

impl Signal {
    /// Blocks the thread until someone wakes it or `alarm` goes off.
    fn wait(&self, alarm: Option<Alarm>) {
        let mut is_woken = self.is_woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_woken {
            is_woken = match alarm.map(Alarm::left) {
                None => self.woken.wait(is_woken).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => break,
                Some(left) => {
                    self.woken.wait_timeout(is_woken, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *is_woken = false;
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.is_woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_signal_given_before_the_wait_is_not_lost() {
        let signal = Arc::new(Signal::default());
        Waker::from(Arc::clone(&signal)).wake();
        signal.wait(None);
    }

    #[test]
    fn another_thread_wakes_it() {
        let signal = Arc::new(Signal::default());
        let waker = Waker::from(Arc::clone(&signal));
        thread::scope(|scope| {
            scope.spawn(|| waker.wake_by_ref());
            signal.wait(None);
        });
    }

    #[test]
    fn the_alarm_ends_a_wait_and_not_before_its_time() {
        let signal = Signal::default();
        let alarm = Alarm::at(Tick::now().after(Duration::from_millis(2)));
        signal.wait(Some(alarm));
        assert_eq!(alarm.left(), Duration::ZERO);
        signal.wait(Some(alarm));
    }
}
