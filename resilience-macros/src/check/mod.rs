//! The rules that can be checked on tokens alone; all others are const checks of the runtime.

mod cache;
mod chaos;
mod combine;
pub(crate) mod feature;
pub(crate) mod function;
mod hedge;
mod lasting;
mod lifetimes;
mod sharing;

use proc_macro2::TokenStream;

use crate::args::Args;
use crate::diag::Diagnostics;
use crate::keys;
use crate::written::Written;

/// Reads the attribute, and checks what it says; always returns what could be understood, and reports everything else.
pub(crate) fn read(attribute: TokenStream, diagnostics: &mut Diagnostics) -> Args {
    checked(keys::read(attribute, diagnostics), diagnostics)
}

/// What these keys say, without those of the block that have no effect beside the method's own.
pub(crate) fn checked(mut written: Written, diagnostics: &mut Diagnostics) -> Args {
    loop {
        let args = Args::read(&written, diagnostics);
        let idle = idle(&args, &written, diagnostics);
        if !written.drop_idle(idle) {
            return args;
        }
    }
}

/// Checks what the keys say together; those of the block that have no effect.
fn idle(args: &Args, written: &Written, diagnostics: &mut Diagnostics) -> Vec<usize> {
    let mut idle = combine::check(args, written, diagnostics);
    sharing::check(args, diagnostics);
    cache::check(args, written, diagnostics);
    feature::needs("cache", cfg!(feature = "cache"), written, diagnostics);
    chaos::check(args, written, diagnostics);
    feature::needs("chaos", cfg!(feature = "chaos"), written, diagnostics);
    idle.extend(hedge::check(written, diagnostics));
    idle
}
