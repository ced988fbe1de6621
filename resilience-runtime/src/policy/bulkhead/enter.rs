//! Waiting for a slot, as a future.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use tokio::time::Sleep;

use super::guard::Bulkhead;
use super::slot::Slot;
use super::state::Place;
use super::word::{WAITS, Word};
use crate::outcome::Rejected;
use crate::sync::Ordering;
use crate::time::{self, Tick};

/// A call that wants to enter a bulkhead; see [`Bulkhead::enter`].
///
/// Cancel safe: dropped while it waits, it leaves the queue at once; a slot it was given goes to the next.
#[must_use = "futures do nothing unless polled"]
pub struct Enter<'b> {
    bulkhead: &'b Bulkhead,
    priority: i32,
    stage: Stage,
    /// Made when it has to wait, and is not polled by something that has a timer of its own.
    timer: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Has not asked yet.
    New,
    Queued(Queued),
    /// Has its answer.
    Over,
}

/// A call in the queue.
#[derive(Clone, Copy, Debug)]
struct Queued {
    place: Place,
    since: Tick,
    until: Tick,
}

/// What comes of asking for a slot when there is none at once.
#[derive(Debug)]
enum Entry<'b> {
    Slot(Slot<'b>),
    Queued,
    Full,
}

impl<'b> Enter<'b> {
    pub(super) fn new(bulkhead: &'b Bulkhead, priority: i32) -> Self {
        Self { bulkhead, priority, stage: Stage::New, timer: None }
    }

    /// Asks for a slot, without a timer: whoever calls it has one that ends at
    /// [`queue_deadline`](Self::queue_deadline), and then calls [`give_up`](Self::give_up).
    ///
    /// # Errors
    ///
    /// [`Rejected`], when the queue is full or there is none.
    ///
    /// # Panics
    ///
    /// When it has its answer already.
    pub(crate) fn poll_slot(&mut self, cx: &mut Context<'_>) -> Poll<Result<Slot<'b>, Rejected>> {
        let answer = match self.stage {
            Stage::New => match self.enter_or_queue(cx.waker()) {
                Entry::Slot(slot) => Ok(slot),
                Entry::Queued => return Poll::Pending,
                Entry::Full => Err(self.bulkhead.reject(Duration::ZERO)),
            },
            Stage::Queued(queued) => match self.bulkhead.poll_place(queued.place, cx.waker()) {
                Some(slot) => Ok(slot),
                None => return Poll::Pending,
            },
            Stage::Over => panic!("`Enter` was polled after it had its answer"),
        };
        self.stage = Stage::Over;
        Poll::Ready(answer)
    }

    /// Until when it may wait, once it does.
    pub(crate) fn queue_deadline(&self) -> Option<Tick> {
        match self.stage {
            Stage::Queued(queued) => Some(queued.until),
            Stage::New | Stage::Over => None,
        }
    }

    /// Ends the wait: with the slot, if it was given one at the last moment.
    ///
    /// # Errors
    ///
    /// [`Rejected`], with the time it waited.
    pub(crate) fn give_up(&mut self) -> Result<Slot<'b>, Rejected> {
        let waited = match core::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Queued(queued) => match self.bulkhead.leave_place(queued.place) {
                Some(slot) => return Ok(slot),
                None => Tick::now().since(queued.since),
            },
            Stage::New | Stage::Over => Duration::ZERO,
        };
        Err(self.bulkhead.reject(waited))
    }

    /// Enters, or takes a place in the queue.
    fn enter_or_queue(&mut self, waker: &Waker) -> Entry<'b> {
        let (bulkhead, priority) = (self.bulkhead, self.priority);
        if let Some(slot) = bulkhead.try_enter_free() {
            return Entry::Slot(slot);
        }
        if bulkhead.capacity.load(Ordering::Relaxed) == 0 {
            return bulkhead.try_enter_late().map_or(Entry::Full, Entry::Slot);
        }
        // What a waker does when it is cloned or dropped is not ours to know: never with the lock held.
        let (waker, since) = (waker.clone(), Tick::now());
        let (entry, _unused) = bulkhead.with_lock(|machine| {
            if machine.queue.len() as u64 >= bulkhead.capacity.load(Ordering::Relaxed) {
                return (bulkhead.try_enter_unqueued().map_or(Entry::Full, Entry::Slot), Some(waker));
            }
            if bulkhead.add_one_or_flag() {
                return (Entry::Slot(bulkhead.slot()), Some(waker));
            }
            let place = machine.queue.join(priority, waker);
            // Here, and not behind the lock, where others are woken: a panic of theirs must leave no place of nobody.
            self.stage = Stage::Queued(Queued { place, since, until: since.after(machine.wait) });
            (Entry::Queued, None)
        });
        entry
    }
}

impl Bulkhead {
    /// Counts one more call inside, or says that somebody waits, in one step: a slot that was given back before it is
    /// seen here, and who gives one back after it sees the flag.
    fn add_one_or_flag(&self) -> bool {
        let is_free = |word: Word| word.has_room() && !word.waits();
        let change = |word| Some(if is_free(Word(word)) { word + 1 } else { word | WAITS });
        // Never an error: there is always a change.
        let before = self.word.fetch_update(Ordering::Acquire, Ordering::Relaxed, change);
        before.is_ok_and(|before| is_free(Word(before)))
    }

    /// Asks for the slot again at that place: none while the call still has to wait.
    fn poll_place(&self, place: Place, waker: &Waker) -> Option<Slot<'_>> {
        let waker = waker.clone();
        let former = self.with_lock(|machine| machine.queue.replace(place, waker));
        former.is_err().then(|| self.slot())
    }

    /// Gives up the place: a slot, if the call was given one before.
    fn leave_place(&self, place: Place) -> Option<Slot<'_>> {
        // A slot as soon as it is known of: it is given back where a waker of those who are next panics.
        let (slot, _waker) = self.with_lock(|machine| match machine.queue.remove(place) {
            Some(waker) => (None, Some(waker)),
            None => (Some(self.slot()), None),
        });
        slot
    }
}

impl<'b> Future for Enter<'b> {
    type Output = Result<Slot<'b>, Rejected>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(answer) = self.poll_slot(cx) {
            return Poll::Ready(answer);
        }
        let Some(until) = self.queue_deadline() else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(time::sleep_until(until)));
        match timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(self.give_up()),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Drop for Enter<'_> {
    fn drop(&mut self) {
        if let Stage::Queued(queued) = self.stage {
            // A slot that nobody heard of goes to the next, whatever drops this: no call was made.
            if let Some(slot) = self.bulkhead.leave_place(queued.place) {
                slot.ignore();
            }
        }
    }
}

impl fmt::Debug for Enter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enter")
            .field("bulkhead", &self.bulkhead.name())
            .field("priority", &self.priority)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
