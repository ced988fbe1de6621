//! The log event of headers that are ignored.

use tracing::Level;

use crate::event::HeaderFault;
use crate::telemetry::names::{self, TARGET};

/// Emits it.
pub(super) fn record(header: &'static str, fault: HeaderFault) {
    tracing::event!(name: names::HEADER_REJECTED, target: TARGET, Level::DEBUG, {
        { names::HEADER } = header,
        { names::HEADER_FAULT } = fault.as_str(),
    });
}
