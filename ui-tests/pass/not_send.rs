//! Bodies and arguments that are not `Send`, on one thread.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

#[resilient(retry = "fixed", timeout = "1s", breaker = "local", fallback = |_| Ok(0))]
async fn load(shared: Rc<RefCell<u32>>) -> io::Result<u32> {
    let held = Rc::clone(&shared);
    tokio::task::yield_now().await;
    *held.borrow_mut() += 1;
    FLAKY.run()?;
    Ok(*shared.borrow())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let local = tokio::task::LocalSet::new();
    let answer = local.run_until(async {
        tokio::task::spawn_local(load(Rc::new(RefCell::new(0)))).await.unwrap()
    });
    assert_eq!(answer.await.unwrap(), 3);
}
