//! Policies that a feature of the runtime has to be switched on for.

use crate::diag::Diagnostics;
use crate::written::Written;

/// Reports the key `name` as one mistake where the feature of that name is not on.
pub(crate) fn needs(name: &str, is_on: bool, written: &Written, diagnostics: &mut Diagnostics) {
    if let (Some(key), false) = (written.find(name), is_on) {
        let message = format!(
            "`{name}` needs the feature `{name}` of `resilience-runtime`; add it in `Cargo.toml`, like \
             `features = [\"{name}\"]`"
        );
        diagnostics.push(key, message);
    }
}
