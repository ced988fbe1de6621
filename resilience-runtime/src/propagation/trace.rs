//! The trace, by OpenTelemetry's global propagator; without the feature `otel`, none.

#[cfg(not(feature = "otel"))]
pub(super) use off::{Parent, inject};
#[cfg(feature = "otel")]
pub(super) use on::{Parent, inject};

#[cfg(feature = "otel")]
mod on {
    use ::http::{HeaderMap, HeaderName, HeaderValue};
    use opentelemetry::baggage::BaggageExt as _;
    use opentelemetry::propagation::{Extractor, Injector};
    use opentelemetry::trace::TraceContextExt as _;
    use opentelemetry::{Context, ContextGuard, global};

    struct Sent<'headers>(&'headers mut HeaderMap);

    impl Injector for Sent<'_> {
        fn set(&mut self, key: &str, value: String) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
                self.0.insert(name, value);
            }
        }
    }

    struct Received<'headers> {
        headers: &'headers HeaderMap,
        /// Propagators read the first `traceparent` of several, and some that are none.
        is_sound: bool,
    }

    impl Extractor for Received<'_> {
        fn get(&self, key: &str) -> Option<&str> {
            if !self.is_sound && key.eq_ignore_ascii_case("traceparent") {
                return None;
            }
            self.headers.get(key)?.to_str().ok()
        }

        fn keys(&self) -> Vec<&str> {
            self.headers.keys().map(HeaderName::as_str).collect()
        }
    }

    /// Adds what the current span is.
    pub(crate) fn inject(headers: &mut HeaderMap) {
        let current = Context::current();
        global::get_text_map_propagator(|it| it.inject_context(&current, &mut Sent(&mut *headers)));
    }

    /// The caller's span, as the parent of those that are opened.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Parent(Option<Context>);

    impl Parent {
        /// None where a span is around already: that one is the parent, and has its own. Without the span where
        /// `traceparent` is not sound.
        pub(crate) fn extract(headers: &HeaderMap, is_sound: bool) -> Self {
            if Context::current().has_active_span() {
                return Self(None);
            }
            let caller = global::get_text_map_propagator(|it| it.extract(&Received { headers, is_sound }));
            Self(Some(caller).filter(|it| it.has_active_span() || !it.baggage().is_empty()))
        }

        pub(crate) fn enter(&self) -> Option<ContextGuard> {
            self.0.clone().map(Context::attach)
        }
    }
}

#[cfg(not(feature = "otel"))]
mod off {
    use ::http::HeaderMap;

    pub(crate) fn inject(_headers: &mut HeaderMap) {}

    /// No span, of whatever caller.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Parent(());

    impl Parent {
        pub(crate) fn extract(_headers: &HeaderMap, _is_sound: bool) -> Self {
            Self(())
        }

        pub(crate) fn enter(&self) -> &Self {
            self
        }
    }
}
