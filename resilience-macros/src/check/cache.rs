//! Rules of the settings of `cache` that the tokens alone decide.

use crate::args::Args;
use crate::diag::{Diagnostics, list};
use crate::policy::cache::ROOM;
use crate::value::Target;
use crate::written::{Written, only};

/// Reports settings that cannot be meant.
pub(crate) fn check(args: &Args, written: &Written, diagnostics: &mut Diagnostics) {
    let Some(cache) = args.cache.as_ref() else { return };
    if written.unclear || matches!(cache.target.value, Target::Static(..)) {
        return;
    }
    let ttl = written.setting(&ROOM, "ttl");
    if let (Some(ttl), true) = (ttl, cache.begins_with_ttl()) {
        diagnostics.push(ttl, "`cache(..)` begins with its `ttl`; remove one of them");
    }
    if ttl.is_some() || cache.begins_with_ttl() {
        return;
    }
    if let Target::Named(_) = cache.target.value {
        let settings = only(written.settings(&ROOM), &|key| key == "capacity" || key == "stale_if_error");
        if let Some(first) = settings.first() {
            let need = if settings.len() == 1 { "needs" } else { "need" };
            let settings = list(&settings);
            let message =
                format!("{settings} {need} a time beside it; add it first, like `cache(\"60s\", ..)`");
            diagnostics.push(first, message);
        }
    } else {
        let message =
            "`cache` needs to know how long an answer is given again; add a time, like `cache = \"60s\"`";
        diagnostics.push(cache.keyword(), message);
    }
}
