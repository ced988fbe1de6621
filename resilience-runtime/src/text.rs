//! Messages made during const evaluation, where `format!` is not to be had.

use core::time::Duration;

/// Longer than any message made here; what would not fit is cut off.
const CAPACITY: usize = 512;

/// A piece of text that a `const fn` can put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Text {
    /// No text.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0 }
    }

    /// Appends `text`.
    #[must_use]
    pub(crate) const fn str(mut self, text: &str) -> Self {
        let mut next = 0;
        while next < text.len() && self.len < CAPACITY {
            self.bytes[self.len] = text.as_bytes()[next];
            self.len += 1;
            next += 1;
        }
        self
    }

    /// Appends `number` in decimal.
    #[must_use]
    pub(crate) const fn number(self, number: u128) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let text = if number >= 10 { self.number(number / 10) } else { self };
        text.str(DIGITS[(number % 10) as usize])
    }

    /// Appends `duration` the way a user would write it: in the largest unit that leaves at most three
    /// decimals, as in `15s`, `1.5s`, `250ms`; in hours or days where it is a whole number of them.
    #[must_use]
    pub(crate) const fn duration(self, duration: Duration) -> Self {
        const HOUR: u128 = 3_600 * 1_000_000_000;
        const DAY: u128 = 24 * HOUR;
        let nanos = duration.as_nanos();
        let (unit, per_unit) = match nanos {
            0 => return self.str("0s"),
            _ if nanos.is_multiple_of(DAY) => ("d", DAY),
            _ if nanos.is_multiple_of(HOUR) => ("h", HOUR),
            1..1_000 => ("ns", 1),
            1_000..1_000_000 => ("us", 1_000),
            1_000_000..1_000_000_000 => ("ms", 1_000_000),
            _ => ("s", 1_000_000_000),
        };
        let text = self.number(nanos / per_unit);
        let thousandths = (nanos % per_unit) * 1_000 / per_unit;
        let text = match thousandths {
            0 => text,
            _ if thousandths.is_multiple_of(100) => text.str(".").number(thousandths / 100),
            _ if thousandths.is_multiple_of(10) && thousandths >= 100 => {
                text.str(".").number(thousandths / 10)
            }
            _ if thousandths.is_multiple_of(10) => text.str(".0").number(thousandths / 10),
            100.. => text.str(".").number(thousandths),
            10.. => text.str(".0").number(thousandths),
            _ => text.str(".00").number(thousandths),
        };
        text.str(unit)
    }

    /// The text so far.
    #[must_use]
    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Only a cut through a character at the very end of the capacity.
            Err(_) => "(message too long)",
        }
    }
}

/// The text of a rule that begins with, or is, a sentence.
pub(crate) const fn text(sentence: &str) -> Text {
    Text::new().str(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_user_writes_them() {
        let text = |micros| Text::new().duration(Duration::from_micros(micros)).as_str().to_owned();
        assert_eq!(text(0), "0s");
        assert_eq!(text(15_000_000), "15s");
        assert_eq!(text(1_500_000), "1.5s");
        assert_eq!(text(1_050_000), "1.05s");
        assert_eq!(text(1_003_000), "1.003s");
        assert_eq!(text(250_000), "250ms");
        assert_eq!(text(30), "30us");
        assert_eq!(text(90 * 60 * 1_000_000), "5400s");
        assert_eq!(text(36 * 3600 * 1_000_000), "36h");
        assert_eq!(text(48 * 3600 * 1_000_000), "2d");
    }

    #[test]
    fn puts_text_together_in_const_evaluation() {
        const TEXT: Text = Text::new().number(12).str(" attempts");
        assert_eq!(TEXT.as_str(), "12 attempts");
    }

    #[test]
    fn text_past_the_capacity_is_cut_off() {
        let text = (0..CAPACITY).fold(Text::new(), |text, _| text.str("ab"));
        assert_eq!(text.as_str().len(), CAPACITY);
    }
}
