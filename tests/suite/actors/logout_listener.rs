//! An app's end of the back channel: hears logout tokens and answers as the story wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use url::form_urlencoded;

use crate::rig::Provider;

/// How the listener answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The status line's code, with further header lines.
    Status(u16, String),
    /// Not at all: the connection stays open and silent.
    Silence,
}

/// A listener on loopback. It ends with the process.
pub struct LogoutListener {
    port: u16,
    reply: Arc<Mutex<Reply>>,
    heard: Receiver<String>,
}

impl LogoutListener {
    /// Answers 200 to everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let reply = Arc::new(Mutex::new(Reply::Status(200, String::new())));
        let (sender, heard) = channel();
        let answers = reply.clone();
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                silent.extend(hear(stream, &answers, &sender));
            }
        });
        Self { port, reply, heard }
    }

    /// What the client registers.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/backchannel", self.port)
    }

    /// From now on answers like this.
    pub fn reply(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    /// The next logout token. Half a minute is far more than the three seconds it may take; only a failure waits it out.
    #[track_caller]
    pub fn token(&self) -> String {
        let body = self
            .heard
            .recv_timeout(Duration::from_secs(30))
            .expect("a logout token");
        let mut pairs = form_urlencoded::parse(body.as_bytes());
        let (name, token) = pairs.next().expect("a parameter");
        assert_eq!(name, "logout_token");
        assert!(pairs.next().is_none(), "nothing but the token: {body}");
        token.into_owned()
    }

    /// The next token, while the story's clock goes on until it comes.
    #[track_caller]
    pub fn patiently(&self, provider: &Provider) -> String {
        for _ in 0..300 {
            provider.wait(1);
            if let Ok(body) = self.heard.recv_timeout(Duration::from_millis(100)) {
                return body.strip_prefix("logout_token=").expect("a token").to_owned();
            }
        }
        panic!("no logout token came");
    }

    /// What came so far beyond the tokens already taken.
    pub fn more(&self) -> usize {
        self.heard.try_iter().count()
    }
}

/// Reads one request, tells its body, answers. A connection to be kept silent is handed back.
fn hear(mut stream: TcpStream, reply: &Mutex<Reply>, sender: &Sender<String>) -> Option<TcpStream> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    let body = loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            })
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        if body.len() >= length {
            break body.to_owned();
        }
    };
    let _ = sender.send(body);
    match reply.lock().unwrap().clone() {
        Reply::Silence => Some(stream),
        Reply::Status(code, headers) => {
            let answer =
                format!("HTTP/1.1 {code} Answer\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
            None
        }
    }
}
