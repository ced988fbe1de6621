//! What opened a breaker, for the probes that try whether it may close: each one's span refers to it by a link.
//!
//! With the feature `otel`; nothing without it, as with the meters.

#[cfg(not(feature = "otel"))]
pub(crate) use off::Opener;
#[cfg(feature = "otel")]
pub(crate) use on::Opener;

#[cfg(feature = "otel")]
mod on {
    use std::sync::{Mutex, PoisonError};

    use opentelemetry::Context;
    use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};

    /// The span whose failure opened a breaker, or half-open opened it again.
    #[derive(Debug)]
    pub(crate) struct Opener(Mutex<Option<(TraceId, SpanId, TraceFlags)>>);

    impl Opener {
        pub(crate) const fn new() -> Self {
            Self(Mutex::new(None))
        }

        /// It is the current span, or none that anyone could look at.
        pub(crate) fn remember(&self) {
            let cx = Context::current();
            let span = cx.span();
            let of = span.span_context();
            let opener = of.is_sampled().then(|| (of.trace_id(), of.span_id(), of.trace_flags()));
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = opener;
        }

        /// Links the current span to it.
        pub(crate) fn link(&self) {
            let opener = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((trace, span, flags)) = opener {
                let opener = SpanContext::new(trace, span, flags, false, TraceState::NONE);
                Context::current().span().add_link(opener, Vec::new());
            }
        }
    }
}

#[cfg(not(feature = "otel"))]
mod off {
    #![expect(clippy::unused_self, reason = "the methods of the one that remembers")]

    #[derive(Debug)]
    pub(crate) struct Opener;

    impl Opener {
        pub(crate) const fn new() -> Self {
            Self
        }

        pub(crate) fn remember(&self) {}

        pub(crate) fn link(&self) {}
    }
}
