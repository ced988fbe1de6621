//! What annotated functions do, seen from outside: one module per room, and one per matter that concerns several.

mod backoff;
mod block;
mod classification;
mod deadline;
mod derive_classify;
mod retry;
mod timeout;
