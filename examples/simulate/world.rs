//! Virtual time: a run of minutes takes as long as its computing, and nothing but the seed decides about it.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use resilience_runtime::{breakers, retry_budgets, testing};

/// Named breakers and budgets belong to the process, so that two runs at once would share them.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Longer than anything a policy of a run remembers.
const OBLIVION: Duration = Duration::from_secs(3600);

/// Runs `work` on one thread, on a clock that jumps to the next timer whenever all tasks wait.
pub(crate) fn in_virtual_time<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    Ok(runtime.block_on(work))
}

/// Begins a run: the runtime's jitter starts from the seed, and no policy remembers the run before.
pub(crate) async fn begin(seed: u64) {
    testing::seed(seed);
    // First they take notice of the time, which went back if a virtual clock ended; then they forget.
    for budget in retry_budgets() {
        let _ = budget.snapshot();
    }
    tokio::time::sleep(OBLIVION).await;
    for breaker in breakers() {
        breaker.reset();
    }
}
