//! What annotated functions do, seen from outside: one module per room, and one per matter that concerns several.

mod backoff;
mod block;
mod breaker;
mod cancel;
mod classification;
mod concurrency;
mod deadline;
mod derive_classify;
mod fallback;
mod half_open;
mod methods;
mod nesting;
mod order;
mod panic;
mod retry;
mod shapes;
mod timeout;
