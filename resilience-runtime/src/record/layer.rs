//! The `tracing` layer that fills a forest.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, Filtered, filter_fn};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::call::{Call, RecordedEvent};
use super::forest::Forest;
use super::tree::Kind;
use super::value::Collector;
use crate::telemetry::names;
use crate::time::Tick;

/// What a reader that keeps nothing hands on.
#[derive(Debug)]
#[cfg_attr(not(feature = "terminal"), expect(dead_code, reason = "a reader that keeps all hands nothing on"))]
pub(crate) enum Finished {
    /// An outermost call is over.
    Call(Box<Call>),
    /// Something happened outside of any call.
    Event(RecordedEvent),
}

/// A forest that several hands hold.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Mutex<Forest>>);

impl Shared {
    pub(crate) fn new(forest: Forest) -> Self {
        Self(Arc::new(Mutex::new(forest)))
    }

    /// Held for bookkeeping alone, never while fields are formatted, a registry is asked or anything printed.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Forest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who is told of what is over.
type Listener = Box<dyn Fn(Finished) + Send + Sync>;

/// The layer: reads the runtime's spans and events into a forest.
pub(crate) struct Reader {
    forest: Shared,
    listener: Option<Listener>,
}

impl Reader {
    /// Leaves everything in `forest`, for its other holders to look at.
    #[cfg(feature = "test-util")]
    pub(crate) fn keeping(forest: Shared) -> Self {
        Self { forest, listener: None }
    }

    /// Tells `listener` of every outermost call when it is over, and forgets it; of one call it remembers at
    /// most `limit` spans and events.
    #[cfg(feature = "terminal")]
    pub(crate) fn telling(limit: usize, listener: impl Fn(Finished) + Send + Sync + 'static) -> Self {
        Self { forest: Shared::new(Forest::passing(limit)), listener: Some(Box::new(listener)) }
    }

    /// The layer with its filter: the runtime's own target. Without one, this layer would switch on every
    /// span and event of the program, down to TRACE, for all others that listen.
    pub(crate) fn filtered<S>(self) -> Filtered<Self, FilterFn, S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let is_ours: fn(&Metadata<'_>) -> bool = |metadata| metadata.target() == names::TARGET;
        self.with_filter(filter_fn(is_ours).with_max_level_hint(LevelFilter::TRACE))
    }

    fn tell(&self, finished: Finished) {
        if let Some(listener) = &self.listener {
            listener(finished);
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("forest", &self.forest).finish_non_exhaustive()
    }
}

/// Collected before the forest is locked: letting go of a registry's span can end it, which comes back here.
fn ids<'span, S: LookupSpan<'span>>(scope: Option<Scope<'span, S>>) -> Vec<u64> {
    scope.into_iter().flatten().map(|span| span.id().into_u64()).collect()
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Reader {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target() != names::TARGET {
            return;
        }
        let Some(kind) = Kind::of(metadata.name()) else { return };
        let mut fields = Collector::default();
        attributes.record(&mut fields);
        let ancestors = ids(context.span_scope(id));
        self.forest.lock().begin(id.into_u64(), &ancestors, kind, fields.0, Tick::now());
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Collector::default();
        values.record(&mut fields);
        self.forest.lock().record(id.into_u64(), fields.0, Tick::now());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if metadata.target() != names::TARGET {
            return;
        }
        let mut fields = Collector::default();
        event.record(&mut fields);
        let ancestors = ids(context.event_scope(event));
        let loose = self.forest.lock().happen(&ancestors, metadata.name(), fields.0, Tick::now());
        if let Some(event) = loose {
            self.tell(Finished::Event(event));
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let now = Tick::now();
        let tree = self.forest.lock().end(id.into_u64(), now);
        if let Some(tree) = tree {
            self.tell(Finished::Call(Box::new(tree.read(now))));
        }
    }
}
