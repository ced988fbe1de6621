//! What the attribute makes of a function: the same function twice, once annotated and once as the attribute writes
//! it. A test of `resilience-macros` keeps the two equal.
//!
//! `cargo run --example expanded` calls both and shows that they behave alike.

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs of the body.
static RUNS: AtomicU32 = AtomicU32::new(0);

/// Loses the connection twice, then answers.
async fn query(id: u64) -> io::Result<String> {
    tokio::task::yield_now().await;
    match RUNS.fetch_add(1, Ordering::Relaxed) % 3 {
        0 | 1 => Err(io::ErrorKind::ConnectionReset.into()),
        _ => Ok(format!("user {id}")),
    }
}

/// The answer when the database has none.
fn guest(id: u64) -> io::Result<String> {
    if id == 0 { Err(io::ErrorKind::InvalidInput.into()) } else { Ok("guest".to_owned()) }
}

mod annotated {
    use super::{guest, query};
    use resilience_runtime::resilient;
    use std::io;

    #[resilient(retry = "exp_jitter", max = 4, breaker = "db", timeout = "2s", deadline = "30s", fallback = guest)]
    pub(crate) async fn load_user(id: u64) -> io::Result<String> {
        query(id).await
    }
}

#[expect(
    unused_braces,
    clippy::needless_borrow,
    reason = "the attribute's own code is exempt, this copy is not"
)]
mod expanded {
    use super::{guest, query};
    use std::io;

    pub(crate) async fn load_user(id: u64) -> io::Result<String> {
        use ::resilience_runtime::__private::{
            self as __resilient, Ask as _, Give as _, Read as _, Reject as _,
        };

        // The rules: each is evaluated by the compiler, which underlines the user's value when one fails.
        const _: () = __resilient::check::timeout(__resilient::secs(2)).hold();
        const _: () = __resilient::check::deadline(__resilient::secs(30)).hold();
        const _: () =
            __resilient::check::timeout_below_deadline(__resilient::secs(2), __resilient::secs(30)).hold();
        const _: () = __resilient::check::attempts(4).hold();
        const _: () = __resilient::check::fits_deadline(
            &__resilient::Backoff::exp_jitter(__resilient::millis(100)),
            4,
            ::core::option::Option::Some(__resilient::secs(2)),
            __resilient::secs(30),
        )
        .hold();

        // The policies: plain configuration, one for all instances of a generic function, in the program's list of all.
        #[__resilient::linkme::distributed_slice(__resilient::SITES)]
        #[linkme(crate = __resilient::linkme)]
        static __RESILIENT_SITE: __resilient::Site = __resilient::Site::new(
            || (),
            __resilient::SiteConfig::empty()
                .retry(__resilient::Backoff::exp_jitter(__resilient::millis(100)), 4)
                .breaker(__resilient::Guard::shared("db"))
                .timeout(__resilient::secs(2))
                .deadline(__resilient::secs(30))
                .fallback(),
        );

        // What the error type can do: classify itself, display itself, carry a rejection.
        let __probe = __resilient::Outcome::probe(__resilient::returns::<io::Result<String>>);
        // Whether the fallback takes the error behind its one argument; it is kept for it only then.
        let __fallback = guest;
        let __takes = (&&&__resilient::Takes::of(&__fallback, [(); 1], __probe)).__kind();
        // The policies are a number here too, so that a question after one that is not there leaves no instruction.
        let mut __call = (&__RESILIENT_SITE)
            .call::<_, { __resilient::has::BREAKER | __resilient::has::DEADLINE }>(
                __resilient::Judge::new(__probe, (&&&&&__probe).__reader())
                    .rejecting(<_ as __resilient::CarriesRejected<_, _>>::by(
                        (&&&__probe).__rejecter(),
                        __probe,
                        (),
                    ))
                    .keeping(__takes),
            );
        loop {
            let __attempt = {
                let id = __resilient::Argument::again(&id, ());
                async move {
                    // Never taken: it tells the compiler what the body has to give, so that a mistake in the body
                    // is reported there.
                    if false {
                        return __resilient::returns::<io::Result<String>>();
                    }
                    { query(id).await }
                }
            };
            if let ::core::ops::ControlFlow::Break(__result) = (&mut __call).attempt(__attempt).await {
                break __result;
            }
            if (&__call).falls_back() {
                let (__error, __taken) = (__takes.error(&mut __call), __takes.taken());
                let __fallback = __takes.bind(__fallback, __resilient::Taken::by(__error, __taken, ()));
                break (&mut __call)
                    .fallback(async move {
                        let __answer = __fallback(id);
                        let __kind = (&&__resilient::Given::of(&__answer)).__kind();
                        let __answer: io::Result<String> = __kind.future(__answer).await;
                        __answer
                    })
                    .await;
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let user = annotated::load_user(7).await?;
    println!("annotated: {user}, after {} runs of the body", RUNS.swap(0, Ordering::Relaxed));
    let user = expanded::load_user(7).await?;
    println!(" expanded: {user}, after {} runs of the body", RUNS.swap(0, Ordering::Relaxed));
    Ok(())
}
