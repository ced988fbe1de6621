//! From what is written to the policies of the program.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Settings;
use super::policy::Adjustable;
use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::limiter::RateLimiter;
use crate::policy::registry::Source;
use crate::policy::throttle::Throttle;
use crate::site::{SITES, Site};
use crate::wakers::Wakers;

/// What was applied last: what is no longer written goes back to what the program says. The lock lets one change be
/// made after the other.
static APPLIED: Mutex<Option<Settings>> = Mutex::new(None);

impl Settings {
    /// Gives the policies of the program these settings, all or none.
    ///
    /// For the start of a program, before its first call, and for whenever they have changed; each time for all of the
    /// process. What is not as it was in the settings applied before goes on as by
    /// [`reconfigure`](crate::Breaker::reconfigure), with its state and the calls it has counted. A policy that was in those
    /// and is not in these goes back to what the program says. All others are left alone, whatever was done to them by
    /// hand.
    ///
    /// Does not wait for calls, nor calls for it. Each policy that is changed is told in the log, as `INFO` of the target
    /// `reliability`, with all its settings.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] with all mistakes, in the words of the compiler; nothing is changed then:
    ///
    /// - a name that no annotated function has;
    /// - a policy in a `static`, whose own `reconfigure` is there for that;
    /// - what makes no sense together with what the program says, such as a `window` of fewer calls than its `min_calls`.
    ///
    /// A `wait` that is no shorter than the `deadline` of a function is cut off by that, and a `slow_call` that is no shorter
    /// than its `timeout` finds no call of it slow. Neither is a mistake here: ask [`audit`](crate::audit()) afterwards, and
    /// the warnings in [`Catalog::findings`](crate::Catalog::findings), which know the settings of the moment.
    ///
    /// # Panics
    ///
    /// As the waker of a call that is let go on, when all is changed.
    pub fn apply(&self) -> Result<(), InvalidSettings> {
        let mut applied = APPLIED.lock().unwrap_or_else(PoisonError::into_inner);
        let mut plan =
            Plan { before: applied.as_ref(), now: self, changes: Vec::new(), mistakes: Vec::new() };
        plan.all::<Breaker>();
        plan.all::<RateLimiter>();
        plan.all::<Bulkhead>();
        plan.all::<RetryBudget>();
        plan.all::<Throttle>();
        #[cfg(feature = "chaos")]
        plan.all::<Chaos>();
        let Plan { changes, mut mistakes, .. } = plan;
        let (mut told, mut woken) = (Vec::new(), Wakers::new());
        if mistakes.is_empty() {
            for change in changes {
                // Each was asked already, and none refuses now.
                match change() {
                    Ok((sentence, wakers)) => {
                        told.push(sentence);
                        woken.extend(wakers);
                    }
                    Err(mistake) => mistakes.push(mistake),
                }
            }
            *applied = Some(self.clone());
        }
        // Who is told or woken may apply settings, too.
        drop(applied);
        for sentence in told {
            tracing::info!(target: "reliability", "{sentence}");
        }
        drop(woken);
        if mistakes.is_empty() { Ok(()) } else { Err(InvalidSettings { mistakes }) }
    }
}

/// Makes a change, and says what is so from then on, and who is to be woken for it.
type Change = Box<dyn FnOnce() -> Result<(String, Wakers), Mistake>>;

/// What is to be done, once all of it is known to be right.
struct Plan<'s> {
    before: Option<&'s Settings>,
    now: &'s Settings,
    changes: Vec<Change>,
    mistakes: Vec<Mistake>,
}

impl Plan<'_> {
    /// The policies of one kind.
    fn all<P: Adjustable>(&mut self) {
        let (before, now) = (self.before.map(P::section), P::section(self.now));
        let new =
            now.iter().filter(|(name, written)| before.and_then(|was| was.get(*name)) != Some(*written));
        let new = new.map(|(name, written)| (name, Some(written)));
        let gone = before.into_iter().flat_map(BTreeMap::keys).filter(|name| !now.contains_key(*name));
        for (name, written) in new.chain(gone.map(|name| (name, None))) {
            if let Err(message) = self.adjust::<P>(name, written) {
                self.mistakes.push(Mistake::of::<P>(name, &message));
            }
        }
    }

    /// Those of a name: more than one where functions of one operation have one each.
    fn adjust<P: Adjustable>(&mut self, name: &str, written: Option<&P::Written>) -> Result<(), String> {
        let mut found: Vec<(&'static P, Option<P::Config>)> = Vec::new();
        for site in SITES.iter().filter(|site| P::name_at(site) == Some(name)) {
            let (policy, base) = policy::<P>(site).map_err(str::to_owned)?;
            if !found.iter().any(|(other, _)| core::ptr::eq(*other, policy)) {
                found.push((policy, base));
            }
        }
        if found.is_empty() {
            return Err(unknown::<P>());
        }
        for (policy, base) in found {
            let config = match written {
                Some(written) => Some(P::with(base, written)?),
                None => base,
            };
            if let Some(config) = &config {
                P::ruling(config).check().map_err(|error| error.to_string())?;
            }
            self.changes.push(Box::new(move || match policy.set(config) {
                Ok(wakers) => Ok((sentence(policy), wakers)),
                Err(error) => Err(Mistake::of::<P>(policy.name(), &error.to_string())),
            }));
        }
        Ok(())
    }
}

/// A function's policy, and what the program says of it.
fn policy<P: Adjustable>(site: &'static Site) -> Result<(&'static P, Option<P::Config>), &'static str> {
    const IN_STATIC: &str = "it stands in a `static`; call its `reconfigure`, or give the function its name";
    match (P::at(site), P::source(site)) {
        (Some(policy), Some(Source::Own(config))) => Ok((policy, Some(*config))),
        (Some(policy), Some(Source::Name(name, _))) => Ok((policy, P::registry().defined(name))),
        _ => Err(IN_STATIC),
    }
}

/// What a policy is set to.
fn sentence<P: Adjustable>(policy: &P) -> String {
    let settings: Vec<String> = policy.current_settings().iter().map(ToString::to_string).collect();
    let settings = if settings.is_empty() { "no limit".to_owned() } else { settings.join(", ") };
    format!("the {} `{}` goes on with {settings}", P::KIND, policy.name())
}

/// That nobody has the name, and which there are.
fn unknown<P: Adjustable>() -> String {
    let in_static = |site| matches!(P::source(site), Some(Source::Static(_)));
    let sites = SITES.iter().filter(|site| !in_static(site));
    let mut names: Vec<&str> = sites.filter_map(P::name_at).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return format!("no annotated function has a {}; remove it", P::KIND);
    }
    format!("no annotated function has a {} of that name; write one of `{}`", P::KIND, names.join("`, `"))
}

/// Settings that cannot be applied: what is wrong with each.
///
/// ```
/// use resilience_runtime::Settings;
///
/// let settings: Settings = toml::from_str("[breaker.nobodys]\nopen_for = '5s'")?;
/// let error = settings.apply().expect_err("no function has it");
/// assert!(error.to_string().starts_with("breaker.nobodys: no annotated function has a circuit breaker"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSettings {
    /// The mistakes, at least one.
    pub mistakes: Vec<Mistake>,
}

/// What is wrong with the settings of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The kind of the policy, as it is written: `breaker`.
    pub kind: &'static str,
    /// Its name, as it is written.
    pub name: String,
    /// One sentence: what is wrong, then what to do.
    pub message: String,
}

impl Mistake {
    fn of<P: Adjustable>(name: &str, message: &str) -> Self {
        Self { kind: P::KEY, name: name.to_owned(), message: message.to_owned() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}: {}", self.kind, self.name, self.message)
    }
}

/// A line for each mistake.
impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.mistakes.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            write!(f, "{end}{mistake}")?;
        }
        Ok(())
    }
}

impl core::error::Error for InvalidSettings {}
