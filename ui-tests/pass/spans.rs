//! `name`, `level` and `fields(..)` in every form of tracing's grammar; nothing else is asked of the arguments.

use std::io;

use resilience_runtime::resilient;

struct Secret;

#[derive(Clone, Debug)]
struct User {
    id: u64,
}

#[resilient(timeout = "1s", name = "load user", level = "debug", fields(
    user.id = user.id,
    user.all = ?user,
    tenant,
    %greeting,
    literal = "a",
    computed = tenant + 1,
    empty = tracing::field::Empty,
))]
async fn load(user: User, tenant: u32, greeting: &str, _secret: &Secret) -> io::Result<u64> {
    tracing::Span::current().record("empty", 1);
    Ok(user.id + u64::from(tenant) + greeting.len() as u64)
}

impl User {
    #[resilient(retry = "fixed", level = tracing::Level::TRACE, fields(user = ?self, key))]
    async fn followers(&self, key: u32) -> io::Result<u64> {
        Ok(self.id + u64::from(key))
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(User { id: 1 }.followers(2).await.unwrap(), 3);
    assert_eq!(load(User { id: 1 }, 2, "abc", &Secret).await.unwrap(), 6);
}
