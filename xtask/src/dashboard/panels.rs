//! What is on the dashboard: the one place to change it. `cargo xtask schema` writes it.
//!
//! In the expressions, `<op>` is the filter by job and operation, `<job>` that by job alone, and `<range>` the range
//! that fits the scrape interval.

/// A row of panels below a title.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) panels: &'static [Panel],
}

/// A panel.
#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    /// What to see in it.
    pub(crate) about: &'static str,
    pub(crate) look: Look,
    pub(crate) unit: Unit,
    /// Expressions with the legends of their series.
    pub(crate) queries: &'static [(&'static str, &'static str)],
}

/// How a panel shows its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Lines,
    /// Lines one upon the other.
    Stack,
    /// A breaker's states over time.
    States,
    /// The last values, longest first.
    Bars,
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A share from 0 to 1.
    Share,
    Seconds,
    PerSecond,
    Count,
}

/// Metrics that no panel shows, and why.
pub(crate) const LEFT_OUT: &[(&str, &str)] = &[];

/// All rows.
pub(crate) const ROWS: &[Row] = &[
    Row {
        title: "What callers see",
        panels: &[
            Panel {
                title: "Success rate",
                about: "The share of calls whose caller got an answer, from a fallback or a cache too. `before fallbacks and \
                        caches` is that of the calls that were attempted: where it is far below, callers get second best.",
                look: Look::Lines,
                unit: Unit::Share,
                queries: &[
                    (
                        "(sum by (reliability_operation_name) (rate(reliability_request_duration_count{<op>, \
                         reliability_outcome=~\"success|fallback|cached|stale|coalesced\"}<range>)) or 0 * sum by \
                         (reliability_operation_name) (rate(reliability_request_duration_count{<op>}<range>))) / sum by \
                         (reliability_operation_name) (rate(reliability_request_duration_count{<op>, \
                         reliability_outcome!=\"cancelled\"}<range>))",
                        "{{reliability_operation_name}}",
                    ),
                    (
                        "sum(rate(retry_successes_total{<op>}<range>)) / (sum(rate(retry_successes_total{<op>}<range>)) + \
                         (sum(rate(retry_failures_total{<op>}<range>)) or vector(0)))",
                        "before fallbacks and caches",
                    ),
                ],
            },
            Panel {
                title: "Calls by outcome",
                about: "How calls ended for their callers.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_outcome) (rate(reliability_request_duration_count{<op>}<range>))",
                    "{{reliability_outcome}}",
                )],
            },
            Panel {
                title: "p99 latency by outcome",
                about: "Whole calls with all their attempts and waits. Success that is as slow as a timeout is retried success.",
                look: Look::Lines,
                unit: Unit::Seconds,
                queries: &[(
                    "histogram_quantile(0.99, sum by (le, reliability_outcome) \
                     (rate(reliability_request_duration_bucket{<op>}<range>)))",
                    "{{reliability_outcome}}",
                )],
            },
            Panel {
                title: "Breaker states",
                about: "The state of each breaker; of several instances with one of the name, the highest. Choose a job above to see \
                        its own.",
                look: Look::States,
                unit: Unit::Count,
                queries: &[(
                    "max by (reliability_circuit_breaker_name) (reliability_circuit_breaker_state{<job>})",
                    "{{reliability_circuit_breaker_name}}",
                )],
            },
            Panel {
                title: "Top failing operations",
                about: "The ten functions with most calls that failed, before their fallbacks, and why there was no further attempt.",
                look: Look::Bars,
                unit: Unit::PerSecond,
                queries: &[(
                    "topk(10, sum by (job, reliability_operation_name, reliability_retry_stop_reason) \
                     (rate(retry_failures_total{<op>}<range>)))",
                    "{{reliability_operation_name}} {{reliability_retry_stop_reason}}",
                )],
            },
            Panel {
                title: "Errors by type",
                about: "What callers got instead of an answer.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (error_type) (rate(reliability_request_duration_count{<op>, error_type!=\"\"}<range>))",
                    "{{error_type}}",
                )],
            },
        ],
    },
    Row {
        title: "Retries",
        panels: &[
            Panel {
                title: "Attempts per call",
                about: "1 is a call without a retry. More is load that failures add; less than 1 is calls that are refused before \
                        their first attempt.",
                look: Look::Lines,
                unit: Unit::Count,
                queries: &[(
                    "sum by (reliability_operation_name) (rate(retry_attempts_total{<op>}<range>)) / (sum by \
                     (reliability_operation_name) (rate(retry_successes_total{<op>}<range>)) + (sum by \
                     (reliability_operation_name) (rate(retry_failures_total{<op>}<range>)) or 0 * sum by \
                     (reliability_operation_name) (rate(retry_successes_total{<op>}<range>))))",
                    "{{reliability_operation_name}}",
                )],
            },
            Panel {
                title: "Attempts by kind",
                about: "Originals are the calls; what lies upon them is added by retries, hedges, and probes of half-open breakers.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_attempt_kind) (rate(retry_attempts_total{<op>}<range>))",
                    "{{reliability_attempt_kind}}",
                )],
            },
            Panel {
                title: "Backoff p50 and p99",
                about: "Waits between attempts, of all functions.",
                look: Look::Lines,
                unit: Unit::Seconds,
                queries: &[
                    (
                        "histogram_quantile(0.5, sum by (le) (rate(retry_backoff_duration_bucket{<op>}<range>)))",
                        "p50",
                    ),
                    (
                        "histogram_quantile(0.99, sum by (le) (rate(retry_backoff_duration_bucket{<op>}<range>)))",
                        "p99",
                    ),
                ],
            },
            Panel {
                title: "What retries are good for",
                about: "Calls that had a retry: those that it saved, and those that failed all the same. Where the second is most, \
                        retries are only load.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[
                    ("sum(rate(reliability_retry_successes_total{<op>}<range>))", "saved"),
                    ("sum(rate(reliability_retry_failures_total{<op>}<range>))", "failed all the same"),
                ],
            },
            Panel {
                title: "Retries not attempted, by reason",
                about: "Calls that a retry might have saved, and why there was none. `budget` is a retry budget that is spent.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_retry_not_attempted_reason) \
                     (rate(reliability_retry_not_attempted_total{<op>}<range>))",
                    "{{reliability_retry_not_attempted_reason}}",
                )],
            },
            Panel {
                title: "Retries of a retried call",
                about: "How many retries the calls needed that needed any, on average.",
                look: Look::Lines,
                unit: Unit::Count,
                queries: &[(
                    "sum by (reliability_outcome) (rate(reliability_retry_attempts_sum{<op>}<range>)) / sum by \
                     (reliability_outcome) (rate(reliability_retry_attempts_count{<op>}<range>))",
                    "{{reliability_outcome}}",
                )],
            },
        ],
    },
    Row {
        title: "Refusals and limits",
        panels: &[
            Panel {
                title: "Rejections by reason",
                about: "Attempts that were refused, by what refused them.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[
                    (
                        "sum by (reliability_throttle_name) (rate(reliability_throttle_rejections_total{<job>}<range>)) > 0",
                        "throttle {{reliability_throttle_name}}",
                    ),
                    (
                        "sum by (reliability_circuit_breaker_name) \
                         (rate(reliability_circuit_breaker_rejections_total{<job>}<range>)) > 0",
                        "breaker {{reliability_circuit_breaker_name}}",
                    ),
                    (
                        "sum by (reliability_rate_limit_name) (rate(reliability_rate_limit_rejected_total{<job>}<range>)) > 0",
                        "rate limit {{reliability_rate_limit_name}}",
                    ),
                    (
                        "sum by (reliability_bulkhead_name) (rate(reliability_bulkhead_rejections_total{<job>}<range>)) > 0",
                        "bulkhead {{reliability_bulkhead_name}}",
                    ),
                ],
            },
            Panel {
                title: "Breakers that open",
                about: "How often in a minute. A breaker that opens again and again has a dependency that does not recover.",
                look: Look::Lines,
                unit: Unit::Count,
                queries: &[(
                    "60 * sum by (reliability_circuit_breaker_name) \
                     (rate(reliability_circuit_breaker_transitions_total{<job>, reliability_circuit_breaker_state=\"open\"}<range>))",
                    "{{reliability_circuit_breaker_name}}",
                )],
            },
            Panel {
                title: "Bulkheads",
                about: "The share of places that are taken, as each scrape finds them. At 100 % calls wait, or are refused.",
                look: Look::Lines,
                unit: Unit::Share,
                queries: &[(
                    "max by (reliability_bulkhead_name) (reliability_bulkhead_usage{<job>} / reliability_bulkhead_limit{<job>})",
                    "{{reliability_bulkhead_name}}",
                )],
            },
            Panel {
                title: "Queue waits p99",
                about: "How long attempts wait for a rate limit or a bulkhead, and what came of it.",
                look: Look::Lines,
                unit: Unit::Seconds,
                queries: &[(
                    "histogram_quantile(0.99, sum by (le, reliability_queue_kind, reliability_queue_name, \
                     reliability_queue_outcome) (rate(reliability_queue_wait_time_bucket{<job>}<range>)))",
                    "{{reliability_queue_kind}} {{reliability_queue_name}} {{reliability_queue_outcome}}",
                )],
            },
            Panel {
                title: "Rate limits",
                about: "Attempts that rate limits let through.",
                look: Look::Lines,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_rate_limit_name) (rate(reliability_rate_limit_allowed_total{<job>}<range>)) > 0",
                    "{{reliability_rate_limit_name}}",
                )],
            },
            Panel {
                title: "Timeouts",
                about: "Limits on time that ran out: `attempt` is `timeout`, `call` is `deadline`.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_operation_name, reliability_timeout_scope) \
                     (rate(reliability_timeouts_total{<op>}<range>))",
                    "{{reliability_operation_name}} {{reliability_timeout_scope}}",
                )],
            },
        ],
    },
    Row {
        title: "Across services",
        panels: &[
            Panel {
                title: "Retries left to the caller",
                about: "Calls that failed and were not tried again because the caller in another process may do that: attempts \
                        that were not multiplied.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_operation_name) (rate(retry_failures_total{<op>, \
                     reliability_retry_stop_reason=\"caller_retries\"}<range>))",
                    "{{reliability_operation_name}}",
                )],
            },
            Panel {
                title: "Headers that are ignored",
                about: "Headers of callers that cannot be meant: a broken client, a proxy that rewrites, or somebody who tries.",
                look: Look::Lines,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (job, reliability_propagation_header, reliability_propagation_reason) \
                     (rate(reliability_propagation_rejected_headers_total{<job>}<range>)) > 0",
                    "{{job}} {{reliability_propagation_header}} {{reliability_propagation_reason}}",
                )],
            },
        ],
    },
    Row {
        title: "Attempts, and what stands in for them",
        panels: &[
            Panel {
                title: "p99 attempt by outcome",
                about: "Single attempts, without waits: how slow the dependency itself is.",
                look: Look::Lines,
                unit: Unit::Seconds,
                queries: &[(
                    "histogram_quantile(0.99, sum by (le, reliability_attempt_outcome) \
                     (rate(reliability_attempt_duration_bucket{<op>}<range>)))",
                    "{{reliability_attempt_outcome}}",
                )],
            },
            Panel {
                title: "Hedges",
                about: "Extra attempts beside slow ones, and those that answered first. Hedges that seldom win are only load.",
                look: Look::Lines,
                unit: Unit::PerSecond,
                queries: &[
                    ("sum(rate(reliability_hedge_requests_total{<op>}<range>))", "made"),
                    ("sum(rate(reliability_hedge_wins_total{<op>}<range>))", "won"),
                ],
            },
            Panel {
                title: "Fallbacks by reason",
                about: "Fallbacks that were asked, by the error they stand in for.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_operation_name, reliability_fallback_reason) \
                     (rate(reliability_fallback_invocations_total{<op>}<range>))",
                    "{{reliability_operation_name}} {{reliability_fallback_reason}}",
                )],
            },
            Panel {
                title: "Caches",
                about: "What calls got of caches and of each other. `stale` is an old answer instead of an error.",
                look: Look::Stack,
                unit: Unit::PerSecond,
                queries: &[(
                    "sum by (reliability_cache_name, reliability_cache_result) \
                     (rate(reliability_cache_requests_total{<job>}<range>)) > 0",
                    "{{reliability_cache_name}} {{reliability_cache_result}}",
                )],
            },
            Panel {
                title: "Second best",
                about: "The share of calls that were answered by a fallback, or by an old answer of a cache. Callers see no error.",
                look: Look::Lines,
                unit: Unit::Share,
                queries: &[(
                    "sum by (reliability_operation_name) (rate(reliability_request_duration_count{<op>, \
                     reliability_outcome=~\"fallback|stale\"}<range>)) / sum by (reliability_operation_name) \
                     (rate(reliability_request_duration_count{<op>}<range>))",
                    "{{reliability_operation_name}}",
                )],
            },
            Panel {
                title: "Where the time goes",
                about: "Seconds that calls spend in each second: in attempts, in waits between them, and before a limit lets them \
                        through. Choose one operation above: what it calls is in its attempts already.",
                look: Look::Stack,
                unit: Unit::Seconds,
                queries: &[
                    ("sum(rate(reliability_attempt_duration_sum{<op>}<range>))", "in attempts"),
                    ("sum(rate(retry_backoff_duration_sum{<op>}<range>))", "between attempts"),
                    ("sum(rate(reliability_queue_wait_time_sum{<job>}<range>))", "for a limit"),
                ],
            },
        ],
    },
];
