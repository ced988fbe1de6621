//! Documentation and other attributes, in front of it and behind it, on the function and on its arguments.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(1);

/// Loads.
#[must_use = "it is a future"]
#[inline]
#[resilient(retry = "fixed")]
#[allow(clippy::unused_async)]
#[doc(alias = "fetch")]
pub async fn load(#[allow(unused_variables)] id: u32) -> io::Result<u32> {
    #![allow(unused_mut)]
    let mut run = FLAKY.run()?;
    Ok(run)
}

#[tracing::instrument(skip_all, err)]
#[resilient(retry = "fixed", timeout = "1s")]
async fn instrumented_outside(id: String) -> io::Result<usize> {
    Ok(id.len())
}

#[resilient(retry = "fixed", timeout = "1s")]
#[tracing::instrument(skip_all)]
async fn instrumented_inside(id: String) -> io::Result<usize> {
    Ok(id.len())
}

#[cfg_attr(all(), resilient(retry = "fixed"))]
async fn conditionally() -> io::Result<u32> {
    FLAKY.run()
}

#[cfg(any())]
#[resilient(timeout = "1s")]
async fn absent(id: Absent) -> io::Result<u32> {
    Ok(id)
}

#[deprecated]
#[resilient(retry = "none")]
async fn old() -> io::Result<()> {
    Ok(())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load(1).await.unwrap(), 2);
    assert_eq!(instrumented_outside("abc".to_owned()).await.unwrap(), 3);
    assert_eq!(instrumented_inside("abc".to_owned()).await.unwrap(), 3);
    assert_eq!(conditionally().await.unwrap(), 3);
    #[allow(deprecated)]
    old().await.unwrap();
}
