//! A `PostgreSQL` of the example's own: in a temporary directory, on a free port, gone at the end.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

/// The server, running or not.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where its programs are.
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
    process: Option<Child>,
    /// The account to run it as: the server refuses to be root.
    account: Option<(u32, u32)>,
}

impl Server {
    /// Makes an empty database.
    ///
    /// # Errors
    ///
    /// When `PostgreSQL` is not installed, or its database cannot be made.
    pub(crate) fn new() -> io::Result<Self> {
        let programs = programs().ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "PostgreSQL is missing (Debian: `apt-get install postgresql`)",
            )
        })?;
        let directory = std::env::temp_dir().join(format!("resilience-database-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        let account = if fs::metadata(&directory)?.uid() == 0 { Some(account()?) } else { None };
        if let Some((user, group)) = account {
            chown(&directory, Some(user), Some(group))?;
        }
        let port = free_port()?;
        let server = Self { programs, directory, port, process: None, account };
        let made = server
            .command("initdb")
            .args(["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C", "-D"])
            .arg(server.data())
            .output()?;
        if !made.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        Ok(server)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, and waits until it listens.
    ///
    /// After a crash it refuses to start as long as a process of the one before is there.
    pub(crate) async fn start(&mut self) -> io::Result<()> {
        for _ in 0..100 {
            let mut process = self.spawn()?;
            while process.try_wait()?.is_none() {
                if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                    self.process = Some(process);
                    return Ok(());
                }
                sleep(Duration::from_millis(10)).await;
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err(io::Error::other("PostgreSQL ends as soon as it is started"))
    }

    fn spawn(&self) -> io::Result<Child> {
        let port = self.port.to_string();
        let mut command = self.command("postgres");
        command
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-p", &port, "-D"])
            .arg(self.data());
        command.arg("-k").arg(&self.directory).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn()
    }

    /// The same after a while.
    pub(crate) async fn start_later(&mut self, after: Duration) -> io::Result<()> {
        sleep(after).await;
        self.start().await
    }

    /// Kills it with all its connections, as a crash of the machine would.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        // The processes of its connections go by themselves as soon as they find that it is gone.
        process.kill()?;
        process.wait()?;
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// One of its programs, as an account that may run it.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.account {
            None => Command::new(program),
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
                command.arg(program);
                command
            }
        };
        command.current_dir(&self.directory);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done about a directory that stays: it is a temporary one.
        let _ = self.kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A port that nobody has, below those that the system hands out: it stays free while the server is away.
fn free_port() -> io::Result<u16> {
    let mut ports = (10_000..32_000).cycle().skip(std::process::id() as usize % 22_000).take(22_000);
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or_else(|| io::ErrorKind::AddrInUse.into())
}

/// The directory of the newest installed version's programs.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let mut all = debian.into_iter().rev().chain(on_path.into_iter().flatten());
    all.find(|directory| directory.join("initdb").is_file() && directory.join("postgres").is_file())
}

/// The user and group of the account `postgres`.
fn account() -> io::Result<(u32, u32)> {
    let accounts = fs::read_to_string(Path::new("/etc/passwd"))?;
    let found = accounts.lines().find_map(|line| {
        let mut cells = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((cells.next()?.parse().ok()?, cells.next()?.parse().ok()?))
    });
    found.ok_or_else(|| {
        io::Error::other("there is no account `postgres`, and the server refuses to run as root")
    })
}
