//! Retry (to be written).
