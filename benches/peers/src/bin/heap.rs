//! Counts allocations: of each case's calls, and what a name and a key keep. `cargo xtask bench` starts it.
//!
//! A program of its own, for an allocator that counts is a slower one.

use std::io::{self, Write};
use std::pin::pin;

use resilience_peers::operation::ready;
use resilience_peers::{RUNTIME, cases, names, ours};

/// Calls that are counted, after as many that are not.
const CALLS: u64 = 1_000;

/// Keys of a limit.
const KEYS: u64 = 100_000;

fn main() -> io::Result<()> {
    let _guard = RUNTIME.enter();
    let mut out = io::stdout().lock();
    for case in cases::all() {
        case.call(2 * CALLS);
        let counted = allocation_counter::measure(|| case.call(CALLS));
        // What is made once a batch is not the calls'.
        let once = allocation_counter::measure(|| case.call(0));
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let each = counted.count_total.saturating_sub(once.count_total) as f64 / CALLS as f64;
        writeln!(out, "allocations\t{}\t{}\t{each:.2}", case.row, case.who)?;
    }
    writeln!(out, "kept\tannotated function\t{}", size_of::<resilience_runtime::__private::Site>())?;
    let kept = allocation_counter::measure(|| names::run(1_000, 1_000));
    writeln!(out, "kept\tname\t{}", kept.bytes_current / 1_000)?;
    let kept = allocation_counter::measure(|| (0..KEYS).for_each(|n| _ = ready(pin!(ours::keyed(n, KEYS)))));
    writeln!(out, "kept\tkey\t{}", kept.bytes_current / KEYS.cast_signed())
}
