//! `fallback` as an expression and a constant, with the error, in chains, and on every shape of function.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use resilience_runtime::resilient;

#[derive(Clone, Debug, PartialEq)]
struct User(String);

const GUEST: Result<User, DbError> = Ok(User(String::new()));

#[derive(Debug, PartialEq)]
enum DbError {
    Lost,
    Missing,
}

#[resilient(fallback = GUEST)]
async fn constant(id: u64) -> Result<User, DbError> {
    let _ = id;
    Err(DbError::Missing)
}

#[resilient(fallback = Ok(User(format!("{id}"))))]
async fn expression(id: u64) -> Result<User, DbError> {
    let _ = id;
    Err(DbError::Missing)
}

#[resilient(retry = "none", fallback = { let (id, name) = (a + *b, name.clone()); Ok(User(format!("{name}{id}"))) })]
async fn of_parts((a, b): (u64, &u64), name: String) -> Result<User, DbError> {
    let _ = (a, b, name);
    Err(DbError::Missing)
}

#[resilient(fallback = other(id))]
async fn of_a_future(id: u64) -> Result<User, DbError> {
    let _ = id;
    Err(DbError::Missing)
}

async fn other(id: u64) -> Result<User, DbError> {
    Ok(User(id.to_string()))
}

#[resilient(fallback = Ok(parse(text)?))]
async fn with_a_question_mark(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.trim_end_matches('!').parse::<u64>()?;
    text.parse()
}

fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.trim().parse()
}

fn backup(id: u64, error: DbError) -> Result<User, DbError> {
    if error == DbError::Lost { Ok(User(id.to_string())) } else { Err(error) }
}

#[resilient(fallback = backup)]
async fn by_a_path(id: u64) -> Result<User, DbError> {
    Err(if id == 0 { DbError::Missing } else { DbError::Lost })
}

async fn generic<T: Display, E>(value: T, error: E) -> Result<String, E> {
    if value.to_string().is_empty() { Err(error) } else { Ok(value.to_string()) }
}

#[resilient(fallback = generic)]
async fn by_a_generic_one(name: &str) -> Result<String, DbError> {
    let _ = name;
    Err(DbError::Lost)
}

#[resilient(fallback = generic::<T, _>)]
async fn in_a_generic_one<T: Display + Clone>(value: T) -> Result<String, DbError> {
    let _ = value;
    Err(DbError::Lost)
}

async fn hidden(value: impl Display, error: impl std::fmt::Debug) -> Result<String, DbError> {
    Ok(format!("{value}{error:?}"))
}

#[resilient(fallback = hidden)]
async fn by_hidden_types(value: impl Display + Clone) -> Result<String, DbError> {
    let _ = value;
    Err(DbError::Lost)
}

fn unsized_error(
    _name: &str,
    error: Box<dyn std::error::Error + Send + Sync>,
) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    if error.to_string() == "lost" { Ok(1) } else { Err(error) }
}

// The argument is coerced, as in an ordinary call.
#[resilient(fallback = unsized_error)]
async fn by_a_boxed_error(name: &String) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    Err(name.clone().into())
}

#[resilient(fallback = Err)]
async fn by_a_constructor() -> Result<u32, DbError> {
    Err(DbError::Lost)
}

#[resilient(fallback(backup, |id, error| if id == 0 { Err(error) } else { Ok(User("2".into())) }, GUEST))]
async fn by_several(id: u64) -> Result<User, DbError> {
    let _ = id;
    Err(DbError::Missing)
}

#[resilient(
    retry("fixed", max = 2, base = "1ms"),
    fallback(|_, list, error| { list.push(error); Err(DbError::Missing) }, Err(DbError::Lost), async |name: String, list: &mut Vec<DbError>| {
        Ok(name.len() + list.len())
    })
)]
async fn with_borrows_and_values(name: String, list: &mut Vec<DbError>) -> Result<usize, DbError> {
    list.push(DbError::Lost);
    Err(if name.is_empty() { DbError::Missing } else { DbError::Lost })
}

struct Client {
    name: String,
    failures: u32,
}

impl Client {
    #[resilient(fallback = Self::rescue)]
    async fn load(&self, id: u64) -> Result<String, DbError> {
        let _ = id;
        Err(DbError::Lost)
    }

    async fn rescue(&self, id: u64, error: DbError) -> Result<String, DbError> {
        Ok(format!("{} {id} {error:?}", self.name))
    }

    #[resilient(retry("fixed", max = 2, base = "1ms"), fallback(Self::change, Ok(self.failures)))]
    async fn count(&mut self) -> Result<u32, DbError> {
        self.failures += 1;
        Err(DbError::Lost)
    }

    async fn change(&mut self, error: DbError) -> Result<u32, DbError> {
        self.failures += 10;
        Err(error)
    }

    #[resilient(fallback(Self::shared, Ok(self.name.len())))]
    async fn owned(self: Arc<Self>) -> Result<usize, DbError> {
        Err(DbError::Lost)
    }

    fn shared(self: Arc<Self>, error: DbError) -> Result<usize, DbError> {
        Err(error)
    }
}

#[resilient(fallback = cfg_fallback)]
async fn conditional(a: u32, #[cfg(any())] absent: NoSuchType, #[cfg(all())] b: u32) -> io::Result<u32> {
    Err(io::Error::other(format!("{a}{b}")))
}

async fn cfg_fallback(a: u32, b: u32) -> io::Result<u32> {
    Ok(a + b)
}

#[resilient(fallback(cfg_fallback_with_error, |a, #[cfg(any())] absent, b| Ok(a + b)))]
async fn conditional_too(a: u32, #[cfg(any())] absent: NoSuchType, b: u32) -> io::Result<u32> {
    Err(io::Error::other(format!("{a}{b}")))
}

async fn cfg_fallback_with_error(_a: u32, _b: u32, error: io::Error) -> io::Result<u32> {
    Err(error)
}

trait Load {
    fn load(&self, id: u64) -> impl Future<Output = Result<String, DbError>> + Send;
}

impl Load for Client {
    #[resilient(fallback(Self::rescue, Ok(self.name.clone())))]
    async fn load(&self, id: u64) -> Result<String, DbError> {
        let _ = id;
        Err(DbError::Lost)
    }
}

#[async_trait::async_trait]
trait Fetch {
    async fn inside(&mut self, key: String) -> Result<String, DbError>;
    async fn outside(&mut self, key: String) -> Result<String, DbError>;
}

#[async_trait::async_trait]
impl Fetch for Client {
    #[resilient(fallback(Client::fetched, Ok(format!("{}{key}", self.name))))]
    async fn inside(&mut self, key: String) -> Result<String, DbError> {
        Err(if key.is_empty() { DbError::Missing } else { DbError::Lost })
    }

    async fn outside(&mut self, key: String) -> Result<String, DbError> {
        Outside(&self.name).fetch(key).await
    }
}

impl Client {
    async fn fetched(&mut self, key: String, error: DbError) -> Result<String, DbError> {
        let _ = key;
        self.failures += 1;
        Err(error)
    }
}

struct Outside<'a>(&'a str);

trait FetchOnce {
    fn fetch<'a>(
        &'a self,
        key: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<String, DbError>> + Send + 'a>>;
}

impl FetchOnce for Outside<'_> {
    #[resilient(fallback(|this: &Self, key, _| { if key.is_empty() { Ok(this.0.to_owned()) } else { Err(DbError::Lost) } }, Ok(self.0.to_owned() + &key)))]
    fn fetch<'a>(
        &'a self,
        key: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<String, DbError>> + Send + 'a>> {
        Box::pin(async move { Err(if key.is_empty() { DbError::Missing } else { DbError::Lost }) })
    }
}

#[derive(Clone)]
struct Token(String);

#[async_trait::async_trait]
trait Redeem: Sized {
    async fn redeem(self, list: &mut Vec<String>) -> Result<String, DbError>;
}

#[resilient(fallback(Self::late, |this: Self, list: &mut Vec<String>, _| { list.push(this.0); Err(DbError::Lost) }, Ok(self.0)))]
#[async_trait::async_trait]
impl Redeem for Token {
    async fn redeem(self, list: &mut Vec<String>) -> Result<String, DbError> {
        list.push(self.0);
        Err(DbError::Lost)
    }
}

impl Token {
    #[resilient(fallback(Self::late, Ok(self.0)))]
    async fn spend(self, list: &mut Vec<String>) -> Result<String, DbError> {
        drop(self);
        list.clear();
        Err(DbError::Lost)
    }

    async fn late(self, list: &mut Vec<String>, error: DbError) -> Result<String, DbError> {
        list.push(self.0);
        Err(error)
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let user = |name: &str| Ok(User(name.to_owned()));
    assert_eq!(constant(1).await, user(""));
    assert_eq!(expression(7).await, user("7"));
    assert_eq!(of_parts((1, &2), "n".to_owned()).await, user("n3"));
    assert_eq!(of_a_future(8).await, user("8"));
    assert_eq!(with_a_question_mark(" 9").await, Ok(9));
    assert!(with_a_question_mark("no").await.is_err());
    assert_eq!(tokio::spawn(by_a_path(3)).await.unwrap(), user("3"));
    assert_eq!(by_a_path(0).await, Err(DbError::Missing));
    assert_eq!(is_send(by_a_generic_one("a")).await, Ok("a".to_owned()));
    assert_eq!(by_a_generic_one("").await, Err(DbError::Lost));
    assert_eq!(is_send(in_a_generic_one(5)).await, Ok("5".to_owned()));
    assert_eq!(is_send(by_hidden_types(6)).await, Ok("6Lost".to_owned()));
    assert_eq!(by_a_boxed_error(&"lost".to_owned()).await.unwrap(), 1);
    assert_eq!(by_a_constructor().await, Err(DbError::Lost));
    assert_eq!(is_send(by_several(1)).await, user("2"));
    assert_eq!(by_several(0).await, user(""));
    let mut list = Vec::new();
    assert_eq!(is_send(with_borrows_and_values("abc".to_owned(), &mut list)).await, Ok(6));
    assert_eq!(list, [DbError::Lost, DbError::Lost, DbError::Lost]);
    let mut client = Client { name: "c".to_owned(), failures: 0 };
    assert_eq!(is_send(client.load(1)).await, Ok("c 1 Lost".to_owned()));
    assert_eq!(is_send(Load::load(&client, 2)).await, Ok("c 2 Lost".to_owned()));
    assert_eq!(is_send(client.count()).await, Ok(12));
    assert_eq!(is_send(client.inside("k".to_owned())).await, Ok("ck".to_owned()));
    assert_eq!(client.outside("k".to_owned()).await, Ok("ck".to_owned()));
    assert_eq!(client.outside(String::new()).await, Ok("c".to_owned()));
    assert_eq!(is_send(Arc::new(client).owned()).await, Ok(1));
    let mut list = Vec::new();
    assert_eq!(is_send(Token("t".to_owned()).redeem(&mut list)).await, Ok("t".to_owned()));
    assert_eq!(list, ["t", "t", "t"]);
    assert_eq!(is_send(Token("u".to_owned()).spend(&mut list)).await, Ok("u".to_owned()));
    assert_eq!(list, ["u"]);
    assert_eq!(conditional(1, 2).await.unwrap(), 3);
    assert_eq!(conditional_too(1, 2).await.unwrap(), 3);
}
