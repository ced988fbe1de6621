//! Rules between the settings of `chaos` that the tokens alone decide.

use proc_macro2::Ident;

use crate::args::Args;
use crate::diag::Diagnostics;
use crate::policy::chaos::ROOM;
use crate::value::Target;
use crate::written::Written;

const FAULTS: [&str; 5] = ["latency_rate", "error_rate", "panic_rate", "latency", "error"];

/// Reports faults that cannot happen: one of the two that it takes is missing.
pub(crate) fn check(args: &Args, written: &Written, diagnostics: &mut Diagnostics) {
    let Some(chaos) = args.chaos.as_ref().filter(|_| !written.unclear) else { return };
    let is_own = matches!(chaos.target.value, Target::Own);
    if matches!(chaos.target.value, Target::Static(..)) {
        return;
    }
    let settings = written.settings(&ROOM);
    let find = |name: &str| written.setting(&ROOM, name);
    // A chaos that is only named has its rates from elsewhere, and may find its errors here.
    let is_set_here = is_own || settings.iter().any(|setting| *setting != "error" && *setting != "release");
    let mut needs = |setting: Option<&Ident>, message: &str| {
        if let Some(setting) = setting {
            diagnostics.push(setting, message);
        }
    };
    let missing = |name: &str| find(name).is_none();
    if missing("latency_rate") && is_set_here {
        needs(
            find("latency"),
            "`latency` has no effect without `latency_rate`; add it, like `latency_rate = \"10%\"`",
        );
    }
    if missing("latency") {
        needs(
            find("latency_rate"),
            "`latency_rate` needs to know how slow; add `latency`, like `latency = \"200ms\"`",
        );
    }
    if missing("error_rate") && is_set_here {
        needs(
            find("error"),
            "`error` has no effect without `error_rate`; add it, like `error_rate = \"5%\"`",
        );
    }
    if missing("error") {
        needs(
            find("error_rate"),
            "`error_rate` needs an error of the function's; add `error`, like `error = DbError::Lost`",
        );
    }
    let is_empty = FAULTS.iter().all(|name| missing(name));
    if is_empty && is_set_here {
        let message = "`chaos` needs a fault to inject; add one, like \
                       `chaos(error = .., error_rate = \"5%\")`";
        diagnostics.push(&chaos.target.key, message);
    }
}
