//! Tasks that are to be woken, whatever one of them does.

use core::task::Waker;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Tasks that are woken when this is dropped, in their order.
///
/// A waker may panic, and those behind it have nothing else that wakes them: the first panic goes on when all are woken.
/// A waker may also do what it likes with the policy that wakes it, so that no lock is held where this is dropped.
#[derive(Debug, Default)]
#[must_use = "those who wait are to be woken without a lock"]
pub(crate) struct Wakers(VecDeque<Waker>);

impl Wakers {
    pub(crate) const fn new() -> Self {
        Self(VecDeque::new())
    }
}

impl Extend<Waker> for Wakers {
    fn extend<I: IntoIterator<Item = Waker>>(&mut self, wakers: I) {
        self.0.extend(wakers);
    }
}

impl FromIterator<Waker> for Wakers {
    fn from_iter<I: IntoIterator<Item = Waker>>(wakers: I) -> Self {
        Self(wakers.into_iter().collect())
    }
}

/// Hands out who is next; those that are left are still woken.
impl Iterator for Wakers {
    type Item = Waker;

    fn next(&mut self) -> Option<Waker> {
        self.0.pop_front()
    }
}

impl Drop for Wakers {
    #[inline]
    fn drop(&mut self) {
        if !self.0.is_empty() {
            self.wake();
        }
    }
}

impl Wakers {
    #[cold]
    fn wake(&mut self) {
        let mut panicked = None;
        for waker in self {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                panicked.get_or_insert(panic);
            }
        }
        // Where a panic goes on already, a second one would end the program.
        if let Some(panic) = panicked.filter(|_| !std::thread::panicking()) {
            resume_unwind(panic);
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
pub(crate) mod tests {
    use std::sync::Arc;
    use std::task::Wake;

    /// A waker that does something in whatever is asked of it.
    pub(crate) struct Meddler<F: Fn()>(pub(crate) F);

    impl<F: Fn()> Wake for Meddler<F> {
        fn wake(self: Arc<Self>) {
            (self.0)();
        }
    }

    impl<F: Fn()> Drop for Meddler<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }
}
