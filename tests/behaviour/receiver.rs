//! Bodies that use their receiver in every way there is, where each attempt has it anew.

use std::io;

use resilience_runtime::{current, resilient};

#[derive(Clone, Debug)]
struct Client {
    host: &'static str,
    calls: u32,
}

fn greeting() -> &'static str {
    "hello"
}

/// Fails in the first attempt.
fn recover<T>(value: T) -> io::Result<T> {
    if current().attempt() < 2 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(value) }
}

impl Client {
    #[resilient(retry = "fixed", base = "1ms", max = 2)]
    async fn borrowed(&mut self) -> io::Result<String> {
        self.calls += 1;
        #[expect(unused_qualifications, reason = "a path that begins with `self` is what this is about")]
        recover(format!("{} {}: {self:?} {{self}}", self::greeting(), self.host))
    }

    #[resilient(retry = "fixed", base = "1ms", max = 2)]
    async fn taken(mut self) -> io::Result<(String, Self)> {
        self.calls += 1;
        assert!(self.calls > 0, "{self:?} was called");
        let Self { host, .. } = &self;
        let text = [format!("{host}: {self:?}")].concat();
        recover((text, self))
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_may_name_its_receiver_in_a_format_string() {
    let mut client = Client { host: "a", calls: 0 };
    assert_eq!(client.borrowed().await.unwrap(), r#"hello a: Client { host: "a", calls: 2 } {self}"#);
    let (text, client) = client.taken().await.unwrap();
    assert_eq!(text, r#"a: Client { host: "a", calls: 3 }"#);
    assert_eq!(client.calls, 3, "each attempt has a clone of its own");
}
