//! What is called: models of dependencies, as simple as they can be and still fail in the way that matters.

mod meter;
mod row;
mod service;

pub(crate) use meter::Meter;
pub(crate) use row::{Conflict, NETWORK, Row};
pub(crate) use service::{Failure, Model, Period, Service};
