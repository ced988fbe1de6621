//! The idempotency key of a call: what tells the dependency that several attempts are one request.
//!
//! It is handed to the body beside the frame of `current`, by a future around the body that only functions with a key
//! have: all others pay nothing.

use core::cell::RefCell;
use core::fmt::Display;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use pin_project_lite::pin_project;

use crate::current::Frame;

thread_local! {
    /// The key of the innermost call that has one, and the depth of that call. A thread that is ending has none any more.
    static KEY: RefCell<Option<Scoped>> = const { RefCell::new(None) };
}

#[derive(Clone, Debug)]
struct Scoped {
    depth: u32,
    key: Arc<str>,
}

/// The key of the call that is the current one; none where only a call around it has one.
pub(crate) fn current_key() -> Option<Arc<str>> {
    let depth = Frame::current().depth;
    let scoped = KEY.try_with(|scoped| scoped.borrow().clone());
    scoped.ok().flatten().filter(|scoped| scoped.depth == depth).map(|scoped| scoped.key)
}

pin_project! {
    /// A body that finds the key of its call in [`current`](crate::current()).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Keyed<F> {
        key: Arc<str>,
        #[pin]
        body: F,
    }
}

impl<F> Keyed<F> {
    /// `body` with `key`, which all attempts of a call share.
    #[inline]
    pub fn new(key: &Arc<str>, body: F) -> Self {
        Self { key: Arc::clone(key), body }
    }
}

impl<F: Future> Future for Keyed<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let _entered = Entered::enter(this.key);
        this.body.poll(cx)
    }
}

/// The same for a body that is not async.
#[inline]
pub fn keyed<T>(key: &Arc<str>, body: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let key = Arc::clone(key);
    move || {
        let _entered = Entered::enter(&key);
        body()
    }
}

/// Puts the outer key back when dropped, by a panic too.
struct Entered {
    outer: Option<Scoped>,
}

impl Entered {
    fn enter(key: &Arc<str>) -> Self {
        let scoped = Scoped { depth: Frame::current().depth, key: Arc::clone(key) };
        Self { outer: KEY.try_with(|outer| outer.replace(Some(scoped))).ok().flatten() }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = KEY.try_with(|key| key.replace(self.outer.take()));
    }
}

/// What can be an idempotency key.
///
/// Generic for the reason that `Argument` is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an `idempotency_key`, since it has no `Display`; write something that has, like a \
               `Uuid` or a string",
    label = "has no `Display`"
)]
pub trait IdempotencyKey<For> {
    /// Its text.
    #[must_use]
    fn text(&self, _: For) -> Arc<str>;
}

#[diagnostic::do_not_recommend]
impl<K: Display + ?Sized, For> IdempotencyKey<For> for K {
    fn text(&self, _: For) -> Arc<str> {
        Arc::from(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use core::task::Waker;
    use std::sync::Mutex;

    use super::*;
    use crate::current;

    fn poll_now<F: Future>(future: F) -> F::Output {
        let mut future = Box::pin(future);
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it does not wait"),
        }
    }

    #[test]
    fn a_key_is_that_of_its_own_call_alone() {
        let (outer, inner) = (Arc::from("outer"), Arc::from("inner"));
        let key = || current().idempotency_key();
        let _frame = Frame::enter(None, 1);
        let seen = poll_now(Keyed::new(&outer, async {
            let before = key();
            let nested = {
                let _frame = Frame::enter(None, 1);
                (key(), poll_now(Keyed::new(&inner, async { key() })), key())
            };
            (before, nested, key())
        }));
        let [outer, inner] = [Some(outer), Some(inner)];
        assert_eq!(seen, (outer.clone(), (None, inner, None), outer));
        assert_eq!(key(), None);
    }

    #[test]
    fn a_panic_puts_the_outer_key_back() {
        let key = Arc::from("key");
        let panicked =
            std::panic::catch_unwind(|| poll_now(Keyed::new(&key, async { panic!("in the body") })));
        assert!(panicked.is_err());
        assert_eq!(current_key(), None);
    }

    #[test]
    fn a_thread_that_is_ending_has_no_key() {
        /// Whether there is a key, outside of a body and in one that has a key; none where it panics.
        static SEEN: Mutex<Vec<Option<[bool; 2]>>> = Mutex::new(Vec::new());
        struct Late;
        impl Drop for Late {
            fn drop(&mut self) {
                let _frame = Frame::enter(None, 1);
                let has_key = || current().idempotency_key().is_some();
                let seen = std::panic::catch_unwind(|| [has_key(), keyed(&Arc::from("late"), has_key)()]);
                SEEN.lock().unwrap().push(seen.ok());
            }
        }
        thread_local!(static LATE: Late = const { Late });
        // Whichever of the two is dropped first.
        for is_late_first in [true, false] {
            let ends = std::thread::spawn(move || {
                if is_late_first {
                    LATE.with(|_| {});
                }
                keyed(&Arc::from("early"), || ())();
                LATE.with(|_| {});
            });
            ends.join().unwrap();
        }
        let mut seen = SEEN.lock().unwrap().clone();
        seen.sort_unstable();
        // Where the place for it is gone, there is none.
        assert_eq!(seen, [Some([false, false]), Some([false, true])]);
    }
}
