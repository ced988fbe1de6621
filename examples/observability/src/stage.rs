//! What a process knows of the script: its conductor writes the number of each phase on its standard input.

use std::io::{self, BufRead as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tokio::sync::watch;

use crate::script::{Fault, PHASES, Phase};

/// The phase that it is, and when it is over.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    phase: watch::Receiver<usize>,
    requests: Arc<AtomicU64>,
}

impl Stage {
    /// Listens to the conductor.
    pub(crate) fn open() -> Self {
        let (sender, phase) = watch::channel(0);
        // A thread, and not a task: nothing could take a read of the standard input back when the process is to end.
        thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if let Ok(number) = line.trim().parse::<usize>() {
                    sender.send_replace(number);
                }
            }
        });
        Self { phase, requests: Arc::default() }
    }

    /// How many phases there were.
    pub(crate) fn number(&self) -> usize {
        *self.phase.borrow()
    }

    pub(crate) fn phase(&self) -> &'static Phase {
        &PHASES[self.number() % PHASES.len()]
    }

    pub(crate) fn fault(&self) -> Fault {
        self.phase().fault
    }

    /// Whether this request is one of `of_ten` in ten, which look random and are the same in every run.
    pub(crate) fn is_unlucky(&self, of_ten: u64) -> bool {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        let mixed = (request ^ 0x5bd1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 33) % 10 < of_ten
    }

    /// When the conductor hangs up, or is gone.
    pub(crate) async fn over(mut self) {
        while self.phase.changed().await.is_ok() {}
    }
}
