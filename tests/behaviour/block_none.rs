//! `"none"` in a method's attribute: the method is without what its block says.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::resilient;

#[derive(Debug, Default)]
struct Store {
    runs: AtomicU32,
}

impl Store {
    fn run(&self, kind: io::ErrorKind) -> io::Result<u32> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        Err(kind.into())
    }
}

#[resilient(retry = "fixed", max = 3, base = "1ms", when = |_| false, fallback = Ok(100))]
impl Store {
    async fn answered(&self) -> io::Result<u32> {
        self.run(io::ErrorKind::ConnectionReset)
    }

    #[resilient(fallback = "none")]
    async fn unanswered(&self) -> io::Result<u32> {
        self.run(io::ErrorKind::ConnectionReset)
    }

    #[resilient(when = "none")]
    async fn by_class(&self) -> io::Result<u32> {
        self.run(io::ErrorKind::ConnectionReset)
    }

    #[resilient(retry = "fixed", when = "none", when_ok = "none", fallback = "none", timeout = "none")]
    async fn bare(&self) -> io::Result<u32> {
        self.run(io::ErrorKind::NotFound)
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_may_be_without_the_fallback_and_the_predicate_of_its_block() {
    let store = Store::default();
    let runs = || store.runs.swap(0, Ordering::Relaxed);
    assert_eq!((store.answered().await.unwrap(), runs()), (100, 1));
    assert_eq!((store.unanswered().await.unwrap_err().kind(), runs()), (io::ErrorKind::ConnectionReset, 1));
    assert_eq!((store.by_class().await.unwrap(), runs()), (100, 3));
    assert_eq!((store.bare().await.unwrap_err().kind(), runs()), (io::ErrorKind::NotFound, 1));
}
