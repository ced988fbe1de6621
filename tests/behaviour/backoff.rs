//! How long the waits between attempts are.

use std::cell::RefCell;
use std::collections::HashSet;
use std::env;
use std::process::Command;
use std::time::Duration;

use resilience_runtime::testing::{self, Recording};
use resilience_runtime::{Backoff, BackoffPolicy, Jitter, Rng, resilient};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, HINT, Script, ms, secs, timed};

/// The waits of the one call that was made.
fn waits(recording: &Recording) -> Vec<Duration> {
    recording.call().waits.iter().map(|wait| wait.delay).collect()
}

// H1
#[tokio::test(start_paused = true)]
async fn exponential_waits_double_up_to_the_cap() {
    #[resilient(retry = "exp", max = 7, base = "1ms", cap = "10ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&Script::new("F"))).await;
    assert_eq!((answer, elapsed), (Err(Transient(7)), ms(1 + 2 + 4 + 8 + 10 + 10)));
    assert_eq!(waits(&recording), [1, 2, 4, 8, 10, 10].map(ms));
}

#[tokio::test(start_paused = true)]
async fn exponential_waits_grow_by_the_factor() {
    #[resilient(retry = "exp", max = 5, base = "100ms", factor = 3)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (_, elapsed) = timed(load(&Script::new("F"))).await;
    assert_eq!(elapsed, ms(100 + 300 + 900 + 2_700));
    assert_eq!(waits(&recording), [100, 300, 900, 2_700].map(ms));
}

// H3
#[tokio::test(start_paused = true)]
async fn fibonacci_waits_are_the_sum_of_the_two_before() {
    #[resilient(retry = "fibonacci", max = 12, base = "1ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (_, elapsed) = timed(load(&Script::new("F"))).await;
    assert_eq!(waits(&recording), [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144].map(ms));
    assert_eq!(elapsed, ms(375));
}

// H4
#[tokio::test(start_paused = true)]
async fn a_long_base_reaches_its_cap_as_well() {
    #[resilient(retry("exp", max = 7, base = "2s", cap = "30s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (_, elapsed) = timed(load(&Script::new("F"))).await;
    assert_eq!(waits(&recording), [2, 4, 8, 16, 30, 30].map(secs));
    assert_eq!(elapsed, secs(90));
}

#[tokio::test(start_paused = true)]
async fn linear_and_fixed_waits_are_what_their_names_say() {
    #[resilient(retry = "linear", max = 5, base = "250ms", cap = "900ms")]
    async fn linear(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 4, base = "250ms")]
    async fn fixed(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (_, elapsed) = timed(linear(&Script::new("F"))).await;
    assert_eq!(waits(&recording), [250, 500, 750, 900].map(ms));
    assert_eq!(elapsed, ms(2_400));

    recording.clear();
    let (_, elapsed) = timed(fixed(&Script::new("F"))).await;
    assert_eq!(waits(&recording), [250; 3].map(ms));
    assert_eq!(elapsed, ms(750));
}

// H6
#[tokio::test(start_paused = true)]
async fn a_ratio_of_jitter_is_added_or_taken_away() {
    #[resilient(retry = "exp", max = 1_001, base = "100ms", factor = 1.0, jitter = "50%")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(6);
    let recording = testing::record();
    assert_eq!(load(&Script::new("F")).await, Err(Transient(1_001)));
    let waits = waits(&recording);
    assert_eq!(waits.len(), 1_000);
    assert!(waits.iter().all(|wait| (ms(50)..=ms(150)).contains(wait)));
    assert!(waits.iter().any(|wait| *wait < ms(60)) && waits.iter().any(|wait| *wait > ms(140)));
}

// H7
#[tokio::test(start_paused = true)]
async fn full_jitter_stays_below_the_wait_without_jitter() {
    #[resilient(retry = "exp_jitter", max = 12, base = "50ms", cap = "20s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let ceilings = [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000].map(ms);
    let mut longest = [Duration::ZERO; 11];
    for seed in 0..200 {
        testing::seed(seed);
        let recording = testing::record();
        assert_eq!(load(&Script::new("F")).await, Err(Transient(12)));
        for (longest, wait) in longest.iter_mut().zip(waits(&recording)) {
            *longest = wait.max(*longest);
        }
    }
    for (longest, ceiling) in longest.iter().zip(ceilings) {
        assert!(*longest <= ceiling && *longest > ceiling.mul_f64(0.95), "{longest:?} of {ceiling:?}");
    }
}

// H9
#[tokio::test(start_paused = true)]
async fn jittered_waits_still_differ_at_the_cap() {
    #[resilient(retry = "exp_jitter", max = 1_007, base = "100ms", cap = "1s")]
    async fn full(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "decorrelated", max = 1_007, base = "100ms", cap = "1s")]
    async fn decorrelated(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "exp", max = 1_007, base = "100ms", cap = "1s", jitter = 0.5)]
    async fn ratio(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(9);
    for call in 0..3 {
        let (script, recording) = (Script::new("F"), testing::record());
        let answer = match call {
            0 => full(&script).await,
            1 => decorrelated(&script).await,
            _ => ratio(&script).await,
        };
        assert_eq!(answer, Err(Transient(1_007)));
        let waits = waits(&recording).split_off(6);
        let at_cap = waits.iter().filter(|wait| **wait == secs(1)).count();
        assert!(waits.iter().all(|wait| *wait <= secs(1)));
        assert!(at_cap < 10, "{at_cap} of 1000 waits are equal to the cap");
        assert!(waits.iter().collect::<HashSet<_>>().len() > 990);
    }
}

// H10
#[tokio::test(start_paused = true)]
async fn full_jitter_is_uniform_and_equal_jitter_keeps_half() {
    #[resilient(retry = "exp_jitter", max = 10_001, base = "1s", factor = 1)]
    async fn full(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "exp_jitter", max = 10_001, base = "1s", factor = 1, jitter = "equal")]
    async fn equal(script: &Script) -> Answer {
        script.run().await
    }
    #[expect(clippy::cast_precision_loss, reason = "ten thousand is a small number")]
    fn mean(waits: &[Duration]) -> f64 {
        waits.iter().sum::<Duration>().as_secs_f64() / waits.len() as f64
    }
    testing::seed(10);
    let recording = testing::record();
    assert_eq!(full(&Script::new("F")).await, Err(Transient(10_001)));
    let full = waits(&recording);
    assert!((mean(&full) - 0.5).abs() < 0.01, "{}", mean(&full));
    assert!(full.iter().min().is_some_and(|least| *least < ms(20)));

    recording.clear();
    assert_eq!(equal(&Script::new("F")).await, Err(Transient(10_001)));
    let equal = waits(&recording);
    assert!((mean(&equal) - 0.75).abs() < 0.01, "{}", mean(&equal));
    assert!(equal.iter().all(|wait| (ms(500)..=secs(1)).contains(wait)));
}

// H10
#[tokio::test(start_paused = true)]
async fn decorrelated_waits_are_at_most_three_times_the_one_before() {
    #[resilient(retry = "decorrelated", max = 1_001, base = "100ms", cap = "20s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(10);
    let recording = testing::record();
    assert_eq!(load(&Script::new("F")).await, Err(Transient(1_001)));
    let waits = waits(&recording);
    assert!(waits.iter().any(|wait| *wait > secs(15)), "they grow from wait to wait");
    let mut previous = ms(100);
    for wait in waits {
        assert!((ms(100)..=secs(20).min(previous * 3)).contains(&wait), "{wait:?} after {previous:?}");
        previous = wait;
    }
}

// H11 H17
#[tokio::test(start_paused = true)]
async fn a_long_series_stays_at_its_cap_and_never_wraps() {
    #[resilient(retry = "exp", max = 1_101, base = "1s", cap = "1m")]
    async fn exponential(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fibonacci", max = 1_101, base = "1s", cap = "1m")]
    async fn fibonacci(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(exponential(&Script::new("F")).await, Err(Transient(1_101)));
    let exponential = waits(&recording);
    recording.clear();
    assert_eq!(fibonacci(&Script::new("F")).await, Err(Transient(1_101)));
    for waits in [exponential, waits(&recording)] {
        assert_eq!(waits.len(), 1_100);
        assert!(waits.is_sorted());
        assert!(waits[10..].iter().all(|wait| *wait == secs(60)));
    }
}

// H12
#[tokio::test(start_paused = true)]
async fn a_hint_replaces_one_wait_and_the_sequence_goes_on() {
    #[resilient(retry = "exp", max = 5, base = "100ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&Script::new("FTFS"))).await;
    assert_eq!((answer, elapsed), (Ok(4), ms(100 + 2_000 + 400)));
    let call = recording.call();
    assert_eq!(call.waits, [ms(100), HINT, ms(400)]);
    let sources: Vec<_> = call.waits.iter().map(|wait| wait.source.as_deref()).collect();
    assert_eq!(sources, [Some("policy"), Some("server_hint"), Some("policy")]);
}

// H12
#[tokio::test(start_paused = true)]
async fn a_hint_is_neither_capped_nor_jittered() {
    #[resilient(retry = "exp_jitter", max = 2, base = "100ms", cap = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(load(&Script::new("TS"))).await;
    assert_eq!((answer, elapsed), (Ok(2), HINT));
}

#[tokio::test(start_paused = true)]
async fn one_seed_gives_one_sequence_of_waits() {
    #[resilient(retry = "exp_jitter", max = 6)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let mut sequences = Vec::new();
    for seed in [7, 7, 8] {
        testing::seed(seed);
        let recording = testing::record();
        assert_eq!(load(&Script::new("F")).await, Err(Transient(6)));
        sequences.push(waits(&recording));
    }
    assert_eq!(sequences[0], sequences[1]);
    assert_ne!(sequences[0], sequences[2]);
}

/// Runs this very test in two more processes, where it only tells its waits.
// H15
#[tokio::test(start_paused = true)]
async fn two_processes_wait_differently() {
    const CHILD: &str = "RESILIENCE_TESTS_TELL_WAITS";
    #[resilient(retry = "exp_jitter", max = 6)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    if env::var_os(CHILD).is_some() {
        let recording = testing::record();
        assert_eq!(load(&Script::new("F")).await, Err(Transient(6)));
        eprintln!("waits: {:?}", waits(&recording));
        return;
    }
    let told = || {
        let arguments = ["--exact", "backoff::two_processes_wait_differently", "--nocapture"];
        let output =
            Command::new(env::current_exe().unwrap()).args(arguments).env(CHILD, "").output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        told.lines().find(|line| line.starts_with("waits: ")).expect("the child tells its waits").to_owned()
    };
    assert_ne!(told(), told());
}

thread_local!(static ASKED: RefCell<Vec<(u32, Duration)>> = const { RefCell::new(Vec::new()) });

/// Waits 10 ms longer each time, and remembers what it was asked.
struct Growing;

impl BackoffPolicy for Growing {
    fn delay(&self, retry: u32, previous: Duration, _rng: &mut Rng) -> Duration {
        ASKED.with_borrow_mut(|asked| asked.push((retry, previous)));
        previous + ms(10)
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_learns_the_retry_and_what_it_chose_before() {
    #[resilient(retry = Growing, max = 5)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(load(&Script::new("FTFF"))).await;
    assert_eq!((answer, elapsed), (Err(Transient(5)), ms(10 + 2_000 + 30 + 40)));
    // The hint was waited for instead of the second delay, which was chosen all the same.
    assert_eq!(ASKED.take(), [(1, ms(0)), (2, ms(10)), (3, ms(20)), (4, ms(30))]);
}

/// Draws from the random source it is given.
struct Drawing;

impl BackoffPolicy for Drawing {
    fn delay(&self, _retry: u32, _previous: Duration, rng: &mut Rng) -> Duration {
        secs(1).mul_f64(rng.fraction())
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_draws_what_the_seed_says() {
    #[resilient(retry = Drawing, max = 6)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let mut sequences = Vec::new();
    for _ in 0..2 {
        testing::seed(3);
        let recording = testing::record();
        assert_eq!(load(&Script::new("F")).await, Err(Transient(6)));
        sequences.push(waits(&recording));
    }
    assert_eq!(sequences[0], sequences[1]);
}

const STEEP: Backoff = Backoff::exp(ms(10)).factor(10.0).cap(secs(2)).jitter(Jitter::None);

#[tokio::test(start_paused = true)]
async fn a_constant_backoff_brings_its_own_settings() {
    #[resilient(retry = STEEP, max = 5)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(load(&Script::new("F"))).await;
    assert_eq!((answer, elapsed), (Err(Transient(5)), ms(10 + 100 + 1_000 + 2_000)));
}
