//! Every shape of function: run, spawned where it is `Send`, its attempts counted.
//!
//! Each is protected by a retry, which runs the body more than once and so needs every argument again.

use std::borrow::Cow;
use std::fmt::Debug;
use std::io;
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use resilience_runtime::testing;
use resilience_runtime::{current, resilient};
use resilience_tests::{Answer, Failure, Script, ms, pass, timed};
use tokio::task::yield_now;

/// Fails in the first two attempts.
fn flaky() -> io::Result<()> {
    if current().attempt() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
}

/// The answer of `call`, which made three attempts.
async fn third<T, E: Debug>(call: impl Future<Output = Result<T, E>>) -> T {
    let recording = testing::record();
    let answer = call.await.expect("the third attempt succeeds");
    assert_eq!(recording.calls()[0].attempts.len(), 3);
    answer
}

/// As [`third`], in a task of its own.
async fn spawned<T, E>(call: impl Future<Output = Result<T, E>> + Send + 'static) -> T
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

#[derive(Clone, Debug, Default, PartialEq)]
struct Client {
    calls: u32,
}

impl Client {
    const NAME: &'static str = "client";

    #[resilient(retry = "fixed")]
    async fn by_ref(&self, key: &str) -> io::Result<String> {
        flaky()?;
        Ok(format!("{} {key} {}", Self::NAME, self.calls))
    }

    #[resilient(retry = "fixed")]
    async fn by_mut(&mut self) -> io::Result<u32> {
        self.calls += 1;
        let add = |client: &mut Self| client.calls += 1;
        add(self);
        flaky()?;
        Ok(self.calls)
    }

    #[resilient(retry = "fixed")]
    async fn by_value(mut self) -> io::Result<Self> {
        self.calls += 1;
        flaky()?;
        let Self { calls } = self;
        Ok(Self { calls })
    }

    #[resilient(retry = "fixed")]
    async fn by_arc(self: Arc<Self>) -> io::Result<u32> {
        flaky()?;
        Ok(self.calls)
    }

    #[resilient(retry = "fixed")]
    async fn by_box(self: Box<Self>, other: &Self) -> io::Result<bool> {
        flaky()?;
        Ok(*self == *other)
    }

    // A borrow of the receiver itself: nothing is run again, so nothing is borrowed again.
    #[resilient(timeout = "1s")]
    async fn lend(&mut self) -> io::Result<&mut u32> {
        yield_now().await;
        Ok(&mut self.calls)
    }
}

#[tokio::test(start_paused = true)]
async fn methods_with_every_receiver() {
    let mut client = Client::default();
    assert_eq!(third(client.by_ref("k")).await, "client k 0");
    assert_eq!(third(client.by_mut()).await, 6);
    *client.lend().await.unwrap() = 9;
    assert_eq!(spawned(client.clone().by_value()).await, Client { calls: 10 });
    assert_eq!(spawned(Arc::new(client.clone()).by_arc()).await, 9);
    assert!(third(Box::new(client.clone()).by_box(&client)).await);
}

struct Pinned {
    calls: std::cell::Cell<u32>,
    _pinned: PhantomPinned,
}

impl Pinned {
    #[resilient(retry = "fixed")]
    async fn by_pin(self: Pin<&mut Self>) -> io::Result<u32> {
        let pinned = self.as_ref();
        pinned.calls.set(pinned.calls.get() + 1);
        flaky()?;
        Ok(self.calls.get())
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_pinned_receiver() {
    let mut pinned = pin!(Pinned { calls: 0.into(), _pinned: PhantomPinned });
    assert_eq!(third(pinned.as_mut().by_pin()).await, 3);
}

trait Store {
    fn get<T: Clone + Send>(&self, value: T) -> impl Future<Output = io::Result<T>> + Send;

    fn provided(&self) -> impl Future<Output = io::Result<u32>> + Send
    where
        Self: Sync;
}

trait Defaulted: Sync {
    #[resilient(retry = "fixed")]
    fn double(&self, n: u32) -> impl Future<Output = io::Result<u32>> + Send {
        async move {
            flaky()?;
            Ok(n * 2)
        }
    }
}

impl Defaulted for Client {}

impl Store for Client {
    #[resilient(retry = "fixed")]
    async fn get<T: Clone + Send>(&self, value: T) -> io::Result<T> {
        flaky()?;
        yield_now().await;
        Ok(value)
    }

    #[resilient(retry = "fixed", timeout = "1s", deadline = "1m")]
    async fn provided(&self) -> io::Result<u32> {
        flaky()?;
        pass(ms(10)).await;
        Ok(self.calls)
    }
}

/// A caller that knows the trait alone.
async fn of_any_store(store: impl Store + Sync + Send + 'static) -> io::Result<u32> {
    store.provided().await
}

#[tokio::test(start_paused = true)]
async fn methods_of_traits_are_send_where_the_trait_says_so() {
    let client = Client { calls: 4 };
    assert_eq!(third(client.get("v")).await, "v");
    assert_eq!(spawned(of_any_store(client.clone())).await, 4);
    assert_eq!(spawned(async move { client.double(4).await }).await, 8);
}

#[async_trait::async_trait]
trait Boxed: Send {
    async fn add(&mut self, text: String, pair: (u32, u32), sum: &mut u32) -> io::Result<String>;

    async fn consume(self, text: &str) -> io::Result<usize>;

    async fn change(self, text: String) -> io::Result<(Self, String)>
    where
        Self: Sized;

    async fn pinned(self: Pin<&mut Self>, ends: &[u32; 3]) -> io::Result<u32>;

    async fn instead(&self, a: &str, b: String, pair: (u32, u32), d: &mut u32) -> io::Result<String>;

    #[resilient(retry = "fixed")]
    async fn defaulted(&self, n: u32) -> io::Result<u32> {
        flaky()?;
        Ok(n)
    }
}

#[async_trait::async_trait]
impl Boxed for Client {
    #[resilient(retry = "fixed", timeout = "1s")]
    async fn add(&mut self, text: String, (a, mut b): (u32, u32), sum: &mut u32) -> io::Result<String> {
        self.calls += 1;
        b += 1;
        *sum += a + b;
        yield_now().await;
        flaky()?;
        Ok(format!("{text}{}", self.calls))
    }

    #[resilient(retry = "fixed")]
    async fn consume(self, text: &str) -> io::Result<usize> {
        flaky()?;
        let Self { calls } = self;
        Ok(calls as usize + text.len())
    }

    #[resilient(retry = "fixed")]
    async fn change(mut self, mut text: String) -> io::Result<(Self, String)> {
        self.calls += 1;
        text.push('!');
        flaky()?;
        Ok((self, text))
    }

    #[resilient(retry = "fixed", fallback = Self::last)]
    async fn pinned(mut self: Pin<&mut Self>, &[first, .., last]: &[u32; 3]) -> io::Result<u32> {
        self.calls += first + last;
        Err(io::ErrorKind::ConnectionReset.into())
    }

    #[resilient(fallback = Self::show)]
    async fn instead(&self, a: &str, b: String, (c, _): (u32, u32), d: &mut u32) -> io::Result<String> {
        *d += c;
        Err(io::Error::other(b + a))
    }
}

impl Client {
    #[expect(clippy::unnecessary_wraps, reason = "a fallback returns what the method does")]
    fn last(self: Pin<&mut Self>, ends: &[u32; 3]) -> io::Result<u32> {
        Ok(self.calls + ends[1])
    }

    async fn show(&self, a: &str, b: String, pair: (u32, u32), d: &mut u32) -> io::Result<String> {
        yield_now().await;
        Ok(format!("{a} {b} {pair:?} {d}"))
    }
}

mod around_the_block {
    //! The attribute on the whole block, above `#[async_trait]`.

    use super::{Client, flaky, io, resilient};

    #[async_trait::async_trait]
    pub(super) trait Ping {
        async fn ping(&self, host: &str) -> io::Result<String>;
    }

    #[resilient(retry = "fixed")]
    #[async_trait::async_trait]
    impl Ping for Client {
        async fn ping(&self, host: &str) -> io::Result<String> {
            flaky()?;
            Ok(format!("{host} {}", self.calls))
        }
    }
}

#[tokio::test(start_paused = true)]
async fn methods_under_async_trait() {
    use around_the_block::Ping;

    let (mut client, mut sum) = (Client::default(), 0);
    assert_eq!(third(client.add("n".to_owned(), (1, 2), &mut sum)).await, "n3");
    assert_eq!((client.calls, sum), (3, 12));
    assert_eq!(third(client.clone().consume("abc")).await, 6);
    let changed = client.clone().change("a".to_owned());
    assert_eq!(third(changed).await, (Client { calls: 4 }, "a!".to_owned()));
    let mut pinned = client.clone();
    assert_eq!(third(Pin::new(&mut pinned).pinned(&[1, 100, 2])).await, 3 + 3 * (1 + 2) + 100);
    let shown = client.instead("a", "b".to_owned(), (3, 4), &mut sum).await;
    assert_eq!(shown.unwrap(), "a b (3, 4) 15");
    let boxed: Box<dyn Ping> = Box::new(client.clone());
    assert_eq!(third(boxed.ping("host")).await, "host 3");
    assert_eq!(spawned(async move { client.defaulted(5).await }).await, 5);
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
