//! In which source files the instructions of a call are, for `benches/whereabouts.md`: what a target that is not met is
//! made of.
//!
//! callgrind has them by file and line, inlined code under the file it was written in. As with the counts, the difference
//! of two runs is the calls' own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::instructions::{CALLS, output, program_of};
use crate::tools;
use crate::workspace::Workspace;

/// The cases that are taken apart.
const CASES: [&str; 5] = [
    "retry",
    "breaker, window of calls",
    "rate limit",
    "retry + breaker (calls) + timeout",
    "retry + all limits + timeout",
];

/// Files with fewer instructions a call are put together.
const FEW: u64 = 2;

const ABOUT: &str = "\
# Where the instructions of a call are

By source file, inlined code under the file it was written in; written by `cargo xtask instructions --where`. The counts
of the cases are those of `cargo xtask instructions`. What is in `benches/src/lib.rs` is the annotated function itself, as
the compiler makes it: entering it, finding out where it stood, moving arguments and results, leaving it; that is so much
because the body is a future within a future, which is what keeps its `?`, its `return` and its borrows as they are.

What stands between this and the targets in [RESULTS.md](RESULTS.md):

- **Instructions** (B1, C1, D1, E1, F1, F2, T0). The annotated function itself has about as many as a whole loop by hand, two to
  three times what a breaker or a bulkhead is allowed. The runtime's own files have about a tenth of `retry`: a call whose
  first attempt succeeds at once is over before anything of it is written down. What is left is a future within a future,
  an attempt that can be suspended, and a place to come back to from each; a loop by hand has one future, and forgets what
  a retry has to know when it is dropped, panics, or is watched. The nearest design rewrites `?` and `return` in the user's
  code, for a body that is no future of its own.
- **The clock** (D1, F1) is the larger part of a rate limit's time. It is the system's, through the kernel's page. Crates
  that are faster read the time stamp counter, which has to be calibrated first, while the first call waits; the feature
  `tsc` does the same, and is off since it brings four crates along and does not know of a machine that moves. Breakers
  read the kernel's coarse clock, which is cheaper than the counter: that is why C2 and C3 take longer with `tsc`.
- **Locked instructions** (F1). A rate limit has one, a bulkhead two. An exact limit cannot do with fewer. With `lease` a
  rate limit has none.
- **The processor** (C1 to C4, D1 to D3, F1). These rows are ratios to peers that lock or write something in each call, or
  read the processor's counter. How long those take depends on the processor more than how long a call takes here: two runs
  of `cargo xtask bench`, that of ad13bee on an Intel Xeon and that of 1191f2e on an AMD EPYC, have recloser at 29.6
  and 8.9 ns, governor at 22.5 and 9.6, and of ours a breaker at 6.5 and 8.8, a rate limit at 30.0 and 33.8, all policies
  at 41 and 35. So C1 is 4.6 and 1.0, C4 beside the best peer 60 and 5.5, D1 1.3 and 3.5, D3 15 and 3.8, F1 2.8 and 2.1, and
  of the 52 targets that both have 31 and 24 are met, by the same instructions or a few less.
- **One word for all threads** (U2). Two threads that write to one exact limit wait for each other's cache line; `lease` is
  the nearest design, with an error that has a bound.
- **Two threads on one breaker** (C4). A healthy call reads one word that both have, and writes nothing, so that neither
  waits for the other. How many times the calls of one thread that makes is as much as the second core has to give, which is
  not the machine's own: between 1.39 and 2.27 from one whole run to the next. Beside these rows stands the operation alone,
  which shares nothing.
- **A body that waits** (T0, P1). Setting tokio's timer and taking it back is most of it, here and in the stacks by hand.
  The rest is that the few words of a first attempt are put down beside its body when that is first suspended, that the
  body is found again without its type, and that the timer has its place on the heap, among those that a thread keeps:
  that is about sixty instructions a wait, for a future that is a hundred bytes shorter.
- **A clean build** (I1) is for two thirds three crates: the runtime, the macros, and syn, which reads what the user wrote;
  a third of syn is there for signatures, and for the values of the attribute's arguments, which are expressions. Only
  readers of our own would be cheaper.
- **Two hundred functions** (I3). In `cargo check`, a good part is what linkme writes into each function, to enter it in
  the list of all, and the function's static, which the compiler evaluates and checks. In `cargo build`, each function
  has two futures, the body's own and the one around it, where a loop by hand has one; what polls them is compiled once
  for all functions that answer the same.

";

/// Takes the cases apart and writes the page.
///
/// # Errors
///
/// When something cannot be run, read or written.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    if !tools::has("valgrind", "valgrind")? {
        return Err("`valgrind` is missing; install it".to_owned());
    }
    let program = program_of(workspace, "instructions", &[])?;
    let mut page = ABOUT.to_owned();
    for case in CASES {
        let [few, many] = CALLS.map(|calls| by_file(workspace, &program, case, calls));
        write_case(&mut page, case, &difference(&few?, &many?));
    }
    let path = workspace.root.join("benches/whereabouts.md");
    fs::write(&path, page).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn by_file(
    workspace: &Workspace,
    program: &Path,
    case: &str,
    calls: u64,
) -> Result<BTreeMap<String, u64>, String> {
    let out = workspace.target.join("whereabouts.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--compress-strings=no", "--compress-pos=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", out.display())).arg(program);
    output(valgrind.arg(case).arg(calls.to_string()))?;
    let profile = fs::read_to_string(&out).map_err(|error| format!("`{}`: {error}", out.display()))?;
    Ok(parse(&profile))
}

/// The instructions of each file. A line behind `calls=` has those of the function that is called, which are counted
/// there.
fn parse(profile: &str) -> BTreeMap<String, u64> {
    let (mut files, mut file, mut is_of_call) = (BTreeMap::new(), "", false);
    for line in profile.lines() {
        if let Some((_, path)) = line.split_once('=').filter(|(key, _)| matches!(*key, "fl" | "fi" | "fe")) {
            file = path;
        } else if line.starts_with("calls=") {
            is_of_call = true;
        } else if let Some((at, count)) = line.split_once(' ')
            && at.parse::<u64>().is_ok()
            && let Ok(count) = count.trim().parse::<u64>()
            && !core::mem::take(&mut is_of_call)
        {
            *files.entry(label(file)).or_default() += count;
        }
    }
    files
}

/// A file as it is told of: ours by their place in the repository.
fn label(path: &str) -> String {
    let ours = ["resilience-runtime/src/", "benches/src/"];
    if let Some(at) = ours.iter().find_map(|ours| path.find(ours)) {
        return format!("`{}`", &path[at..]);
    }
    if path.contains("/rustc/") || path.contains("/library/") {
        return "the standard library".to_owned();
    }
    let registry = path.split_once("/registry/src/").and_then(|(_, rest)| rest.split('/').nth(1));
    registry.map_or_else(|| "the C library".to_owned(), |package| format!("`{}`", without_version(package)))
}

fn without_version(package: &str) -> &str {
    package.rsplit_once('-').map_or(package, |(name, _)| name)
}

fn difference(few: &BTreeMap<String, u64>, many: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let calls = CALLS[1] - CALLS[0];
    let own = |file: &String, count: &u64| count.saturating_sub(few.get(file).copied().unwrap_or_default());
    many.iter().map(|(file, count)| (file.clone(), (own(file, count) + calls / 2) / calls)).collect()
}

fn write_case(page: &mut String, case: &str, files: &BTreeMap<String, u64>) {
    let mut rows: Vec<_> = files.iter().filter(|(_, count)| **count >= FEW).collect();
    rows.sort_by_key(|(_, count)| core::cmp::Reverse(**count));
    let rest: u64 = files.values().filter(|count| **count < FEW).sum();
    let _ = writeln!(page, "## {case}\n\n| file | instructions |\n|---|---:|");
    for (file, count) in rows {
        let _ = writeln!(page, "| {file} | {count} |");
    }
    if rest > 0 {
        let _ = writeln!(page, "| others | {rest} |");
    }
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_counts_where_it_is() {
        let profile = "version: 1\nevents: Ir\n\nfl=/x/resilience-runtime/src/call/core.rs\nfn=a\n10 30\ncfi=/x/b.rs\n\
            cfn=b\ncalls=1000 0\n11 500\nfi=/rustc/1/library/core/src/ptr.rs\n7 4\nfe=/x/resilience-runtime/src/call/core.rs\n\
            12 2\n\nfl=/h/registry/src/i/tokio-1.2.3/src/t.rs\nfn=b\n3 500\n";
        let expected =
            [("`resilience-runtime/src/call/core.rs`", 32), ("`tokio`", 500), ("the standard library", 4)];
        assert_eq!(parse(profile), expected.map(|(file, count)| (file.to_owned(), count)).into());
    }
}
