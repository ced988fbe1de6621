//! Settings of policies from outside of the program: from a file, the environment, a service.
//!
//! What a deployment decides is not known when the program is compiled. So the policies of annotated functions can be
//! given other settings while it runs, in the words of the attribute: [`Settings`] are read by any format of `serde`,
//! and [`apply`](Settings::apply) changes the policies, all or none.
//!
//! What a function does with its policies (`retry`, `timeout`, `deadline`, ..) stays in the source. It is checked as a
//! whole there, and costs a call nothing because it is constant.

mod apply;
mod policy;
mod value;
mod written;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use self::apply::{InvalidSettings, Mistake};
#[cfg(feature = "chaos")]
use self::written::WrittenChaos;
use self::written::{WrittenBreaker, WrittenBudget, WrittenBulkhead, WrittenRateLimit, WrittenThrottle};

/// What is written for the policies of a kind, by name.
type Section<W> = BTreeMap<String, W>;

/// Settings of policies, by kind and name, to be read from a file or wherever else a program has them from.
///
/// A kind is a key of the attribute: `breaker`, `rate_limit`, `bulkhead`, `budget`, `throttle`, and with its feature
/// `chaos`. A name is the policy's; of one that a function has to itself it is the function's operation, such as
/// `my_crate::orders::load`. Settings and values are those of the attribute: `"250ms"`, `"50%"` or `0.5`, `"100/s"`; a
/// number may be a string, as it is in a variable of the environment. An adaptive bulkhead says `adaptive = "aimd"` here too.
/// What a function says of each call (`key`, `priority`)
/// is not a setting.
///
/// All of it can be left out. A setting that is not written is as the program says. Unknown kinds and settings are refused
/// when they are read, unknown names when they are applied.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::{Settings, resilient};
/// use std::io;
///
/// #[resilient(breaker("orders", consecutive = 5, open_for = "30s"), bulkhead = 10, name = "order")]
/// async fn order(id: u64) -> io::Result<u64> {
///     Ok(id)
/// }
///
/// /// The configuration of a service, of which policies are a part.
/// #[derive(serde::Deserialize)]
/// struct Config {
///     #[serde(default)]
///     resilience: Settings,
/// }
///
/// let config: Config = toml::from_str(
///     r#"
///     [resilience.breaker.orders]
///     open_for = "5s"  # `consecutive` stays 5
///
///     [resilience.bulkhead.order]
///     max = 20         # the function's own
///     "#,
/// )?;
/// config.resilience.apply()?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    breaker: Section<WrittenBreaker>,
    rate_limit: Section<WrittenRateLimit>,
    bulkhead: Section<WrittenBulkhead>,
    budget: Section<WrittenBudget>,
    throttle: Section<WrittenThrottle>,
    #[cfg(feature = "chaos")]
    chaos: Section<WrittenChaos>,
}
