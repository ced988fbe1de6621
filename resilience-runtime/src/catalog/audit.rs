//! What is wrong with annotated functions that are each right by themselves.

use core::{fmt, ptr};

use super::entry::Entry;
use super::kind::Kind;
use crate::policy::breaker::Breaker;
use crate::policy::breaker::check::slow_call_below_timeout;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::{self, Chaos};
use crate::policy::limiter::RateLimiter;
#[cfg(feature = "chaos")]
use crate::policy::registry::Shared;
use crate::policy::registry::Source;
use crate::policy::setting::{Setting, SettingValue, written};
use crate::policy::throttle::Throttle;
use crate::site::Site;

/// Why the annotated functions of the program do not go together; made by [`audit`](super::audit()).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// The errors, at least one.
    pub findings: Vec<Finding>,
}

/// Something that is wrong, or looks so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence: what is wrong, then what to do.
    pub message: String,
    /// The functions it is about.
    pub places: Vec<Place>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Some function does not do what stands at it.
    Error,
    /// It may be meant.
    Warning,
}

/// An annotated function in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its name in spans.
    pub operation: &'static str,
    /// The file it is in.
    pub file: &'static str,
    /// The line of its name.
    pub line: u32,
}

impl core::error::Error for Audit {}

/// A line for each finding.
impl fmt::Display for Audit {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}", finding.message)?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.message)
    }
}

impl fmt::Display for Severity {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl Place {
    #[inline]
    fn of(site: &'static Site) -> Self {
        Self { operation: site.operation(), file: site.file(), line: site.line() }
    }
}

impl fmt::Display for Place {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}:{})", self.operation, self.file, self.line)
    }
}

/// All that is wrong with `sites`, whose entries are in the same order.
#[inline]
pub(super) fn findings(sites: &[&'static Site], entries: &[Entry]) -> Vec<Finding> {
    let mut findings = Vec::new();
    names::<RetryBudget>(sites, &mut findings);
    names::<Throttle>(sites, &mut findings);
    names::<Breaker>(sites, &mut findings);
    names::<RateLimiter>(sites, &mut findings);
    names::<Bulkhead>(sites, &mut findings);
    #[cfg(feature = "cache")]
    names::<Cache>(sites, &mut findings);
    #[cfg(feature = "chaos")]
    names::<Chaos>(sites, &mut findings);
    #[cfg(feature = "chaos")]
    faults(sites, &mut findings);
    waits(sites, entries, &mut findings);
    slow_calls(sites, entries, &mut findings);
    operations(sites, entries, &mut findings);
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// What the functions that use one name say of it.
struct Uses<P: Kind> {
    name: &'static str,
    /// The first that uses the policy of that name, and the first that configures it.
    named: Option<&'static Site>,
    configured: Option<(&'static Site, &'static P::Config)>,
    /// Those in a `static`, each with the first that uses it.
    statics: Vec<(&'static Site, &'static P)>,
}

/// One name, one policy.
#[inline]
fn names<P: Kind>(sites: &[&'static Site], findings: &mut Vec<Finding>) {
    let mut names: Vec<Uses<P>> = Vec::new();
    for site in sites {
        let (text, config) = match P::source(site) {
            Some(Source::Name(name, config)) => (*name, Some(config)),
            Some(Source::Static(policy)) => (policy.name(), None),
            Some(Source::Own(_)) | None => continue,
        };
        let index = names.iter().position(|name| name.name == text).unwrap_or_else(|| {
            names.push(Uses { name: text, named: None, configured: None, statics: Vec::new() });
            names.len() - 1
        });
        let name = &mut names[index];
        if config.is_some() {
            name.named.get_or_insert(site);
        }
        match (name.configured, config.and_then(Option::as_ref)) {
            (Some((first, settings)), Some(other)) if !P::agree(settings, other) => {
                findings.push(conflict::<P>(name.name, (first, settings), (site, other)));
            }
            (None, Some(settings)) => name.configured = Some((site, settings)),
            _ => {}
        }
        if let Some(Source::Static(policy)) = P::source(site)
            && !name.statics.iter().any(|(_, other)| ptr::eq(*other, *policy))
        {
            name.statics.push((site, policy));
        }
    }
    for name in &names {
        name.twins(findings);
        name.only_named(findings);
    }
}

#[inline]
fn conflict<P: Kind>(
    name: &str,
    (first, settings): (&'static Site, &P::Config),
    (second, others): (&'static Site, &P::Config),
) -> Finding {
    let places = [first, second].map(Place::of);
    let kind = P::KIND;
    let difference = difference(&P::settings_of(Some(settings)), &P::settings_of(Some(others)));
    Finding {
        severity: Severity::Error,
        message: format!(
            "{} and {} configure the {kind} `{name}` differently{difference}; give it the same settings in both, or in \
             one alone",
            places[0], places[1],
        ),
        places: places.into(),
    }
}

impl<P: Kind> Uses<P> {
    /// A policy of the same name that is another one.
    #[inline]
    fn twins(&self, findings: &mut Vec<Finding>) {
        let config = self.configured.map(|(_, config)| config);
        let named = self.configured.map(|(site, _)| site).or(self.named);
        let named = named.map(|site| (site, P::settings_of(config), "the one of that name"));
        let statics = self
            .statics
            .iter()
            .map(|(site, policy)| (*site, policy.current_settings(), "another `static` of that name"));
        let mut all = statics.chain(named);
        let Some((first, settings, _)) = all.next() else { return };
        for (second, others, which) in all {
            let places = [first, second].map(Place::of);
            let (severity, but) = if settings == others {
                (Severity::Warning, "which share no state".to_owned())
            } else {
                (Severity::Error, format!("with other settings{}", difference(&settings, &others)))
            };
            findings.push(Finding {
                severity,
                message: format!(
                    "{} uses the {} `{}` of a `static`, and {} {which}, {but}; use the `static` in both, or rename one",
                    places[0],
                    P::KIND,
                    self.name,
                    places[1],
                ),
                places: places.into(),
            });
        }
    }

    /// A name that no function configures, nor the program since, and that does nothing then. One with defaults is held
    /// to those.
    #[inline]
    fn only_named(&self, findings: &mut Vec<Finding>) {
        // With a `static` of that name it is the other finding.
        let (Some(site), None, []) = (self.named, self.configured, &*self.statics) else { return };
        let Some(unset) = P::UNSET else { return };
        if P::registry().find(self.name).is_some_and(|policy| !policy.current_settings().is_empty()) {
            return;
        }
        let place = Place::of(site);
        findings.push(Finding {
            severity: Severity::Warning,
            message: format!(
                "{place} names the {} `{}`, which no function configures, so that {unset}; give it settings in one \
                 function",
                P::KIND,
                self.name,
            ),
            places: vec![place],
        });
    }
}

/// The settings that differ, as far as a user can see them.
#[inline]
fn difference(one: &[Setting], other: &[Setting]) -> String {
    let find = |settings: &[Setting], name| settings.iter().find(|it| it.name == name).map(|it| it.value);
    let mut names: Vec<_> = one.iter().chain(other).map(|setting| setting.name).collect();
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    let text = |value: Option<SettingValue>| value.map_or("none".to_owned(), |value| value.to_string());
    let differences = names
        .into_iter()
        .map(|name| (name, text(find(one, name)), text(find(other, name))))
        .filter(|(_, one, other)| one != other)
        .map(|(name, one, other)| format!("`{name}` {one} and {other}"))
        .collect::<Vec<_>>();
    if differences.is_empty() { String::new() } else { format!(" ({})", differences.join(", ")) }
}

/// A wait that leaves no time for the body, where its settings stand elsewhere or have changed: the attribute checks
/// those that stand beside the deadline.
#[inline]
fn waits(sites: &[&'static Site], entries: &[Entry], findings: &mut Vec<Finding>) {
    for (site, entry) in sites.iter().zip(entries) {
        let Some(deadline) = entry.deadline else { continue };
        for policy in entry.policies().filter(|policy| policy.wait() >= deadline) {
            let place = Place::of(site);
            findings.push(Finding {
                severity: Severity::Error,
                message: format!(
                    "{place} has a `deadline` of {}, which its {} `{}` with a `wait` of {} leaves no time of; lower \
                     `wait` or raise `deadline`",
                    written(deadline),
                    policy.key,
                    policy.name,
                    written(policy.wait()),
                ),
                places: vec![place],
            });
        }
    }
}

/// A breaker that takes no call of a function for slow, where its settings stand elsewhere or have changed. With functions
/// that have more time it may be meant.
#[inline]
fn slow_calls(sites: &[&'static Site], entries: &[Entry], findings: &mut Vec<Finding>) {
    for (site, entry) in sites.iter().zip(entries) {
        let (Some(timeout), Some(breaker)) = (entry.timeout, &entry.breaker) else { continue };
        let Some(SettingValue::Time(slow_call)) = breaker.setting("slow_call") else { continue };
        if slow_call_below_timeout(slow_call, timeout).check().is_ok() {
            continue;
        }
        let place = Place::of(site);
        findings.push(Finding {
            severity: Severity::Warning,
            message: format!(
                "{place} has a `timeout` of {}, so that its breaker `{}` with a `slow_call` of {} never takes a call of it \
                 for slow; lower `slow_call` or raise `timeout`",
                written(timeout),
                breaker.name,
                written(slow_call),
            ),
            places: vec![place],
        });
    }
}

/// Functions that fail on purpose.
#[cfg(feature = "chaos")]
#[inline]
fn faults(sites: &[&'static Site], findings: &mut Vec<Finding>) {
    for site in sites.iter().filter(|site| chaos::is_active(site)) {
        let Some(name) = Chaos::name_at(site) else { continue };
        let place = Place::of(site);
        findings.push(Finding {
            severity: Severity::Warning,
            message: format!(
                "{place} fails on purpose, as its chaos `{name}` is enabled; disable it where calls are real"
            ),
            places: vec![place],
        });
    }
}

/// Functions that spans do not tell apart.
#[inline]
fn operations(sites: &[&'static Site], entries: &[Entry], findings: &mut Vec<Finding>) {
    let mut rest: Vec<_> = sites.iter().zip(entries).collect();
    while let Some((site, entry)) = rest.first().copied() {
        let is_same = |other: &Entry| other.operation == entry.operation;
        // One function that is annotated twice is told apart by its depth.
        let elsewhere = |other: &Entry| (other.file, other.line) != (entry.file, entry.line);
        let other = rest
            .iter()
            .find(|(_, other)| is_same(other) && elsewhere(other) && !entry.has_policies_of(other));
        if let Some((other, _)) = other {
            let places = [Place::of(site), Place::of(other)];
            findings.push(Finding {
                severity: Severity::Warning,
                message: format!(
                    "two functions with different policies are both called `{}` in spans, {}:{} and {}:{}; give one \
                     another `name`",
                    entry.operation, places[0].file, places[0].line, places[1].file, places[1].line,
                ),
                places: places.into(),
            });
        }
        rest.retain(|(_, other)| !is_same(other));
    }
}
