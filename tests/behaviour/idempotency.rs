//! The idempotency key: what is evaluated, when, and who sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::{current, resilient};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, Failure, ms, pass, secs};

fn key() -> Option<Arc<str>> {
    current().idempotency_key()
}

#[tokio::test(start_paused = true)]
async fn all_attempts_of_a_call_share_a_key_that_is_evaluated_once() {
    static EVALUATED: AtomicU32 = AtomicU32::new(0);
    fn next(order: u32) -> String {
        format!("order-{order}-{}", EVALUATED.fetch_add(1, Ordering::SeqCst))
    }
    #[resilient(retry = "fixed", base = "1ms", max = 2, hedge = "10ms", idempotency_key = next(*order))]
    async fn pay(seen: &std::sync::Mutex<Vec<String>>, order: &u32) -> Answer {
        seen.lock().unwrap().push(key().expect("it has one").to_string());
        pass(ms(50)).await;
        let number = current().attempt();
        if number < 4 { Err(Transient(number)) } else { Ok(*order) }
    }
    let seen = std::sync::Mutex::default();
    assert_eq!(pay(&seen, &7).await, Ok(7));
    assert_eq!(*seen.lock().unwrap(), ["order-7-0"; 4]);
    assert_eq!(pay(&seen, &8).await, Ok(8));
    assert_eq!(seen.lock().unwrap().last().unwrap(), "order-8-1");
}

#[tokio::test(start_paused = true)]
async fn a_key_needs_neither_hedge_nor_retry() {
    #[resilient(idempotency_key = id, timeout = "1s")]
    async fn pay(id: u64) -> Result<String, Failure> {
        pass(ms(1)).await;
        Ok(key().expect("it has one").to_string())
    }
    assert_eq!(pay(17).await, Ok("17".to_owned()));
    assert_eq!(key(), None);
}

#[tokio::test(start_paused = true)]
async fn a_nested_call_sees_its_own_key_alone() {
    #[resilient(retry = "fixed")]
    async fn without() -> Result<Option<Arc<str>>, Failure> {
        pass(ms(1)).await;
        Ok(key())
    }
    #[resilient(retry = "fixed", idempotency_key = format_args!("inner"))]
    async fn with() -> Result<Option<Arc<str>>, Failure> {
        pass(ms(1)).await;
        Ok(key())
    }
    #[resilient(hedge = "1s", idempotency_key = format_args!("outer"))]
    async fn outer() -> Result<[Option<Arc<str>>; 3], Failure> {
        Ok([without().await?, with().await?, key()])
    }
    let [without, with, own] = outer().await.unwrap();
    assert_eq!((without, with.as_deref(), own.as_deref()), (None, Some("inner"), Some("outer")));
}

#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_do_not_mix_their_keys() {
    #[resilient(hedge = "10ms", idempotency_key = format_args!("{id}"))]
    async fn pay(id: u64) -> Result<bool, Failure> {
        let mut is_own = true;
        for _ in 0..3 {
            is_own &= key().as_deref() == Some(&*id.to_string());
            pass(ms(id)).await;
        }
        Ok(is_own)
    }
    assert_eq!(tokio::join!(pay(3), pay(5), pay(7)), (Ok(true), Ok(true), Ok(true)));
}

#[test]
fn a_function_that_is_not_async_has_a_key_too() {
    #[resilient(retry = "fixed", base = "1ms", max = 2, idempotency_key = id)]
    fn pay(id: u64) -> Answer {
        assert_eq!(key().expect("it has one").parse(), Ok(id));
        let number = current().attempt();
        if number == 2 { Ok(number) } else { Err(Transient(number)) }
    }
    assert_eq!(pay(17), Ok(2));
}

struct Client {
    name: String,
}

impl Client {
    #[resilient(hedge = "10ms", idempotency_key = self.name)]
    async fn own(&self) -> Result<String, Failure> {
        if current().attempt() == 1 {
            pass(secs(1)).await;
        }
        Ok(format!("{} {}", self.name, key().expect("it has one")))
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_takes_its_key_from_the_receiver() {
    let client = Client { name: "client".to_owned() };
    assert_eq!(client.own().await, Ok("client client".to_owned()));
}
