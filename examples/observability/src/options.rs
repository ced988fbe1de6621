//! What can be said on the command line.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::time::Duration;

const USAGE: &str = "cargo run -p resilience-observability -- [--for SECONDS] [--otlp ENDPOINT] [--port PORT] [--color]

--for SECONDS     stops by itself; otherwise Ctrl-C does
--otlp ENDPOINT   sends spans, metrics and logs there: http://localhost:4317 by gRPC, http://localhost:4318 by HTTP, and
                  another port as OTEL_EXPORTER_OTLP_PROTOCOL says
--port PORT       the first of three ports in a row, 9464 otherwise
--color           colours, where the output is no terminal too";

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The client, which makes the load.
    Shop,
    /// A service between the two others.
    Orders,
    /// The service that the faults are in.
    Warehouse,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::Shop, Self::Orders, Self::Warehouse];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Orders => "orders",
            Self::Warehouse => "warehouse",
        }
    }

    /// Behind the first port.
    const fn offset(self) -> u16 {
        match self {
            Self::Shop => 0,
            Self::Orders => 1,
            Self::Warehouse => 2,
        }
    }
}

/// The command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// None for the process that starts the others.
    pub(crate) role: Option<Role>,
    pub(crate) lasts: Option<Duration>,
    pub(crate) otlp: Option<String>,
    pub(crate) colored: bool,
    port: u16,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// What cannot be understood, and how it is written.
    pub(crate) fn of(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let colored = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let mut options = Self { role: None, lasts: None, otlp: None, colored, port: 9464 };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value\n\n{USAGE}"));
            match word.as_str() {
                "--for" => options.lasts = Some(Duration::from_secs(number(&value()?)?)),
                "--otlp" => options.otlp = Some(value()?),
                "--port" => options.port = number(&value()?)?,
                "--color" => options.colored = true,
                name => match Role::ALL.into_iter().find(|role| role.name() == name) {
                    Some(role) => options.role = Some(role),
                    None => return Err(format!("`{name}` is not an option\n\n{USAGE}")),
                },
            }
        }
        if options.port > u16::MAX - 2 {
            return Err(format!("there are no three ports from {} on\n\n{USAGE}", options.port));
        }
        Ok(options)
    }

    /// The command line of another process.
    pub(crate) fn of_role(&self, role: Role) -> Vec<String> {
        let mut words = vec![role.name().to_owned(), "--port".to_owned(), self.port.to_string()];
        if let Some(otlp) = &self.otlp {
            words.extend(["--otlp".to_owned(), otlp.clone()]);
        }
        if self.colored {
            words.push("--color".to_owned());
        }
        words
    }

    /// Where a process listens.
    pub(crate) fn address(&self, role: Role) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port + role.offset()))
    }

    pub(crate) fn url(&self, role: Role) -> String {
        format!("http://{}", self.address(role))
    }
}

fn number<N: std::str::FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("`{word}` is not a number it can be\n\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        Options::of(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_process_is_told_what_its_conductor_was_told() {
        let options = read("--for 60 --otlp http://localhost:4317 --port 7000 --color").unwrap();
        assert_eq!(options.lasts, Some(Duration::from_secs(60)));
        let role = Options::of(options.of_role(Role::Orders).into_iter()).unwrap();
        assert_eq!(role, Options { role: Some(Role::Orders), lasts: None, ..options });
        assert_eq!(role.url(Role::Warehouse), "http://127.0.0.1:7002");
    }

    #[test]
    fn what_is_no_option_is_refused_with_those_that_are() {
        for line in ["--four 60", "--for", "--for x", "--port 65534", "--port 70000"] {
            assert!(read(line).unwrap_err().contains("--for SECONDS"), "{line}");
        }
    }
}
