//! Just enough JSON to write a dashboard.

use std::fmt;

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    /// In this order.
    Object(Vec<(&'static str, Json)>),
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<const N: usize> From<[(&'static str, Json); N]> for Json {
    fn from(fields: [(&'static str, Json); N]) -> Self {
        Self::Object(fields.into())
    }
}

impl From<Vec<Json>> for Json {
    fn from(entries: Vec<Json>) -> Self {
        Self::List(entries)
    }
}

/// Indented by two, as programs that export a dashboard do.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Json {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write_text(f, text),
            Self::List(entries) if entries.is_empty() => f.write_str("[]"),
            Self::Object(fields) if fields.is_empty() => f.write_str("{}"),
            Self::List(entries) => {
                let entries: Vec<_> = entries.iter().map(|entry| (None, entry)).collect();
                write_all(f, depth, ('[', ']'), &entries)
            }
            Self::Object(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (Some(*name), value)).collect();
                write_all(f, depth, ('{', '}'), &fields)
            }
        }
    }
}

fn write_all(
    f: &mut fmt::Formatter<'_>,
    depth: usize,
    (open, close): (char, char),
    entries: &[(Option<&str>, &Json)],
) -> fmt::Result {
    for (place, (name, value)) in entries.iter().enumerate() {
        write!(f, "{}\n{:indent$}", if place == 0 { open } else { ',' }, "", indent = 2 * depth + 2)?;
        if let Some(name) = name {
            write!(f, "\"{name}\": ")?;
        }
        value.write(f, depth + 1)?;
    }
    write!(f, "\n{:indent$}{close}", "", indent = 2 * depth)
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(f, "\\{letter}")?,
            '\n' => f.write_str("\\n")?,
            _ => write!(f, "{letter}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_one_a_line() {
        let json = Json::from([
            ("a", Json::from("x \"y\"\n\\d")),
            ("b", vec![1.into(), true.into()].into()),
            ("c", Json::List(Vec::new())),
        ]);
        let text = "{\n  \"a\": \"x \\\"y\\\"\\n\\\\d\",\n  \"b\": [\n    1,\n    true\n  ],\n  \"c\": []\n}";
        assert_eq!(json.to_string(), text);
    }
}
