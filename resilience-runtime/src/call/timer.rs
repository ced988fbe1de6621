//! Where the timer of an attempt lives.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use crate::time::{self, Tick};

/// Where the timer of an attempt lives; one serves as the limit of the body, then as the wait after it.
pub trait Timer {
    /// Whether it is running.
    fn is_armed(&self) -> bool;
    /// Makes it end at `tick`.
    fn arm(self: Pin<&mut Self>, tick: TimerTick);
    /// Makes it end after that time.
    fn arm_after(self: Pin<&mut Self>, duration: Duration);
    /// Stops it.
    fn disarm(self: Pin<&mut Self>);
    /// Polls it.
    fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

/// Polls a pause for the first time: until that tick, or without one until the tasks that are ready have had their turn. An
/// attempt that is made again and again without a delay would leave no time to any other task.
pub(super) fn poll_pause<T: Timer>(
    mut timer: Pin<&mut T>,
    until: Option<Tick>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let Some(tick) = until else {
        timer.disarm();
        cx.waker().wake_by_ref();
        return Poll::Pending;
    };
    timer.as_mut().arm(TimerTick(tick));
    timer.poll_elapsed(cx)
}

/// A tick in the signature of [`Timer`], which generated code can see but not make.
#[derive(Clone, Copy, Debug)]
pub struct TimerTick(pub(super) Tick);

pin_project! {
    /// A timer inside of the future.
    #[derive(Debug, Default)]
    pub struct InlineTimer {
        #[pin]
        pub(super) sleep: Option<Sleep>,
    }
}

impl Timer for InlineTimer {
    #[inline]
    fn is_armed(&self) -> bool {
        self.sleep.is_some()
    }

    fn arm(self: Pin<&mut Self>, tick: TimerTick) {
        let mut slot = self.project().sleep;
        match slot.as_mut().as_pin_mut() {
            Some(sleep) => sleep.reset(time::instant(tick.0)),
            None => slot.set(Some(time::sleep_until(tick.0))),
        }
    }

    fn arm_after(self: Pin<&mut Self>, duration: Duration) {
        self.project().sleep.set(Some(time::sleep_for(duration)));
    }

    fn disarm(self: Pin<&mut Self>) {
        self.project().sleep.set(None);
    }

    fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.as_pin_mut().map_or(Poll::Ready(()), |sleep| sleep.poll(cx))
    }
}

/// A timer on the heap, made when it is needed: a tokio timer is longer than most futures.
#[derive(Debug, Default)]
pub struct BoxedTimer {
    pub(super) sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer for BoxedTimer {
    #[inline]
    fn is_armed(&self) -> bool {
        self.sleep.is_some()
    }

    fn arm(mut self: Pin<&mut Self>, tick: TimerTick) {
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(time::instant(tick.0)),
            None => self.sleep = Some(Box::pin(time::sleep_until(tick.0))),
        }
    }

    fn arm_after(mut self: Pin<&mut Self>, duration: Duration) {
        self.sleep = Some(Box::pin(time::sleep_for(duration)));
    }

    fn disarm(mut self: Pin<&mut Self>) {
        self.sleep = None;
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().map_or(Poll::Ready(()), |sleep| sleep.as_mut().poll(cx))
    }
}
