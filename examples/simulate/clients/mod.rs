//! Who calls: functions with the attribute, as a program would have them, and the load that they are put under.
//!
//! Another way to call is an annotated function and a line in a list.

pub(crate) mod contend;
pub(crate) mod load;
pub(crate) mod outage;
pub(crate) mod retry;
pub(crate) mod storm;
pub(crate) mod tail;

use std::pin::Pin;
use std::sync::Arc;

use crate::backend::{Failure, Service};

/// A call that goes on.
pub(crate) type Calling = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// A way to call a service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// Its name in tables and pictures.
    pub(crate) name: &'static str,
    pub(crate) call: fn(Arc<Service>) -> Calling,
}
