//! The memory of this process.

use std::error::Error;
use std::fmt;
use std::fs;

/// Looks at it now and then.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    looks: u64,
    /// In KiB, of the process as it stands in physical memory.
    seen: Vec<u64>,
}

/// How much more it may be at the end than after the first sixth, in KiB: allocators keep what they had once.
const GROWTH: u64 = 4096;

impl Memory {
    /// Every tenth time.
    pub(crate) fn look(&mut self) {
        self.looks += 1;
        if self.looks.is_multiple_of(10)
            && let Some(resident) = resident()
        {
            self.seen.push(resident);
        }
    }

    /// The medians of the second sixth of the time, when everything was there once, and of the last.
    fn begin_and_end(&self) -> Option<(u64, u64)> {
        let sixth = self.seen.len() / 6;
        let median = |of: &[u64]| {
            let mut of = of.to_vec();
            of.sort_unstable();
            of.get(of.len() / 2).copied()
        };
        Some((median(&self.seen[sixth..2 * sixth])?, median(&self.seen[5 * sixth..])?))
    }

    /// That it is at the end what it was.
    pub(crate) fn check(&self) -> Result<(), Box<dyn Error>> {
        match self.begin_and_end() {
            // Not everywhere can it be seen.
            None => Ok(()),
            Some((begin, end)) if end <= begin + GROWTH => Ok(()),
            Some(_) => Err(format!("memory grows: {self}").into()),
        }
    }
}

/// As Linux tells it.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((begin, end)) = self.begin_and_end() else { return f.write_str("not known") };
        let most = self.seen.iter().max().copied().unwrap_or_default();
        write!(f, "{begin} KiB after the first sixth of the time, {end} KiB in the last, {most} KiB at most")
    }
}
