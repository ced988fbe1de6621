//! What annotated functions do, seen from outside: one module per room, and one per matter that concerns several.

mod block;
mod classification;
mod derive_classify;
mod events;
mod operation;
mod receiver;
mod schema;
mod span_fields;
mod span_tree;
mod spans;
