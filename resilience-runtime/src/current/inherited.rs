//! What a call asks of the caller in another process: the real thing with the feature `propagation`, nothing without.
//!
//! Both have the same names, so that no other file asks for the feature.

#[cfg(feature = "propagation")]
pub(crate) use crate::propagation::inherited::{Further, caller_retries, deadline};
#[cfg(not(feature = "propagation"))]
pub(crate) use off::{Further, caller_retries, deadline};

#[cfg(not(feature = "propagation"))]
mod off {
    use crate::site::Site;
    use crate::time::Tick;

    #[derive(Debug)]
    pub(crate) struct Further;

    impl Further {
        #[inline]
        pub(crate) fn enter(_site: &Site, _tries: u32) -> Self {
            Self
        }

        #[inline]
        pub(crate) fn beside(_site: &Site, _tries: u32, _attempts: u32) -> Self {
            Self
        }
    }

    #[inline]
    pub(crate) const fn caller_retries() -> bool {
        false
    }

    #[inline]
    pub(crate) const fn deadline() -> Option<Tick> {
        None
    }
}
