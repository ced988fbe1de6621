//! The same through rotel, a collector that others wrote and that takes nothing for granted: it reads what it gets, and
//! writes it anew.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use resilience_runtime::resilient;
use resilience_tests::receiver::Receiver;
use tracing::level_filters::LevelFilter;

use crate::signals::{check_logs, check_metrics, check_spans, third_time};
use crate::support::{Flavour, Protocol, turn, under};

/// Where the program is.
const PROGRAM: &str = "RESILIENCE_ROTEL";

#[resilient(name = "through_grpc", retry = "fixed", base = "2ms", max = 3, fields(item = item))]
async fn through_grpc(item: i64) -> io::Result<i64> {
    third_time(item)
}

#[resilient(name = "through_http", retry = "fixed", base = "2ms", max = 3, fields(item = item))]
async fn through_http(item: i64) -> io::Result<i64> {
    third_time(item)
}

/// A rotel that passes on what it gets, until it is dropped.
struct Rotel {
    child: Child,
    grpc: SocketAddr,
    http: SocketAddr,
}

impl Rotel {
    fn start(protocol: Protocol, to: &Receiver) -> Self {
        let program = std::env::var_os(PROGRAM).expect("`cargo xtask test otlp` says where rotel is");
        let port = xtask::ports::free(2).expect("two ports are free");
        let [grpc, http] = [port, port + 1].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let (name, endpoint) = match protocol {
            Protocol::Grpc => ("grpc", to.grpc()),
            Protocol::Http => ("http", to.http()),
        };
        let own_file =
            |kind: &str| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rotel-{name}.{kind}"));
        let mut command = Command::new(program);
        command.arg("start").arg("--pid-file").arg(own_file("pid")).arg("--log-file").arg(own_file("log"));
        command.args(["--otlp-grpc-endpoint", &grpc.to_string(), "--otlp-http-endpoint", &http.to_string()]);
        command.args(["--exporter", "otlp", "--otlp-exporter-endpoint", &endpoint]);
        command.args(["--otlp-exporter-protocol", name, "--batch-timeout", "50ms"]);
        let child = command.stdout(Stdio::null()).spawn().expect("rotel starts");
        let rotel = Self { child, grpc, http };
        rotel.wait();
        rotel
    }

    /// Until it listens.
    #[expect(
        clippy::disallowed_methods,
        reason = "waits for another program, which knows nothing of paused time"
    )]
    fn wait(&self) {
        for _ in 0..6000 {
            if [self.grpc, self.http].iter().all(|address| TcpStream::connect(address).is_ok()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("rotel does not listen");
    }
}

impl Drop for Rotel {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has seen then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn all_passes<F: Future<Output = io::Result<i64>>>(protocol: Protocol, name: &str, call: impl Fn(i64) -> F) {
    let _turn = turn();
    let collector = Receiver::start();
    let rotel = Rotel::start(protocol, &collector);
    Flavour::CurrentThread.run(async {
        let telemetry = protocol
            .to(format!("http://{}", rotel.grpc), format!("http://{}", rotel.http))
            .service_name("shop")
            .resource("deployment.environment.name", "test")
            .level(LevelFilter::DEBUG)
            .build()
            .expect("the address is one");
        under(&telemetry, call(7)).await.expect("it succeeds at the third attempt");
        let report = telemetry.shutdown().await;
        assert!(report.is_complete(), "{report}");
    });
    collector.wait_for("all three signals", |received| {
        let has_metrics = !received.points("retry.attempts", "reliability.operation.name", name).is_empty();
        (received.spans.len() == 6 && received.logs.len() == 5 && has_metrics).then_some(())
    });
    let received = collector.received();
    check_spans(&received, name);
    check_logs(&received, name);
    check_metrics(&received, name, 0.0);
}

#[test]
#[ignore = "needs rotel; `cargo xtask test otlp` brings it"]
fn everything_passes_through_rotel_by_grpc() {
    all_passes(Protocol::Grpc, "through_grpc", through_grpc);
}

#[test]
#[ignore = "needs rotel; `cargo xtask test otlp` brings it"]
fn everything_passes_through_rotel_by_http() {
    all_passes(Protocol::Http, "through_http", through_http);
}
