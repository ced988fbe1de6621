//! Instructions and readings of the clock, of all cases in one run.
//!
//! The program calls each case three times: to warm up, then two different numbers of times. callgrind writes down what
//! it has counted after each; the difference of the last two is the calls' own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::figures::Case;
use super::{of_path, printed};

/// The function that makes a number of calls of one case.
const CALLS: &str = "resilience_peers::case::Case::call";

/// What reads the system's clock: the C library, and rustix, which asks the kernel where it finds no page of it, as here.
const READS: [&str; 2] = ["cfn=clock_gettime", "cfn=rustix::backend::vdso_wrappers::clock_gettime"];

/// Dumps of one case.
const DUMPS: usize = 3;

/// What callgrind counted until a dump.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Dump {
    instructions: f64,
    clock_reads: f64,
}

/// Counts for the cases, which the program has in the same order.
///
/// # Errors
///
/// When callgrind fails, or writes what is not understood.
pub(super) fn count(program: &Path, directory: &Path, cases: &mut [Case]) -> Result<(), String> {
    // Those of an earlier run, which may have had more.
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(|error| of_path(directory, &error))?;
    }
    fs::create_dir_all(directory).map_err(|error| of_path(directory, &error))?;
    let out = directory.join("dump");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--compress-strings=no", "--compress-pos=no"]);
    valgrind.arg(format!("--dump-after={CALLS}")).arg(format!("--callgrind-out-file={}", out.display()));
    let names = printed(valgrind.arg(program).arg("count"))?;
    let names: Vec<&str> = names.lines().collect();
    if names.len() != cases.len() {
        return Err(format!("{} cases were counted instead of {}", names.len(), cases.len()));
    }
    for (index, (case, name)) in cases.iter_mut().zip(names).enumerate() {
        let fields: Vec<&str> = name.split('\t').collect();
        let calls = match fields.as_slice() {
            ["count", row, who, calls] if *row == case.row && *who == case.who => calls.parse::<f64>(),
            _ => return Err(format!("`{name}` was counted instead of {} {}", case.row, case.who)),
        };
        let calls = calls.map_err(|error| format!("`{name}`: {error}"))?;
        let dump = |number: usize| {
            let path = directory.join(format!("dump.{number}"));
            let text = fs::read_to_string(&path).map_err(|error| of_path(&path, &error))?;
            parse(&text).ok_or_else(|| format!("`{}` has no total", path.display()))
        };
        let [few, many] = [dump(DUMPS * index + 2)?, dump(DUMPS * index + 3)?];
        case.instructions = (many.instructions - few.instructions) / calls;
        case.clock_reads = (many.clock_reads - few.clock_reads) / calls;
    }
    Ok(())
}

/// The sum, and the calls of what reads the system's clock, of one dump.
fn parse(text: &str) -> Option<Dump> {
    let total =
        text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    let mut clock_reads = 0.0;
    for (callee, calls) in text.lines().zip(text.lines().skip(1)) {
        if READS.iter().any(|reads| callee.starts_with(reads)) {
            let calls = calls.strip_prefix("calls=")?.split_whitespace().next()?;
            clock_reads += calls.parse::<f64>().ok()?;
        }
    }
    Some(Dump { instructions: total?.trim().parse().ok()?, clock_reads })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_has_a_sum_and_calls_from_each_place() {
        let text = "version: 1\nsummary: 1200\n\nfn=a\n0 30\ncfi=???\ncfn=clock_gettime@@GLIBC_2.17\ncalls=1000 0\n0 \
            500\n\nfn=b\ncfn=clock_gettime@@GLIBC_2.17\ncalls=5 0\n0 5\n\
            cfn=rustix::backend::vdso_wrappers::clock_gettime_via_syscall\ncalls=20 0\n0 5\ncfn=another\ncalls=7 0\n0 9\n";
        assert_eq!(parse(text), Some(Dump { instructions: 1_200.0, clock_reads: 1_025.0 }));
        assert_eq!(parse("fn=a\n0 30\n"), None);
    }
}
