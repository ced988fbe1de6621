//! A collector that only listens: what the example sends with `--otlp`, and from which of its processes.

use std::collections::HashSet;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::JOBS;
use super::server::{build, example, free_ports};
use crate::workspace::Workspace;

/// The first two phases of the script: what succeeds, and what is tried again.
const LASTS: Duration = Duration::from_secs(7);

/// What a request must have in it, besides the name of the process: a span, a metric, a log event.
const SIGNALS: [(&str, &str); 3] = [
    ("/v1/traces", "reliability.policy.digest"),
    ("/v1/metrics", "retry.attempts"),
    ("/v1/logs", "reliability."),
];

/// What came, from whom.
type Came = Arc<Mutex<HashSet<(&'static str, &'static str)>>>;

/// Finds out whether the example sends every signal of every process.
///
/// # Errors
///
/// What did not come, or how the example ended.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    build(workspace)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    let endpoint = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    let came = Came::default();
    let listens = Arc::clone(&came);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let came = Arc::clone(&listens);
            // A connection that breaks is the sender's to tell of: it counts what it lost.
            thread::spawn(move || _ = answer(stream, &came));
        }
    });
    let mut example = example(workspace, LASTS, free_ports(3)?);
    let example = example.args(["--otlp", &endpoint]).stdout(Stdio::null());
    let status = example.env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf").status();
    let status = status.map_err(|error| format!("the example could not start: {error}"))?;
    if !status.success() {
        return Err(format!("the example with `--otlp` failed: {status}"));
    }
    let came = came.lock().unwrap_or_else(PoisonError::into_inner);
    for job in JOBS {
        for (path, _) in SIGNALS {
            // Nothing happens in the warehouse that is worth a log event in so short a time.
            if !came.contains(&(job, path)) && (job, path) != ("warehouse", "/v1/logs") {
                return Err(format!("with `--otlp`, `{job}` sends nothing to `{path}`"));
            }
        }
    }
    Ok(())
}

/// Takes requests until the sender hangs up.
fn answer(stream: TcpStream, came: &Came) -> io::Result<()> {
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
        note(&request, &body, came);
        writer.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n",
        )?;
    }
}

fn note(request: &str, body: &[u8], came: &Came) {
    let has = |text: &str| body.windows(text.len()).any(|window| window == text.as_bytes());
    let signal = SIGNALS.into_iter().find(|(path, _)| request.split(' ').nth(1) == Some(path));
    let Some((path, _)) = signal.filter(|(_, text)| has(text)) else { return };
    if let Some(job) = JOBS.into_iter().find(|job| has(&sender(job))) {
        came.lock().unwrap_or_else(PoisonError::into_inner).insert((job, path));
    }
}

/// How protobuf says that the service has this name: the key, and a field that holds a text with its length.
fn sender(job: &str) -> String {
    let length = u8::try_from(job.len()).unwrap_or_default();
    format!("service.name\x12{}\x0a{}{job}", char::from(length + 2), char::from(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_known_by_its_path_its_sender_and_its_content() {
        let came = Came::default();
        note(
            "POST /v1/traces HTTP/1.1",
            b"service.name\x12\x08\x0a\x06orders reliability.policy.digest",
            &came,
        );
        note("POST /v1/metrics HTTP/1.1", b"service.name\x12\x08\x0a\x06orders", &came);
        note("POST /v1/logs HTTP/1.1", b"service.name\x12\x09\x0a\x07unknown orders reliability.", &came);
        let came = came.lock().unwrap();
        assert_eq!(*came, HashSet::from([("orders", "/v1/traces")]));
    }
}
