//! What is asked of a fallback's type.
