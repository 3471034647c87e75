//! Versions, protocols, tickets; and those who never come to the end of a handshake.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::web::Data;
use rustls::{HandshakeKind, ProtocolVersion};
use server::http::{self, Manner};
use server::tls::{Prepared, Tls, TlsFiles};
use tempfile::TempDir;
use web::Patience;

use super::Secured;
use crate::actors::Wire;
use crate::actors::authority::Authority;
use crate::actors::handshake::Hello;
use crate::actors::wire::responses;
use crate::rig::Provider;

#[test]
fn two_versions_are_spoken_and_one_protocol() {
    let secured = Secured::new();
    let _serving = secured.serve();
    let ours = Authority::of_actors();
    for (version, agreed) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let mut call = Hello::speaking(version)
            .believing(ours)
            .call(secured.port())
            .unwrap();
        assert_eq!(call.version(), agreed);
        assert_eq!(call.get("/jwks").unwrap(), "HTTP/1.1 200 OK");
    }
    let both: [&[u8]; 2] = [b"h2", b"http/1.1"];
    let call = Hello::offering(&both)
        .believing(ours)
        .call(secured.port())
        .unwrap();
    assert_eq!(call.protocol().as_deref(), Some(b"http/1.1".as_slice()));
    let refused = Hello::offering(&both[..1]).believing(ours).call(secured.port());
    let told = refused.err().unwrap();
    assert!(told.contains("NoApplicationProtocol"), "{told}");
}

#[test]
fn who_does_not_know_the_authority_is_not_served() {
    let secured = Secured::new();
    let _serving = secured.serve();
    let stranger = Hello::default().believing(&Authority::new()).call(secured.port());
    let told = stranger.err().unwrap();
    assert!(told.contains("invalid peer certificate"), "{told}");
}

/// RFC 8996: the hello of a client that speaks nothing newer than 1.1.
#[test]
fn older_versions_are_refused() {
    let secured = Secured::new();
    let _serving = secured.serve();
    let mut hello = vec![0x03, 0x02];
    hello.extend([7; 32]);
    // No session; one suite that TLS 1.1 had; no compression.
    hello.extend([0x00, 0x00, 0x02, 0xc0, 0x14, 0x01, 0x00]);
    let mut record = vec![
        0x16,
        0x03,
        0x01,
        0x00,
        u8::try_from(hello.len() + 4).unwrap(),
        0x01,
        0x00,
        0x00,
    ];
    record.push(u8::try_from(hello.len()).unwrap());
    record.extend(hello);
    let mut wire = Wire::at(&format!("127.0.0.1:{}", secured.port()));
    wire.send(record);
    // A fatal alert, and nothing else: 70 is protocol_version, 40 handshake_failure (RFC 8446 6).
    let heard = wire.rest();
    assert_eq!(heard.len(), 7, "{heard:?}");
    assert_eq!((heard[0], heard[5]), (21, 2), "{heard:?}");
    assert!([40, 70].contains(&heard[6]), "{heard:?}");
}

#[test]
fn sessions_are_resumed() {
    let secured = Secured::new();
    let _serving = secured.serve();
    for version in rustls::ALL_VERSIONS {
        let caller = Hello::speaking(version).believing(Authority::of_actors());
        let mut first = caller.call(secured.port()).unwrap();
        // With the answer come the tickets of TLS 1.3.
        first.get("/jwks").unwrap();
        assert_eq!(first.kind(), HandshakeKind::Full, "{version:?}");
        let mut second = caller.call(secured.port()).unwrap();
        assert_eq!(second.kind(), HandshakeKind::Resumed, "{version:?}");
        assert_eq!(second.get("/jwks").unwrap(), "HTTP/1.1 200 OK");
    }
}

#[test]
fn plain_http_is_told_to_speak_tls() {
    let secured = Secured::new();
    let _serving = secured.serve();
    let mut wire = Wire::at(&format!("127.0.0.1:{}", secured.port()));
    wire.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
        .send("x".repeat(100_000));
    let answers = responses(&wire.rest());
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [400]);
    assert_eq!(answers[0].header("connection"), "close");
    assert!(String::from_utf8_lossy(&answers[0].body).contains("https://"));
}

/// A second front of a story's provider, in TLS, that waits for nobody longer than this.
fn impatient(provider: &Provider, limit: Duration) -> (u16, actix_web::dev::ServerHandle) {
    let dir = TempDir::new().unwrap();
    let (certificate, key) = Authority::of_actors().issue("localhost");
    let files = TlsFiles {
        certificate: dir.path().join("cert.pem"),
        key: dir.path().join("key.pem"),
        client_authority: None,
    };
    std::fs::write(&files.certificate, certificate).unwrap();
    std::fs::write(&files.key, key).unwrap();
    let manner = Manner {
        workers: 2,
        grace: 0,
        patience: Patience {
            head: limit,
            body: limit,
            idle: limit,
            answer: limit,
        },
        tls: Some(Arc::new(Tls::new(Prepared::read(files).unwrap()))),
        ..Manner::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::channel();
    let state = provider.state();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = http::serve(&Data::from(state), vec![listener], manner).unwrap();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (port, receiver.recv().unwrap())
}

/// Silence, a handshake byte by byte, half of one, silence after one: each is cut off, and meanwhile others are served.
#[test]
fn nobody_waits_for_a_handshake_for_long() {
    let provider = Provider::start();
    let (port, server) = impatient(&provider, Duration::from_millis(700));
    let address = format!("127.0.0.1:{port}");
    let silent: Vec<Wire> = (0..200).map(|_| Wire::at(&address)).collect();
    let mut half = Wire::at(&address);
    half.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);
    let (heard, sent) =
        Wire::at(&address).drip([0x16, 0x03, 0x01, 0x02, 0x00].into_iter().chain([0x01; 400]));
    assert!(heard.is_empty() && sent < 405, "{sent}");
    let caller = Hello::default().believing(Authority::of_actors());
    let idle = caller.call(port).unwrap();
    assert!(caller.call(port).unwrap().get("/").is_ok());
    for wire in silent.into_iter().chain([half]) {
        assert!(wire.rest().is_empty());
    }
    assert!(idle.rest_is_closed());
    drop(server.stop(false));
}
