//! How the errors of well-known libraries are to be taken, each behind a feature of the library's name.
//!
//! What counts as worth another attempt follows what each library and protocol documents; whether the operation may be
//! repeated at all is the caller's to know.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "reqwest")]
pub mod reqwest;
#[cfg(feature = "reqwest-middleware")]
pub mod reqwest_middleware;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tonic")]
pub mod tonic;
#[cfg(feature = "tower")]
pub mod tower;
