//! Makes a number of healthy calls that are counted for metrics: `metered <case> <calls>`, as `instructions` does.
//!
//! Each case is there without a meter provider, with one that is told counters alone, and with one that is told
//! durations too.

use std::env;
use std::hint::black_box;
use std::io::{self, Write};

use resilience_benches::{metered, prepare, ready};
use resilience_runtime::telemetry::metrics::{install, install_counters};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let case = arguments.next();
    let calls = arguments.next().and_then(|calls| calls.parse().ok()).unwrap_or(0_u64);
    let mut out = io::stdout().lock();
    let provider = metered::provider();
    prepare();
    macro_rules! call {
        ($name:literal, $function:path) => {
            for (provided, metrics) in [
                (concat!($name, ", counted"), None),
                (concat!($name, ", counters installed"), Some(false)),
                (concat!($name, ", durations installed"), Some(true)),
            ] {
                if case.is_none() {
                    writeln!(out, "{provided}\t{}", size_of_val(&$function(0)))?;
                } else if case.as_deref() == Some(provided) {
                    let install =
                        |durations| if durations { install(&provider) } else { install_counters(&provider) };
                    let _metrics = metrics.map(install);
                    for n in 0..calls {
                        black_box(ready($function(black_box(n))))?;
                    }
                }
            }
        };
    }
    call!("retry", resilience_benches::retry);
    call!("rate limit", resilience_benches::rate_limit);
    call!("retry + breaker (calls) + timeout", resilience_benches::all_calls);
    Ok(())
}
