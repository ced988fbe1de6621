//! Everything that is told to subscribers, of any target, as it is told: names, types, parents and order.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use resilience_runtime::testing;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The fields of a span or an event, each as its type and its text.
pub type Fields = BTreeMap<&'static str, (&'static str, String)>;

/// A span that was opened.
#[derive(Clone, Debug)]
pub struct Span {
    id: u64,
    /// The place of its parent among the spans.
    pub parent: Option<usize>,
    /// The static name.
    pub name: &'static str,
    /// The target.
    pub target: &'static str,
    /// The level.
    pub level: Level,
    /// What was recorded so far.
    pub fields: Fields,
    /// The names it was declared with.
    pub declared: Vec<&'static str>,
    /// How often it was entered and not yet left.
    pub entered: usize,
    /// Whether it is over.
    pub closed: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The place among the spans of the one it happened in.
    pub parent: Option<usize>,
    /// The name.
    pub name: &'static str,
    /// The target.
    pub target: &'static str,
    /// The level.
    pub level: Level,
    /// All fields, the message included.
    pub fields: Fields,
}

#[derive(Debug, Default)]
struct Told {
    spans: Vec<Span>,
    events: Vec<Event>,
}

/// A layer that keeps everything.
#[derive(Clone, Debug, Default)]
pub struct Watcher(Arc<Mutex<Told>>);

/// A watch over this thread that is going on.
#[derive(Debug)]
pub struct Watch {
    watcher: Watcher,
    _guard: DefaultGuard,
}

/// Watches this thread at all levels.
#[must_use]
pub fn watch() -> Watch {
    watch_at(LevelFilter::TRACE)
}

/// Watches this thread, for what is not more verbose than `level`.
#[must_use]
pub fn watch_at(level: LevelFilter) -> Watch {
    // Makes `tracing` ask every thread's subscriber, whatever other tests do.
    drop(testing::record());
    let watcher = Watcher::default();
    let subscriber = tracing_subscriber::registry().with(watcher.clone()).with(level);
    Watch { watcher, _guard: tracing::subscriber::set_default(subscriber) }
}

impl Watch {
    /// All spans, in the order they were opened.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        self.watcher.spans()
    }

    /// The spans of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<Span> {
        self.spans().into_iter().filter(|span| span.name == name).collect()
    }

    /// The one span of that name.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[must_use]
    #[track_caller]
    pub fn span(&self, name: &str) -> Span {
        let mut spans = self.named(name);
        assert_eq!(spans.len(), 1, "{}", self.tree());
        spans.remove(0)
    }

    /// All events, in the order they happened.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.watcher.told().events.clone()
    }

    /// The spans as a tree, one line each: the static name, below its parent.
    #[must_use]
    pub fn tree(&self) -> String {
        self.watcher.tree()
    }
}

impl Watcher {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().expect("nothing panics with the lock held")
    }

    /// A subscriber for tasks that may run on any thread. One is enough: two would number their spans alike.
    #[must_use]
    pub fn dispatch(&self) -> Dispatch {
        Dispatch::new(tracing_subscriber::registry().with(self.clone()))
    }

    /// All spans, in the order they were opened.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        self.told().spans.clone()
    }

    /// The spans as a tree, one line each: the static name, below its parent.
    #[must_use]
    pub fn tree(&self) -> String {
        fn below(spans: &[Span], parent: Option<usize>, depth: usize, tree: &mut String) {
            for (place, span) in spans.iter().enumerate().filter(|(_, span)| span.parent == parent) {
                tree.extend(["  ".repeat(depth).as_str(), span.name, "\n"]);
                below(spans, Some(place), depth + 1, tree);
            }
        }
        let mut tree = String::new();
        below(&self.spans(), None, 0, &mut tree);
        tree
    }

    fn place(&self, id: &Id) -> Option<usize> {
        // A registry gives the number of a span that is over to another one.
        self.told().spans.iter().rposition(|span| span.id == id.into_u64() && !span.closed)
    }

    fn change(&self, id: &Id, change: impl FnOnce(&mut Span)) {
        let place = self.place(id).expect("the span is open");
        change(&mut self.told().spans[place]);
    }
}

impl Span {
    /// The text of a field, if it was recorded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|(_, text)| text.as_str())
    }
}

impl Event {
    /// The text of a field, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|(_, text)| text.as_str())
    }
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Watcher {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        let mut fields = Collector::default();
        attributes.record(&mut fields);
        let parent = context.span(id).and_then(|span| span.parent()).map(|parent| parent.id());
        let parent = parent.and_then(|parent| self.place(&parent));
        self.told().spans.push(Span {
            id: id.into_u64(),
            parent,
            name: metadata.name(),
            target: metadata.target(),
            level: *metadata.level(),
            fields: fields.0,
            declared: metadata.fields().iter().map(|field| field.name()).collect(),
            entered: 0,
            closed: false,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Collector::default();
        values.record(&mut fields);
        self.change(id, |span| {
            for (name, value) in fields.0 {
                let before = span.fields.insert(name, value);
                // An exporter keeps both; those of `otel` are no attributes, but set something about the span.
                assert!(before.is_none() || name.starts_with("otel."), "`{}` says `{name}` twice", span.name);
            }
        });
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Collector::default();
        event.record(&mut fields);
        let parent = context.event_span(event).and_then(|span| self.place(&span.id()));
        self.told().events.push(Event {
            parent,
            name: metadata.name(),
            target: metadata.target(),
            level: *metadata.level(),
            fields: fields.0,
        });
    }

    fn on_enter(&self, id: &Id, _: Context<'_, S>) {
        self.change(id, |span| span.entered += 1);
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        self.change(id, |span| span.entered -= 1);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.change(&id, |span| span.closed = true);
    }
}

#[derive(Default)]
struct Collector(Fields);

impl Visit for Collector {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name(), ("bool", value.to_string()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), ("i64", value.to_string()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name(), ("u64", value.to_string()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name(), ("f64", value.to_string()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), ("str", value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), ("debug", format!("{value:?}")));
    }
}
