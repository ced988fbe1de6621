//! Tables of attributes: what they become, and what is said about wrong ones.

#![expect(clippy::needless_raw_string_hashes, reason = "the expected texts are written by `UPDATE_EXPECT=1`")]

mod breaker;
mod bulkhead;
mod chaos;
mod combinations;
mod elsewhere;
mod expanded;
mod expansions;
mod expressions;
mod function;
mod keys;
mod presets;
mod rate_limit;
mod rates;
mod retry;
mod rooms;
mod shares;
mod spans;
mod values;

use std::fmt::Write as _;

use crate::check;
use crate::diag::Diagnostics;

/// What the attribute becomes: its checks and the site's configuration, with `P` for the runtime's private module.
fn expansion(attribute: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    let args = check::read(attribute.parse().unwrap(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{attribute}: {:?}", diagnostics.errors());
    let (checks, site) = (args.checks(), args.site());
    let file =
        quote::quote!(#(#checks)* const SITE: P::SiteConfig = P::SiteConfig::empty()#site;).to_string();
    // Shorter before it is broken into lines, so that the tables below stay readable.
    let short = file.replace("__resilient", "P").replace(":: core :: option :: Option :: ", "");
    prettyplease::unparse(&syn::parse_str(&short).unwrap())
}

/// Each mistake in the attributes, one a line, followed by what it underlines.
fn errors(attributes: &[&str]) -> String {
    let mut text = String::new();
    for attribute in attributes {
        let mut diagnostics = Diagnostics::default();
        let args = check::read(attribute.parse().unwrap(), &mut diagnostics);
        // Nothing that was understood may make these fail.
        let _ = (args.checks(), args.site(), args.reruns_body(), args.rejects());
        writeln!(text, "resilient({attribute})").unwrap();
        assert!(!diagnostics.is_empty(), "{attribute} is accepted");
        for error in diagnostics.errors() {
            let place = error.span().source_text().unwrap_or_else(|| "the whole attribute".to_owned());
            writeln!(text, "  {error}\n    ^ {place}").unwrap();
        }
    }
    text
}
