use resilience_runtime::resilient;

#[resilient(
    retry = "exp",
    max = 0, //~ ERROR `max` must be at least 1
    factor = 0.5, //~ ERROR `factor` must be at least 1
    base = "1s",
    cap = "1ms", //~ ERROR `cap` of 1ms is shorter than `base` of 1s
    breaker(
        "db",
        failure_rate = "150%", //~ ERROR `failure_rate` must be above 0
        probes = 0, //~ ERROR `probes` must be at least 1
    ),
    timeout = "0s", //~ ERROR `timeout` must be longer than zero
    deadline = "2d", //~ ERROR `deadline` of 2d is longer than a day
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
