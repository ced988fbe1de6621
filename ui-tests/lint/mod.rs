//! Annotated functions under every lint that is not a matter of taste.
//!
//! What the attribute writes gives none of them anything to say. The lints of rustc are checked by every build, those
//! of clippy by `cargo xtask test clippy`.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_idioms,
    unused
)]
#![deny(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    deprecated_in_future,
    explicit_outlives_requirements,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::nursery, clippy::pedantic)]
// Of the lints that restrict, those that crates turn on to keep panics and leftovers out.
#![deny(
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::clone_on_ref_ptr,
    clippy::dbg_macro,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::if_then_some_else_none,
    clippy::indexing_slicing,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::mem_forget,
    clippy::multiple_inherent_impl,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::print_stdout,
    clippy::redundant_type_annotations,
    clippy::rest_pat_in_fully_bound_structs,
    clippy::semicolon_inside_block,
    clippy::str_to_string,
    clippy::todo,
    clippy::try_err,
    clippy::undocumented_unsafe_blocks,
    clippy::unneeded_field_pattern,
    clippy::unreachable,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    clippy::verbose_file_reads,
    clippy::wildcard_enum_match_arm
)]

mod fallbacks;
pub mod methods;

use core::num::ParseIntError;
use core::pin::Pin;
use core::time::Duration;
use std::io;
use std::sync::Arc;

use resilience_runtime::{
    Backoff, Breaker, BreakerConfig, BulkheadConfig, Class, Classify, Error, Jitter, Preset, Rejected,
    Window, resilient,
};
use tokio::task::yield_now;

use self::methods::Store as _;

const MAX: u32 = 4;
const LIMIT: Duration = Duration::from_secs(2);
const SLOW: Backoff = Backoff::linear(Duration::from_millis(5));
const PRESET: Preset = Preset::STANDARD.bulkhead(BulkheadConfig::new(2)).timeout(Duration::from_millis(500));
static DB: Breaker = Breaker::new("lint::static", BreakerConfig::new().consecutive(3));

/// What a call was refused with.
#[derive(Clone, Copy, Debug, Classify)]
#[transient]
pub enum LoadError {
    /// By the dependency, which says when to come back.
    #[throttled(retry_after = delay)]
    Busy {
        /// When.
        delay: Duration,
    },
    /// It is not there.
    #[permanent]
    Missing,
    /// By a policy.
    #[classify(transparent)]
    Rejected(Rejected),
}

impl From<Rejected> for LoadError {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

/// Something to load from.
#[derive(Clone, Debug, Default)]
pub struct Client {
    name: Arc<str>,
    runs: u64,
}

async fn fetch(id: u64) -> Result<u64, LoadError> {
    yield_now().await;
    match id {
        0 => Err(LoadError::Missing),
        1 => Err(LoadError::Busy { delay: Duration::from_millis(1) }),
        _ => Ok(id),
    }
}

/// Loads, with every policy.
///
/// # Errors
///
/// When there is nothing, or a policy refuses the call.
#[resilient(
    retry("exp_jitter", max = 5, base = "1ms", cap = "10ms", retry_after_max = "5s", factor = 1.5, jitter = "equal",
          when = Client::matters),
    breaker("lint", failure_rate = "50%", slow_rate = 0.9, slow_call = "900ms", window = "30s", min_calls = 20,
            open_for = "10s", open_growth = 2.0, open_max = "1m", probes = 4, successes = 2, probe_timeout = "5s"),
    timeout = "1s", deadline = "30s", fallback = Client::cached,
    name = "load", level = "debug", fields(id, user.name = %name)
)]
pub async fn everything(id: u64, name: &str) -> Result<u64, LoadError> {
    if name.is_empty() {
        return Err(LoadError::Missing);
    }
    Ok(fetch(id).await?.wrapping_add(1))
}

#[resilient(retry)]
async fn one_line(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

macro_rules! loads {
    ($name:ident $body:block) => {
        #[resilient(retry)]
        async fn $name() -> Result<u64, LoadError> $body
    };
}

loads!(by_a_macro { fetch(2).await });

#[resilient(timeout = "1s")]
async fn a_single_attempt(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

#[resilient(retry = SLOW, max = MAX, timeout = LIMIT, breaker = DB)]
async fn by_constants(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

#[resilient(
    retry = Backoff::fixed(LIMIT.saturating_sub(LIMIT)).jitter(Jitter::None),
    breaker("lint::window", window = Window::Calls(MAX), min_calls = 2)
)]
async fn by_expressions(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

#[resilient(
    retry = "fixed",
    when = |error| matches!(error, LoadError::Busy { .. }),
    when_ok = |value| if *value == 3 { Class::Transient } else { Class::Permanent },
    timeout = "1s",
    map_rejected = |rejected| if rejected.name().is_empty() { LoadError::Missing } else { LoadError::Rejected(rejected) },
    fallback = |id| Ok(id.wrapping_mul(2))
)]
async fn by_closures(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

#[resilient(retry = "fixed", deadline = "1s")]
async fn wrapped(text: &str) -> Result<u64, Error<ParseIntError>> {
    Ok(text.parse::<u64>()?)
}

#[resilient(retry = "fibonacci", timeout = "1s")]
async fn destructured(
    (one, [two, ..]): (u64, [u64; 3]),
    mut three: u64,
    _unused: String,
    _: String,
    out: &mut Vec<u64>,
) -> io::Result<()> {
    three = three.wrapping_add(1);
    out.extend([one, two, three]);
    Ok(())
}

#[resilient(retry = "linear")]
async fn generic<T, E>(value: T, error: Option<E>) -> Result<T, E>
where
    T: Clone + Send + Sync,
    E: Clone + Send + Sync,
{
    error.map_or_else(|| Ok(value), Err)
}

#[resilient(retry = "decorrelated", timeout = "1s")]
async fn borrowed<'a>(one: &'a str, other: &'a str, _hint: &str) -> io::Result<&'a str> {
    Ok(if one.len() > other.len() { one } else { other })
}

#[resilient(retry = "fixed", max = 2)]
async fn implied(text: impl AsRef<str> + Clone + Send) -> io::Result<impl Iterator<Item = usize> + Send> {
    let length = text.as_ref().len();
    Ok(0..length)
}

#[resilient(deadline = "5s")]
#[resilient(retry = "fixed", timeout = "1s")]
async fn stacked(id: u64, name: String) -> Result<u64, LoadError> {
    drop(name);
    fetch(id).await
}

#[resilient(retry = "fixed")]
fn boxed(id: u64) -> Pin<Box<dyn Future<Output = Result<u64, LoadError>> + Send>> {
    Box::pin(async move { if id == 2 { boxed(3).await } else { fetch(id).await } })
}

#[resilient(retry = "fixed", timeout = "1s")]
fn a_future(id: u64) -> impl Future<Output = Result<u64, LoadError>> + Send {
    let id = id.wrapping_add(1);
    async move { fetch(id).await }
}

#[resilient(retry = "fixed")]
async fn nothing_to_do() -> io::Result<()> {
    Ok(())
}

#[resilient(
    rate_limit("lint", rate = "1000/s", burst = 50, wait = "10ms", key = (id, &name), max_keys = 100),
    bulkhead("lint", max = MAX, queue = MAX, wait = "10ms", priority = rank),
    retry("fixed", base = "1ms", budget("lint", ratio = "10%", floor = 5, window = "1m")),
    throttle("lint", k = 1.5, window = "1m")
)]
async fn limited(id: u64, name: String, rank: u8) -> Result<u64, LoadError> {
    drop(name);
    Ok(fetch(id).await?.wrapping_add(u64::from(rank)))
}

#[resilient]
async fn by_default(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

#[resilient(
    preset = PRESET,
    max = 2,
    cap = "500ms",
    breaker("lint presets", failures = 4, open_for = LIMIT),
    rate_limit(wait = "5ms", key = name),
    bulkhead(queue = 3, wait = "5ms"),
    throttle = "none",
    deadline = "20s"
)]
async fn by_preset(id: u64, name: String) -> Result<u64, LoadError> {
    drop(name);
    fetch(id).await
}

#[resilient(rate_limit("1000/s", key = name), bulkhead = 10, throttle)]
async fn limited_once(id: u64, name: String) -> Result<u64, LoadError> {
    drop(name);
    fetch(id).await
}

#[resilient(
    retry = "fixed",
    base = "1ms",
    chaos(
        "lint",
        latency = "1ms",
        latency_rate = "100%",
        error = LoadError::Busy { delay: Duration::from_millis(id) },
        error_rate = "50%",
        panic_rate = 0.0,
        seed = 3,
        release = true
    )
)]
async fn troubled(id: u64, name: String) -> Result<u64, LoadError> {
    drop(name);
    fetch(id).await
}

#[resilient(rate_limit("1000/s", key = *id), bulkhead("lint", priority = -1), retry = "fixed", budget = "lint")]
async fn limited_by_a_part((id, _): (&u64, String)) -> Result<u64, LoadError> {
    fetch(*id).await
}

#[resilient(hedge = "10ms", idempotent)]
async fn hedged(id: u64, mut name: String) -> Result<u64, LoadError> {
    name.push('!');
    drop(name);
    fetch(id).await
}

#[resilient(
    hedge("p99", max = 2), idempotency_key = format_args!("{id}"), retry = "fixed", budget = "lint", timeout = "1s",
    bulkhead = 10, fallback = |id, _| Ok(id)
)]
async fn hedged_and_saved(id: u64, (one, _): (u64, String)) -> Result<u64, LoadError> {
    Ok(fetch(id).await?.wrapping_add(one))
}

/// Calls everything, so that nothing is unused.
///
/// # Errors
///
/// When one of the calls fails.
pub async fn all() -> Result<u64, LoadError> {
    let mut sum = everything(2, "a").await?;
    for call in [one_line(2).await, a_single_attempt(2).await, by_constants(2).await, by_expressions(2).await]
    {
        sum = sum.wrapping_add(call?);
    }
    for call in [by_closures(2).await, stacked(2, String::new()).await, boxed(2).await, a_future(2).await] {
        sum = sum.wrapping_add(call?);
    }
    let limits = [
        limited(2, String::new(), 0).await,
        limited_once(2, String::new()).await,
        by_default(2).await,
        by_preset(2, String::new()).await,
        by_a_macro().await,
        limited_by_a_part((&2, String::new())).await,
        Client::default().limited(2).await,
        troubled(2, String::new()).await,
        hedged(0, String::new()).await.or(Ok(0)),
        hedged_and_saved(0, (0, String::new())).await,
        Client::default().hedged(0).await,
    ];
    for call in limits {
        sum = sum.wrapping_add(call?);
    }
    sum = sum
        .wrapping_add(fallbacks::answered_by_several(2).await?)
        .wrapping_add(fallbacks::answered_while_blocking(2)?);
    sum = sum.wrapping_add(fallbacks::answered_by_an_expression([1, 2], 2).await?);
    let mut out = Vec::new();
    let io = |_: io::Error| LoadError::Missing;
    destructured((1, [2, 3, 4]), 3, String::new(), String::new(), &mut out).await.map_err(io)?;
    nothing_to_do().await.map_err(io)?;
    let text = fallbacks::answered_by_a_future(2, "1".into()).await?;
    let length = wrapped(borrowed(&text, "", "").await.map_err(io)?).await.map_err(|_| LoadError::Missing)?;
    let letters = implied(text).await.map_err(io)?.count();
    sum = sum.wrapping_add(length).wrapping_add(u64::try_from(letters).unwrap_or_default());
    let mut client = Client::default().owned(2).await?;
    sum = sum.wrapping_add(client.shared(2).await?).wrapping_add(generic(1, None::<LoadError>).await?);
    let done = client.exclusive(2).await?;
    let name = Arc::new(client.clone()).in_an_arc().await.map_err(io)?;
    if *name == *done {
        return Err(LoadError::Missing);
    }
    client.store((1, 2), &mut out).await?;
    if client.size().await? == 0 {
        return Err(LoadError::Missing);
    }
    Ok(sum
        .wrapping_add(methods::Store::load(&client, 2, String::new()).await?)
        .wrapping_add(methods::Native::load(&client, 2).await?))
}
