//! Time of a healthy call that is counted for metrics: `cargo bench -p resilience-benches --features otel --bench metrics`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use resilience_benches::{all_calls, metered, ready, retry};
use resilience_runtime::telemetry::metrics::{install, install_counters};

fn counted_call(criterion: &mut Criterion) {
    let provider = metered::provider();
    let mut group = criterion.benchmark_group("counted call");
    macro_rules! measure {
        ($name:literal, $install:expr) => {
            let _metrics = $install;
            group.bench_function(concat!("retry", $name), |bencher| {
                bencher.iter(|| ready(retry(black_box(7))))
            });
            group.bench_function(concat!("retry + breaker (calls) + timeout", $name), |bencher| {
                bencher.iter(|| ready(all_calls(black_box(7))));
            });
        };
    }
    measure!(", no provider", ());
    measure!(", counters installed", install_counters(&provider));
    measure!(", durations installed", install(&provider));
    group.finish();
}

criterion_group!(benches, counted_call);
criterion_main!(benches);
