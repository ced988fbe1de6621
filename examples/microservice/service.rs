//! The user service: it answers each user by a script of faults. Written on the socket, since some of the faults are
//! what no HTTP library would do.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One way of answering a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Good,
    Status(&'static str),
    /// With `Retry-After: 1`.
    AfterSeconds(&'static str),
    /// With the date in two seconds, whose fractions a date does not have.
    AfterDate(&'static str),
    /// Accepts the request and says nothing.
    Hang,
    /// Half of the answer it announced, then the end.
    CutShort,
    /// The end at once.
    HangUp,
    /// An answer that is no JSON.
    Garbage,
}

/// What happens to the requests for one user, and what becomes of the call.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) title: &'static str,
    /// The last one is for all further requests too.
    replies: &'static [Reply],
    pub(crate) answered: bool,
    /// The `error.type` of the attempts that fail.
    pub(crate) errors: &'static [&'static str],
    /// How many waits are the server's choice.
    pub(crate) hints: usize,
}

/// User 1 has the first script, and so on.
pub(crate) const SCRIPTS: [Script; 9] = [
    Script { title: "all is well", replies: &[Reply::Good], answered: true, errors: &[], hints: 0 },
    Script {
        title: "500 and 502, then an answer",
        replies: &[Reply::Status("500 Internal Server Error"), Reply::Status("502 Bad Gateway"), Reply::Good],
        answered: true,
        errors: &["500", "502"],
        hints: 0,
    },
    Script {
        title: "503 with Retry-After in seconds: the wait is the server's",
        replies: &[Reply::AfterSeconds("503 Service Unavailable"), Reply::Good],
        answered: true,
        errors: &["503"],
        hints: 1,
    },
    Script {
        title: "429 with Retry-After as a date",
        replies: &[Reply::AfterDate("429 Too Many Requests"), Reply::Good],
        answered: true,
        errors: &["429"],
        hints: 1,
    },
    Script {
        title: "a server that hangs is cut off",
        replies: &[Reply::Hang, Reply::Good],
        answered: true,
        errors: &["timeout"],
        hints: 0,
    },
    Script {
        title: "a reply cut short",
        replies: &[Reply::CutShort, Reply::HangUp, Reply::Good],
        answered: true,
        errors: &["reqwest::Decode", "reqwest::Request"],
        hints: 0,
    },
    Script {
        title: "404 is an answer: no other attempt",
        replies: &[Reply::Status("404 Not Found")],
        answered: false,
        errors: &["404"],
        hints: 0,
    },
    Script {
        title: "an answer that is no JSON stays none",
        replies: &[Reply::Garbage],
        answered: false,
        errors: &["reqwest::Decode"],
        hints: 0,
    },
    Script {
        title: "it never gets better: the last error is the caller's",
        replies: &[Reply::Status("500 Internal Server Error")],
        answered: false,
        errors: &["500", "500", "500", "500"],
        hints: 0,
    },
];

/// The service.
#[derive(Debug, Default)]
pub(crate) struct Service {
    asked: AtomicUsize,
    /// By the user's number.
    requests: Mutex<HashMap<usize, usize>>,
}

impl Service {
    /// Starts it on a port of its own.
    pub(crate) async fn start() -> io::Result<(Arc<Self>, SocketAddr)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let service = Arc::new(Self::default());
        let serving = Arc::clone(&service);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = Arc::clone(&serving);
                // A client that is gone needs no answer.
                tokio::spawn(async move { service.serve(stream).await.ok() });
            }
        });
        Ok((service, address))
    }

    /// How many requests it got.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// What comes next for this user.
    fn next(&self, user: usize) -> Reply {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let request = requests.entry(user).or_default();
        let script = user.checked_sub(1).and_then(|index| SCRIPTS.get(index));
        let replies = script.map_or(&[Reply::Status("404 Not Found")][..], |script| script.replies);
        let reply = replies.get(*request).or(replies.last()).copied().unwrap_or(Reply::HangUp);
        *request += 1;
        reply
    }

    /// Answers one request.
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut request).await? == 0 {
                return Ok(());
            }
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        let path = request.split(' ').nth(1).and_then(|path| path.strip_prefix("/users/"));
        let user = path.and_then(|user| user.parse().ok()).unwrap_or_default();
        let body = format!(r#"{{"id":{user},"name":"user {user}"}}"#);
        let answer = match self.next(user) {
            Reply::Good => response("200 OK", "", &body),
            Reply::Status(status) => response(status, "", ""),
            Reply::AfterSeconds(status) => response(status, "retry-after: 1\r\n", ""),
            Reply::AfterDate(status) => {
                let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
                response(status, &format!("retry-after: {date}\r\n"), "")
            }
            Reply::Hang => {
                // Until the client has had enough, and closes the connection.
                stream.read_u8().await?;
                return Ok(());
            }
            Reply::CutShort => {
                let mut whole = response("200 OK", "", &body);
                whole.truncate(whole.len() - body.len() / 2);
                whole
            }
            Reply::HangUp => return Ok(()),
            Reply::Garbage => response("200 OK", "", "<html>"),
        };
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    }
}

fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}
