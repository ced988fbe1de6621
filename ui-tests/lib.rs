//! What the cases in `pass/` share, and the annotated functions that all lints look at.

// Those of `lint` that hold for whole crates only.
#![deny(future_incompatible, rust_2021_compatibility, rust_2024_compatibility)]

pub mod lint;

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

/// Something that fails a number of times, and then works.
#[derive(Debug)]
pub struct Flaky {
    failures: u32,
    runs: AtomicU32,
}

impl Flaky {
    /// Fails that often.
    #[must_use]
    pub const fn new(failures: u32) -> Self {
        Self { failures, runs: AtomicU32::new(0) }
    }

    /// How often it ran.
    pub fn runs(&self) -> u32 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Runs once more; the value is the number of this run.
    ///
    /// # Errors
    ///
    /// A lost connection, as long as it fails.
    pub fn run(&self) -> io::Result<u32> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        if run <= self.failures { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(run) }
    }
}
