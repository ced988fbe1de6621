//! The bulkhead with its word and its lock against a list of who is inside and who waits.

use proptest::prelude::{Just, Strategy, prop, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::policy::bulkhead::state::PATIENCE;
use crate::time::Tick;

#[derive(Clone, Copy, Debug)]
enum Step {
    Try,
    Enter(i32),
    /// Of those inside, by number.
    Leave(usize),
    /// Of the futures, by number.
    Poll(usize),
    Drop(usize),
    Pass(u16),
    Reconfigure(u32, u32, u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Try),
        6 => (-1..3).prop_map(Step::Enter),
        6 => (0_usize..20).prop_map(Step::Leave),
        5 => (0_usize..20).prop_map(Step::Poll),
        2 => (0_usize..20).prop_map(Step::Drop),
        2 => (0_u16..60).prop_map(Step::Pass),
        1 => (1_u32..5, 0_u32..6, 1_u16..100).prop_map(|(max, queue, wait)| Step::Reconfigure(max, queue, wait)),
    ]
}

/// One that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    id: u32,
    priority: i32,
    since: Tick,
    until: Tick,
}

/// The bulkhead as a list.
#[derive(Debug)]
struct Model {
    max: usize,
    queue: usize,
    wait: Duration,
    inside: usize,
    /// In the order they came.
    waiting: Vec<Waiting>,
    overtaken: u32,
    rejections: u64,
}

impl Model {
    fn let_in(&mut self) {
        while self.inside < self.max && !self.waiting.is_empty() {
            let highest = self.waiting.iter().map(|one| one.priority).max();
            let mut next = self.waiting.iter().position(|one| Some(one.priority) == highest).unwrap_or(0);
            if self.overtaken == PATIENCE {
                next = 0;
            }
            self.overtaken += 1;
            self.remove(next);
            self.inside += 1;
        }
    }

    fn remove(&mut self, position: usize) {
        self.waiting.remove(position);
        if position == 0 {
            self.overtaken = 0;
        }
    }

    fn position(&self, id: u32) -> Option<usize> {
        self.waiting.iter().position(|one| one.id == id)
    }

    fn agrees(&self, bulkhead: &Bulkhead, calls: &[(u32, Call<'_>)]) -> Result<(), TestCaseError> {
        // First, as a look at the figures must not make good for a wake-up that was lost.
        for (id, call) in calls {
            match self.position(*id) {
                None => prop_assert!(call.is_woken(), "a lost wake-up"),
                Some(position) if Tick::now() < self.waiting[position].until => {
                    prop_assert!(!call.is_woken(), "woken for nothing");
                }
                Some(_) => {}
            }
        }
        prop_assert_eq!(bulkhead.in_flight() as usize, self.inside);
        prop_assert_eq!(bulkhead.queued() as usize, self.waiting.len());
        prop_assert_eq!(bulkhead.snapshot().rejections, self.rejections);
        Ok(())
    }
}

async fn compare(max: u32, queue: u32, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let wait = Duration::from_millis(50);
    let config = |max, queue, wait| {
        let config = BulkheadConfig::new(max);
        if queue == 0 { config } else { config.queue(queue).wait(wait) }
    };
    let bulkhead = Bulkhead::new("model", config(max, queue, wait));
    let mut model = Model {
        max: max as usize,
        queue: queue as usize,
        wait,
        inside: 0,
        waiting: Vec::new(),
        overtaken: 0,
        rejections: 0,
    };
    let (mut slots, mut calls) = (Vec::new(), Vec::new());
    for (id, step) in (0_u32..).zip(steps) {
        match step {
            Step::Try => {
                let slot = bulkhead.try_enter();
                let is_free = model.inside < model.max && model.waiting.is_empty();
                prop_assert_eq!(slot.is_ok(), is_free);
                model.inside += usize::from(is_free);
                model.rejections += u64::from(!is_free);
                slots.extend(slot);
            }
            Step::Enter(priority) => {
                let mut call = Call::new(&bulkhead, priority);
                let answer = call.poll();
                if model.inside < model.max && model.waiting.is_empty() {
                    model.inside += 1;
                    prop_assert!(matches!(answer, Poll::Ready(Ok(_))));
                } else if model.waiting.len() < model.queue {
                    let since = Tick::now();
                    model.waiting.push(Waiting { id, priority, since, until: since.after(model.wait) });
                    prop_assert!(answer.is_pending());
                    calls.push((id, call));
                } else {
                    model.rejections += 1;
                    prop_assert!(matches!(answer, Poll::Ready(Err(_))));
                }
                if let Poll::Ready(Ok(slot)) = answer {
                    slots.push(slot);
                }
            }
            Step::Leave(number) if number < slots.len() => {
                drop(slots.remove(number));
                model.inside -= 1;
                model.let_in();
            }
            Step::Poll(number) if number < calls.len() => {
                let (id, mut call) = calls.remove(number);
                match (call.poll(), model.position(id)) {
                    (Poll::Ready(Ok(slot)), None) => slots.push(slot),
                    (Poll::Ready(Err(rejected)), Some(position)) => {
                        let Waiting { since, until, .. } = model.waiting[position];
                        prop_assert!(until <= Tick::now());
                        let expected = Rejected::bulkhead_full("model", Tick::now().since(since));
                        prop_assert_eq!(rejected, expected);
                        model.remove(position);
                        model.rejections += 1;
                    }
                    (Poll::Pending, Some(position)) => {
                        prop_assert!(Tick::now() < model.waiting[position].until);
                        calls.push((id, call));
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            Step::Drop(number) if number < calls.len() => {
                let (id, call) = calls.remove(number);
                drop(call);
                match model.position(id) {
                    Some(position) => model.remove(position),
                    None => model.inside -= 1,
                }
                model.let_in();
            }
            Step::Leave(_) | Step::Poll(_) | Step::Drop(_) => {}
            Step::Pass(millis) => pass(Duration::from_millis(millis.into())).await,
            Step::Reconfigure(max, queue, wait) => {
                let wait = Duration::from_millis(wait.into());
                (model.max, model.queue, model.wait) = (max as usize, queue as usize, wait);
                bulkhead.reconfigure(config(max, queue, wait)).expect("it makes sense");
                model.let_in();
            }
        }
        model.agrees(&bulkhead, &calls)?;
    }
    drop((slots, calls));
    prop_assert_eq!(counts(&bulkhead), (0, 0));
    Ok(())
}

proptest! {
    #[test]
    fn the_bulkhead_decides_as_the_list_does(
        max in 1_u32..5,
        queue in 0_u32..12,
        steps in prop::collection::vec(step(), 0..100),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(compare(max, queue, steps))?;
    }
}
