//! Writes a thousand annotated functions, each with a breaker of its own name, and as many plain ones: by hand nobody would.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut text = String::new();
    for index in 0..1_000 {
        let _ = writeln!(
            text,
            "#[resilience_runtime::resilient(breaker(\"name {index}\", consecutive = 5))]\n\
             async fn annotated{index}(n: u64) -> Result<u64, Error> {{ operation(n).await }}\n\
             async fn plain{index}(n: u64) -> Result<u64, Error> {{ operation(n + {number}).await }}",
            // For each another one: of functions that are alike the compiler makes one.
            number = index + 1
        );
    }
    for (list, function) in [("ANNOTATED", "annotated"), ("PLAIN", "plain")] {
        let _ = writeln!(text, "static {list}: [fn(u64); 1_000] = [");
        for index in 0..1_000 {
            let _ = writeln!(text, "|n| _ = black_box(ready(pin!({function}{index}(n))).is_ok()),");
        }
        text.push_str("];\n");
    }
    let directory = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(directory.join("names.rs"), text).expect("cargo makes the directory");
}
