//! The static description of one annotated function.
//!
//! Generated code puts one in each function, made by const builder calls from what the attribute says; all
//! instances of a generic function share it. It is plain configuration: what names the user's own types
//! (predicates, a way to make errors) is handed over with each call.
//!
//! `config` is what the attribute says, `state` what a function has while the program runs, `policies` and `words` what is
//! asked of both. They are apart, and evaluated in blocks of their own, for the sake of the user's builds: the
//! compiler makes and checks one such static for each annotated function, in each of them.

mod config;
pub mod has;
pub(crate) mod path;
mod policies;
pub(crate) mod state;
mod words;

use core::mem::ManuallyDrop;
use core::panic::Location;

pub use config::SiteConfig;
use state::SiteState;

/// The static description of one annotated function.
#[derive(Debug)]
pub struct Site {
    pub(crate) config: SiteConfig,
    /// The type name of an item inside the function, which tells the function's path.
    inside: fn() -> &'static str,
    place: &'static Location<'static>,
    /// Never dropped, as no static is. The compiler looks for what that would do wherever it finds something to drop.
    pub(crate) state: ManuallyDrop<SiteState>,
}

/// Every annotated function of the program, in no order: those of dependencies, those that are never called, and a
/// generic one once.
///
/// The descriptions themselves and no references to them, which would be one more item in each function for the compiler.
#[linkme::distributed_slice]
pub static SITES: [Site];

impl Site {
    /// The function around the closure `here`, at the caller's place in the source.
    #[must_use]
    #[track_caller]
    pub const fn new<F: Fn() + Copy>(here: F, config: SiteConfig) -> Self {
        let _ = here;
        Self::at(Location::caller(), core::any::type_name::<F>, &config)
    }

    const fn at(
        place: &'static Location<'static>,
        inside: fn() -> &'static str,
        config: &SiteConfig,
    ) -> Self {
        // A block of its own is evaluated once, and not for each of the user's functions.
        Self { config: *config, inside, place, state: const { ManuallyDrop::new(SiteState::new()) } }
    }
}

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Waker};
    use core::time::Duration;

    use super::*;
    use crate::__private::returns;
    use crate::outcome::judge::Judge;
    use crate::outcome::probe::{Outcome as _, Read as _};
    use crate::policy::retry::Backoff;

    #[test]
    fn nothing_is_put_into_words_that_nobody_reads() {
        static SITE: Site = Site::new(|| (), SiteConfig::empty().retry(Backoff::fixed(Duration::ZERO), 2));
        let probe = <Result<(), String>>::probe(returns);
        #[expect(
            clippy::needless_borrow,
            reason = "the depth of references is what method resolution goes by"
        )]
        let mut call = SITE.call::<_, { has::NOTHING }>(Judge::new(probe, (&&&&&probe).__reader()));
        let polled = pin!(call.attempt(async { Ok(()) })).poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_ready());
        assert_eq!((SITE.state.path.get(), SITE.state.digest.get()), (None, None));
    }
}
