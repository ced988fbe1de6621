//! Tests of drawings, line by line.

use super::script::{
    attempt, backoff, bulkhead, call, end_attempt, fail, fallback, follow, limit, pass, queue, refuse, spend,
    stale, succeed, transition, try_once,
};
use super::{Call, Style, draw};
use crate::testing::record;

/// Compares line by line, the end of lines aside, and shows the whole when one differs.
#[track_caller]
fn assert_drawn(drawing: &str, expected: &str) {
    let expected = expected.trim_start_matches('\n');
    assert!(drawing == expected, "drawn:\n{drawing}\nexpected:\n{expected}");
}

async fn recovered() -> Call {
    let recording = record();
    let call = call("load_user");
    try_once(&call, 1, 0, 12, "retryable_error").await;
    try_once(&call, 2, 100, 20, "retryable_error").await;
    try_once(&call, 3, 200, 160, "success").await;
    succeed(&call);
    recording.call()
}

#[tokio::test(start_paused = true)]
async fn a_recovered_call() {
    assert_drawn(
        &draw(&recovered().await, &Style::new()),
        "
✓ load_user: success after 3 attempts in 492ms, waited 300ms
├─ ✗ 1 original  retryable_error  io::ConnectionReset                  12ms █·······················
│    connection reset by peer
├─ · wait 100ms                                                       100ms ·░░░░···················
├─ ✗ 2 retry     retryable_error  io::ConnectionReset                  20ms ·····█··················
├─ · wait 200ms                                                       200ms ······░░░░░░░░░░········
└─ ✓ 3 retry     success                                              160ms ················████████
",
    );
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_call_with_a_fallback() {
    let recording = record();
    let call = call("load_user");
    call.record("user.id", 7);
    call.record("tag", "very important");
    try_once(&call, 1, 0, 10, "retryable_error").await;
    try_once(&call, 2, 50, 100, "timeout").await;
    let third = attempt(&call, 3, 0.0);
    pass(30).await;
    third.record("reliability.attempt.outcome", "retryable_error");
    third.record("error.type", "DbError::Unavailable");
    third.record("otel.status_description", "the primary is being replaced\nby one of its replicas");
    drop(third);
    call.in_scope(|| transition("db", "closed", "open", "failure_rate"));
    let body = fallback(&call, "DbError::Unavailable");
    pass(20).await;
    drop(body);
    fail(&call, "fallback", "exhausted", "DbError::Unavailable");
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        r#"
↺ load_user: fallback after 3 attempts in 210ms, waited 50ms
│ stopped: exhausted, error: DbError::Unavailable
│ tag="very important"  user.id=7  at src/users.rs:12
├─ ✗ 1 original  retryable_error  io::ConnectionReset                  10ms █·······················
│    connection reset by peer
├─ · wait 50ms                                                         50ms ·░░░░░░·················
├─ ✗ 2 retry     timeout                                              100ms ·······███████████······
├─ ✗ 3 retry     retryable_error  DbError::Unavailable                 30ms ··················████··
│    the primary is being replaced\nby one of its replicas
├─ ◆ breaker db: closed → open (failure_rate, 60% failed)                   ······················◆·
└─ ↺ fallback for DbError::Unavailable                                 20ms ······················██
"#,
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_call() {
    let recording = record();
    let call = call("load_user");
    call.in_scope(|| refuse("db", 4.2));
    fail(&call, "rejected", "breaker_open", "circuit_breaker_open");
    call.record("otel.status_description", "circuit breaker `db` is open; retry after 4.2s");
    drop(call);
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        "
✗ load_user: rejected without an attempt in 0s
│ stopped: breaker_open, error: circuit_breaker_open  at src/users.rs:12
└─ ◆ breaker db: refused the call, retry after 4.2s
",
    );
}

#[test]
fn where_it_is_written_is_told_of_calls_that_got_no_good_answer() {
    let place = |outcome: &str| {
        let recording = record();
        call("load_user").record("reliability.outcome", outcome);
        draw(&recording.call(), &Style::new()).contains("at src/users.rs:12")
    };
    for outcome in ["success", "cached", "coalesced"] {
        assert!(!place(outcome), "{outcome}");
    }
    for outcome in ["fallback", "stale", "error", "timeout", "rejected", "cancelled", "panicked"] {
        assert!(place(outcome), "{outcome}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_with_the_result_of_another_one_says_so() {
    let drawing = async |outcome: &str| {
        let recording = record();
        let call = call("load_user");
        call.in_scope(|| follow("users"));
        pass(10).await;
        call.record("reliability.outcome", outcome);
        drop(call);
        draw(&recording.call(), &Style::new())
    };
    assert_drawn(
        &drawing("timeout").await,
        "
✗ load_user: timeout without an attempt in 10ms
│ at src/users.rs:12
└─ ◆ waited for the result of another call                                  ◆·······················
",
    );
    assert_drawn(&drawing("coalesced").await, "\n✓ load_user: coalesced without an attempt in 10ms\n");
}

#[tokio::test(start_paused = true)]
async fn refusals_of_limits_and_answers_of_a_cache_are_told_in_words() {
    let recording = record();
    let call = call("load_user");
    try_once(&call, 1, 0, 10, "retryable_error").await;
    call.in_scope(|| {
        limit("queries", 0.25);
        bulkhead("database", 0.0);
        bulkhead("database", 0.06);
        spend("shop");
        stale("users", 12.5);
    });
    call.record("reliability.outcome", "stale");
    drop(call);
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        "
↺ load_user: stale after 1 attempt in 10ms
│ at src/users.rs:12
├─ ✗ 1 original  retryable_error  io::ConnectionReset                  10ms ████████████████████████
│    connection reset by peer
├─ ◆ rate limit queries: refused the call, retry after 250ms                ·······················◆
├─ ◆ bulkhead database: refused the call                                    ·······················◆
├─ ◆ bulkhead database: refused the call after 60ms                         ·······················◆
├─ ◆ budget shop: no retry, it is spent                                     ·······················◆
└─ ◆ cache users: an answer that is 12.5s old                               ·······················◆
",
    );
}

#[tokio::test(start_paused = true)]
async fn nested_calls() {
    let recording = record();
    let outer = call("a_shop_with_a_long_name::orders::checkout::Checkout::place_the_order_of_a_customer");
    let first = attempt(&outer, 1, 0.0);
    pass(20).await;
    for operation in ["shop::stock::reserve", "shop::payment::Gateway::charge"] {
        let inner = first.in_scope(|| call(operation));
        try_once(&inner, 1, 0, 40, "retryable_error").await;
        try_once(&inner, 2, 100, 30, "success").await;
        succeed(&inner);
    }
    end_attempt(&first, "permanent_error");
    fail(&outer, "error", "permanent_error", "io::ConnectionReset");
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        "
✗ …::orders::checkout::Checkout::place_the_order_of_a_customer: error after 1 attempt in 360ms
│ stopped: permanent_error, error: io::ConnectionReset  at src/users.rs:12
└─ ✗ 1 original  permanent_error  io::ConnectionReset                 360ms ████████████████████████
   │ connection reset by peer
   ├─ ✓ shop::stock::reserve: success after 2 attempts                170ms ·████████████···········
   │  ├─ ✗ 1 original  retryable_error  io::ConnectionReset            40ms ·███····················
   │  │    connection reset by peer
   │  ├─ · wait 100ms                                                 100ms ····░░░░░░░·············
   │  └─ ✓ 2 retry     success                                         30ms ···········██···········
   └─ ✓ shop::payment::Gateway::charge: success after 2 attempts      170ms ·············███████████
      ├─ ✗ 1 original  retryable_error  io::ConnectionReset            40ms ·············██·········
      │    connection reset by peer
      ├─ · wait 100ms                                                 100ms ···············░░░░░░░··
      └─ ✓ 2 retry     success                                         30ms ······················██
",
    );
}

#[tokio::test(start_paused = true)]
async fn the_middle_of_a_long_call_is_summed_up() {
    let recording = record();
    let call = call("load_user");
    for number in 1..=40 {
        let outcome = if number % 8 == 0 { "timeout" } else { "retryable_error" };
        try_once(&call, number, if number == 1 { 0 } else { 50 }, 10, outcome).await;
    }
    fail(&call, "error", "exhausted", "io::ConnectionReset");
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        "
✗ load_user: error after 40 attempts in 2.35s, waited 1.95s
│ stopped: exhausted, error: io::ConnectionReset  at src/users.rs:12
├─ ✗  1 original  retryable_error  io::ConnectionReset                 10ms █·······················
│    connection reset by peer
├─ · wait 50ms                                                         50ms ░·······················
├─ ✗  2 retry     retryable_error  io::ConnectionReset                 10ms ·█······················
├─ · wait 50ms                                                         50ms ·░······················
├─ ✗  3 retry     retryable_error  io::ConnectionReset                 10ms ·█······················
├─ · wait 50ms                                                         50ms ·░······················
├─ ✗  4 retry     retryable_error  io::ConnectionReset                 10ms ··█·····················
├─ · wait 50ms                                                         50ms ··░·····················
┆  … 32 attempts (28x retryable_error, 4x timeout), 31 waits          1.87s ··▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒··
├─ · wait 50ms                                                         50ms ······················░·
├─ ✗ 37 retry     retryable_error  io::ConnectionReset                 10ms ······················█·
│    connection reset by peer
├─ · wait 50ms                                                         50ms ······················░·
├─ ✗ 38 retry     retryable_error  io::ConnectionReset                 10ms ·······················█
├─ · wait 50ms                                                         50ms ·······················░
├─ ✗ 39 retry     retryable_error  io::ConnectionReset                 10ms ·······················█
├─ · wait 50ms                                                         50ms ·······················░
└─ ✗ 40 retry     timeout                                              10ms ·······················█
",
    );
}

#[tokio::test(start_paused = true)]
async fn a_narrow_terminal_gets_no_bars() {
    assert_drawn(
        &draw(&recovered().await, &Style::new().width(50)),
        "
✓ load_user: success after 3 attempts in 492ms, w…
├─ ✗ 1 original  retryable_error  io::Co…     12ms
│    connection reset by peer
├─ · wait 100ms                              100ms
├─ ✗ 2 retry     retryable_error  io::Co…     20ms
├─ · wait 200ms                              200ms
└─ ✓ 3 retry     success                     160ms
",
    );
}

#[tokio::test(start_paused = true)]
async fn a_terminal_of_eighty_columns_gets_shorter_bars() {
    let call = recovered().await;
    let longest = |width| {
        let drawing = draw(&call, &Style::new().width(width));
        let columns = |line: &str| line.chars().rev().take_while(|char| "█░▒·".contains(*char)).count();
        drawing.lines().map(columns).max()
    };
    assert_eq!([59, 60, 80, 99, 100].map(longest), [0, 12, 16, 19, 24].map(Some));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_the_server_asked_for_and_that_was_cut() {
    let recording = record();
    let call = call("load_user");
    try_once(&call, 1, 0, 30, "retryable_error").await;
    let wait = backoff(&call, 10.0, "server_hint");
    pass(70).await;
    drop(wait);
    call.record("reliability.outcome", "cancelled");
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        "
○ load_user: cancelled after 1 attempt in 100ms, waited 70ms
│ at src/users.rs:12
├─ ✗ 1 original  retryable_error  io::ConnectionReset                  30ms ███████·················
│    connection reset by peer
└─ · wait 10s, as the server asked, cut short                          70ms ·······░░░░░░░░░░░░░░░░░
",
    );
}

#[tokio::test(start_paused = true)]
async fn waits_for_limits_are_lines_of_their_own() {
    let recording = record();
    let call = call("load_user");
    queue(&call, "rate_limit", "api", 20, "admitted").await;
    queue(&call, "bulkhead", "database", 60, "rejected").await;
    // That it was refused after a wait is told by the wait; what was refused at once, or elsewhere, is not.
    call.in_scope(|| {
        bulkhead("database", 0.06);
        bulkhead("database", 0.0);
        bulkhead("files", 0.06);
    });
    let wait = backoff(&call, 0.05, "policy");
    pass(50).await;
    drop(wait);
    queue(&call, "rate_limit", &format!("shop::{}::tenants::load", "long".repeat(20)), 30, "admitted").await;
    queue(&call, "bulkhead", "database", 40, "cancelled").await;
    call.record("reliability.outcome", "cancelled");
    assert_drawn(
        &draw(&recording.call(), &Style::new()),
        "
○ load_user: cancelled without an attempt in 200ms, waited 50ms, queued 150ms
│ at src/users.rs:12
├─ · queued for rate limit api                                         20ms ░░······················
├─ · queued for bulkhead database, rejected                            60ms ··░░░░░░░░··············
├─ ◆ bulkhead database: refused the call                                    ··········◆·············
├─ ◆ bulkhead files: refused the call after 60ms                            ··········◆·············
├─ · wait 50ms                                                         50ms ··········░░░░░░········
├─ · queued for rate limit …onglonglonglonglonglong::tenants::load     30ms ················░░░·····
└─ · queued for bulkhead database, cancelled                           40ms ···················░░░░░
",
    );
}

#[tokio::test(start_paused = true)]
async fn waits_for_limits_are_summed_up_among_many() {
    let recording = record();
    let call = call("load_user");
    for number in 1..=12 {
        queue(&call, "rate_limit", "api", 5, "admitted").await;
        try_once(&call, number, 0, 10, "retryable_error").await;
    }
    fail(&call, "error", "exhausted", "io::ConnectionReset");
    let drawing = draw(&recording.call(), &Style::new());
    assert!(drawing.contains("… 4 attempts (4x retryable_error), 4 queues"), "{drawing}");
}

#[tokio::test(start_paused = true)]
async fn calls_and_events_are_summed_up_among_many() {
    let recording = record();
    let outer = call("load_user");
    for number in 1..=12 {
        outer.in_scope(|| transition("db", "closed", "open", "threshold"));
        try_once(&outer, number, 0, 10, "retryable_error").await;
        let inner = outer.in_scope(|| call("find_user"));
        pass(1).await;
        succeed(&inner);
    }
    fail(&outer, "error", "exhausted", "io::ConnectionReset");
    let drawing = draw(&recording.call_of("load_user"), &Style::new());
    assert!(drawing.contains("… 6 attempts (6x retryable_error), 7 calls, 7 events"), "{drawing}");
}

#[tokio::test(start_paused = true)]
async fn names_from_outside_cannot_break_the_lines() {
    let recording = record();
    let call = call(&format!("{}\u{1b}[2J\n", "名前".repeat(60)));
    let body = attempt(&call, 1, 0.0);
    body.record("reliability.attempt.outcome", "retryable_error");
    body.record("error.type", "x".repeat(200).as_str());
    body.record("otel.status_description", "\u{202e}y\r\n".repeat(200).as_str());
    pass(1).await;
    drop(body);
    queue(&call, "bulk\u{1b}head\n", &"\u{202e}名前\n".repeat(60), 1, "rejected\r\n").await;
    let drawing = draw(&recording.call(), &Style::new());
    assert_eq!(drawing.lines().count(), 4, "{drawing}");
    for line in drawing.lines() {
        assert!(super::line::columns(line) <= 100, "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    drop(call);
}

#[tokio::test(start_paused = true)]
async fn colours_change_nothing_but_colour() {
    let call = recovered().await;
    let colored = draw(&call, &Style::new().colored(true));
    assert!(colored.starts_with("\u{1b}[32m✓\u{1b}[0m \u{1b}[1mload_user\u{1b}[0m: success"), "{colored}");
    let codes = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m"];
    let stripped = codes.iter().fold(colored, |text, code| text.replace(code, ""));
    assert_eq!(stripped, draw(&call, &Style::new()));
}

#[tokio::test(start_paused = true)]
async fn a_width_without_end_has_one() {
    let call = recovered().await;
    assert_eq!(draw(&call, &Style::new().width(usize::MAX)), draw(&call, &Style::new().width(1000)));
}

#[tokio::test(start_paused = true)]
async fn a_call_too_large_to_look_at_is_cut_off() {
    let recording = record();
    let mut calls = vec![call("root")];
    // Fourteen more calls below every call, three times over: more than anyone reads.
    for _ in 0..3 {
        let below = |above: &tracing::Span| (0..14).map(|_| above.in_scope(|| call("f"))).collect::<Vec<_>>();
        let next: Vec<_> = calls.iter().flat_map(below).collect();
        calls.extend(next);
    }
    let drawing = draw(&recording.call(), &Style::new());
    assert_eq!(drawing.lines().count(), 301);
    assert!(drawing.trim_end().ends_with("more lines"), "{drawing}");
}
