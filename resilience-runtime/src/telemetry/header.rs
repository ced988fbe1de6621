//! The log event of headers that are ignored.

use tracing::Level;

use super::names::{self, TARGET};
use crate::event::HeaderFault;

/// Emits it.
pub(super) fn record(header: &'static str, fault: HeaderFault) {
    tracing::event!(name: names::HEADER_REJECTED, target: TARGET, Level::DEBUG, {
        { names::HEADER } = header,
        { names::HEADER_FAULT } = fault.as_str(),
    });
}
