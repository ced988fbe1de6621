//! The programs that are built to see what building them costs.

use std::fmt::Write as _;

/// A program: its dependencies, and its text.
#[derive(Clone, Debug)]
pub(super) struct Program {
    /// Of its directory and package.
    pub(super) name: &'static str,
    /// Lines of its manifest. `RUNTIME` stands for the path of the runtime.
    pub(super) dependencies: &'static str,
    pub(super) text: String,
}

/// How many functions the large programs have.
pub(super) const FUNCTIONS: usize = 200;

const TOKIO: &str = "tokio = { version = \"1.54.1\", features = [\"rt\", \"time\"] }\n";

/// Polls a future once, and what it calls. Common to all programs.
const HEAD: &str = "use std::{future::Future, hint::black_box, pin::pin, task::{Context, Waker}};\n\
    fn poll<T>(future: impl Future<Output = T>) {\n    \
        let _ = black_box(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready());\n}\n\
    async fn body(n: u64) -> std::io::Result<u64> {\n    Ok(black_box(n))\n}\n";

/// One function under all policies, or those there are, in the words of each crate.
pub(super) fn clean() -> Vec<Program> {
    let program =
        |name, dependencies, text: &str| Program { name, dependencies, text: format!("{HEAD}{text}") };
    vec![
        program(
            "resilient",
            "resilience-runtime = { path = 'RUNTIME' }\n",
            "#[resilience_runtime::resilient(retry = \"exp_jitter\", breaker = \"b\", rate_limit = \"1000/s\", \
             bulkhead = 64, timeout = \"1s\")]\n\
             async fn load(n: u64) -> std::io::Result<u64> {\n    body(n).await\n}\n\
             fn main() {\n    poll(load(7));\n}\n",
        ),
        program(
            "by-hand",
            "backon = { version = \"1.6.0\", default-features = false, features = [\"std\", \"tokio-sleep\"] }\n\
             governor = \"0.10.4\"\nrecloser = \"1.4.0\"\n\
             tokio = { version = \"1.54.1\", features = [\"rt\", \"sync\", \"time\"] }\n",
            "use std::{io::Error, num::NonZeroU32, time::Duration};\nuse backon::Retryable as _;\n\
             fn refused() -> Error {\n    Error::other(\"refused\")\n}\n\
             fn main() {\n    \
             let breaker: recloser::AsyncRecloser = recloser::Recloser::custom().build().into();\n    \
             let rate = governor::Quota::per_second(NonZeroU32::new(1_000).unwrap());\n    \
             let limiter = governor::RateLimiter::direct(rate);\n    \
             let places = tokio::sync::Semaphore::new(64);\n    \
             let call = || async {\n        \
             let inner = async {\n            \
             limiter.check().map_err(|_| refused())?;\n            \
             let _place = places.try_acquire().map_err(|_| refused())?;\n            \
             tokio::time::timeout(Duration::from_secs(1), body(7)).await.map_err(|_| refused())?\n        \
             };\n        breaker.call(inner).await.map_err(|_| refused())\n    };\n    \
             let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();\n    \
             let _guard = runtime.enter();\n    poll(call.retry(backon::ExponentialBuilder::default()));\n}\n",
        ),
        program(
            "tower-resilience",
            "tower = { version = \"0.5.3\", features = [\"util\"] }\n\
             tower-resilience = { version = \"0.13.0\", features = [\"bulkhead\", \"circuitbreaker\", \
             \"ratelimiter\", \"retry\", \"timelimiter\"] }\n\
             tokio = { version = \"1.54.1\", features = [\"rt\", \"time\"] }\n",
            "use std::time::Duration;\nuse tower::{Layer as _, ServiceExt as _, service_fn};\n\
             use tower_resilience::{bulkhead::BulkheadLayer, circuitbreaker::CircuitBreakerLayer, \
             ratelimiter::RateLimiterLayer, retry::RetryLayer, timelimiter::TimeLimiterLayer};\n\
             #[derive(Clone, Debug)]\nstruct Failed;\n\
             impl std::fmt::Display for Failed {\n    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> \
             std::fmt::Result {\n        f.write_str(\"failed\")\n    }\n}\nimpl std::error::Error for Failed {}\n\
             fn main() {\n    \
             let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();\n    \
             let _guard = runtime.enter();\n    \
             let service = service_fn(|n: u64| async move { body(n).await.map_err(|_| Failed) });\n    \
             let service = TimeLimiterLayer::builder().timeout_duration(Duration::from_secs(1)).build()\
             .layer(service);\n    \
             let service = BulkheadLayer::builder().max_concurrent_calls(64).build().unwrap().layer(service);\n    \
             let service = RateLimiterLayer::builder().limit_for_period(1_000).build().unwrap().layer(service);\n    \
             let service = CircuitBreakerLayer::builder().build().unwrap().layer(service);\n    \
             let service = RetryLayer::builder().max_attempts(3).build().layer(service);\n    \
             poll(service.oneshot(7));\n}\n",
        ),
        program(
            "backon-macros",
            "backon = { version = \"1.6.0\", default-features = false, features = [\"std\", \"tokio-sleep\"] }\n\
             backon-macros = \"1.0.0\"\ntokio = { version = \"1.54.1\", features = [\"rt\", \"time\"] }\n",
            "fn backoff() -> backon::ExponentialBuilder {\n    backon::ExponentialBuilder::default()\n}\n\
             #[backon_macros::backon(backoff = backoff)]\n\
             async fn load(n: u64) -> std::io::Result<u64> {\n    body(n).await\n}\n\
             fn main() {\n    poll(load(7));\n}\n",
        ),
    ]
}

/// Two hundred functions each: plain, with a loop by hand, instrumented, retried, and with all policies.
pub(super) fn many() -> Vec<Program> {
    let dependencies = |runtime| if runtime { "resilience-runtime = { path = 'RUNTIME' }\n" } else { TOKIO };
    let all = "#[resilience_runtime::resilient(retry = \"exp_jitter\", breaker(\"b\", window = 100), \
        rate_limit = \"1000/s\", bulkhead = 64, timeout = \"1s\")]";
    vec![
        Program { name: "plain", dependencies: TOKIO, text: functions("", "body(n).await") },
        Program {
            name: "loop",
            dependencies: dependencies(false),
            text: functions(
                "",
                "let mut attempts = 1;\n    loop {\n        match body(n).await {\n            \
                 Err(_) if attempts < 3 => attempts += 1,\n            result => return result,\n        }\n        \
                 tokio::time::sleep(std::time::Duration::from_millis(100)).await;\n    }",
            ),
        },
        Program {
            name: "instrument",
            dependencies: "tracing = { version = \"0.1.44\", default-features = false, features = [\"attributes\", \
                \"std\"] }\n",
            text: functions("#[tracing::instrument]", "body(n).await"),
        },
        Program {
            name: "retry",
            dependencies: dependencies(true),
            text: functions("#[resilience_runtime::resilient(retry = \"exp_jitter\")]", "body(n).await"),
        },
        Program { name: "all", dependencies: dependencies(true), text: functions(all, "body(n).await") },
    ]
}

/// The text of a program that calls each of its functions.
fn functions(attribute: &str, body: &str) -> String {
    let mut text = HEAD.to_owned();
    for index in 0..FUNCTIONS {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{attribute}\nasync fn f{index}(n: u64) -> std::io::Result<u64> {{\n    {body}\n}}"
        );
    }
    text.push_str("fn main() {\n");
    for index in 0..FUNCTIONS {
        let _ = writeln!(text, "    poll(f{index}({index}));");
    }
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_is_annotated_and_called() {
        let text = functions("#[a]", "body(n).await");
        assert_eq!(text.matches("#[a]\nasync fn f").count(), FUNCTIONS);
        assert_eq!(text.matches("poll(f").count(), FUNCTIONS);
    }

    #[test]
    fn programs_have_directories_of_their_own() {
        let mut names: Vec<_> = clean().iter().chain(&many()).map(|program| program.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), clean().len() + many().len());
    }
}
