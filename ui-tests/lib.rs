//! Empty: the package exists for its test, which compiles the cases in `pass/` and `fail/`.
