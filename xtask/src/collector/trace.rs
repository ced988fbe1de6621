//! Spans, as they are sent to a collector.

use super::protobuf::{Message, Value};

/// A span.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) service: String,
    pub(crate) trace: Vec<u8>,
    pub(crate) id: Vec<u8>,
    /// Empty for the first of a trace.
    pub(crate) parent: Vec<u8>,
    pub(crate) name: String,
    /// Nanoseconds of the clock.
    pub(crate) begins: u64,
    pub(crate) ends: u64,
    pub(crate) is_error: bool,
    /// What its status says.
    pub(crate) message: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Span {
    /// The value of an attribute, as text; empty where it has none.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.attributes.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}

/// Who sent how many spans, metrics or log events: the three have the same outer shape.
pub(crate) fn senders(request: &[u8]) -> Vec<(String, usize)> {
    let of = |resource: Message<'_>| {
        let items = resource.messages(2).flat_map(|scope| scope.messages(2)).count();
        (service(resource), items)
    };
    Message(request).messages(1).map(of).collect()
}

/// The spans of a request.
pub(crate) fn spans(request: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    for resource in Message(request).messages(1) {
        let service = service(resource);
        for sent in resource.messages(2).flat_map(|scope| scope.messages(2)) {
            let status = Message(sent.bytes(15).unwrap_or_default());
            spans.push(Span {
                service: service.clone(),
                trace: sent.bytes(1).unwrap_or_default().to_vec(),
                id: sent.bytes(2).unwrap_or_default().to_vec(),
                parent: sent.bytes(4).unwrap_or_default().to_vec(),
                name: sent.text(5),
                begins: sent.number(7),
                ends: sent.number(8),
                is_error: status.number(3) == 2,
                message: status.text(2),
                attributes: attributes(sent, 9),
            });
        }
    }
    spans
}

fn service(resource: Message<'_>) -> String {
    let resource = Message(resource.bytes(1).unwrap_or_default());
    let name = attributes(resource, 1).into_iter().find(|(key, _)| key == "service.name");
    name.map(|(_, value)| value).unwrap_or_default()
}

fn attributes(of: Message<'_>, field: u64) -> Vec<(String, String)> {
    let attribute = |pair: Message<'_>| (pair.text(1), value(Message(pair.bytes(2).unwrap_or_default())));
    of.messages(field).map(attribute).collect()
}

fn value(any: Message<'_>) -> String {
    match any.fields().next() {
        Some((1, Value::Bytes(text))) => String::from_utf8_lossy(text).into_owned(),
        Some((2, Value::Number(truth))) => (truth == 1).to_string(),
        Some((3, Value::Number(number))) => number.cast_signed().to_string(),
        Some((4, Value::Number(bits))) => f64::from_bits(bits).to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(content.len()).unwrap()], content].concat()
    }

    #[test]
    fn a_span_has_its_service_its_times_and_its_attributes() {
        let pair = |key: &[u8], value: &[u8]| [field(1, key), field(2, value)].concat();
        let resource = field(1, &field(1, &pair(b"service.name", &field(1, b"shop"))));
        let count = [&[0x18], &[3][..]].concat();
        let span = [
            field(2, b"id"),
            field(5, b"order"),
            vec![0x39, 7, 0, 0, 0, 0, 0, 0, 0],
            field(9, &pair(b"attempts", &count)),
            field(9, &pair(b"delay", &[&[0x21][..], &0.25_f64.to_le_bytes()].concat())),
            field(15, &[field(2, b"gone"), vec![0x18, 2]].concat()),
        ];
        let request = field(1, &[resource, field(2, &field(2, &span.concat()))].concat());
        let span = &spans(&request)[0];
        assert_eq!((span.service.as_str(), span.name.as_str(), span.begins), ("shop", "order", 7));
        assert_eq!((span.get("attempts"), span.get("delay"), span.get("none")), ("3", "0.25", ""));
        assert_eq!((span.is_error, span.message.as_str()), (true, "gone"));
        assert_eq!(senders(&request), [("shop".to_owned(), 1)]);
    }
}
