//! Empty: the package exists for its examples.
