//! The example and a Prometheus that scrapes it, for as long as they are needed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use xtask::ports;
use xtask::registry::Registry;
use yaml_rust2::{Yaml, YamlLoader};

use crate::line::Line;
use crate::rules;
use crate::schema::{RELABELLING, RULES};
use crate::workspace::Workspace;

/// How it is scraped, but for the ports.
pub(crate) const CONFIG: &str = "examples/observability/prometheus.yaml";
/// The first of the ports in it.
const FIRST_PORT: u16 = 9464;

/// The job whose names have units.
pub(crate) const WITH_UNITS: &str = "with_units";

/// Which ports the example gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ports {
    /// Any.
    Free,
    /// Those it has by itself, for a picture of that.
    OfThePage,
}

/// A line of the example's output, and when it came.
pub(crate) type Told = (f64, String);

/// Both programs; they end with this.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) prometheus: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    children: Vec<Child>,
}

impl Servers {
    /// Builds the example and starts it, with a Prometheus beside it.
    pub(crate) fn start(
        workspace: &Workspace,
        registry: &Registry,
        lasts: Duration,
        ports: Ports,
    ) -> Result<Self, String> {
        build(workspace)?;
        // At once: of two looks, the second could find what the first did.
        let free = free_ports(4)?;
        let first = if ports == Ports::OfThePage { FIRST_PORT } else { free };
        let prometheus = SocketAddr::from((Ipv4Addr::LOCALHOST, free + 3));
        let directory = workspace.target.join("prometheus");
        if directory.exists() {
            fs::remove_dir_all(&directory).map_err(|error| format!("`{}`: {error}", directory.display()))?;
        }
        fs::create_dir_all(&directory).map_err(|error| format!("`{}`: {error}", directory.display()))?;
        let config = directory.join("prometheus.yaml");
        let text = config_for(&workspace.root, first, serve(with_units(registry))?)?;
        fs::write(&config, text).map_err(|error| format!("`{}`: {error}", config.display()))?;

        let mut servers = Self { prometheus, told: Arc::default(), children: Vec::new() };
        let mut example = example(workspace, lasts, first);
        servers.spawn(example.arg("--color").stdout(Stdio::piped()))?;
        let mut scraper = Command::new("prometheus");
        scraper
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", directory.join("data").display()))
            .arg(format!("--web.listen-address={prometheus}"))
            .arg("--log.level=error");
        servers.spawn(&mut scraper)?;
        Ok(servers)
    }

    fn spawn(&mut self, command: &mut Command) -> Result<(), String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().map_err(|error| format!("`{program}` could not start: {error}"))?;
        if let Some(output) = child.stdout.take() {
            let told = Arc::clone(&self.told);
            thread::spawn(move || listen(output, &told));
        }
        self.children.push(child);
        Ok(())
    }

    /// What the example has told.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether both are alive.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        for child in &mut self.children {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("the example or Prometheus is over: {status}"));
            }
        }
        Ok(())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Either of them may be over already. The example's processes end with the one that started them.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn build(workspace: &Workspace) -> Result<(), String> {
    Line::cargo("build --quiet -p resilience-observability").run(workspace).map(drop)
}

/// The example, for so long, and with the three ports from the first on.
pub(crate) fn example(workspace: &Workspace, lasts: Duration, first: u16) -> Command {
    let mut example = Command::new(workspace.target.join("debug/observability"));
    example.args(["--for", &lasts.as_secs().to_string(), "--port", &first.to_string()]);
    example
}

/// The time by the clock, as Prometheus has it.
#[expect(clippy::disallowed_methods, reason = "Prometheus is asked by the time of the clock")]
pub(crate) fn clock() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

fn listen(output: impl Read, told: &Mutex<Vec<Told>>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        told.lock().unwrap_or_else(PoisonError::into_inner).push((clock(), line));
    }
}

/// So many ports in a row that nobody has.
pub(crate) fn free_ports(count: u16) -> Result<u16, String> {
    ports::free(count).ok_or_else(|| format!("there are no {count} free ports"))
}

/// The configuration with ports of this run, and one job more, whose names have units and are relabelled.
fn config_for(root: &Path, first: u16, with_units: u16) -> Result<String, String> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|error| format!("`{path}` is not readable: {error}"))
    };
    let mut config = read(CONFIG)?
        .replace("../../resilience-runtime", &root.join("resilience-runtime").display().to_string());
    for offset in 0..3 {
        let port = format!("127.0.0.1:{}", FIRST_PORT + offset);
        if !config.contains(&port) {
            return Err(format!("`{CONFIG}` scrapes no `{port}`"));
        }
        config = config.replace(&port, &format!("127.0.0.1:{}", first + offset));
    }
    let relabelling =
        read(RELABELLING)?.lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    Ok(format!(
        "{config}  - job_name: {WITH_UNITS}\n    static_configs: [{{targets: [\"127.0.0.1:{with_units}\"]}}]\n{relabelling}"
    ))
}

/// A page of one series of each metric that gets a unit on some ways, as those ways name it.
fn with_units(registry: &Registry) -> String {
    let names = registry.metrics.iter().filter_map(rules::with_unit);
    names.fold(String::new(), |page, name| {
        page + &format!(
            "# TYPE {name} histogram\n{name}_bucket{{le=\"1\"}} 1\n{name}_bucket{{le=\"+Inf\"}} 1\n{name}_sum 0.5\n{name}_count 1\n"
        )
    })
}

/// Serves the page until this program ends.
fn serve(page: String) -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            // A scrape that is gone needs no page.
            let _ = stream.read(&mut request);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    Ok(port)
}

/// The expressions of the rules, with their names.
pub(crate) fn rules(root: &Path) -> Result<Vec<rules::Rule>, String> {
    let text = fs::read_to_string(root.join(RULES)).map_err(|error| format!("`{RULES}`: {error}"))?;
    rules::parse(&text)
}

/// How a JSON file is read: it is YAML.
pub(crate) fn load(path: &Path) -> Result<Yaml, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    let documents = YamlLoader::load_from_str(&text).map_err(|error| error.to_string())?;
    documents.into_iter().next().ok_or_else(|| format!("`{}` is empty", path.display()))
}
