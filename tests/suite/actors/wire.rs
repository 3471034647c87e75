//! Somebody who speaks TCP and writes HTTP by hand, byte by byte if need be.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::rig::Provider;

/// How long a story waits for something that must come.
const LONG: Duration = Duration::from_secs(30);
/// How long it listens between two bytes it sends.
const SHORT: Duration = Duration::from_millis(50);

/// A connection.
pub struct Wire(TcpStream);

/// One response as it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case, values as they are.
    pub headers: Vec<(String, String)>,
    /// What followed, as far as its length says.
    pub body: Vec<u8>,
}

impl Response {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}

impl Wire {
    /// To that provider.
    pub fn to(provider: &Provider) -> Self {
        Self::at(provider.issuer.strip_prefix("http://").unwrap())
    }

    /// To that address.
    pub fn at(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        Self(stream)
    }

    /// Sends all of it, unless the other side has closed.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.0.write_all(bytes.as_ref());
        self
    }

    /// Sends `next` again and again as fast as it can be taken, until the other side closes, or `most` bytes are gone.
    /// How many it took.
    pub fn flood(&mut self, next: &[u8], most: usize) -> usize {
        self.0.set_write_timeout(Some(LONG)).unwrap();
        let mut sent = 0;
        while sent < most {
            match self.0.write(next) {
                Ok(written) => sent += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    panic!("nobody takes it, nobody closes")
                }
                Err(_) => break,
            }
        }
        sent
    }

    /// Sends one byte and listens for a moment, again and again, until the other side closes. What came until then, and how
    /// many bytes it took.
    pub fn drip(mut self, bytes: impl IntoIterator<Item = u8>) -> (Vec<u8>, usize) {
        self.0.set_read_timeout(Some(SHORT)).unwrap();
        let (mut heard, mut sent) = (Vec::new(), 0);
        let mut buffer = [0; 4096];
        for byte in bytes {
            self.send([byte]);
            sent += 1;
            match self.0.read(&mut buffer) {
                Ok(0) => return (heard, sent),
                Ok(read) => heard.extend(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return (heard, sent),
            }
        }
        panic!(
            "still open after {sent} bytes: {}",
            String::from_utf8_lossy(&heard)
        );
    }

    /// Everything that comes until the other side closes, by whatever means.
    pub fn rest(mut self) -> Vec<u8> {
        let mut heard = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut heard) {
            assert_ne!(
                error.kind(),
                ErrorKind::WouldBlock,
                "nobody closes: {}",
                String::from_utf8_lossy(&heard)
            );
        }
        heard
    }

    /// The next response; the connection stays open.
    pub fn response(&mut self) -> Response {
        let mut heard = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            if let Some((response, rest)) = parse(&heard) {
                assert!(rest.is_empty(), "more than one response");
                return response;
            }
            match self.0.read(&mut buffer).unwrap() {
                0 => panic!("closed after {:?}", String::from_utf8_lossy(&heard)),
                read => heard.extend(&buffer[..read]),
            }
        }
    }
}

/// All responses in `bytes`; anything else in there is a mistake.
pub fn responses(bytes: &[u8]) -> Vec<Response> {
    let (mut found, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let (response, after) = parse(rest).unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(rest)));
        found.push(response);
        rest = after;
    }
    found
}

fn parse(bytes: &[u8]) -> Option<(Response, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?[..3].parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let after = &bytes[end + 4..];
    let body = after.get(..length)?.to_vec();
    Some((
        Response {
            status,
            headers,
            body,
        },
        &after[length..],
    ))
}
