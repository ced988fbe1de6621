//! Native async methods in traits: with a `+ Send` bound, spawned on threads; a default method; `impl Trait for &T`.

use std::io;

use resilience_runtime::resilient;

trait Store: Sync {
    fn load<T: Clone + Send>(&self, value: T) -> impl Future<Output = io::Result<T>> + Send;

    #[resilient(retry = "fixed", max = 2)]
    fn twice(&self, id: u32) -> impl Future<Output = io::Result<u32>> + Send {
        async move { Ok(self.load(id).await? * 2) }
    }
}

struct Db {
    name: String,
}

impl Store for Db {
    #[resilient(retry = "exp_jitter", max = 3, timeout = "1s", name = "load", level = "debug")]
    async fn load<T: Clone + Send>(&self, value: T) -> io::Result<T> {
        tokio::task::yield_now().await;
        if self.name.is_empty() { Err(io::ErrorKind::InvalidInput.into()) } else { Ok(value) }
    }
}

impl Store for &Db {
    #[resilient(retry = "fixed")]
    async fn load<T: Clone + Send>(&self, value: T) -> io::Result<T> {
        Db::load(self, value).await
    }
}

async fn spawned(store: impl Store + Send + 'static) -> io::Result<(String, u32)> {
    tokio::spawn(async move { Ok((store.load("a".to_owned()).await?, store.twice(2).await?)) }).await.unwrap()
}

#[tokio::main]
async fn main() {
    assert_eq!(spawned(Db { name: "db".to_owned() }).await.unwrap(), ("a".to_owned(), 4));
    static DB: std::sync::LazyLock<Db> = std::sync::LazyLock::new(|| Db { name: "db".to_owned() });
    assert_eq!(spawned(&*DB).await.unwrap(), ("a".to_owned(), 4));
}
