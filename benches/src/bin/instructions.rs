//! Makes a number of healthy calls of one case: `instructions <case> <calls>`.
//!
//! Run twice under callgrind with different numbers, the difference is what the calls cost, in instructions;
//! `cargo xtask instructions` does it for all cases. Without arguments it lists them, with their futures' sizes.

use std::env;
use std::hint::black_box;
use std::io::{self, Write};

use resilience_benches::{for_each_case, prepare, ready};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let case = arguments.next();
    let calls = arguments.next().and_then(|calls| calls.parse().ok()).unwrap_or(0_u64);
    let mut out = io::stdout().lock();
    prepare();
    macro_rules! call {
        ($name:literal, $function:path) => {
            match case.as_deref() {
                None => writeln!(out, "{}\t{}", $name, size_of_val(&$function(0)))?,
                Some($name) => {
                    for n in 0..calls {
                        black_box(ready($function(black_box(n))))?;
                    }
                }
                Some(_) => {}
            }
        };
    }
    for_each_case!(call);
    Ok(())
}
