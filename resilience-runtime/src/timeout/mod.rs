//! Timeout (to be written).
