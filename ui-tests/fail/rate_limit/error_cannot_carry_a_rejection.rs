use resilience_runtime::resilient;

struct ApiError;

#[resilient(rate_limit = "100/s")]
async fn load() -> Result<(), ApiError> { //~ ERROR `ApiError` cannot say that a policy refused
    Ok(())
}

fn main() {}
