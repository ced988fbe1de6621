//! A healthy call allocates nothing, whatever its policies, and a refusal by an open breaker neither.

use std::hint::black_box;

use resilience_benches::{for_each_case, prepare, ready};

#[test]
fn an_allocation_is_counted() {
    assert_eq!(allocation_counter::measure(|| drop(black_box(Box::new(7)))).count_total, 1);
}

#[test]
fn a_call_allocates_nothing_healthy_or_refused() {
    macro_rules! measure {
        ($name:literal, $function:path) => {
            // Names are looked up once, and a window that is not yet full takes what it needs.
            for n in 0..1_000 {
                assert_eq!(ready($function(n)).unwrap(), n);
            }
            let info = allocation_counter::measure(|| {
                for n in 0..1_000 {
                    assert_eq!(ready($function(n)).unwrap(), n);
                }
            });
            assert_eq!(info.count_total, 0, "{}", $name);
        };
    }
    prepare();
    for_each_case!(measure);
}
