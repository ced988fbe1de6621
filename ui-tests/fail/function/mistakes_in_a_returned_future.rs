use std::future::ready;
use std::io;
use std::pin::Pin;

use resilience_runtime::resilient;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[resilient(retry = "exp")]
fn of_another_value(id: u32) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    if id == 0 {
        return 5; //~ ERROR mismatched types
    }
    Box::pin(ready(Ok("text"))) //~ ERROR it resolves to
}

#[resilient(retry = "exp")]
fn of_another_value_without_a_box() -> impl Future<Output = io::Result<u32>> { //~ ERROR mismatched types
    ready(Ok("text"))
}

#[resilient(retry = "exp")]
fn without_its_box(id: u32) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    ready(Ok(id)) //~ ERROR mismatched types
}

#[resilient(retry = "exp")]
fn without_a_value(id: u32) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> { //~ ERROR mismatched types
    Box::pin(ready(Ok(id)));
}

#[resilient(retry = "exp")]
fn no_future(id: u32) -> impl Future<Output = io::Result<u32>> + Send { //~ ERROR this function returns a future
    Ok(id)
}

#[resilient(retry = "exp")]
fn with_a_semicolon(id: u32) -> impl Future<Output = io::Result<u32>> + Send { //~ ERROR this function returns a future
    ready(Ok(id));
}

#[resilient(retry = "exp")]
fn by_an_alias(id: u32) -> Boxed<io::Result<u32>> { //~ ERROR `#[resilient]` tells success from failure by a `Result`
    Box::pin(ready(Ok(id)))
}

fn main() {}
