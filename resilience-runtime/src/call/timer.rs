//! The timer of an attempt: the limit of its body, then the wait after it.
//!
//! A tokio timer is longer than most futures, and few calls need one. It is made when a body has to wait, in a place on
//! the heap; each thread keeps some of the places whose timers are over. So a future has eight bytes for it, and a healthy
//! call that waits allocates nothing.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use tokio::time::Sleep;

use crate::time::{self, Tick};

/// The timer of an attempt.
pub trait Timer {
    /// Whether it is running.
    fn is_armed(&self) -> bool;
    /// What time it is by this timer: not before the end that it has reached, whatever clock that was on.
    fn now(&self) -> TimerTick;
    /// Makes it end at `tick`.
    fn arm(&mut self, tick: TimerTick);
    /// Makes it end after that time.
    fn arm_after(&mut self, duration: Duration);
    /// Stops it.
    fn disarm(&mut self);
    /// Polls it.
    fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// Polls a pause for the first time: until that tick, or without one until the tasks that are ready have had their turn. An
/// attempt that is made again and again without a delay would leave no time to any other task.
pub(super) fn poll_pause<T: Timer>(timer: &mut T, until: Option<Tick>, cx: &mut Context<'_>) -> Poll<()> {
    let Some(tick) = until else {
        timer.disarm();
        cx.waker().wake_by_ref();
        return Poll::Pending;
    };
    timer.arm(TimerTick(tick));
    timer.poll_elapsed(cx)
}

/// A tick in the signature of [`Timer`], which generated code can see but not make.
#[derive(Clone, Copy, Debug)]
pub struct TimerTick(pub(super) Tick);

/// Where a tokio timer is, if there is one.
type Place = Pin<Box<Option<Sleep>>>;

/// A timer of the task's runtime.
#[derive(Debug, Default)]
pub struct TaskTimer {
    pub(super) place: Option<Place>,
}

impl TaskTimer {
    fn begin(&mut self, sleep: impl FnOnce() -> Sleep) {
        self.place.get_or_insert_with(take_place).set(Some(sleep()));
    }

    fn running(&mut self) -> Option<Pin<&mut Sleep>> {
        self.place.as_mut()?.as_mut().as_pin_mut()
    }
}

impl Timer for TaskTimer {
    #[inline]
    fn is_armed(&self) -> bool {
        self.place.is_some()
    }

    fn now(&self) -> TimerTick {
        TimerTick(Tick::now())
    }

    fn arm(&mut self, tick: TimerTick) {
        match self.running() {
            Some(sleep) => sleep.reset(time::instant(tick.0)),
            None => self.begin(|| time::sleep_until(tick.0)),
        }
    }

    fn arm_after(&mut self, duration: Duration) {
        self.begin(|| time::sleep_for(duration));
    }

    #[inline]
    fn disarm(&mut self) {
        if let Some(place) = self.place.take() {
            keep_place(place);
        }
    }

    fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.running().map_or(Poll::Ready(()), |sleep| sleep.poll(cx))
    }
}

impl Drop for TaskTimer {
    #[inline]
    fn drop(&mut self) {
        self.disarm();
    }
}

/// How many places a thread keeps: some kilobytes.
const KEPT: usize = 64;

std::thread_local!(static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) });

/// One that this thread has kept, or a new one.
fn take_place() -> Place {
    let kept = PLACES.try_with(|places| places.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_else(|| Box::pin(None))
}

/// Stops its timer, and keeps it for whoever needs one next, unless there are enough or the thread is ending.
#[inline(never)]
fn keep_place(mut place: Place) {
    place.set(None);
    let _ = PLACES.try_with(|places| {
        let mut places = places.borrow_mut();
        if places.len() < KEPT {
            places.push(place);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armed() -> TaskTimer {
        let mut timer = TaskTimer::default();
        timer.arm_after(Duration::from_secs(1));
        timer
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_used_again() {
        let address = |timer: &TaskTimer| timer.place.as_deref().map(core::ptr::from_ref);
        let [first, second] = [armed(), armed()];
        let of_first = address(&first);
        assert_ne!(of_first, address(&second));
        drop(first);
        let mut third = armed();
        assert_eq!(address(&third), of_first);
        third.disarm();
        assert!(!third.is_armed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_keeps_a_few() {
        let timers: Vec<_> = (0..2 * KEPT).map(|_| armed()).collect();
        drop(timers);
        assert_eq!(PLACES.with_borrow(Vec::len), KEPT);
        // A timer that is not over would wake a task that is.
        assert!(PLACES.with_borrow(|places| places.iter().all(|place| place.is_none())));
    }

    #[test]
    fn one_that_ends_with_its_thread_is_dropped() {
        thread_local!(static LATE: RefCell<Option<TaskTimer>> = const { RefCell::new(None) });
        // Whichever of the two is dropped first.
        for is_late_first in [true, false] {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let ends = std::thread::spawn(move || {
                let _entered = runtime.enter();
                if is_late_first {
                    LATE.with_borrow(|_| {});
                }
                drop(armed());
                LATE.set(Some(armed()));
            });
            ends.join().unwrap();
        }
    }
}
