//! What is put into a word is what it is read as, whatever stands beside it.

use proptest::prelude::*;
use proptest::sample::select;

use crate::policy::breaker::gate::{Parts, Word};
use crate::policy::breaker::{Mode, State};

const EPOCHS: u32 = 1 << 24;

proptest! {
    #[test]
    fn a_word_gives_back_its_parts(
        state in select(&[State::Closed, State::Open, State::HalfOpen][..]),
        mode in select(&[Mode::Normal, Mode::Isolated, Mode::Disabled, Mode::ObserveOnly][..]),
        generation: u32,
        epoch in prop_oneof![0..EPOCHS, Just(EPOCHS - 1)],
        [times, skips, tallies]: [bool; 3],
    ) {
        let word = Word::new(Parts { state, mode, generation, epoch, times, skips, tallies });
        prop_assert_eq!((word.state(), word.mode()), (state, mode));
        prop_assert_eq!((word.generation(), word.epoch()), (generation, epoch));
        prop_assert_eq!([word.times(), word.skips(), word.tallies()], [times, skips, tallies]);
        prop_assert_eq!(word.admits(), state == State::Closed);
        prop_assert_eq!(word.is_open(), state == State::Open && mode == Mode::Normal);
        prop_assert_eq!(word.next_epoch(), (epoch + 1) % EPOCHS);
    }
}
