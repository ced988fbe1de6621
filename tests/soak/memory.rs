//! The memory of this process.

use std::error::Error;
use std::fmt;
use std::fs;

/// Looks at it now and then, in KiB, as the process stands in physical memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// In the part under way.
    seen: Vec<u64>,
    /// The median of each part that ended.
    parts: Vec<u64>,
}

/// How much more it may be in the last part than in the first: allocators do not give everything back.
const GROWTH: u64 = 2048;

impl Memory {
    pub(crate) fn look(&mut self) {
        self.seen.extend(resident());
    }

    /// A part begins that is compared with the others of its kind.
    pub(crate) fn begin(&mut self) {
        self.seen.clear();
    }

    /// The part is over.
    pub(crate) fn end(&mut self) {
        self.seen.sort_unstable();
        self.parts.extend(self.seen.get(self.seen.len() / 2));
    }

    /// That it is at the end what it was. Not everywhere can it be seen.
    pub(crate) fn check(&self) -> Result<(), Box<dyn Error>> {
        match (self.parts.first(), self.parts.last()) {
            (Some(first), Some(last)) if *last > first + GROWTH => {
                Err(format!("memory grows: {self}").into())
            }
            _ => Ok(()),
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
        let parts: Vec<String> = self.parts.iter().map(|part| format!("{part} KiB")).collect();
        write!(f, "{} each time the collector was back", parts.join(", "))
    }
}
