//! `timeout` and `deadline`: how long an attempt may take, and how long the whole call.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `timeout` | duration | none | the longest an attempt may take; a longer one is dropped and counts as a failure |
//! | `deadline` | duration | none | the longest the whole call may take, with all attempts and waits |
//!
//! Without a retry both limit the one attempt there is, which is why a `timeout` has to be shorter than the
//! `deadline`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{Duration, Setting, Value};
use crate::written::{Clause, Key, Room, Written};

pub(crate) static ROOM: Room = Room {
    name: "timeout",
    headline: None,
    settings: &[Key::new("timeout", "\"2s\""), Key::new("deadline", "\"30s\"")],
    flat: true,
    within: None,
};

/// A limit on time.
pub(crate) type Limit = Setting<Value<Duration>>;

/// Both limits, as far as they are set.
pub(crate) struct Timeouts {
    pub(crate) timeout: Option<Limit>,
    pub(crate) deadline: Option<Limit>,
}

/// Both limits, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Timeouts {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    Timeouts { timeout: clause.read("timeout"), deadline: clause.read("deadline") }
}

/// The const checks of both limits.
pub(crate) fn checks(timeout: Option<&Limit>, deadline: Option<&Limit>, names: &Names) -> Vec<TokenStream> {
    let mut checks = Vec::new();
    if let Some(timeout) = timeout {
        checks.extend(timeout.checks("timeout", names));
    }
    if let Some(deadline) = deadline {
        checks.extend(deadline.checks("deadline", names));
    }
    // With a preset it is the whole that has to go together.
    if let (Some(timeout), Some(deadline), false) = (timeout, deadline, names.has_preset) {
        let arguments = [timeout.write(names), deadline.write(names)];
        checks.push(names.check("timeout_below_deadline", &timeout.tokens, &arguments));
    }
    checks
}

/// The part of the site that sets the limits.
pub(crate) fn site(timeout: Option<&Limit>, deadline: Option<&Limit>, names: &Names) -> TokenStream {
    let timeout = timeout.map(|timeout| timeout.write(names)).map(|timeout| quote!(.timeout(#timeout)));
    let deadline =
        deadline.map(|deadline| deadline.write(names)).map(|deadline| quote!(.deadline(#deadline)));
    quote!(#timeout #deadline)
}
