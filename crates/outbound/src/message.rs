//! What goes out and what comes back: plain values, whole bodies. Streams are not needed here.

pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};
use url::Url;

/// One request to be sent.
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: Method,
    /// Where to; absolute.
    pub url: Url,
    /// Header fields, `Host` and `Content-Length` excepted: those follow from the rest.
    pub headers: HeaderMap,
    /// The whole body; empty for none.
    pub body: Vec<u8>,
}

/// The answer, read to its end.
#[derive(Debug)]
pub struct Response {
    /// Any status, redirects and errors included.
    pub status: StatusCode,
    /// Header fields as received.
    pub headers: HeaderMap,
    /// The whole body, within the client's bound.
    pub body: Vec<u8>,
}
