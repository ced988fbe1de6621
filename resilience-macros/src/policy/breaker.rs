//! `breaker`: stop calling what keeps failing.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `breaker` | a name, or the path of a `static Breaker` | | whose failures count together: all who name it share it |
//! | `failure_rate` | ratio | `"50%"` when no rule is named | opens when this share of the calls in the window failed |
//! | `failures` | whole number | no such rule | opens at this many failures in the window, whatever their share |
//! | `consecutive` | whole number | no such rule | opens after this many failures in a row |
//! | `slow_rate` | ratio | no such rule | opens when this share of the calls took longer than `slow_call` |
//! | `slow_call` | duration | | how long a call may take before it counts as slow |
//! | `window` | count or duration | `"60s"` | what the rates and `failures` look back at |
//! | `min_calls` | whole number | 10 | calls in the window before a rate is believed |
//! | `open_for` | duration | `"30s"` | how long calls are refused before a probe is tried |
//! | `open_growth` | number | 1.0 | how much longer each further opening lasts |
//! | `open_max` | duration | `"5m"` | the longest opening that `open_growth` leads to |
//! | `probes` | whole number | 5 | trial calls in a half-open period |
//! | `successes` | whole number | 3 | successful probes that close it again |
//! | `probe_timeout` | duration | `"30s"` | after which a hanging probe gives its place to another |
//!
//! The settings stand in the group, behind the name: `breaker("db", failure_rate = "50%")`. A name without
//! settings refers to a breaker that another function may configure. A const expression for `window` has the
//! type `Window`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Expr;

use super::timeout::Limit;
use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{
    Count, Duration, FromValue, Kind, Literal, Number, Ratio, Setting, Target, Value, Window, Wrong, at,
    write_or,
};
use crate::written::{Clause, Key, Room, Written};

pub(crate) static ROOM: Room = Room {
    name: "breaker",
    headline: Some(Key::new("breaker", "\"db\"").noun("a name")),
    settings: &[
        Key::new("failure_rate", "\"50%\""),
        Key::new("failures", "3"),
        Key::new("consecutive", "5"),
        Key::new("slow_rate", "\"50%\""),
        Key::new("slow_call", "\"2s\""),
        Key::new("window", "\"60s\""),
        Key::new("min_calls", "10"),
        Key::new("open_for", "\"30s\""),
        Key::new("open_growth", "2.0"),
        Key::new("open_max", "\"5m\""),
        Key::new("probes", "5"),
        Key::new("successes", "3"),
        Key::new("probe_timeout", "\"30s\""),
    ],
    flat: false,
    within: None,
};

/// As in the runtime's `BreakerConfig`; here only to check settings that stand alone, or beside a rate limit.
const DEFAULT_OPEN_FOR: Duration = Duration::millis(30_000);
const DEFAULT_PROBES: Count = Count(5);
const DEFAULT_WINDOW: Duration = Duration::millis(60_000);
const DEFAULT_MIN_CALLS: Count = Count(10);

/// Which breaker.
struct Headline(Target);

static KIND: Kind = Kind {
    noun: "a breaker",
    example: "db",
    policy: "Breaker",
    advice: "write a name, like \"db\", or the path of a `static Breaker`",
};

impl FromValue for Headline {
    /// The group has settings alone, for the breaker of a preset.
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self(Target::Own))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        KIND.read(value).map(Self)
    }
}

/// A breaker, with the settings that the site gives it.
pub(crate) struct Breaker {
    pub(crate) target: Setting<Target>,
    failure_rate: Option<Setting<Value<Ratio>>>,
    failures: Option<Setting<Value<Count>>>,
    consecutive: Option<Setting<Value<Count>>>,
    slow_rate: Option<Setting<Value<Ratio>>>,
    slow_call: Option<Setting<Value<Duration>>>,
    /// Whether the block says it, whose other methods may have a longer `timeout`.
    pub(crate) is_slow_call_of_block: bool,
    window: Option<Setting<Value<Window>>>,
    min_calls: Option<Setting<Value<Count>>>,
    open_for: Option<Setting<Value<Duration>>>,
    open_growth: Option<Setting<Value<Number>>>,
    open_max: Option<Setting<Value<Duration>>>,
    probes: Option<Setting<Value<Count>>>,
    successes: Option<Setting<Value<Count>>>,
    probe_timeout: Option<Setting<Value<Duration>>>,
}

/// The breaker, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Breaker> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let target = clause.read::<Headline>("breaker");
    let failure_rate = clause.read("failure_rate");
    let failures = clause.read("failures");
    let consecutive = clause.read("consecutive");
    let slow_rate = clause.read("slow_rate");
    let slow_call = clause.read("slow_call");
    let is_slow_call_of_block = written.is_from_block(&ROOM, "slow_call");
    let window = clause.read("window");
    let min_calls = clause.read("min_calls");
    let open_for = clause.read("open_for");
    let open_growth = clause.read("open_growth");
    let open_max = clause.read("open_max");
    let probes = clause.read("probes");
    let successes = clause.read("successes");
    let probe_timeout = clause.read("probe_timeout");
    let target = target?;
    Some(Breaker {
        target: target.with(target.value.0.clone()),
        failure_rate,
        failures,
        consecutive,
        slow_rate,
        slow_call,
        is_slow_call_of_block,
        window,
        min_calls,
        open_for,
        open_growth,
        open_max,
        probes,
        successes,
        probe_timeout,
    })
}

/// The time over which a breaker takes a rate.
pub(crate) struct TimeWindow<'a> {
    pub(crate) time: TokenStream,
    pub(crate) min_calls: TokenStream,
    /// What to underline, if any of it is written.
    pub(crate) at: Option<&'a TokenStream>,
}

/// One setting as the site and the checks use it.
struct Given {
    key: Ident,
    value: TokenStream,
    binding: Option<TokenStream>,
    check: Option<TokenStream>,
}

impl Given {
    /// Adds a setting that is there, with the check of its own.
    fn add<L: Literal>(to: &mut Vec<Self>, rule: &str, setting: Option<&Setting<Value<L>>>, names: &Names) {
        if let Some(setting) = setting {
            let check = names.check(rule, &setting.tokens, &[setting.write(names)]);
            to.push(Self { check: Some(check), ..Self::unchecked(setting, names) });
        }
    }

    fn unchecked<L: Literal>(setting: &Setting<Value<L>>, names: &Names) -> Self {
        let (value, binding) = (setting.write(names), setting.binding(names));
        Self { key: setting.key.clone(), value, binding, check: None }
    }
}

impl Breaker {
    /// The settings that are there, in the order of the docs.
    fn written(&self, names: &Names) -> Vec<Given> {
        let mut written = Vec::new();
        Given::add(&mut written, "failure_rate", self.failure_rate.as_ref(), names);
        Given::add(&mut written, "failures", self.failures.as_ref(), names);
        Given::add(&mut written, "consecutive", self.consecutive.as_ref(), names);
        Given::add(&mut written, "slow_rate", self.slow_rate.as_ref(), names);
        Given::add(&mut written, "slow_call", self.slow_call.as_ref(), names);
        if let Some(window) = &self.window {
            written
                .push(Given { check: Some(check_window(window, names)), ..Given::unchecked(window, names) });
        }
        Given::add(&mut written, "min_calls", self.min_calls.as_ref(), names);
        Given::add(&mut written, "open_for", self.open_for.as_ref(), names);
        Given::add(&mut written, "open_growth", self.open_growth.as_ref(), names);
        Given::add(&mut written, "probes", self.probes.as_ref(), names);
        Given::add(&mut written, "successes", self.successes.as_ref(), names);
        Given::add(&mut written, "probe_timeout", self.probe_timeout.as_ref(), names);
        if let Some(open_max) = &self.open_max {
            // Checked together with `open_for`, below.
            written.push(Given::unchecked(open_max, names));
        }
        written
    }

    /// The const checks of the settings, each alone and in combination.
    pub(crate) fn checks(&self, timeout: Option<&Limit>, names: &Names) -> Vec<TokenStream> {
        let mut checks = Vec::new();
        for Given { binding, check, .. } in &self.written(names) {
            checks.extend(binding.clone());
            checks.extend(check.clone());
        }
        if names.has_preset {
            checks.extend(self.checks_of_preset(names));
        } else {
            checks.extend(self.checks_of_pairs(names));
            if let (Some(slow_call), Some(timeout)) = (self.own_slow_call(), timeout) {
                let arguments = [slow_call.write(names), timeout.write(names)];
                checks.push(names.check("slow_call_below_timeout", &slow_call.tokens, &arguments));
            }
        }
        if let (Some(window), Some(timeout)) = (&self.window, timeout)
            && let Some(Window::Time(time)) = window.value.literal()
        {
            let arguments = [time.write(names), timeout.write(names)];
            checks.push(names.check("window_sees_timeouts", &window.tokens, &arguments));
        }
        checks
    }

    /// What is changed goes together with what is not.
    fn checks_of_preset(&self, names: &Names) -> Option<TokenStream> {
        let config = self.config(names)?;
        let probes = at(self.successes.as_ref()).or(at(self.probes.as_ref()));
        let times = at(self.open_max.as_ref()).or(at(self.open_for.as_ref()));
        let counts = at(self.min_calls.as_ref()).or(at(self.failures.as_ref()));
        let at = probes.or(times).or(counts).or(at(self.window.as_ref()))?;
        Some(names.check("breaker_fits", at, &[quote!(&#config)]))
    }

    fn checks_of_pairs(&self, names: &Names) -> Vec<TokenStream> {
        let mut checks = Vec::new();
        if let (Some(min_calls), Some(window)) = (&self.min_calls, &self.window) {
            // A time holds any number of calls.
            if !matches!(window.value.literal(), Some(Window::Time(_))) {
                let arguments = [min_calls.write(names), window.write(names)];
                checks.push(names.check("min_calls_fit", &min_calls.tokens, &arguments));
            }
        }
        if let (Some(failures), Some(window)) = (&self.failures, &self.window) {
            // A time holds any number of failures.
            if !matches!(window.value.literal(), Some(Window::Time(_))) {
                let arguments = [failures.write(names), window.write(names)];
                checks.push(names.check("failures_fit", &failures.tokens, &arguments));
            }
        }
        if let Some(open_max) = &self.open_max {
            let open_for = write_or(self.open_for.as_ref(), &DEFAULT_OPEN_FOR, names);
            checks.push(names.check("open_max", &open_max.tokens, &[open_max.write(names), open_for]));
        }
        if let Some(successes) = &self.successes {
            let probes = write_or(self.probes.as_ref(), &DEFAULT_PROBES, names);
            checks.push(names.check("successes_fit", &successes.tokens, &[successes.write(names), probes]));
        }
        checks
    }

    /// From when on a call is slow, if this function says it and not its block.
    pub(crate) fn own_slow_call(&self) -> Option<&Setting<Value<Duration>>> {
        self.slow_call.as_ref().filter(|_| !self.is_slow_call_of_block)
    }

    /// What decides how many calls a rate sees, if it is written.
    pub(crate) fn sight(&self) -> Option<&TokenStream> {
        at(self.min_calls.as_ref()).or(at(self.window.as_ref()))
    }

    /// The time over which a rate is taken, as far as this function says it.
    pub(crate) fn time_window(&self, names: &Names) -> Option<TimeWindow<'_>> {
        // Only named, it has settings that stand elsewhere.
        let is_set_here = matches!(self.target.value, Target::Named(_)) && !self.written(names).is_empty();
        let counts = self.failures.is_some() || self.consecutive.is_some();
        let has_rates = self.failure_rate.is_some() || self.slow_rate.is_some() || !counts;
        let time = match self.window.as_ref().map(|window| window.value.literal()) {
            None => DEFAULT_WINDOW,
            Some(Some(Window::Time(time))) => *time,
            Some(_) => return None,
        };
        (is_set_here && has_rates).then(|| TimeWindow {
            time: time.write(names),
            min_calls: write_or(self.min_calls.as_ref(), &DEFAULT_MIN_CALLS, names),
            at: self.sight(),
        })
    }

    /// The part of the site that sets the breaker.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let guard = self.target.value.source("Guard", self.config(names), names)?;
        Some(quote!(.breaker(#guard)))
    }

    /// The settings of the breaker, if some are given here.
    pub(crate) fn config(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let rules = self.failure_rate.is_some() || self.slow_rate.is_some();
        let counts = self.failures.is_some() || self.consecutive.is_some();
        let part = if rules || counts { "breaker_without_rules" } else { "breaker" };
        let start = names.beginning(part, &[], quote!(#private::BreakerConfig::new()));
        let settings = self.written(names);
        if settings.is_empty() {
            return None;
        }
        let mut config = start;
        for Given { key, value, .. } in &settings {
            let key = Ident::new(&key.to_string(), Span::call_site());
            config.extend(quote!(.#key(#value)));
        }
        Some(config)
    }
}

/// A window has two rules, one for each of its forms.
fn check_window(window: &Setting<Value<Window>>, names: &Names) -> TokenStream {
    let (rule, argument) = match window.value.literal() {
        Some(Window::Calls(calls)) => ("window_calls", calls.write(names)),
        Some(Window::Time(time)) => ("window_time", time.write(names)),
        // Which form it has is not known here; the check of a whole configuration looks.
        None => {
            let (private, window) = (names.private(), window.write(names));
            ("config", quote!(&#private::BreakerConfig::new().window(#window)))
        }
    };
    names.check(rule, &window.tokens, &[argument])
}
