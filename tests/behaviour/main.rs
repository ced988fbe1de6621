//! What annotated functions do, seen from outside: one module per room, and one per matter that concerns several.

mod backoff;
mod block;
mod breaker;
mod cancel;
mod classification;
mod concurrency;
mod deadline;
mod derive_classify;
mod events;
mod fallback;
mod half_open;
mod limits;
mod methods;
mod nesting;
mod operation;
mod order;
mod panic;
mod receiver;
mod retry;
mod schema;
mod shapes;
mod span_fallback;
mod span_fields;
mod span_tree;
mod spans;
mod timeout;
