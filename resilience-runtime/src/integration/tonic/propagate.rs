//! Requests that name the attempt which sends them.

use ::http::{HeaderMap, HeaderValue};
use ::tonic::service::Interceptor;
use ::tonic::{Request, Status};

use crate::current::current;
use crate::propagation::{GRPC_TIMEOUT, attempt_headers, grpc_timeout, read_grpc_timeout};

/// An interceptor for clients: adds what [`current_headers`](crate::current_headers) says, with the time that is left as
/// `grpc-timeout`. Where the request has a timeout of its own, the shorter one is sent.
///
/// # Errors
///
/// `DEADLINE_EXCEEDED`, without asking the server, when no time is left.
///
/// ```
/// use resilience_runtime::integration::tonic::Propagate;
/// // let client = GreeterClient::with_interceptor(channel, Propagate);
/// # let _ = Propagate;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Propagate;

impl Interceptor for Propagate {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata: &mut HeaderMap = request.metadata_mut().as_mut();
        for (name, value) in &attempt_headers() {
            metadata.insert(name.clone(), value.clone());
        }
        if let Some(remaining) = current().remaining() {
            let Some(timeout) = grpc_timeout(remaining) else {
                return Err(Status::deadline_exceeded("no time is left for the request"));
            };
            let own = metadata.get(GRPC_TIMEOUT).and_then(|own| read_grpc_timeout(own.as_bytes()));
            if own.is_none_or(|own| own > remaining)
                && let Ok(timeout) = HeaderValue::try_from(timeout)
            {
                metadata.insert(GRPC_TIMEOUT, timeout);
            }
        }
        Ok(request)
    }
}
