use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use url::Url;

use super::*;
use crate::{HeaderMap, Method};

/// A server for one connection: reads something, writes `answer`, closes. Returns its port.
fn answering(answer: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    });
    port
}

fn hi() -> String {
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi".to_owned()
}

fn redirect(target: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n")
}

fn get(client: &Outbound, url: &str) -> Result<Response, OutboundError> {
    let url = Url::parse(url).unwrap();
    let request = Request {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(client.send(request))
}

fn narrow() -> Bounds {
    Bounds {
        body: 64,
        header: 256,
        time: Duration::from_millis(300),
    }
}

fn small() -> Outbound {
    Outbound::loopback_within(narrow()).unwrap()
}

fn open(allow: &[&str], authorities: &Authorities) -> Outbound {
    let entries: Vec<String> = allow.iter().map(|it| (*it).to_owned()).collect();
    Outbound::open(Allowed::parse(&entries).unwrap(), authorities).unwrap()
}

/// Counts who connects.
struct Canary {
    port: u16,
    hits: Arc<AtomicUsize>,
}

impl Canary {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&hits);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.unwrap().write_all(hi().as_bytes());
            }
        });
        Self { port, hits }
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

/// An authority of the test's own, and a TLS server at `localhost` it vouches for.
struct TlsServer {
    port: u16,
    authority: String,
}

impl TlsServer {
    fn start() -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        let port = Self::serve(Arc::new(config));
        Self { port, authority }
    }

    fn serve(config: Arc<rustls::ServerConfig>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let connection = rustls::ServerConnection::new(config).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(hi().as_bytes());
                let _ = stream.flush();
            }
        });
        port
    }
}

#[test]
fn reaches_this_machine_by_name_and_by_address() {
    for host in ["localhost", "127.0.0.1"] {
        let port = answering(hi());
        let answer = get(&small(), &format!("http://{host}:{port}/")).unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_slice()),
            (200, b"hi".as_slice())
        );
    }
}

#[test]
fn hands_redirects_back() {
    let port = answering(redirect("http://192.0.2.1/"));
    let answer = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    assert_eq!(answer.headers["location"], "http://192.0.2.1/");
}

#[test]
fn loopback_refuses_other_machines_and_other_schemes() {
    let refusal = get(&small(), "http://192.0.2.1/").unwrap_err();
    assert!(
        matches!(refusal, OutboundError::OutOfReach(OutOfReach::Forbidden { .. })),
        "{refusal:?}"
    );
    let refusal = get(&small(), "https://localhost/").unwrap_err();
    assert!(
        matches!(refusal, OutboundError::OutOfReach(OutOfReach::Scheme(_))),
        "{refusal:?}"
    );
}

#[test]
fn the_resolvers_verdict_survives_the_journey() {
    let refusal = get(&small(), "http://name.invalid/").unwrap_err();
    assert!(
        matches!(refusal, OutboundError::OutOfReach(OutOfReach::Unresolved(_))),
        "{refusal:?}"
    );
}

#[test]
fn stops_reading_at_the_bound() {
    let body = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(65));
    let header = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(256));
    for (answer, bound) in [(body, 64), (header, 256)] {
        let port = answering(answer);
        let error = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap_err();
        assert!(
            matches!(error, OutboundError::TooLarge { limit } if limit == bound),
            "{error:?}"
        );
    }
}

#[test]
fn gives_up_on_too_many_header_fields() {
    let port = answering(format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101)));
    let error = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap_err();
    assert!(matches!(error, OutboundError::Transport(_)), "{error:?}");
}

#[test]
fn stops_waiting_at_the_bound() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let error = get(&small(), &format!("http://127.0.0.1:{port}/")).unwrap_err();
    assert!(matches!(error, OutboundError::Timeout), "{error:?}");
}

#[test]
fn nothing_on_this_machine_hears_of_the_open_client() {
    let canary = Canary::listen();
    let TlsServer { authority, .. } = TlsServer::start();
    let client = open(&[], &Authorities::from_pem(authority.as_bytes()).unwrap());
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "localhost",
        "localhost.",
        "notes.localhost",
        "me@127.0.0.1",
        "rp.example@127.0.0.1",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{}/", canary.port);
            let refusal = get(&client, &url).unwrap_err();
            assert!(
                matches!(refusal, OutboundError::OutOfReach(_)),
                "{url}: {refusal:?}"
            );
        }
    }
    assert_eq!(canary.hits(), 0);
}

/// Where the resolver alone stands between a name and this machine: the last gate, tested without the ones before it.
#[test]
fn a_name_that_leads_here_is_not_connected_to() {
    let canary = Canary::listen();
    let client = builder(Reach::Public(Arc::default()), BOUNDS)
        .tls_certs_only([])
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!("http://localhost:{}/", canary.port);
    let sent = runtime.block_on(async { client.get(url).send().await });
    let refusal = OutboundError::from(sent.unwrap_err());
    assert!(
        matches!(refusal, OutboundError::OutOfReach(OutOfReach::Forbidden { .. })),
        "{refusal:?}"
    );
    assert_eq!(canary.hits(), 0);
}

#[test]
fn what_the_operator_names_is_reached_and_its_redirects_are_not() {
    let canary = Canary::listen();
    let port = answering(redirect(&format!("http://127.0.0.1:{}/", canary.port)));
    let client = open(&[&format!("localhost:{port}")], &Authorities::default());
    let answer = get(&client, &format!("http://localhost:{port}/")).unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    let refusal = get(&client, &format!("http://localhost:{}/", canary.port)).unwrap_err();
    assert!(
        matches!(refusal, OutboundError::OutOfReach(OutOfReach::PlainHttp)),
        "{refusal:?}"
    );
    assert_eq!(canary.hits(), 0);
}

#[test]
fn a_server_is_believed_with_its_authority_and_not_without() {
    let server = TlsServer::start();
    let authority = Authorities::from_pem(server.authority.as_bytes()).unwrap();
    let answer = get(
        &open(&["localhost:*"], &authority),
        &format!("https://localhost:{}/", server.port),
    );
    assert_eq!(answer.unwrap().body, b"hi");

    let server = TlsServer::start();
    let error = get(
        &open(&["localhost:*"], &authority),
        &format!("https://localhost:{}/", server.port),
    )
    .unwrap_err();
    assert!(
        error.in_full().contains("invalid peer certificate"),
        "{}",
        error.in_full()
    );
    assert!(!error.in_full().contains("https://"), "{}", error.in_full());
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let server = TlsServer::start();
    let authority = Authorities::from_pem(server.authority.as_bytes()).unwrap();
    let client = open(&["127.0.0.1:*"], &authority);
    let error = get(&client, &format!("https://127.0.0.1:{}/", server.port)).unwrap_err();
    assert!(
        error.in_full().contains("invalid peer certificate"),
        "{}",
        error.in_full()
    );
}

#[test]
fn a_machine_without_authorities_says_so_and_still_sends_what_needs_none() {
    let client = builder(Reach::Vouched, BOUNDS)
        .tls_certs_only([])
        .build()
        .unwrap();
    let open = Outbound {
        way: Way::Open(Open {
            judge: Judge::new(Allowed::parse(&["localhost:*".to_owned()]).unwrap()),
            public: client.clone(),
            vouched: client,
            trust: Trust::Nobody,
        }),
        bounds: BOUNDS,
    };
    assert!(!open.believes_anybody());
    let error = get(&open, "https://rp.example/").unwrap_err();
    assert!(matches!(error, OutboundError::NoAuthorities), "{error:?}");
    let port = answering(hi());
    assert_eq!(
        get(&open, &format!("http://localhost:{port}/")).unwrap().body,
        b"hi"
    );
}
