//! A collector that only listens: what the example sends with `--otlp`, and from which of its processes.

mod protobuf;
mod trace;
mod waterfall;

use std::collections::HashSet;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use self::trace::Span;
use crate::prometheus::server::{build, clock, example, free_ports};
use crate::prometheus::{JOBS, pause};
use crate::workspace::Workspace;

/// The whole script.
const SCRIPT: Duration = Duration::from_secs(36);
/// How long is waited for what is to come, which is over as soon as it has.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether all has come.
const TICK: Duration = Duration::from_millis(250);

/// Where the three signals go.
const TRACES: &str = "/v1/traces";
const SIGNALS: [&str; 3] = [TRACES, "/v1/metrics", "/v1/logs"];

/// What came.
#[derive(Debug, Default)]
struct Came {
    /// From whom, and where to.
    signals: HashSet<(String, &'static str)>,
    spans: Vec<Span>,
}

/// How the example is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// By itself, when the script is over.
    ByItself,
    /// By Ctrl-C, which all processes of a terminal get at once, as soon as all has come that is waited for.
    CtrlC,
}

/// Finds out whether the example sends every signal of every process, and traces that pass all of them; until Ctrl-C, by
/// which nothing is to be lost.
///
/// # Errors
///
/// What did not come, or how the example ended.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    collect(workspace, End::CtrlC)?.complete()
}

/// A trace of a call that failed, as a picture.
///
/// # Errors
///
/// How the example ended, or that there was no such call.
pub(crate) fn picture(workspace: &Workspace) -> Result<String, String> {
    let came = collect(workspace, End::ByItself)?;
    let trace = waterfall::choose(&came.spans).ok_or("no call failed in a way that is worth a picture")?;
    Ok(waterfall::draw(&trace))
}

/// What the example sends.
fn collect(workspace: &Workspace, end: End) -> Result<Came, String> {
    build(workspace)?;
    let came = Arc::new(Mutex::new(Came::default()));
    let endpoint =
        listen(Arc::clone(&came)).map_err(|error| format!("nothing can be listened to: {error}"))?;
    let itself = if end == End::ByItself { SCRIPT } else { 2 * PATIENCE };
    let mut example = example(workspace, itself, free_ports(3)?);
    example.args(["--otlp", &format!("http://{endpoint}")]).stdout(Stdio::null()).process_group(0);
    let child = example.env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf").spawn();
    let mut child = child.map_err(|error| format!("the example could not start: {error}"))?;
    if end == End::CtrlC {
        // Not a fixed time: processes start slowly on a busy machine, and faults come by chance.
        let end = clock() + PATIENCE.as_secs_f64();
        while clock() < end && lock(&came).complete().is_err() {
            pause(TICK);
        }
        let group = format!("-{}", child.id());
        // The shell's own: a bare Debian has no program of that name.
        let told = Command::new("sh").args(["-c", "kill -s INT -- \"$0\"", &group]).status();
        told.map_err(|error| format!("`kill` could not start: {error}"))?;
    }
    let status = child.wait().map_err(|error| format!("the example was lost: {error}"))?;
    if !status.success() {
        return Err(format!("the example with `--otlp` failed: {status}"));
    }
    Ok(std::mem::take(&mut *lock(&came)))
}

fn lock(came: &Mutex<Came>) -> MutexGuard<'_, Came> {
    came.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens until this program ends.
fn listen(came: Arc<Mutex<Came>>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let came = Arc::clone(&came);
            // A connection that breaks is the sender's to tell of: it counts what it lost.
            thread::spawn(move || _ = answer(stream, &came));
        }
    });
    Ok(address)
}

/// Takes requests until the sender hangs up.
fn answer(stream: TcpStream, came: &Mutex<Came>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let (mut request, mut length) = (String::new(), 0);
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            match header.trim().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or(0);
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        lock(came).note(&request, &body);
        writer.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n",
        )?;
    }
}

impl Came {
    /// Whether every signal of every process has come, and a trace that passes all of them; else what has not.
    fn complete(&self) -> Result<(), String> {
        for job in JOBS {
            for signal in SIGNALS {
                // Nothing happens in the warehouse that is worth a log event in so short a time.
                let is_silent = (job, signal) == ("warehouse", "/v1/logs");
                if !is_silent && !self.signals.contains(&(job.to_owned(), signal)) {
                    return Err(format!("with `--otlp`, `{job}` sends nothing to `{signal}`"));
                }
            }
        }
        let passes_all = |trace: &Vec<&Span>| waterfall::services(trace) == JOBS.len();
        if waterfall::whole(&self.spans).iter().any(passes_all) {
            Ok(())
        } else {
            Err("no trace passes all processes, from each attempt to what answers it".to_owned())
        }
    }

    fn note(&mut self, request: &str, body: &[u8]) {
        let path = request.split(' ').nth(1);
        let Some(signal) = SIGNALS.into_iter().find(|signal| path == Some(signal)) else { return };
        let senders = trace::senders(body).into_iter().filter(|(_, items)| *items > 0);
        self.signals.extend(senders.map(|(service, _)| (service, signal)));
        if signal == TRACES {
            self.spans.extend(trace::spans(body));
        }
    }
}
