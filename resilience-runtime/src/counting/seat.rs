//! A small number for each thread, which no other has at the same time: what is kept for it is written by one thread only,
//! by a load and a store.

use crate::sync::{AtomicU64, Ordering, const_but_for_loom};

/// As many threads as can have one at a time: as many as a word has bits.
pub(crate) const SEATS: usize = u64::BITS as usize;

/// No seat: behind the last one.
const NO_SEAT: usize = SEATS;

/// Which seats are taken, a bit for each. A seat belongs to one thread at a time, and to the next one after that has
/// ended: what is left in its slots is that one's.
#[derive(Debug)]
pub(crate) struct Seats(AtomicU64);

impl Seats {
    const_but_for_loom! {
        pub(crate) const fn new() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// The first seat that is free.
    pub(crate) fn take(&self) -> Option<Seat<'_>> {
        let more = |taken: u64| taken.checked_add(1).map(|next| taken | next);
        // Acquired: the slots are as they were left.
        let taken = self.0.fetch_update(Ordering::Acquire, Ordering::Relaxed, more).ok()?;
        Some(Seat { seats: self, number: taken.trailing_ones() as usize })
    }
}

/// A seat, which is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat<'s> {
    seats: &'s Seats,
    pub(crate) number: usize,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        // Released: who takes the seat next goes on with the slots.
        self.seats.0.fetch_and(!(1 << self.number), Ordering::Release);
    }
}

#[cfg(not(resilience_loom))]
pub(crate) use of_thread::{seat, take_seat};

#[cfg(not(resilience_loom))]
mod of_thread {
    use core::cell::{Cell, OnceCell};

    use super::{NO_SEAT, Seat, Seats};

    static SEATS: Seats = Seats::new();

    thread_local! {
        static NUMBER: Cell<usize> = const { Cell::new(NO_SEAT) };
        /// Apart, as what has to be dropped costs a question each time it is used.
        static OWN: Own = const { Own(OnceCell::new()) };
    }

    struct Own(OnceCell<Seat<'static>>);

    impl Drop for Own {
        /// Before the seat itself goes.
        fn drop(&mut self) {
            NUMBER.set(NO_SEAT);
        }
    }

    /// The number of this thread's seat, if it has one.
    #[inline]
    pub(crate) fn seat() -> usize {
        NUMBER.get()
    }

    /// The same of a thread that takes a seat if it has none. One that is ending gets none any more.
    pub(crate) fn take_seat() -> usize {
        if NUMBER.get() == NO_SEAT {
            let _ = OWN.try_with(|Own(own)| {
                if let Some(seat) = SEATS.take() {
                    NUMBER.set(own.get_or_init(|| seat).number);
                }
            });
        }
        NUMBER.get()
    }
}

/// The threads of a model say themselves where they sit.
#[cfg(resilience_loom)]
pub(crate) const fn seat() -> usize {
    NO_SEAT
}

#[cfg(resilience_loom)]
pub(crate) const fn take_seat() -> usize {
    NO_SEAT
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::sync::Mutex;
    use std::thread;

    use super::*;

    #[test]
    fn a_seat_is_taken_by_one_at_a_time() {
        let seats = Seats::new();
        let mut taken: Vec<_> = (0..64).map(|_| seats.take().unwrap()).collect();
        let numbers: Vec<_> = taken.iter().map(|seat| seat.number).collect();
        assert_eq!(numbers, (0..64).collect::<Vec<_>>());
        assert!(seats.take().is_none());
        taken.remove(63);
        taken.remove(17);
        assert_eq!([seats.take(), seats.take()].map(|seat| seat.unwrap().number), [17, 63]);
    }

    #[test]
    fn a_thread_that_ends_takes_no_seat_that_nobody_gives_back() {
        static SEATS: Mutex<Vec<[usize; 2]>> = Mutex::new(Vec::new());
        struct Late;
        impl Drop for Late {
            fn drop(&mut self) {
                SEATS.lock().unwrap().push([seat(), take_seat()]);
            }
        }
        thread_local!(static LATE: Late = const { Late });
        // Whichever of the two is dropped first.
        for is_seated_first in [true, false] {
            let ends = thread::spawn(move || {
                if is_seated_first {
                    assert!(take_seat() < 64);
                }
                LATE.with(|_| {});
                assert!(take_seat() < 64);
            });
            ends.join().unwrap();
        }
        let mut seats = SEATS.lock().unwrap().clone();
        seats.sort_unstable();
        // Where the seat was gone, it was not taken again.
        assert!(seats[0][0] < 64 && seats[0][0] == seats[0][1], "{seats:?}");
        assert_eq!(seats[1], [64; 2]);
    }
}
