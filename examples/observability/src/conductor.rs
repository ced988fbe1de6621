//! Starts the three processes, tells them what goes wrong, and tells the reader what to expect of it.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::error::Elapsed;
use tokio::time::{Duration, Instant, sleep, sleep_until, timeout};

use crate::options::{Options, Role};
use crate::script::{PHASES, Phase};

/// Plays the script again and again, until the time is over or somebody stops it.
pub(crate) async fn conduct(options: &Options) -> Result<(), Box<dyn Error>> {
    say(&introduction(options))?;
    let mut children = Vec::new();
    // Who is asked comes before those who ask: a connection that is refused would be a fault that is not in the script.
    for role in [Role::Warehouse, Role::Orders, Role::Shop] {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(options.of_role(role)).stdin(Stdio::piped()).kill_on_drop(true);
        children.push((role, command.spawn()?));
        listens(options.address(role)).await.map_err(|_| format!("`{}` does not listen", role.name()))?;
    }
    let end = options.lasts.map(|lasts| Instant::now() + lasts);
    let time_is_over = async {
        match end {
            Some(end) => sleep_until(end).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        result = perform(&mut children, options.colored) => result?,
        stopped = tokio::signal::ctrl_c() => stopped?,
        () = time_is_over => {}
    }
    finish(children).await
}

/// When a process can be connected to.
async fn listens(address: SocketAddr) -> Result<(), Elapsed> {
    let connected = async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(60), connected).await
}

/// Phase after phase; ends only when something is wrong.
async fn perform(children: &mut [(Role, Child)], colored: bool) -> Result<(), Box<dyn Error>> {
    for (number, phase) in PHASES.iter().cycle().enumerate() {
        say(&heading(phase, colored))?;
        for (role, child) in &mut *children {
            if let Some(status) = child.try_wait()? {
                return Err(format!("`{}` is over: {status}", role.name()).into());
            }
            if let Some(stdin) = &mut child.stdin {
                stdin.write_all(format!("{number}\n").as_bytes()).await?;
            }
        }
        sleep(phase.lasts).await;
    }
    Ok(())
}

/// Hangs up, and waits until they have sent what they still had to send.
async fn finish(children: Vec<(Role, Child)>) -> Result<(), Box<dyn Error>> {
    // The client first: what it asks for is answered to the end.
    for (role, mut child) in children.into_iter().rev() {
        drop(child.stdin.take());
        let status = timeout(Duration::from_secs(60), child.wait()).await;
        let status = status.map_err(|_| format!("`{}` does not end", role.name()))??;
        if !status.success() {
            return Err(format!("`{}` failed: {status}", role.name()).into());
        }
    }
    Ok(())
}

fn introduction(options: &Options) -> String {
    let mut text = String::from("shop ─▶ orders ─▶ warehouse\n\n");
    for role in Role::ALL {
        let place = match &options.otlp {
            None => format!("metrics at {}/metrics", options.url(role)),
            Some(endpoint) => format!("to {endpoint}"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<10} {place}", role.name());
    }
    text + "\nOf each kind of call that is not a plain success, one is drawn in each phase. Ctrl-C ends it.\n"
}

fn heading(phase: &Phase, colored: bool) -> String {
    let rule = "─".repeat(100_usize.saturating_sub(phase.name.len() + phase.what.chars().count() + 6));
    let (strong, faint, plain) = if colored { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    format!(
        "\n── {strong}{}{plain} {faint}{rule}{plain} {}\n{faint}   {}{plain}\n\n",
        phase.name, phase.what, phase.so
    )
}

fn say(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
