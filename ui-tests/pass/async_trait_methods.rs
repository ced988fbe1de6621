//! Methods that `#[async_trait]` rewrites: every receiver, every kind of argument, a default method, `dyn`.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

#[async_trait]
trait Store: Send + Sync {
    async fn load(&self, id: u64, name: &str) -> io::Result<String>;
    async fn save(&mut self, key: String, pair: (u32, u32), log: &mut Vec<u32>) -> io::Result<String>;
    async fn consume(self, more: u32) -> io::Result<u32>
    where
        Self: Sized;
    async fn arc(self: Arc<Self>) -> io::Result<u32>;

    #[resilient(retry = "fixed", max = 4)]
    async fn defaulted(&self, mut id: u32) -> io::Result<u32> {
        id += 1;
        self.load(u64::from(id), "x").await?;
        Ok(id)
    }
}

#[derive(Clone)]
struct Db {
    saves: u32,
}

#[async_trait]
impl Store for Db {
    #[resilient(retry = "exp_jitter", max = 3, timeout = "1s", breaker = "store")]
    async fn load(&self, id: u64, name: &str) -> io::Result<String> {
        let run = FLAKY.run()?;
        Ok(format!("{name}{id}{run}"))
    }

    #[resilient(retry = "fixed", fallback = Db::saved)]
    async fn save(&mut self, mut key: String, (a, mut b): (u32, u32), log: &mut Vec<u32>) -> io::Result<String> {
        self.saves += 1;
        b += 1;
        key.push('!');
        log.push(a + b);
        if self.saves < 3 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(key) }
    }

    #[resilient(retry = "fixed", max = 2)]
    async fn consume(mut self, more: u32) -> io::Result<u32> {
        self.saves += more;
        let Self { saves } = self;
        Ok(saves)
    }

    #[resilient(timeout = "1s", fields(saves = self.saves))]
    async fn arc(self: Arc<Self>) -> io::Result<u32> {
        Ok(self.saves)
    }
}

impl Db {
    fn saved(&mut self, _key: String, pair: (u32, u32), log: &mut Vec<u32>) -> io::Result<String> {
        Ok(format!("{}{}{}", self.saves, pair.0, log.len()))
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let mut db = Db { saves: 0 };
    let store: &mut dyn Store = &mut db;
    assert_eq!(store.load(1, "a").await.unwrap(), "a13");
    let mut log = Vec::new();
    assert_eq!(store.save("k".to_owned(), (1, 2), &mut log).await.unwrap(), "k!");
    assert_eq!(log, [4, 4, 4]);
    assert_eq!(store.defaulted(1).await.unwrap(), 2);
    assert_eq!(db.clone().consume(2).await.unwrap(), 5);
    assert_eq!(Arc::new(db).arc().await.unwrap(), 3);
}
