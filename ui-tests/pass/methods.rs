//! `&self`, `&mut self`, `self`, `mut self`, `self: Arc<Self>`, `self: Pin<&mut Self>`, and no receiver at all.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;

use resilience_runtime::resilient;

#[derive(Clone, Default)]
struct Counter {
    runs: u32,
}

fn third(runs: u32) -> io::Result<u32> {
    if runs % 3 == 0 { Ok(runs) } else { Err(io::ErrorKind::TimedOut.into()) }
}

impl Counter {
    #[resilient(retry = "fixed")]
    async fn shared(&self, runs: &mut u32) -> io::Result<u32> {
        *runs += 1;
        third(self.runs + *runs)
    }

    #[resilient(retry = "fixed")]
    async fn exclusive(&mut self, name: String) -> io::Result<String> {
        self.runs += 1;
        let this = &mut *self;
        third(this.runs)?;
        Ok(format!("{name}{}", self.runs))
    }

    #[resilient(retry = "fixed", max = 2)]
    async fn owned(self, more: u32) -> io::Result<Self> {
        third(self.runs + more)?;
        Ok(self)
    }

    #[resilient(retry = "fixed", max = 2)]
    async fn owned_and_changed(mut self) -> io::Result<u32> {
        // Each attempt has a clone of its own.
        self.runs += 1;
        third(self.runs)
    }

    #[resilient(retry = "fixed")]
    async fn in_an_arc(self: Arc<Self>) -> io::Result<u32> {
        third(self.runs)
    }

    #[resilient(retry = "fixed")]
    async fn pinned(mut self: Pin<&mut Self>) -> io::Result<u32> {
        self.runs += 1;
        let this = self.get_mut();
        third(this.runs)
    }

    #[resilient(timeout = "1s")]
    async fn borrowed_from(&mut self) -> io::Result<&mut u32> {
        Ok(&mut self.runs)
    }

    #[resilient(retry = "fixed", fallback = Self::other)]
    async fn fails(&self, name: String) -> io::Result<String> {
        Err(io::Error::other(name))
    }

    async fn other(&self, name: String) -> io::Result<String> {
        Ok(format!("{name}{}", self.runs))
    }

    #[resilient(retry = "fixed", max = 2)]
    async fn without_a_receiver(runs: u32) -> io::Result<Self> {
        third(runs)?;
        Ok(Self { runs })
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let mut counter = Counter::default();
    let mut runs = 0;
    assert_eq!(counter.shared(&mut runs).await.unwrap(), 3);
    assert_eq!(runs, 3);
    assert_eq!(counter.exclusive("a".to_owned()).await.unwrap(), "a3");
    assert_eq!(counter.clone().owned(3).await.unwrap().runs, 3);
    assert!(counter.clone().owned(4).await.is_err());
    assert!(counter.clone().owned_and_changed().await.is_err());
    assert_eq!(Arc::new(counter.clone()).in_an_arc().await.unwrap(), 3);
    assert_eq!(pin!(counter.clone()).as_mut().pinned().await.unwrap(), 6);
    *counter.borrowed_from().await.unwrap() = 9;
    assert_eq!(counter.fails("b".to_owned()).await.unwrap(), "b9");
    assert_eq!(Counter::without_a_receiver(3).await.unwrap().runs, 3);
}
