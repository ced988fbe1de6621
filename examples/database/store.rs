//! The store: annotated functions around queries. sqlx's errors are classified by the runtime.
#![expect(unreachable_pub, reason = "reads as it would in a library of your own")]

use std::time::Duration;

use resilience_runtime::{Error, resilient};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// sqlx's error, or a policy's refusal.
pub type DbError = Error<sqlx::Error>;

/// Rows in a `PostgreSQL`.
#[derive(Debug)]
pub struct Store {
    pool: PgPool,
}

impl Store {
    /// Connects, and waits for a server that is still starting.
    #[resilient(retry = "exp_jitter", max = "deadline", base = "50ms", cap = "500ms", deadline = "30s")]
    pub async fn connect(port: u16) -> Result<Self, DbError> {
        let options = PgConnectOptions::new_without_pgpass();
        let options = options.host("127.0.0.1").port(port).username("postgres").database("postgres");
        // The pool has a retry of its own, for as long as it may wait for a connection: short, to leave it to the policies.
        let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_millis(100));
        let pool = pool.connect_with(options).await?;
        Ok(Self { pool })
    }

    /// Makes the table, if it is not there.
    #[resilient(retry = "exp_jitter", max = "deadline", base = "50ms", cap = "500ms", deadline = "30s")]
    pub async fn create(&self) -> Result<(), DbError> {
        sqlx::query("CREATE TABLE IF NOT EXISTS entries (id BIGINT PRIMARY KEY)").execute(&self.pool).await?;
        Ok(())
    }

    /// Writes a row, once: an attempt whose answer was lost may have written it already.
    ///
    /// An open breaker is waited for only if it lets a call through before the next delay is over: with equal jitter no
    /// delay is shorter than half of `base`, so that each is as long as `open_for` and the call outlives the outage.
    #[resilient(
        retry = "exp", jitter = "equal", max = "deadline", base = "200ms", cap = "400ms", timeout = "500ms",
        breaker("postgres", consecutive = 3, open_for = "100ms", probes = 1, successes = 1), deadline = "30s",
        fields(row.id = id),
    )]
    pub async fn write(&self, id: i64) -> Result<(), DbError> {
        let insert = sqlx::query("INSERT INTO entries (id) VALUES ($1) ON CONFLICT (id) DO NOTHING");
        insert.bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// How many rows there are.
    #[resilient(
        retry = "exp_jitter",
        max = "deadline",
        breaker = "postgres",
        timeout = "2s",
        deadline = "30s"
    )]
    pub async fn count(&self) -> Result<i64, DbError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM entries").fetch_one(&self.pool).await?)
    }
}
