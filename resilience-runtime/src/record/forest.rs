//! What is known of the calls so far: trees of spans, pure data. Time comes in from outside.

use std::collections::{BTreeMap, HashMap};

#[cfg(any(test, feature = "test-util"))]
use super::call::Call;
use super::call::RecordedEvent;
use super::tree::{Kind, Node, Tree};
use super::value::Fields;
use crate::time::Tick;

/// Spans within spans that are recorded: fifty calls deep. Trees are read by recursion, and tasks that spawn
/// each other within their spans can go down without end.
const DEEPEST: usize = 100;

/// All calls being recorded, and with `keeps` those recorded before.
#[derive(Debug)]
pub(crate) struct Forest {
    /// Where the spans that have not ended are.
    open: HashMap<u64, Place>,
    /// By the order their roots started in.
    trees: BTreeMap<u64, Tree>,
    /// Events outside of any call.
    loose: Vec<RecordedEvent>,
    /// The first thing that was ever recorded.
    began: Option<Tick>,
    next_order: u64,
    /// Whether trees and events stay when they are over.
    keeps: bool,
    /// How many spans and events one tree may hold.
    limit: usize,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    tree: u64,
    node: usize,
}

impl Forest {
    /// Keeps everything until [`clear`](Self::clear).
    pub(crate) fn keeping() -> Self {
        Self {
            open: HashMap::new(),
            trees: BTreeMap::new(),
            loose: Vec::new(),
            began: None,
            next_order: 0,
            keeps: true,
            limit: usize::MAX,
        }
    }

    /// Lets go of what is over, and keeps no more than `limit` spans and events of one outermost call.
    #[cfg(any(test, feature = "terminal"))]
    pub(crate) fn passing(limit: usize) -> Self {
        Self { keeps: false, limit, ..Self::keeping() }
    }

    fn take_order(&mut self) -> u64 {
        self.next_order += 1;
        self.next_order
    }

    /// The first of `ancestors` that is recorded.
    fn nearest(&self, ancestors: &[u64]) -> Option<Place> {
        ancestors.iter().find_map(|span| self.open.get(span).copied())
    }

    /// A span began. Only calls can stand alone: other spans without a recorded ancestor are not recorded.
    pub(crate) fn begin(&mut self, span: u64, ancestors: &[u64], kind: Kind, fields: Fields, now: Tick) {
        let parent = self.nearest(ancestors);
        let order = self.take_order();
        self.began.get_or_insert(now);
        let node = |depth| Node {
            kind,
            depth,
            order,
            fields,
            began: now,
            ended: None,
            children: Vec::new(),
            events: Vec::new(),
        };
        match parent {
            Some(Place { tree: id, node: above }) => {
                let Some(tree) = self.trees.get_mut(&id) else { return };
                let depth = tree.nodes[above].depth + 1;
                if tree.is_full(self.limit) || depth >= DEEPEST {
                    tree.omitted += 1;
                    return;
                }
                let place = tree.nodes.len();
                tree.nodes.push(node(depth));
                tree.nodes[above].children.push(place);
                self.open.insert(span, Place { tree: id, node: place });
            }
            None if kind == Kind::Call => {
                self.trees.insert(order, Tree { nodes: vec![node(0)], events: 0, omitted: 0 });
                self.open.insert(span, Place { tree: order, node: 0 });
            }
            None => {}
        }
    }

    /// Fields of a span became known.
    pub(crate) fn record(&mut self, span: u64, fields: Fields, now: Tick) {
        let Some(place) = self.open.get(&span) else { return };
        let Some(tree) = self.trees.get_mut(&place.tree) else { return };
        let node = &mut tree.nodes[place.node];
        node.fields.extend(fields);
        if node.kind.is_over(&node.fields) {
            node.ended.get_or_insert(now);
        }
    }

    /// Something happened. Gives it back when it is outside of any call and nothing is kept.
    pub(crate) fn happen(
        &mut self,
        ancestors: &[u64],
        name: &'static str,
        fields: Fields,
        now: Tick,
    ) -> Option<RecordedEvent> {
        let parent = self.nearest(ancestors);
        let order = self.take_order();
        let began = *self.began.get_or_insert(now);
        if let Some(place) = parent {
            let tree = self.trees.get_mut(&place.tree)?;
            if tree.is_full(self.limit) {
                tree.omitted += 1;
            } else {
                let at = now.since(tree.nodes[0].began);
                tree.events += 1;
                tree.nodes[place.node].events.push(RecordedEvent { name, at, fields, order });
            }
            return None;
        }
        let event = RecordedEvent { name, at: now.since(began), fields, order };
        if !self.keeps {
            return Some(event);
        }
        self.loose.push(event);
        None
    }

    /// A span ended. Gives its tree back when it was the outermost and nothing is kept.
    pub(crate) fn end(&mut self, span: u64, now: Tick) -> Option<Tree> {
        let place = self.open.remove(&span)?;
        let tree = self.trees.get_mut(&place.tree)?;
        tree.nodes[place.node].ended.get_or_insert(now);
        if self.keeps || place.node != 0 { None } else { self.trees.remove(&place.tree) }
    }

    /// The outermost calls in the order they started.
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) fn calls(&self, now: Tick) -> Vec<Call> {
        self.trees.values().map(|tree| tree.read(now)).collect()
    }

    /// Events outside of any call.
    #[cfg(feature = "test-util")]
    pub(crate) fn loose(&self) -> &[RecordedEvent] {
        &self.loose
    }

    /// Forgets everything, also what is still going on.
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) fn clear(&mut self) {
        self.open.clear();
        self.trees.clear();
        self.loose.clear();
    }

    /// How many spans it remembers, for tests of what is let go.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.open.len() + self.trees.len() + self.loose.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forest_of(depth: u64, mut forest: Forest) -> Forest {
        for span in 1..=depth {
            let kind = if span % 2 == 1 { Kind::Call } else { Kind::Attempt };
            let ancestors: Vec<_> = (1..span).rev().collect();
            forest.begin(span, &ancestors, kind, Fields::new(), Tick::from_nanos(span));
        }
        forest
    }

    #[test]
    fn what_is_over_is_let_go() {
        let mut forest = forest_of(4, Forest::passing(10));
        for span in (2..=4).rev() {
            assert!(forest.end(span, Tick::from_nanos(9)).is_none());
        }
        let tree = forest.end(1, Tick::from_nanos(9)).expect("the outermost span ended");
        assert_eq!(tree.read(Tick::from_nanos(9)).nested().len(), 1);
        assert_eq!(forest.len(), 0);
    }

    #[test]
    fn no_more_than_the_limit_is_remembered_of_one_call() {
        let mut forest = forest_of(1, Forest::passing(10));
        for span in 2..=500 {
            forest.begin(span, &[1], Kind::Attempt, Fields::new(), Tick::from_nanos(span));
            forest.happen(&[span, 1], "reliability.timeout", Fields::new(), Tick::from_nanos(span));
            forest.end(span, Tick::from_nanos(span));
        }
        let call = forest.end(1, Tick::from_nanos(500)).expect("it ended").read(Tick::from_nanos(500));
        assert_eq!(call.attempts.len() + call.all_events().len(), 9);
        assert_eq!(call.omitted, 2 * 499 - 9);
    }

    #[test]
    fn calls_nested_without_end_are_recorded_to_a_depth() {
        let call = &forest_of(1000, Forest::keeping()).calls(Tick::from_nanos(1000))[0];
        assert_eq!(call.omitted, 900);
    }

    #[test]
    fn what_was_going_on_when_all_was_forgotten_stays_forgotten() {
        let mut forest = forest_of(2, Forest::keeping());
        forest.clear();
        forest.record(1, Fields::new(), Tick::from_nanos(5));
        forest.begin(3, &[2, 1], Kind::Attempt, Fields::new(), Tick::from_nanos(5));
        forest.end(1, Tick::from_nanos(5));
        assert_eq!(forest.len(), 0);
    }
}
