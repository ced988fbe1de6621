//! Functions that a `macro_rules!` macro writes: with the attribute, its values and its functions as fragments.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

macro_rules! loaders {
    ($($name:ident($argument:ident: $type:ty) -> $output:ty, max $max:expr, or $fallback:path => $body:block)*) => {$(
        #[resilient(retry("fixed", max = $max, when = |_| true), timeout = "1s", fallback = $fallback)]
        async fn $name($argument: $type) -> $output $body
    )*};
}

loaders! {
    load(id: u32) -> io::Result<u32>, max 1 + 2, or refuse => {
        let run = FLAKY.run()?;
        Ok(id + run)
    }
    name(id: String) -> io::Result<String>, max 2, or keep => {
        Err(io::Error::other(id))
    }
}

fn refuse(id: u32) -> io::Result<u32> {
    Err(io::Error::other(id.to_string()))
}

async fn keep(id: String) -> io::Result<String> {
    Ok(id)
}

macro_rules! body {
    ($id:ident) => {{
        FLAKY.run()?;
        Ok($id)
    }};
}

#[resilient(retry = "fixed")]
async fn with_a_macro_for_a_body(id: u32) -> io::Result<u32> {
    body!(id)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load(10).await.unwrap(), 13);
    assert_eq!(name("a".to_owned()).await.unwrap(), "a");
    assert_eq!(with_a_macro_for_a_body(1).await.unwrap(), 1);
}
