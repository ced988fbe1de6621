//! What is annotated in this program: a list of every function with its policies, its worst case, and what is wrong
//! with them together.
//!
//! The attribute checks one function at a time while it compiles. What only shows when functions are put next to each
//! other is found here: [`audit()`] reports two functions that configure one name differently, and [`catalog()`] says
//! what the program does when a dependency fails, before it does.
//!
//! The list is made by the linker: functions of dependencies are in it, a generic function once, and functions that
//! nobody has called yet. Asking for it calls none of them, makes no policy and counts nothing.
//!
//! A [`Catalog`] is a value. It renders as a table for a terminal (`Display`), as [Markdown](Catalog::to_markdown)
//! for a document, and as [JSON](Catalog::to_json) for a program; [`Entry::chart`] draws the waits of one function.
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! use std::time::Duration;
//!
//! use resilience_runtime::{catalog, resilient};
//!
//! #[resilient(retry = "fixed", base = "100ms", max = 3, timeout = "250ms", name = "load")]
//! async fn load() -> Result<(), std::io::Error> {
//!     Ok(())
//! }
//!
//! let catalog = catalog();
//! let entry = catalog.find("load").expect("it is annotated");
//! assert_eq!(entry.worst_case.executions, Some(3));
//! assert_eq!(entry.worst_case.time, Some(Duration::from_millis(3 * 250 + 2 * 100)));
//! ```
//!
//! # Whose functions are listed
//!
//! Those of the crates that are linked. A test program of `tests/` has the functions of the library only if it uses
//! the library, and no program has those of a crate that is named in `Cargo.toml` alone.

// Every function in here is `#[inline]`, so that it is compiled in a program that asks for the catalog, and in no other: it
// was a third of what a clean build of the runtime took.

mod audit;
mod chart;
mod entry;
mod json;
mod kind;
mod layout;
mod table;
#[cfg(all(test, not(resilience_loom)))]
mod tests;
mod worst_case;

pub use crate::policy::setting::{Setting, SettingValue};
pub use audit::{Audit, Finding, Place, Severity};
pub use entry::{Entry, HedgePolicy, Origin, Policy, RetryPolicy};
pub use worst_case::{Bound, WorstCase};

use crate::site::path::ends_with;
use crate::site::{SITES, Site};

/// Every annotated function of the program; see [`catalog()`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Catalog {
    /// One entry per annotation, by operation and then by place: a function that is annotated twice has two.
    pub entries: Vec<Entry>,
    /// What is wrong with them, errors first.
    pub findings: Vec<Finding>,
}

/// Every annotated function of the program, as its source says.
///
/// A policy that is shared by name has the settings that some function gives it, here also in the functions that only
/// name it. Settings that [`reconfigure`](crate::Breaker::reconfigure) has changed are those of the moment.
///
/// Takes some microseconds per function: for a page of an operator or the start of a program, not for every call.
///
/// ```
/// let catalog = resilience_runtime::catalog();
/// println!("{catalog}");
/// ```
#[must_use]
#[inline]
pub fn catalog() -> Catalog {
    Catalog::of(SITES.iter())
}

/// Whether the annotated functions of the program go together.
///
/// For a program that rather does not start than with a breaker that is not the one its author configured. In a test
/// suite, [`assert_sound!`](crate::assert_sound) does the same.
///
/// # Errors
///
/// All findings of severity [`Error`](Severity::Error). Warnings are in [`Catalog::findings`], such as of a rate limit that
/// functions name and none configures, so that it admits every call, or of a function whose `timeout` ends a call before
/// its shared breaker would take it for slow. A breaker that is only named has its defaults, and is no finding.
///
/// ```
/// resilience_runtime::audit()?;
/// # Ok::<(), resilience_runtime::catalog::Audit>(())
/// ```
#[inline]
pub fn audit() -> Result<(), Audit> {
    catalog().audit()
}

impl Catalog {
    #[inline]
    fn of(sites: impl IntoIterator<Item = &'static Site>) -> Self {
        let mut sites: Vec<_> = sites.into_iter().collect();
        sites.sort_by_key(|site| (site.operation(), site.file(), site.line()));
        let entries = sites.iter().map(|site| Entry::of(site, &sites)).collect::<Vec<_>>();
        let findings = audit::findings(&sites, &entries);
        Self { entries, findings }
    }

    /// The first function of that operation, or of one whose path ends with it: `Users::load` finds
    /// `my_crate::Users::load`.
    #[must_use]
    #[inline]
    pub fn find(&self, operation: &str) -> Option<&Entry> {
        let whole = self.entries.iter().find(|entry| entry.operation == operation);
        whole.or_else(|| self.entries.iter().find(|entry| ends_with(entry.operation, operation)))
    }

    /// Whether the functions go together, as [`audit()`].
    ///
    /// # Errors
    ///
    /// All findings of severity [`Error`](Severity::Error).
    #[inline]
    pub fn audit(&self) -> Result<(), Audit> {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let findings = errors.cloned().collect::<Vec<_>>();
        if findings.is_empty() { Ok(()) } else { Err(Audit { findings }) }
    }
}

/// Fails a test when the annotated functions of the program do not go together, with a sentence for each reason.
///
/// One test is enough for a program:
///
/// ```
/// // #[test]
/// fn policies_go_together() {
///     resilience_runtime::assert_sound!();
/// }
/// # policies_go_together();
/// ```
///
/// # Panics
///
/// When [`audit`](crate::audit()) finds an error.
#[macro_export]
macro_rules! assert_sound {
    () => {
        if let ::core::result::Result::Err(audit) = $crate::audit() {
            ::core::panic!("{audit}");
        }
    };
}
