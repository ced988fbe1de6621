//! Reads `resilience-runtime/telemetry/registry.yaml`.

use yaml_rust2::{Yaml, YamlLoader};

/// Everything that is emitted.
#[derive(Debug, Default)]
pub struct Registry {
    /// What spans, events and metrics can have.
    pub attributes: Vec<Attribute>,
    /// All spans.
    pub spans: Vec<Signal>,
    /// All events.
    pub events: Vec<Signal>,
    /// All metrics.
    pub metrics: Vec<Metric>,
}

/// What an attribute's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// A truth value.
    Boolean,
}

/// A name with its values.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub key: String,
    /// What its values are.
    pub kind: Type,
    /// All of them, where the set is closed.
    pub values: Vec<String>,
    /// Those of them that metrics alone have.
    pub only_metrics: Vec<String>,
    /// What it says.
    pub brief: String,
}

/// A span or an event.
#[derive(Debug)]
pub struct Signal {
    /// The static name it has in `tracing`.
    pub name: String,
    /// The name it is exported with.
    pub exported: String,
    /// The levels it can have.
    pub levels: Vec<String>,
    /// Fields that become no attribute: an exporter's own.
    pub special: Vec<String>,
    /// Its attributes.
    pub attributes: Vec<Use>,
    /// What it says.
    pub brief: String,
}

/// An attribute of a span, an event or a metric.
#[derive(Debug)]
pub struct Use {
    /// The name of the attribute.
    pub key: String,
    /// When it is there; nothing where it always is.
    pub condition: Option<String>,
}

/// A metric.
#[derive(Debug)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// `counter`, `updowncounter`, `gauge` or `histogram`.
    pub instrument: String,
    /// Its unit.
    pub unit: String,
    /// Its attributes.
    pub attributes: Vec<Use>,
    /// The upper bounds of a histogram's buckets.
    pub boundaries: Vec<String>,
    /// What it says.
    pub brief: String,
}

impl Metric {
    /// The name it is scraped by, where units are left out; a histogram's series have `_bucket`, `_sum` and `_count` behind it.
    #[must_use]
    pub fn prometheus(&self) -> String {
        let suffix = if self.instrument == "counter" { "_total" } else { "" };
        self.name.replace('.', "_") + suffix
    }
}

impl Registry {
    /// Reads the text of a registry.
    ///
    /// # Errors
    ///
    /// In a sentence, what is missing or not known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
        let document = documents.first().ok_or("the registry is empty")?;
        let registry = Self {
            attributes: list(document, "attributes").iter().map(attribute).collect::<Result<_, _>>()?,
            spans: list(document, "spans").iter().map(span).collect::<Result<_, _>>()?,
            events: list(document, "events").iter().map(event).collect::<Result<_, _>>()?,
            metrics: list(document, "metrics").iter().map(metric).collect::<Result<_, _>>()?,
        };
        registry.check()?;
        Ok(registry)
    }

    /// The attribute of that name.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.key == key)
    }

    /// The names of all attributes in use, once each and in order.
    fn used(&self) -> impl Iterator<Item = &str> {
        let of_signals = self.spans.iter().chain(&self.events).flat_map(|signal| &signal.attributes);
        let of_metrics = self.metrics.iter().flat_map(|metric| &metric.attributes);
        of_signals.chain(of_metrics).map(|used| used.key.as_str())
    }

    fn check(&self) -> Result<(), String> {
        if let Some(unknown) = self.used().find(|key| self.attribute(key).is_none()) {
            return Err(format!("`{unknown}` is referred to and is no attribute; add it to `attributes`"));
        }
        let unused = self.attributes.iter().find(|attribute| self.used().all(|key| key != attribute.key));
        if let Some(Attribute { key, .. }) = unused {
            return Err(format!("nothing has the attribute `{key}`; remove it"));
        }
        let mut names: Vec<&str> = self.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
        names.sort_unstable();
        if let Some([twice, ..]) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("the attribute `{twice}` is there twice; remove one"));
        }
        let histogram = |metric: &&Metric| (metric.instrument == "histogram") == metric.boundaries.is_empty();
        if let Some(Metric { name, .. }) = self.metrics.iter().find(histogram) {
            return Err(format!("`{name}`: histograms have `annotations.boundaries`, and nothing else has"));
        }
        Ok(())
    }
}

fn list<'yaml>(yaml: &'yaml Yaml, key: &str) -> &'yaml [Yaml] {
    yaml[key].as_vec().map_or(&[], |entries| entries)
}

fn text(yaml: &Yaml, key: &str) -> Result<String, String> {
    yaml[key].as_str().map(str::to_owned).ok_or_else(|| format!("`{key}` is missing in {yaml:?}"))
}

/// Text and numbers, as they are written.
fn words(yaml: &Yaml) -> Vec<String> {
    let word = |entry: &Yaml| match entry {
        Yaml::Integer(number) => format!("{number}.0"),
        Yaml::Real(text) | Yaml::String(text) => text.clone(),
        _ => String::new(),
    };
    yaml.as_vec().map_or(Vec::new(), |entries| entries.iter().map(word).collect())
}

fn attribute(yaml: &Yaml) -> Result<Attribute, String> {
    let members = list(&yaml["type"], "members");
    let kind = match yaml["type"].as_str() {
        Some("string") => Type::Text,
        Some("int") => Type::Int,
        Some("double") => Type::Double,
        Some("boolean") => Type::Boolean,
        None if !members.is_empty() => Type::Text,
        other => return Err(format!("the type {other:?} is not known in {yaml:?}")),
    };
    let values = members.iter().map(|member| text(member, "value")).collect::<Result<_, _>>()?;
    let only = members.iter().filter(|member| member["annotations"]["only"].as_str() == Some("metrics"));
    let only_metrics = only.map(|member| text(member, "value")).collect::<Result<_, _>>()?;
    Ok(Attribute { key: text(yaml, "key")?, kind, values, only_metrics, brief: text(yaml, "brief")? })
}

fn uses(yaml: &Yaml) -> Result<Vec<Use>, String> {
    let condition =
        |entry: &Yaml| entry["requirement_level"]["conditionally_required"].as_str().map(str::to_owned);
    list(yaml, "attributes")
        .iter()
        .map(|entry| Ok(Use { key: text(entry, "ref")?, condition: condition(entry) }))
        .collect()
}

fn span(yaml: &Yaml) -> Result<Signal, String> {
    signal(yaml, text(&yaml["annotations"]["tracing"], "name")?, text(&yaml["name"], "note")?)
}

fn event(yaml: &Yaml) -> Result<Signal, String> {
    let name = text(yaml, "name")?;
    signal(yaml, name.clone(), name)
}

fn signal(yaml: &Yaml, name: String, exported: String) -> Result<Signal, String> {
    let tracing = &yaml["annotations"]["tracing"];
    Ok(Signal {
        name,
        exported,
        levels: words(&tracing["levels"]),
        special: words(&tracing["fields"]),
        attributes: uses(yaml)?,
        brief: text(yaml, "brief")?,
    })
}

fn metric(yaml: &Yaml) -> Result<Metric, String> {
    let instrument = text(yaml, "instrument")?;
    if !["counter", "updowncounter", "gauge", "histogram"].contains(&instrument.as_str()) {
        return Err(format!("the instrument `{instrument}` is not known"));
    }
    let metric = Metric {
        name: text(yaml, "name")?,
        instrument,
        unit: text(yaml, "unit")?,
        attributes: uses(yaml)?,
        boundaries: words(&yaml["annotations"]["boundaries"]),
        brief: text(yaml, "brief")?,
    };
    match yaml["annotations"]["prometheus"]["name"].as_str() {
        Some(name) if name != metric.prometheus() => Err(format!(
            "`{}`: `annotations.prometheus.name` is `{name}`, and it is scraped as `{}`",
            metric.name,
            metric.prometheus()
        )),
        _ => Ok(metric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTRIBUTE: &str = "attributes:\n  - {key: a.b, type: string, brief: c}\n";

    #[test]
    fn an_attribute_that_nothing_has_is_refused() {
        assert_eq!(Registry::parse(ATTRIBUTE).unwrap_err(), "nothing has the attribute `a.b`; remove it");
    }

    #[test]
    fn an_attribute_that_is_not_defined_is_refused() {
        let text = format!(
            "{ATTRIBUTE}events:\n  - {{name: e, brief: f, attributes: [{{ref: a.b}}, {{ref: a.c}}]}}\n"
        );
        assert!(Registry::parse(&text).unwrap_err().starts_with("`a.c` is referred to"));
    }

    #[test]
    fn a_histogram_without_boundaries_is_refused() {
        let metric = "{name: m, instrument: histogram, unit: s, brief: f, attributes: [{ref: a.b}]}";
        let text = format!("{ATTRIBUTE}metrics:\n  - {metric}\n");
        assert!(Registry::parse(&text).unwrap_err().starts_with("`m`: histograms have"));
    }

    #[test]
    fn a_metric_is_scraped_by_the_name_that_is_annotated() {
        let metric = "name: m.n, instrument: counter, unit: s, brief: f, attributes: [{ref: a.b}]";
        let of = |name: &str| {
            Registry::parse(&format!(
                "{ATTRIBUTE}metrics:\n  - {{{metric}, annotations: {{prometheus: {{name: {name}}}}}}}\n"
            ))
        };
        assert_eq!(of("m_n_total").unwrap().metrics[0].prometheus(), "m_n_total");
        assert!(of("m_n").unwrap_err().contains("it is scraped as `m_n_total`"));
    }
}
