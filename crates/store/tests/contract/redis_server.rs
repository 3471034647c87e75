//! A Redis of one's own: on a free port, in a directory that goes away. Speaks just enough of its protocol to play
//! tricks on it, so that no client library stands between a test and what is really there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// What a restart leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Nothing.
    Nothing,
    /// All that was ever written.
    Everything,
}

/// The server. Dropping it is `kill -9`.
pub struct RedisServer {
    port: u16,
    arguments: Vec<String>,
    dir: TempDir,
    running: Option<Child>,
}

impl RedisServer {
    /// Starts one that remembers nothing.
    pub fn start() -> Self {
        Self::that_keeps(Keeps::Nothing)
    }

    /// Starts one.
    pub fn that_keeps(keeps: Keeps) -> Self {
        let (log, when) = match keeps {
            Keeps::Nothing => ("no", "everysec"),
            Keeps::Everything => ("yes", "always"),
        };
        Self::with(&["--appendonly", log, "--appendfsync", when])
    }

    /// Starts one with these arguments.
    pub fn with(arguments: &[&str]) -> Self {
        let mut server = Self {
            port: free_port(),
            arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
            dir: tempfile::tempdir().unwrap(),
            running: None,
        };
        server.start_again();
        server
    }

    /// For `cache.url`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// On the same port, in the same directory.
    pub fn start_again(&mut self) {
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port, "--save", ""])
            .args(&self.arguments)
            .arg("--dir")
            .arg(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.running = Some(child.expect("redis-server is installed (tests/run installs it)"));
        let answers = || self.try_ask("PING").is_some_and(|answer| answer == ["PONG"]);
        let up = (0..1500).any(|_| answers() || pause());
        assert!(up, "redis-server does not answer");
    }

    /// What it answers, flattened: texts and numbers as lines, nothing for nil.
    pub fn ask(&self, command: &str) -> Vec<String> {
        self.try_ask(command).expect("redis-server answers")
    }

    fn try_ask(&self, command: &str) -> Option<Vec<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        write!(stream, "{command}\r\n").ok()?;
        let mut lines = Vec::new();
        read(&mut BufReader::new(stream), &mut lines).then_some(lines)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port nobody listens on, most likely.
pub fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// One answer of RESP2.
fn read(stream: &mut BufReader<TcpStream>, lines: &mut Vec<String>) -> bool {
    let mut line = String::new();
    if !stream.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        return false;
    }
    let (kind, rest) = line.trim_end().split_at(1);
    let number = || rest.parse::<i64>().unwrap();
    match kind {
        "*" => (0..number()).all(|_| read(stream, lines)),
        "$" if number() < 0 => true,
        "$" => {
            let mut text = vec![0; usize::try_from(number()).unwrap() + 2];
            stream.read_exact(&mut text).unwrap();
            text.truncate(text.len() - 2);
            lines.push(String::from_utf8(text).unwrap());
            true
        }
        _ => {
            lines.push(rest.to_owned());
            true
        }
    }
}

/// Waits a little; false, so that it can stand in a search.
fn pause() -> bool {
    thread::park_timeout(Duration::from_millis(20));
    false
}
