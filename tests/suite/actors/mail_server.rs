//! A mail server on loopback that takes every letter and keeps it (RFC 5321, enough of it).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server does about TLS.
#[derive(Clone)]
pub enum Speaks {
    /// Nothing.
    Plain,
    /// From the first byte.
    Tls(Arc<ServerConfig>),
    /// When asked.
    StartTls(Arc<ServerConfig>),
}

/// A letter as it arrived.
#[derive(Debug)]
pub struct Delivery {
    /// `MAIL FROM`.
    pub from: String,
    /// Every `RCPT TO`.
    pub to: Vec<String>,
    /// Headers and body, line ends as in files.
    pub message: String,
}

impl Delivery {
    /// The text part as its reader sees it, down to the signature.
    pub fn text(&self) -> String {
        let part = self
            .message
            .split("\n--")
            .find(|part| part.contains("Content-Type: text/plain"));
        let (head, body) = part
            .and_then(|part| part.split_once("\n\n"))
            .expect("a text part");
        if !head.contains("quoted-printable") {
            return body.to_owned();
        }
        let mut bytes = Vec::new();
        // A line that ends in = goes on in the next (RFC 2045 6.7).
        let body = body.replace("=\n", "");
        let mut pieces = body.split('=');
        bytes.extend_from_slice(pieces.next().unwrap().as_bytes());
        for piece in pieces {
            let (hex, rest) = piece.split_at(2);
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            bytes.extend_from_slice(rest.as_bytes());
        }
        String::from_utf8(bytes).unwrap()
    }
}

/// The server. It ends with the test.
pub struct MailServer {
    /// Where it listens.
    pub port: u16,
    deliveries: Receiver<Delivery>,
    said: Arc<Mutex<Vec<String>>>,
    excuses: Arc<Mutex<Vec<&'static str>>>,
}

/// What a connection needs to know.
struct Post {
    speaks: Speaks,
    deliveries: Sender<Delivery>,
    said: Arc<Mutex<Vec<String>>>,
    excuses: Arc<Mutex<Vec<&'static str>>>,
}

/// Either side of STARTTLS.
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl MailServer {
    pub fn start(speaks: Speaks) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, deliveries) = mpsc::channel();
        let said = Arc::<Mutex<Vec<String>>>::default();
        let excuses = Arc::<Mutex<Vec<&'static str>>>::default();
        let post = Post {
            speaks,
            deliveries: sender,
            said: said.clone(),
            excuses: excuses.clone(),
        };
        // One connection after the other. A client that goes away in the middle is no surprise here.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let _ = post.receive(stream);
            }
        });
        Self {
            port,
            deliveries,
            said,
            excuses,
        }
    }

    /// The next letter; waits for it.
    pub fn delivery(&self) -> Delivery {
        let next = self.deliveries.recv_timeout(Duration::from_secs(20));
        next.expect("a letter arrives")
    }

    /// Whether letters arrived that nobody asked for.
    pub fn has_more(&self) -> bool {
        self.deliveries.try_recv().is_ok()
    }

    /// All commands it heard.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Answers the next letter's recipient with this instead, such as `451 later`.
    pub fn excuse_itself(&self, with: &'static str) {
        self.excuses.lock().unwrap().push(with);
    }
}

impl Post {
    fn receive(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        match &self.speaks {
            Speaks::Plain => self.greet(Box::new(stream), None),
            Speaks::Tls(config) => self.greet(secured(config, stream), None),
            Speaks::StartTls(config) => self.greet(Box::new(stream.try_clone()?), Some((config, stream))),
        }
    }

    fn greet(
        &self,
        mut stream: Box<dyn Stream>,
        upgrade: Option<(&Arc<ServerConfig>, TcpStream)>,
    ) -> std::io::Result<()> {
        stream.write_all(b"220 mail.test ready\r\n")?;
        stream.flush()?;
        match (self.talk(BufReader::new(stream), upgrade.is_some())?, upgrade) {
            (Talk::StartTls, Some((config, stream))) => self
                .talk(BufReader::new(secured(config, stream)), false)
                .map(drop),
            _ => Ok(()),
        }
    }

    /// Until QUIT or STARTTLS.
    fn talk(&self, mut stream: BufReader<Box<dyn Stream>>, offers_tls: bool) -> std::io::Result<Talk> {
        let mut letter = Delivery {
            from: String::new(),
            to: Vec::new(),
            message: String::new(),
        };
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(Talk::Over);
            }
            let line = line.trim_end();
            self.said.lock().unwrap().push(line.to_owned());
            let (verb, rest) = line.split_at(line.find([' ', ':']).unwrap_or(line.len()));
            let answer = match verb {
                "EHLO" if offers_tls => "250-mail.test\r\n250-8BITMIME\r\n250 STARTTLS",
                "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => "235 welcome",
                "MAIL" => {
                    letter.from = address(rest);
                    "250 ok"
                }
                "RCPT" => match self.excuses.lock().unwrap().pop() {
                    Some(excuse) => excuse,
                    None => {
                        letter.to.push(address(rest));
                        "250 ok"
                    }
                },
                "DATA" => {
                    stream.get_mut().write_all(b"354 go on\r\n")?;
                    stream.get_mut().flush()?;
                    letter.message = message(&mut stream)?;
                    let whole = Delivery {
                        message: std::mem::take(&mut letter.message),
                        from: letter.from.clone(),
                        to: std::mem::take(&mut letter.to),
                    };
                    self.deliveries.send(whole).ok();
                    "250 taken"
                }
                "STARTTLS" if offers_tls => "220 go on",
                "QUIT" => "221 bye",
                _ => "502 what",
            };
            stream.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
            stream.get_mut().flush()?;
            match verb {
                "QUIT" => return Ok(Talk::Over),
                "STARTTLS" if offers_tls => return Ok(Talk::StartTls),
                _ => {}
            }
        }
    }
}

/// How a conversation ended.
enum Talk {
    Over,
    StartTls,
}

fn secured(config: &Arc<ServerConfig>, stream: TcpStream) -> Box<dyn Stream> {
    let connection = ServerConnection::new(config.clone()).unwrap();
    Box::new(StreamOwned::new(connection, stream))
}

/// What stands between `<` and `>`.
fn address(rest: &str) -> String {
    let inside = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.expect("an address in brackets").0.to_owned()
}

/// Lines up to the lonely dot, with the dots that were doubled made single (RFC 5321 4.5.2).
fn message(stream: &mut impl BufRead) -> std::io::Result<String> {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let line = line.trim_end_matches(['\r', '\n']);
        if line == "." {
            return Ok(all);
        }
        all.push_str(line.strip_prefix('.').unwrap_or(line));
        all.push('\n');
    }
}
