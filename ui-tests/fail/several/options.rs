use resilience_runtime::resilient;

#[resilient(
    retry(
        "exponentail", //~ ERROR unknown strategy `exponentail`
        max = -1, //~ ERROR `-1` is not a number of attempts
        colour = 3, //~ ERROR unknown option `colour`
    ),
    breaker(
        "", //~ ERROR a breaker's name cannot be empty
        window = "x", //~ ERROR `x` is not a window
    ),
    tiemout = "1s", //~ ERROR did you mean `timeout`?
    deadline = 5, //~ ERROR has no unit
    coalesce = "1s", //~ ERROR `coalesce` takes no value
)]
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

async fn twice() -> std::io::Result<u64> {
    Ok(load(1).await? + load(2).await?)
}

fn main() {
    drop(twice());
}
