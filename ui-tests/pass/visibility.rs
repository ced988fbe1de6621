//! `pub`, `pub(crate)`, `pub(super)` and `pub(in path)`, in a crate that forbids `unsafe`.

#![forbid(unsafe_code)]

use std::io;

mod outer {
    use super::*;

    pub mod inner {
        use super::*;

        #[resilience_runtime::resilient(retry = "fixed")]
        pub async fn everywhere() -> io::Result<u32> {
            Ok(1)
        }

        #[resilience_runtime::resilient(retry = "fixed")]
        pub(crate) async fn in_the_crate() -> io::Result<u32> {
            Ok(2)
        }

        #[resilience_runtime::resilient(retry = "fixed")]
        pub(super) async fn above() -> io::Result<u32> {
            Ok(3)
        }

        #[::resilience_runtime::resilient(retry = "fixed")]
        pub(in crate::outer) async fn in_a_path() -> io::Result<u32> {
            Ok(4)
        }
    }

    pub async fn sum() -> io::Result<u32> {
        Ok(inner::above().await? + inner::in_a_path().await?)
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let sum = outer::inner::everywhere().await.unwrap() + outer::inner::in_the_crate().await.unwrap();
    assert_eq!(sum + outer::sum().await.unwrap(), 10);
}
