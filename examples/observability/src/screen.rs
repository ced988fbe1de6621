//! What is drawn of all the calls: in each phase, one of each kind.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::stage::Stage;

/// Kinds of calls drawn in one phase by one process.
const KINDS: usize = 4;

/// The standard output, for those drawings that are worth it.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    stage: Stage,
    shown: Arc<Mutex<Shown>>,
}

/// The kinds that this phase has seen.
#[derive(Debug, Default)]
struct Shown {
    phase: usize,
    kinds: HashSet<String>,
}

impl Screen {
    pub(crate) fn new(stage: &Stage) -> Self {
        Self { stage: stage.clone(), shown: Arc::default() }
    }
}

impl Shown {
    /// Whether a drawing is the first of its kind.
    fn takes(&mut self, phase: usize, drawing: &str) -> bool {
        if self.phase != phase {
            *self = Self { phase, kinds: HashSet::new() };
        }
        let Some(kind) = kind(drawing) else { return false };
        (self.kinds.len() < KINDS || self.kinds.contains(&kind)) && self.kinds.insert(kind)
    }
}

/// Given a whole drawing at once.
impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let phase = self.stage.number();
        let is_shown = {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.takes(phase, &String::from_utf8_lossy(bytes))
        };
        if is_shown {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes)?;
            stdout.write_all(b"\n")?;
            stdout.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a call was and how it ended, without its figures; nothing where all went well.
fn kind(drawing: &str) -> Option<String> {
    let head = plain(drawing.lines().next()?);
    let (kind, rest) = head.split_once(" after ").or_else(|| head.split_once(" without "))?;
    let is_plain =
        kind.ends_with(": cached") || (kind.ends_with(": success") && rest.starts_with("1 attempt"));
    (!is_plain).then(|| kind.to_owned())
}

/// Text without its colours.
fn plain(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| plain + piece.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECOVERED: &str =
        "\x1b[32m✓\x1b[0m shop::order: success after 2 attempts in 352ms, waited 93ms\n├─ ..";

    #[test]
    fn a_kind_is_drawn_once_in_each_phase() {
        let mut shown = Shown::default();
        assert!(shown.takes(0, RECOVERED));
        assert!(!shown.takes(0, &RECOVERED.replace("352ms", "100ms")));
        assert!(shown.takes(0, "✗ shop::order: timeout after 3 attempts in 1.2s\n"));
        assert!(shown.takes(1, RECOVERED));
    }

    #[test]
    fn plain_successes_are_not_drawn() {
        let mut shown = Shown::default();
        assert!(!shown.takes(0, "✓ shop::order: success after 1 attempt in 5ms\n"));
        assert!(!shown.takes(0, "✓ shop::rate: cached without an attempt in 5us\n"));
    }

    #[test]
    fn a_process_draws_so_many_kinds_and_no_more() {
        let mut shown = Shown::default();
        let drawn =
            (0..10).filter(|call| shown.takes(0, &format!("✗ call {call}: error after 1 attempt in 5ms")));
        assert_eq!(drawn.count(), KINDS);
    }
}
