//! Settings of a deployment: read from a file, refused with all mistakes, and changed while the program runs.
//! `cargo run --example settings --features serde`

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::error::Error;
use std::io;

use resilience_runtime::catalog::Policy;
use resilience_runtime::{Breaker, Settings, catalog, resilient};

/// Shared by all who name it; five failures in a row, unless somebody says otherwise.
#[resilient(breaker("orders", consecutive = 5, open_for = "30s"), name = "order")]
async fn order(id: u64) -> io::Result<u64> {
    Err(io::Error::new(io::ErrorKind::ConnectionRefused, format!("nobody knows order {id}")))
}

/// How much mail goes out is for whoever runs the program to say: until then there is no limit.
#[resilient(rate_limit = "mail", name = "send")]
async fn send(text: &str) -> io::Result<usize> {
    Ok(text.len())
}

/// The configuration of a service, of which the policies are a part.
#[derive(serde::Deserialize)]
struct Config {
    #[serde(default)]
    resilience: Settings,
}

fn apply(text: &str) -> Result<(), Box<dyn Error>> {
    let config: Config = toml::from_str(text)?;
    Ok(config.resilience.apply()?)
}

fn written(policy: Option<&Policy>) -> String {
    let settings = policy.map(|policy| &policy.settings[..]).unwrap_or_default();
    if settings.is_empty() {
        return "no limit".to_owned();
    }
    settings.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The settings of the moment, and what they do.
async fn show(title: &str) {
    println!("{title}");
    let catalog = catalog();
    if let (Some(order), Some(send)) = (catalog.find("order"), catalog.find("send")) {
        println!("  breaker orders     {}", written(order.breaker.as_ref()));
        println!("  rate limit mail    {}", written(send.rate_limit.as_ref()));
    }
    Breaker::named("orders").into_iter().for_each(Breaker::reset);
    let (mut asked, mut sent) = (0, 0);
    for id in 0..10 {
        if let Err(error) = order(id).await
            && error.kind() == io::ErrorKind::ConnectionRefused
        {
            asked += 1;
        }
        sent += usize::from(send("hello").await.is_ok());
    }
    println!("  of 10 calls        {asked} asked for an order, {sent} sent mail\n");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    apply(include_str!("settings.toml"))?;
    show("as the file says").await;

    println!("somebody edits it, and makes mistakes: nothing is changed");
    for text in [
        "[resilience.breaker.orders]\nopen_for = '5 parsecs'",
        "[resilience.breaker.orders]\nfailure_rate = 25.0\n[resilience.rate_limit.letters]\nrate = '3/s'",
    ] {
        let error = apply(text).expect_err("there are mistakes");
        error.to_string().lines().for_each(|line| println!("  {line}"));
        println!();
    }

    apply("[resilience.breaker.orders]\nopen_for = '10ms'")?;
    show("once they are mended, and the limit is taken out").await;

    apply("")?;
    show("as the program says").await;
    Ok(())
}
