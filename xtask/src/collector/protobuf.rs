//! Just enough of protobuf to read what is sent to a collector.

use std::iter;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'bytes> {
    /// A number, or the bits of one.
    Number(u64),
    /// A text, or a message.
    Bytes(&'bytes [u8]),
}

/// A message, as its fields with their numbers; it ends where its bytes are none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'bytes>(pub(crate) &'bytes [u8]);

impl<'bytes> Message<'bytes> {
    /// All fields of that number that hold messages.
    pub(crate) fn messages(self, number: u64) -> impl Iterator<Item = Self> {
        self.fields().filter_map(move |(field, value)| match value {
            Value::Bytes(bytes) if field == number => Some(Self(bytes)),
            _ => None,
        })
    }

    /// The message, or the text, of the field of that number.
    pub(crate) fn bytes(self, number: u64) -> Option<&'bytes [u8]> {
        self.messages(number).next().map(|message| message.0)
    }

    pub(crate) fn text(self, number: u64) -> String {
        String::from_utf8_lossy(self.bytes(number).unwrap_or_default()).into_owned()
    }

    /// The number in the field of that number; zero is not written.
    pub(crate) fn number(self, number: u64) -> u64 {
        let mut numbers = self.fields().filter_map(|(field, value)| match value {
            Value::Number(value) if field == number => Some(value),
            _ => None,
        });
        numbers.next().unwrap_or_default()
    }

    /// All fields, in their order.
    pub(crate) fn fields(mut self) -> impl Iterator<Item = (u64, Value<'bytes>)> {
        iter::from_fn(move || self.field())
    }

    fn field(&mut self) -> Option<(u64, Value<'bytes>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Number(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Number(u32::from_le_bytes(self.take(4)?.try_into().ok()?).into()),
            _ => return None,
        };
        Some((key >> 3, value))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'bytes [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_each_kind_are_read_and_a_broken_one_ends_it() {
        let bytes = b"\x08\x96\x01\x12\x02hi\x1d\x01\0\0\0\x21\x02\0\0\0\0\0\0\0\x2a\x09cut";
        let message = Message(bytes);
        assert_eq!(message.fields().count(), 4);
        assert_eq!((message.number(1), message.number(3), message.number(4)), (150, 1, 2));
        assert_eq!((message.text(2).as_str(), message.text(5).as_str()), ("hi", ""));
    }
}
