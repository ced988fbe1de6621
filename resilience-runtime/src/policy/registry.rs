//! Policies by name: one per name, kind and process, shared by all functions that name it.

use core::panic::AssertUnwindSafe;
use core::ptr;
use std::collections::HashSet;
use std::panic::catch_unwind;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::policy::setting::Setting;
use crate::site::{SITES, Site};

/// A policy whose state several functions can share.
pub trait Shared: Sized + Sync + 'static {
    /// Its settings.
    type Config: Copy + Send + Sync + core::fmt::Debug + 'static;

    /// What kind of thing it is, in a sentence.
    const KIND: &'static str;

    /// Its key in the attribute.
    const KEY: &'static str;

    /// One of that name; with the defaults where nothing is set.
    fn with_config(name: &'static str, config: Option<Self::Config>) -> Self;

    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether two settings come to the same.
    fn agree(one: &Self::Config, other: &Self::Config) -> bool;

    /// The settings of one that is made with `config`, each with its default filled in; none where nothing is set and
    /// nothing is done then.
    fn settings_of(config: Option<&Self::Config>) -> Vec<Setting>;

    /// The settings of this one, as they are now.
    fn current_settings(&self) -> Vec<Setting>;

    /// The registry of its kind.
    fn registry() -> &'static Registry<Self>;

    /// Where a function has it from.
    fn source(site: &'static Site) -> Option<&'static Source<Self>>;

    /// Where a function keeps the one it has, once it was looked up.
    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self>;

    /// A function's one, made if there is none.
    #[inline]
    fn at(site: &'static Site) -> Option<&'static Self> {
        match Self::cell(site).get() {
            Some(policy) => Some(policy),
            None => look_up(site),
        }
    }

    /// A function's one, if it exists without being made for this: it was looked up, or stands in a `static`.
    fn made(site: &'static Site) -> Option<&'static Self> {
        match Self::source(site)? {
            Source::Static(policy) => Some(policy),
            Source::Name(..) | Source::Own(_) => Self::cell(site).get().copied(),
        }
    }

    /// What a function's one is called, without looking it up.
    fn name_at(site: &'static Site) -> Option<&'static str> {
        Some(match Self::source(site)? {
            Source::Static(policy) => policy.name(),
            Source::Name(name, _) => name,
            Source::Own(_) => site.operation(),
        })
    }
}

/// All policies of one kind that have a name.
///
/// Names are few and looked up once per annotated function, so that a list will do.
#[derive(Debug)]
pub struct Registry<P: Shared> {
    entries: Mutex<Vec<Entry<P>>>,
}

#[derive(Debug)]
struct Entry<P: Shared> {
    policy: &'static P,
    /// What a function says of the name; none while it is only named.
    defined: Option<P::Config>,
    /// Whether a second, different configuration has been reported.
    is_reported: bool,
}

impl<P: Shared> Registry<P> {
    pub(crate) const fn new() -> Self {
        Self { entries: Mutex::new(Vec::new()) }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry<P>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The policy of that name, if a function that names it has been called.
    pub(crate) fn find(&self, name: &str) -> Option<&'static P> {
        self.all().into_iter().find(|policy| policy.name() == name)
    }

    /// What functions say of the policy of that name, once it is made.
    #[cfg(feature = "serde")]
    pub(crate) fn defined(&self, name: &str) -> Option<P::Config> {
        self.entries().iter().find(|entry| entry.policy.name() == name)?.defined
    }

    /// All of them, in the order of their first use.
    pub(crate) fn all(&self) -> Vec<&'static P> {
        self.entries().iter().map(|entry| entry.policy).collect()
    }

    /// The policy of that name, made if there is none.
    ///
    /// Whichever function is called first, the settings are those of one that gives some: who only names it is held to
    /// them too, and what is set by the name at run time is not set back by a later call. Others that differ are not
    /// applied; whether that is still to be reported.
    pub(crate) fn resolve(&self, name: &'static str, config: Option<P::Config>) -> (&'static P, bool) {
        let mut entries = self.entries();
        let position = entries.iter().position(|entry| entry.policy.name() == name).unwrap_or_else(|| {
            let config = config.or_else(|| configured::<P>(name));
            // One per name, for as long as the process runs.
            let policy = Box::leak(Box::new(P::with_config(name, config)));
            entries.push(Entry { policy, defined: config, is_reported: false });
            entries.len() - 1
        });
        let entry = &mut entries[position];
        let policy = entry.policy;
        let mut conflicts = false;
        if let (Some(first), Some(config)) = (entry.defined, config)
            && !P::agree(&first, &config)
        {
            conflicts = !core::mem::replace(&mut entry.is_reported, true);
        }
        (policy, conflicts)
    }
}

/// All policies of a kind that annotated functions have, each once: those of the registry, then the others.
pub(crate) fn all<P: Shared>() -> Vec<&'static P> {
    let mut all = P::registry().all();
    let mut seen: HashSet<*const P> = all.iter().copied().map(ptr::from_ref).collect();
    all.extend(
        SITES.iter().filter_map(|site| P::made(site)).filter(|policy| seen.insert(ptr::from_ref(*policy))),
    );
    all
}

/// The one of that name among [`all`].
pub(crate) fn find<P: Shared>(name: &str) -> Option<&'static P> {
    all().into_iter().find(|policy: &&P| policy.name() == name)
}

/// What some function of the program says of the policy of that name: the linker has listed them all.
pub(crate) fn configured<P: Shared>(name: &str) -> Option<P::Config> {
    SITES.iter().find_map(|site| match P::source(site)? {
        Source::Name(other, config) if *other == name => *config,
        _ => None,
    })
}

/// Which policy a function uses: its own, in a `static`, or the one of a name.
#[derive(Debug)]
pub enum Source<P: Shared> {
    /// The one in a `static`.
    Static(&'static P),
    /// The process's one of that name, with its settings where the function gives them.
    Name(&'static str, Option<P::Config>),
    /// One that the function has to itself, named after it.
    Own(P::Config),
}

impl<P: Shared> Clone for Source<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Shared> Copy for Source<P> {}

impl<P: Shared> Source<P> {
    /// The process's policy of that name, with the settings it is given elsewhere.
    #[must_use]
    pub const fn shared(name: &'static str) -> Self {
        Self::Name(name, None)
    }

    /// The process's policy of that name, with these settings.
    #[must_use]
    pub const fn named(name: &'static str, config: P::Config) -> Self {
        Self::Name(name, Some(config))
    }

    /// A policy with these settings that the function has to itself.
    #[must_use]
    pub const fn own(config: P::Config) -> Self {
        Self::Own(config)
    }

    /// A policy in a `static`.
    #[must_use]
    pub const fn to(policy: &'static P) -> Self {
        Self::Static(policy)
    }
}

#[cold]
fn look_up<P: Shared>(site: &'static Site) -> Option<&'static P> {
    // By reference: a source carries the settings.
    let source = P::source(site)?;
    let mut conflicts = false;
    let policy: &'static P = P::cell(site).get_or_init(|| match *source {
        Source::Static(policy) => policy,
        Source::Name(name, config) => {
            let (policy, differs) = P::registry().resolve(name, config);
            conflicts = differs;
            policy
        }
        // One per function, for as long as the process runs.
        Source::Own(config) => Box::leak(Box::new(P::with_config(site.operation(), Some(config)))),
    });
    if conflicts {
        report(P::KIND, policy.name());
    }
    Some(policy)
}

/// Once the policy is there for a subscriber that calls the function; one that panics takes nothing from the call.
fn report(kind: &str, name: &str) {
    _ = catch_unwind(AssertUnwindSafe(|| {
        tracing::warn!(
            target: "reliability",
            "two functions configure the {kind} `{name}` differently; the first configuration holds",
        );
    }));
}
