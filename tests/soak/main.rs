//! Minutes of calls whose collector is there, is gone, and is there again: `cargo xtask soak [minutes]`.
//!
//! Memory stays what it is, nothing is lost while the collector is there, and what is lost while it is not is counted to
//! the last span. Half of the time by gRPC, half by HTTP; in each half the collector is gone and back three times.

mod calls;
mod memory;

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use resilience_runtime::telemetry::{Delivery, Report, Telemetry};
use resilience_tests::receiver::{Conduct, Receiver};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::calls::{Made, OPERATION};
use crate::memory::Memory;

/// How often calls are made, and how many of each kind: about 1,000 spans a second, half of what a queue holds.
const EVERY: Duration = Duration::from_millis(20);
const AT_ONCE: u64 = 4;

/// How often the collector is gone and back.
const TIMES: u32 = 3;

/// How long it may take until a collector that is back is noticed.
const NOTICED: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let minutes = std::env::args().nth(1).unwrap_or_else(|| "3".to_owned());
    let result = match minutes.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes <= 1e6 => run(Duration::from_secs_f64(minutes * 60.0)),
        _ => Err(format!("`{minutes}` is not a number of minutes").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("soak: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(time: Duration) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for protocol in ["gRPC", "HTTP"] {
        let mut memory = Memory::default();
        runtime.block_on(soak(protocol, time / 2, &mut memory))?;
        say(&format!("{protocol}, memory: {memory}"));
        memory.check()?;
    }
    Ok(())
}

/// A collector that is there, and then again and again gone and back.
async fn soak(protocol: &str, time: Duration, memory: &mut Memory) -> Result<(), Box<dyn Error>> {
    let mut collector = collector(None);
    let addresses = collector.addresses();
    let builder = if protocol == "gRPC" {
        Telemetry::builder().grpc(collector.grpc())
    } else {
        Telemetry::builder().http(collector.http())
    };
    let builder = builder.timeout(Duration::from_secs(1)).metric_interval(Duration::from_secs(1));
    let telemetry = builder.immediate().build()?;
    // Of this thread and of the tasks it polls: all calls are made here.
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    let _subscriber = tracing::subscriber::set_default(subscriber);
    let mut made = Made::default();
    let counted_before = calls::attempts_of_before(&telemetry, &collector).await;
    let part = time / (1 + 2 * TIMES);

    calls_for(part, &mut made, memory).await;
    let mut last = telemetry.flush().await;
    tell(protocol, "there", &made, &last);
    hold(last.is_complete(), "something was lost while the collector was there")?;
    holds_all(&last, &made)?;
    arrived(&collector, &last, &Report::default())?;

    for _ in 0..TIMES {
        drop(collector);
        calls_for(part, &mut made, memory).await;
        let gone = telemetry.flush().await;
        tell(protocol, "gone", &made, &gone);
        hold(gone.spans.exported == last.spans.exported, "a collector that is gone has taken something")?;
        holds_all(&gone, &made)?;

        collector = self::collector(Some(addresses));
        let noticed = now();
        while telemetry.report().spans.exported == gone.spans.exported {
            calls_for(EVERY, &mut made, memory).await;
            hold(noticed.elapsed() < NOTICED, "a collector that is back is not noticed")?;
        }
        let back = telemetry.flush().await;
        memory.begin();
        calls_for(part, &mut made, memory).await;
        memory.end();
        last = telemetry.flush().await;
        tell(protocol, "back", &made, &last);
        hold(last.spans.lost == back.spans.lost, "spans were lost after the collector was back")?;
        hold(last.logs.lost == back.logs.lost, "log events were lost after the collector was back")?;
        holds_all(&last, &made)?;
        arrived(&collector, &last, &gone)?;
    }

    let end = telemetry.shutdown().await;
    hold(end.spans == last.spans && end.logs == last.logs, "the end is not what it was before")?;
    let counted = calls::attempts_at(&collector) - counted_before;
    // Counters go on over what a collector missed.
    #[expect(clippy::cast_precision_loss, reason = "there are not so many")]
    let is_counted = (counted - made.attempts as f64).abs() < 0.5;
    hold(is_counted, &format!("{counted} attempts of `{OPERATION}` are counted, of {}", made.attempts))
}

fn collector(addresses: Option<(SocketAddr, SocketAddr)>) -> Receiver {
    let receiver = match addresses {
        Some((grpc, http)) => Receiver::start_at(grpc, http),
        None => Receiver::start(),
    };
    receiver.behave(Conduct::Count);
    receiver
}

#[expect(clippy::disallowed_methods, reason = "a soak takes real time")]
async fn calls_for(time: Duration, made: &mut Made, memory: &mut Memory) {
    let start = now();
    while start.elapsed() < time {
        calls::some(AT_ONCE, made).await;
        memory.look();
        tokio::time::sleep(EVERY).await;
    }
}

/// Everything that was made is somewhere.
fn holds_all(report: &Report, made: &Made) -> Result<(), Box<dyn Error>> {
    let all = |delivery: &Delivery| delivery.exported + delivery.lost + delivery.pending;
    hold(all(&report.spans) == made.spans, &format!("of {} spans there are {report}", made.spans))?;
    hold(all(&report.logs) == made.logs, &format!("of {} log events there are {report}", made.logs))
}

/// The collector has what is said to be delivered since.
fn arrived(collector: &Receiver, report: &Report, since: &Report) -> Result<(), Box<dyn Error>> {
    let received = collector.received();
    let told = (report.spans.exported - since.spans.exported, report.logs.exported - since.logs.exported);
    let has = (received.span_count, received.log_count);
    hold(has == told, &format!("(spans, log events): the collector has {has:?}, the report says {told:?}"))
}

fn hold(is_so: bool, otherwise: &str) -> Result<(), Box<dyn Error>> {
    if is_so { Ok(()) } else { Err(otherwise.into()) }
}

fn tell(protocol: &str, collector: &str, made: &Made, report: &Report) {
    say(&format!("{protocol}, collector {collector}: {} calls; {report}", made.calls));
}

fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

#[expect(clippy::disallowed_methods, reason = "a soak takes real time")]
fn now() -> Instant {
    Instant::now()
}
