//! What the span of a call says before anything happens: the fields the user names, the function, its policy.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::time::Duration;

use resilience_runtime::{Breaker, BreakerConfig, current, resilient, testing};
use resilience_tests::watch::{Span, watch, watch_at};
use tracing::Level;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// The fields that are none of the schema's.
fn own_fields(span: &Span) -> Vec<String> {
    let schema = ["otel.", "reliability.", "code."];
    let fields = span.fields.iter().filter(|(name, _)| !schema.iter().any(|prefix| name.starts_with(prefix)));
    fields.map(|(name, (kind, text))| format!("{name}: {kind} = {text}")).collect()
}

#[derive(Clone, Debug)]
struct User {
    id: i64,
    name: String,
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.name, self.id)
    }
}

fn ada() -> User {
    User { id: 7, name: "Ada".to_owned() }
}

/// A secret that may be shown nowhere: it cannot even be formatted.
#[derive(Clone)]
struct Secret;

const NAMED: &str = "named.by.a.constant";

#[resilient(retry = "fixed")]
async fn silent(_user: User, _secret: Secret, _id: u64) -> io::Result<()> {
    Ok(())
}

#[tokio::test]
async fn arguments_are_recorded_nowhere_unless_they_are_named() {
    let watch = watch();
    silent(ada(), Secret, 7).await.unwrap();
    for span in watch.spans() {
        assert_eq!(own_fields(&span), [""; 0]);
    }
}

#[resilient(
    retry = "fixed",
    fields(
        id,
        %user,
        ?tags,
        user.id,
        shown = %user,
        debugged = ?user.name,
        user.key = user.id + 1,
        plain = id * 2,
        size = tags.len(),
        flag = !tags.is_empty(),
        ratio = 0.5,
        text = "x",
        maybe = tags.first().copied(),
        never = None::<i64>,
        later = Empty,
        "quoted name" = 1,
        { NAMED } = id,
        r#type = "raw",
    )
)]
async fn told(id: i64, user: User, tags: &[i64], _secret: Secret) -> io::Result<()> {
    Ok(())
}

#[tokio::test]
async fn fields_are_written_as_in_tracing() {
    let watch = watch();
    told(3, ada(), &[5, 6], Secret).await.unwrap();
    let call = watch.span("call");
    assert_eq!(
        own_fields(&call),
        [
            "debugged: debug = \"Ada\"",
            "flag: bool = true",
            "id: i64 = 3",
            "maybe: i64 = 5",
            "named.by.a.constant: i64 = 3",
            "plain: i64 = 6",
            "quoted name: i64 = 1",
            "ratio: f64 = 0.5",
            "shown: debug = Ada#7",
            "size: u64 = 2",
            "tags: debug = [5, 6]",
            "text: str = x",
            "type: str = raw",
            "user: debug = Ada#7",
            "user.id: i64 = 7",
            "user.key: i64 = 8",
        ]
    );
    assert!(call.declared.contains(&"later") && call.declared.contains(&"never"));
    assert_eq!(own_fields(&watch.span("attempt")), [""; 0]);
}

#[resilient(retry = "fixed", fields(found = Empty))]
async fn finds() -> io::Result<u32> {
    Ok(7)
}

#[tokio::test]
async fn a_call_with_fields_of_its_own_has_all_of_the_schemas_too() {
    let watch = watch();
    finds().await.unwrap();
    silent(ada(), Secret, 7).await.unwrap();
    let calls = watch.named("call");
    let (with, without) = (&calls[0].declared, &calls[1].declared);
    assert_eq!(with[..without.len()], without[..]);
    assert_eq!(with[without.len()..], ["found"]);
}

#[derive(Clone)]
struct Users {
    host: &'static str,
}

impl Users {
    #[resilient(retry = "fixed", fields(host = self.host, id))]
    async fn by_ref(&self, id: i64) -> io::Result<()> {
        Ok(())
    }

    #[resilient(retry = "fixed", fields(host = self.host, id))]
    async fn by_mut(&mut self, id: i64) -> io::Result<()> {
        self.host = "b";
        Ok(())
    }

    #[resilient(retry = "fixed", fields(host = self.host, id))]
    async fn by_value(self, id: i64) -> io::Result<()> {
        Ok(())
    }

    #[resilient(retry = "fixed", fields(host = self.host, id))]
    fn future(&self, id: i64) -> impl Future<Output = io::Result<()>> + Send {
        let done = Ok(());
        async { done }
    }
}

#[async_trait::async_trait]
trait Boxed {
    async fn by_ref(&self, id: i64) -> io::Result<()>;
    async fn by_mut(&mut self, id: i64) -> io::Result<()>;
    async fn by_value(self, id: i64) -> io::Result<()>;
}

#[async_trait::async_trait]
impl Boxed for Users {
    #[resilient(retry = "fixed", fields(host = self.host, id))]
    async fn by_ref(&self, id: i64) -> io::Result<()> {
        Ok(())
    }

    #[resilient(retry = "fixed", fields(host = self.host, id))]
    async fn by_mut(&mut self, id: i64) -> io::Result<()> {
        self.host = "b";
        Ok(())
    }

    #[resilient(retry = "fixed", fields(host = self.host, id))]
    async fn by_value(self, id: i64) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn fields_may_name_the_receiver_in_every_kind_of_method() {
    let watch = watch();
    let mut users = Users { host: "a" };
    users.by_ref(7).await.unwrap();
    users.future(7).await.unwrap();
    users.by_mut(7).await.unwrap();
    users.host = "a";
    users.clone().by_value(7).await.unwrap();
    Boxed::by_ref(&users, 7).await.unwrap();
    Boxed::by_mut(&mut users, 7).await.unwrap();
    users.host = "a";
    Boxed::by_value(users, 7).await.unwrap();
    let calls = watch.named("call");
    assert_eq!(calls.len(), 7);
    for call in calls {
        assert_eq!(own_fields(&call), ["host: str = a", "id: i64 = 7"]);
    }
}

#[derive(Clone, Copy)]
struct Point {
    x: i64,
    y: i64,
}

#[resilient(retry = "fixed", fields(first, x, z = *z))]
async fn destructured(
    (first, mut second): (i64, i64),
    Point { x, y: _ }: Point,
    [_, z]: &mut [i64; 2],
) -> io::Result<i64> {
    second += first + x;
    *z += 1;
    Ok(second)
}

#[resilient(retry = "fixed", fallback = sum, fields(y))]
async fn with_fallback(Point { x: _, y }: Point) -> io::Result<i64> {
    if y > 0 { Err(reset()) } else { Ok(y) }
}

async fn sum(point: Point) -> io::Result<i64> {
    tokio::task::yield_now().await;
    Ok(point.x + point.y)
}

#[tokio::test(start_paused = true)]
async fn fields_may_name_parts_of_arguments() {
    let watch = watch();
    let point = Point { x: 3, y: 4 };
    assert_eq!(destructured((1, 2), point, &mut [5, 6]).await.unwrap(), 6);
    assert_eq!(with_fallback(point).await.unwrap(), 7);
    let calls = watch.named("call");
    assert_eq!(own_fields(&calls[0]), ["first: i64 = 1", "x: i64 = 3", "z: i64 = 6"]);
    assert_eq!(own_fields(&calls[1]), ["y: i64 = 4"]);
}

#[resilient(retry = "fixed", max = 2, base = "1ms", fields(cost = seen(spent)))]
async fn counted(spent: &Cell<u32>) -> io::Result<()> {
    if current().attempt() < 2 { Err(reset()) } else { Ok(()) }
}

fn seen(spent: &Cell<u32>) -> i64 {
    spent.set(spent.get() + 1);
    i64::from(spent.get())
}

#[tokio::test(start_paused = true)]
async fn fields_are_evaluated_once_a_call_and_only_for_someone_who_listens() {
    let spent = Cell::new(0);
    counted(&spent).await.unwrap();
    assert_eq!(spent.get(), 0, "nobody listens");
    {
        let watch = watch_at(LevelFilter::WARN);
        counted(&spent).await.unwrap();
        assert_eq!(spent.get(), 0, "nobody listens at that level");
        assert_eq!(watch.tree(), "");
    }
    let watch = watch();
    counted(&spent).await.unwrap();
    assert_eq!(spent.get(), 1);
    assert_eq!(own_fields(&watch.span("call")), ["cost: i64 = 1"]);
}

/// One function a level, each in the way of writing it.
mod leveled {
    use super::{io, reset, resilient};
    use resilience_runtime::current;

    macro_rules! leveled {
        ($($name:ident: $level:expr),*) => {$(
            #[resilient(retry = "fixed", base = "1ms", max = 2, level = $level)]
            pub(super) async fn $name() -> io::Result<u32> {
                if current().attempt() < 2 { Err(reset()) } else { Ok(2) }
            }
        )*};
    }

    leveled!(trace: "trace", debug: 2, info: "INFO", warn: tracing::Level::WARN, error: "error");
}

#[resilient(retry = "fixed", level = "error", fields(id = 7))]
async fn leveled_with_fields() -> io::Result<u32> {
    Ok(2)
}

#[tokio::test(start_paused = true)]
async fn the_level_is_that_of_the_call_and_of_its_attempts() {
    let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
    for (verbosity, least) in levels.into_iter().enumerate() {
        let watch = watch_at(least.into());
        assert_eq!(leveled::trace().await.unwrap(), 2);
        assert_eq!(leveled::debug().await.unwrap(), 2);
        assert_eq!(leveled::info().await.unwrap(), 2);
        assert_eq!(leveled::warn().await.unwrap(), 2);
        assert_eq!(leveled::error().await.unwrap(), 2);
        assert_eq!(leveled_with_fields().await.unwrap(), 2);
        let seen: Vec<_> = watch.named("call").iter().map(|span| span.level).collect();
        assert_eq!(seen, [&levels[verbosity..], &[Level::ERROR]].concat());
        for attempt in watch.named("attempt") {
            assert_eq!(attempt.level, watch.spans()[attempt.parent.unwrap()].level);
        }
        for wait in watch.named("backoff") {
            assert_eq!(wait.level, Level::DEBUG);
        }
    }
}

#[tokio::test]
async fn the_code_fields_point_at_the_function() {
    let watch = watch();
    at_this_line().await.unwrap();
    let call = watch.span("call");
    assert_eq!(call.fields["code.line.number"], ("i64", LINE.to_string()));
    assert_eq!(call.get("code.file.path"), Some(file!()));
    assert_eq!(call.get("code.function.name"), Some("behaviour::span_fields::at_this_line"));
}

/// The line of the function's name, which is not that of the attribute.
const LINE: u32 = line!() + 3;
#[resilient(retry = "fixed", max = 2)]
#[doc(hidden)]
async fn at_this_line() -> io::Result<()> {
    Ok(())
}

static DB: Breaker = Breaker::new("span_fields_db", BreakerConfig::new());

#[resilient(
    retry = "exp_jitter",
    base = "50ms",
    max = 5,
    breaker = DB,
    timeout = "1500ms",
    deadline = "30s",
    fallback = |_| async { Ok(()) }
)]
async fn everything(id: u64) -> io::Result<()> {
    assert_eq!(id, 7);
    Ok(())
}

#[resilient(retry = "fixed", max = "deadline", deadline = "1s")]
async fn until_the_deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker = DB)]
async fn guarded() -> io::Result<()> {
    Ok(())
}

#[tokio::test]
async fn the_policy_is_told_in_one_line() {
    let recording = testing::record();
    everything(7).await.unwrap();
    until_the_deadline().await.unwrap();
    guarded().await.unwrap();
    let calls = recording.calls();
    let digests: Vec<_> =
        calls.iter().map(|call| call.fields["reliability.policy.digest"].to_string()).collect();
    assert_eq!(
        digests,
        [
            "retry=exp_jitter base=50ms cap=10s max=5 breaker=span_fields_db timeout=1.5s deadline=30s fallback",
            "retry=fixed base=100ms max=deadline deadline=1s",
            "breaker=span_fields_db",
        ]
    );
    assert_eq!(calls[0].fields["reliability.retry.max_attempts"], 5);
    assert_eq!(calls[1].fields.get("reliability.retry.max_attempts"), None);
    assert_eq!(calls[0].fields["reliability.circuit_breaker.name"], "span_fields_db");
    assert_eq!(calls[1].fields.get("reliability.circuit_breaker.name"), None);
}

#[tokio::test]
async fn a_healthy_call_takes_no_time_and_waits_for_nothing() {
    let recording = testing::record();
    guarded().await.unwrap();
    let call = recording.call();
    assert_eq!(call.fields.get("reliability.retry.total_delay"), None);
    assert_eq!(call.waited(), Duration::ZERO);
}
