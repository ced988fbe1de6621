//! Every shape of function: run, spawned where it is `Send`, its attempts counted. Methods are in `methods`.
//!
//! Each is protected by a retry, which runs the body more than once and so needs every argument again.

use std::borrow::Cow;
use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::rc::Rc;

use resilience_runtime::testing;
use resilience_runtime::{current, resilient};
use resilience_tests::{Answer, Failure, Script, timed};
use tokio::task::yield_now;

/// Fails in the first two attempts.
pub(crate) fn flaky() -> io::Result<()> {
    if current().attempt() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
}

/// The answer of `call`, which made three attempts.
pub(crate) async fn third<T, E: Debug>(call: impl Future<Output = Result<T, E>>) -> T {
    let recording = testing::record();
    let answer = call.await.expect("the third attempt succeeds");
    assert_eq!(recording.calls()[0].attempts.len(), 3);
    answer
}

/// As [`third`], in a task of its own.
pub(crate) async fn spawned<T, E>(call: impl Future<Output = Result<T, E>> + Send + 'static) -> T
where
    T: Send + 'static,
    E: Debug + Send + 'static,
{
    third(async { tokio::spawn(call).await.expect("the task does not panic") }).await
}

mod documented {
    //! A function as a public one looks.

    use super::{flaky, io, resilient};

    /// Loads.
    ///
    /// # Errors
    ///
    /// Twice.
    #[must_use]
    #[resilient(retry = "fixed")]
    #[allow(clippy::double_must_use, reason = "attributes of all kinds may stand around it")]
    pub(super) async fn load(
        #[cfg(not(test))] never: &str,
        #[cfg(test)] id: u64,
        #[expect(unused_variables, reason = "stands for any attribute")] unused: u8,
    ) -> io::Result<u64> {
        flaky()?;
        Ok(id)
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_with_documentation_and_attributes_on_it_and_its_arguments() {
    assert_eq!(spawned(documented::load(7, 0)).await, 7);
}

#[resilient(retry = "fixed")]
async fn by_value(name: String, tags: Vec<String>) -> io::Result<String> {
    let joined = name + &tags.join("");
    flaky()?;
    Ok(joined)
}

#[resilient(retry = "fixed")]
async fn changed(mut n: u64) -> io::Result<u64> {
    n += 1;
    flaky()?;
    Ok(n)
}

#[tokio::test(start_paused = true)]
async fn arguments_by_value_are_the_same_for_each_attempt() {
    assert_eq!(spawned(by_value("a".to_owned(), vec!["b".to_owned()])).await, "ab");
    assert_eq!(spawned(changed(1)).await, 2);
}

/// Has no `Clone`.
#[derive(Debug, PartialEq)]
struct Token(u32);

#[tokio::test(start_paused = true)]
async fn arguments_are_moved_where_the_body_runs_once() {
    #[resilient(timeout = "1s", breaker = "shapes::moved")]
    async fn guarded(token: Token, mut log: Vec<Token>) -> io::Result<Vec<Token>> {
        yield_now().await;
        log.push(token);
        Ok(log)
    }
    #[resilient(retry = "fixed", max = 1)]
    async fn once(token: Token) -> Result<Token, Token> {
        Err(token)
    }
    assert_eq!(tokio::spawn(guarded(Token(1), vec![])).await.unwrap().unwrap(), [Token(1)]);
    assert_eq!(once(Token(2)).await, Err(Token(2)));
}

#[tokio::test(start_paused = true)]
async fn mutable_borrows_are_borrowed_again_and_keep_what_was_written() {
    #[resilient(retry = "fixed")]
    async fn load(log: &mut Vec<u32>, count: &mut u32) -> io::Result<()> {
        log.push(current().attempt());
        yield_now().await;
        *count += 1;
        flaky()
    }
    let (mut log, mut count) = (Vec::new(), 0);
    third(load(&mut log, &mut count)).await;
    assert_eq!((log, count), (vec![1, 2, 3], 3));
}

#[tokio::test(start_paused = true)]
async fn borrows_live_as_long_as_they_did() {
    #[resilient(retry = "fixed")]
    async fn longer<'a>(one: &'a str, other: &'a str, _prefix: &str) -> io::Result<&'a str> {
        flaky()?;
        Ok(if one.len() < other.len() { other } else { one })
    }
    #[resilient(retry = "fixed")]
    async fn elided(text: &str) -> io::Result<Cow<'_, str>> {
        flaky()?;
        Ok(Cow::Borrowed(&text[1..]))
    }
    let text = String::from("xyz");
    assert_eq!(third(longer("ab", &text, "")).await, "xyz");
    assert_eq!(third(elided(&text)).await, "yz");
    assert_eq!(spawned(longer("ab", "c", "")).await, "ab");
}

#[tokio::test(start_paused = true)]
async fn generics_and_impl_trait_in_both_places() {
    #[resilient(retry = "fixed")]
    async fn generic<T, const N: usize>(values: [T; N]) -> io::Result<Vec<T>>
    where
        T: Clone + Send,
    {
        flaky()?;
        Ok(values.into())
    }
    #[resilient(retry = "fixed")]
    async fn argument(text: impl AsRef<str> + Clone) -> io::Result<usize> {
        flaky()?;
        Ok(text.as_ref().len())
    }
    #[resilient(retry = "fixed")]
    async fn part(to: u32) -> Result<impl Iterator<Item = u32> + Send, io::Error> {
        flaky()?;
        Ok(0..to)
    }
    assert_eq!(spawned(generic([1, 2])).await, [1, 2]);
    assert_eq!(spawned(argument("four")).await, 4);
    assert_eq!(third(part(4)).await.sum::<u32>(), 6);
}

#[derive(Clone, Copy)]
struct Point {
    x: u32,
    y: u32,
}

#[tokio::test(start_paused = true)]
async fn arguments_may_be_destructured() {
    #[resilient(retry = "fixed")]
    async fn load(
        Point { x, mut y }: Point,
        (a, _): (u32, String),
        &[first, .., last]: &[u32; 3],
        _: Vec<u8>,
        whole @ Point { x: part, .. }: Point,
    ) -> io::Result<u32> {
        y += 1;
        flaky()?;
        Ok(x + y + a + first + last + part + whole.y)
    }
    let call =
        load(Point { x: 1, y: 2 }, (10, "b".to_owned()), &[20, 0, 30], vec![], Point { x: 100, y: 200 });
    assert_eq!(spawned(call).await, 1 + 3 + 10 + 20 + 30 + 100 + 200);
}

type Loaded<T> = Result<T, Failure>;

#[tokio::test(start_paused = true)]
async fn results_under_any_alias_and_every_way_out_of_the_body() {
    macro_rules! bail {
        ($failure:expr) => {
            return Err($failure)
        };
    }
    #[resilient(retry = "fixed")]
    async fn load(script: &Script, way: u8) -> Loaded<u32> {
        let answer = script.run().await;
        if way == 0 {
            return answer;
        }
        for _ in 0..3 {
            if way == 1 {
                let execution = answer?;
                return Ok(execution);
            }
        }
        match answer {
            Err(failure) if way == 2 => bail!(failure),
            Err(failure) => Err(failure)?,
            Ok(execution) => Ok(execution),
        }
    }
    #[resilient(retry = "fixed")]
    async fn aliased(script: &Script) -> Answer {
        script.run().await
    }
    for way in 0..4 {
        assert_eq!(load(&Script::new("FFS"), way).await, Ok(3));
    }
    assert_eq!(aliased(&Script::new("FFS")).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn functions_that_return_a_future() {
    #[resilient(retry = "fixed")]
    fn hidden(text: String) -> impl Future<Output = io::Result<String>> + Send {
        let text = text + "!";
        async move {
            flaky()?;
            Ok(text)
        }
    }
    #[resilient(retry = "fixed")]
    fn boxed(text: &str) -> Pin<Box<dyn Future<Output = io::Result<usize>> + Send + '_>> {
        Box::pin(async move {
            flaky()?;
            Ok(text.len())
        })
    }
    assert_eq!(spawned(hidden("a".to_owned())).await, "a!");
    assert_eq!(spawned(boxed("four")).await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_send_stays_so_and_runs() {
    #[resilient(retry = "fixed", timeout = "1s")]
    async fn load(shared: Rc<u32>) -> io::Result<u32> {
        yield_now().await;
        flaky()?;
        Ok(*shared)
    }
    assert_eq!(third(load(Rc::new(3))).await, 3);
}

macro_rules! loader {
    ($name:ident, $max:expr, $argument:ident: $ty:ty => $body:expr) => {
        #[resilient(retry = "fixed", max = $max)]
        async fn $name($argument: $ty) -> io::Result<$ty> {
            flaky()?;
            Ok($body)
        }
    };
}

loader!(from_macro, 3, value: u32 => value + 1);

#[tokio::test(start_paused = true)]
async fn a_function_that_a_macro_wrote() {
    assert_eq!(spawned(from_macro(1)).await, 2);
}

#[tokio::test(start_paused = true)]
async fn another_attribute_beside_it() {
    #[tracing::instrument(skip_all)]
    #[resilient(retry = "fixed")]
    async fn outside(n: u32) -> io::Result<u32> {
        flaky()?;
        Ok(n)
    }
    #[resilient(retry = "fixed")]
    #[tracing::instrument(skip_all)]
    async fn inside(n: u32) -> io::Result<u32> {
        flaky()?;
        Ok(n)
    }
    assert_eq!(outside(1).await.unwrap(), 1);
    assert_eq!(spawned(inside(2)).await, 2);
}

#[tokio::test(start_paused = true)]
async fn names_of_the_body_are_its_own() {
    #[resilient(retry = "fixed", when = |result| result.kind() != io::ErrorKind::NotFound)]
    async fn load(call: u32, attempt: u32, result: u32) -> io::Result<u32> {
        let __call = call;
        let __result = attempt + result;
        #[expect(non_local_definitions, reason = "items of a body come with it")]
        impl Token {
            const TEN: u32 = 10;
        }
        flaky()?;
        Ok(__call + __result + Token::TEN)
    }
    assert_eq!(spawned(load(1, 2, 3)).await, 16);
}

#[tokio::test(start_paused = true)]
async fn all_instances_of_a_generic_function_share_its_policies() {
    #[resilient(retry = "fixed", breaker("shapes::generic", consecutive = 4))]
    async fn load<E: From<Failure> + From<resilience_runtime::Rejected>>(script: &Script) -> Result<u32, E> {
        Ok(script.run().await?)
    }
    let script = Script::new("F");
    assert!(timed(load::<Failure>(&script)).await.0.is_err());
    assert!(timed(load::<Box<dyn std::error::Error>>(&script)).await.0.is_err());
    assert_eq!(script.executions(), 4);
}
