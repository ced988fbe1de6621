//! Time of a healthy call: `cargo bench -p resilience-benches`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use resilience_benches::{for_each_case, prepare, ready};

fn healthy_call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("healthy call");
    macro_rules! measure {
        ($name:literal, $function:path) => {
            group.bench_function($name, |bencher| bencher.iter(|| ready($function(black_box(7)))));
        };
    }
    prepare();
    for_each_case!(measure);
    group.finish();
}

criterion_group!(benches, healthy_call);
criterion_main!(benches);
