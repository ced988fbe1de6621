//! What policies do, simulated: annotated functions on the real runtime and tokio's paused clock, against modelled
//! services. `cargo run --release --example simulate`
//!
//! Prints where it is, and writes a page with tables and pictures: to `target/simulate`, or `--out DIR`. Another
//! `--seed N` is another draw of everything that is random; the same one gives the same page, byte for byte.

mod backend;
mod chance;
mod chart;
mod clients;
mod figures;
mod page;
mod reference;
mod scenario;
#[cfg(test)]
mod tests;
mod world;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use crate::page::{Section, page};
use crate::scenario::{Plan, SCENARIOS};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "simulate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Options { seed, out } = Options::read(env::args().skip(1))?;
    let plan = Plan::full(seed);
    let mut sections: Vec<Section> = Vec::new();
    for scenario in SCENARIOS {
        write!(io::stdout(), "{:<12}", scenario.name)?;
        io::stdout().flush()?;
        let start = Instant::now();
        sections.push((scenario.play)(plan)?);
        writeln!(io::stdout(), "{:>6.1} s", start.elapsed().as_secs_f64())?;
    }
    fs::create_dir_all(&out)?;
    for (file, picture) in sections.iter().flat_map(|section| &section.pictures) {
        fs::write(out.join(file), picture)?;
    }
    fs::write(out.join("README.md"), page(seed, &sections))?;
    writeln!(io::stdout(), "written to {}", out.join("README.md").display())?;
    Ok(())
}

/// What was asked for.
struct Options {
    seed: u64,
    out: PathBuf,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { seed: 1, out: PathBuf::from("target/simulate") };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--seed" => {
                    let seed = value()?;
                    options.seed =
                        seed.parse().map_err(|_| format!("`{seed}` is not a seed; write a number"))?;
                }
                "--out" => options.out = value()?.into(),
                _ => return Err(format!("`{word}` is not an option; there are `--seed N` and `--out DIR`")),
            }
        }
        Ok(options)
    }
}
