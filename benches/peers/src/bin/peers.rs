//! Measures the cases; `cargo xtask bench` starts it, in several ways, and makes a page of what it prints.
//!
//! What is printed is lines of fields with a tab between them, of which the first says what they are.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use resilience_peers::{RUNTIME, cases, grow, threads, turns};
use tracing::subscriber::{NoSubscriber, set_global_default};

/// Rows whose object two threads may share; and the operation alone, which shares nothing: what the machine has to give.
const SHARED: [&str; 7] = ["A1", "C1", "C2", "C3", "D1", "E1", "F1"];

/// How often each case is called for callgrind: once to warm up, and twice so that the difference is that of calls alone.
const COUNTED: [u64; 3] = [2_000, 1_000, 3_000];

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let _guard = RUNTIME.enter();
    // Never set: but where nobody could ever listen, the linker leaves out that a call asks whether anybody does.
    if env::var_os("PEERS_LISTEN").is_some() {
        set_global_default(NoSubscriber::default()).map_err(io::Error::other)?;
    }
    #[cfg(feature = "counted")]
    let provider = resilience_benches::metered::provider();
    #[cfg(feature = "counted")]
    let _metrics = resilience_runtime::telemetry::metrics::install_counters(&provider);
    let mut out = io::stdout().lock();
    let number = |word: &str| word.parse().map_err(io::Error::other);
    match words.as_slice() {
        ["list"] => {
            for case in cases::all() {
                writeln!(out, "size\t{}\t{}\t{}", case.row, case.who, case.size)?;
            }
        }
        ["count"] => {
            for case in cases::all() {
                for calls in COUNTED {
                    case.call(calls);
                }
                writeln!(out, "count\t{}\t{}\t{}", case.row, case.who, COUNTED[2] - COUNTED[1])?;
            }
        }
        ["time", turns] => time(&mut out, number(turns)?)?,
        ["threads", turns] => share(&mut out, number(turns)?)?,
        ["grow", tries] => more(&mut out, number(tries)?)?,
        _ => {
            writeln!(io::stderr(), "list, count, time <turns>, threads <turns>, grow <tries>")?;
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn time(out: &mut impl Write, turns: usize) -> io::Result<()> {
    let cases = cases::all();
    writeln!(out, "clock\t{}", turns::clock_time(&quanta::Clock::new()))?;
    for (case, times) in cases.iter().zip(turns::measure(&cases, turns)) {
        let [p50, p90, p99, p999] = times.spread.percentiles;
        let (fastest, median) = (times.fastest, times.median);
        writeln!(
            out,
            "time\t{}\t{}\t{fastest:.2}\t{median:.2}\t{p50}\t{p90}\t{p99}\t{p999}",
            case.row, case.who
        )?;
    }
    Ok(())
}

fn share(out: &mut impl Write, turns: usize) -> io::Result<()> {
    let Some(cores) = threads::cores() else {
        return writeln!(io::stderr(), "two threads are not measured: there is one core");
    };
    for case in cases::all().iter().filter(|case| SHARED.contains(&case.row)) {
        let Some(scaling) = threads::measure(case, cores, turns) else {
            let (row, who) = (case.row, case.who);
            writeln!(io::stderr(), "{row} {who}: two threads are not measured: the machine is too busy")?;
            continue;
        };
        let [p50, p90, p99, p999] = scaling.spread.percentiles;
        let (one, two) = (scaling.one, scaling.two);
        writeln!(
            out,
            "threads\t{}\t{}\t{one:.0}\t{two:.0}\t{p50}\t{p90}\t{p99}\t{p999}",
            case.row, case.who
        )?;
    }
    Ok(())
}

fn more(out: &mut impl Write, tries: usize) -> io::Result<()> {
    for number in grow::TASKS {
        let [ours, hand] = grow::tasks(number, tries)?;
        writeln!(out, "grow\ttasks\t{number}\t{ours:.0}\t{hand:.0}")?;
    }
    for number in grow::NAMES {
        let [ours, plain] = grow::names(number, tries);
        writeln!(out, "grow\tnames\t{number}\t{ours:.0}\t{plain:.0}")?;
    }
    for number in grow::KEYS {
        let [ours, governor] = grow::keys(number, tries);
        writeln!(out, "grow\tkeys\t{number}\t{ours:.0}\t{governor:.0}")?;
    }
    Ok(())
}
