//! A crate that re-exports the runtime: `crate = path`, also from a macro of its own with `$crate`.

mod shop {
    pub mod resilience {
        pub use resilience_runtime::*;
    }
}

macro_rules! protected {
    ($item:item) => {
        #[$crate::shop::resilience::resilient(retry = "fixed", timeout = "1s", crate = $crate::shop::resilience)]
        $item
    };
}

use std::io;

use resilience_ui_tests::Flaky;
use shop::resilience::{Class, Classify, resilient};

static FLAKY: Flaky = Flaky::new(1);

#[resilient(retry = "fixed", max = 2, crate = shop::resilience)]
async fn load() -> io::Result<u32> {
    FLAKY.run()
}

protected! {
    async fn load_again() -> io::Result<u32> {
        FLAKY.run()
    }
}

#[derive(Classify)]
#[classify(crate = shop::resilience)]
#[permanent]
struct Missing;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load().await.unwrap(), 2);
    assert_eq!(load_again().await.unwrap(), 3);
    assert_eq!(Missing.classify(), Class::Permanent);
}
