use resilience_runtime::resilient;

#[resilient(
    rate_limit(
        "100", //~ ERROR `100` says no time
        bursts = 3, //~ ERROR did you mean `burst`?
        algorithm = "leaky", //~ ERROR `leaky` is not an algorithm for a rate
    ),
    bulkhead(
        -1, //~ ERROR `-1` is not a count
        wait = 5, //~ ERROR `5` has no unit
    ),
    retry("exp", budget(
        "20%",
        floor = "3", //~ ERROR write the number without quotes
    )),
    throttle = 2, //~ ERROR write `throttle(k = 2)`
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
