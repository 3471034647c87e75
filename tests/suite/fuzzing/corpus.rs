//! The requests to begin with, as files, and how such a text becomes a request.
//!
//! A file is a request line without a version, headers, an empty line and the body. `{{NAME}}` stands for something of the
//! scene.

use std::fs;
use std::path::Path;

use actix_http::Request;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::test::TestRequest;

/// One of the files.
pub struct Template {
    /// Its text.
    pub text: String,
}

/// All of them, in the order of their names.
pub fn read() -> Vec<Template> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/corpus");
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path| Template {
        text: fs::read_to_string(path).unwrap(),
    };
    let templates: Vec<_> = files.into_iter().map(read).collect();
    assert!(templates.len() >= 30);
    templates
}

/// The request, unless what became of it is no HTTP: that much the server refuses before anything of ours sees it.
pub fn request(text: &[u8], issuer: &str) -> Option<Request> {
    let (head, body) = match text.windows(2).position(|two| two == b"\n\n") {
        Some(end) => (&text[..end], &text[end + 2..]),
        None => (text, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut first = lines.next()?.splitn(2, |byte| *byte == b' ');
    let method = Method::from_bytes(first.next()?).ok()?;
    let target = Uri::try_from(first.next()?).ok()?;
    let uri = format!("{}{}", issuer, target.path_and_query()?);
    // The server answers these by itself: a body that has no place, and a method that is for proxies.
    if (matches!(method, Method::GET | Method::HEAD) && !body.is_empty()) || method == Method::CONNECT {
        return None;
    }
    let mut request = TestRequest::with_uri(&uri).method(method);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        request = request.append_header((name, value));
    }
    Some(request.set_payload(body.to_vec()).to_request())
}
