//! Certificates of clients: shown, not shown, wrong, or claimed in a header.

use std::fs;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use web::ClientCertificate;

use super::Secured;
use crate::actors::authority::Authority;
use crate::actors::browser::http;
use crate::actors::handshake::Hello;
use crate::cli::installation::until;

/// As the log names a certificate.
fn fingerprint(pem: &str) -> String {
    ClientCertificate::new(&CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).fingerprint()
}

/// A server that knows an authority of clients.
fn knowing(authority: &Authority) -> Secured {
    let secured = Secured::with("client_ca_file = \"tls/clients.pem\"");
    fs::write(secured.file("tls/clients.pem"), authority.pem()).unwrap();
    secured
}

#[test]
fn a_certificate_is_verified_when_shown_and_never_demanded() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let secured = knowing(&ours);
    let _serving = secured.serve();
    for version in rustls::ALL_VERSIONS {
        let good = ours.issue_to_client();
        let showing = |pair: &(String, String)| {
            let hello = Hello::showing(pair.clone()).and_only(version);
            let mut call = hello.believing(Authority::of_actors()).call(secured.port())?;
            call.get("/jwks")
        };
        assert_eq!(showing(&good).unwrap(), "HTTP/1.1 200 OK", "{version:?}");
        until("it stands in the log", || {
            (secured.log(&fingerprint(&good.0)).len() == 1).then_some(())
        });
        let wrong = theirs.issue_to_client();
        let refused = showing(&wrong).unwrap_err();
        assert!(
            !refused.is_empty() && secured.log(&fingerprint(&wrong.0)).is_empty(),
            "{refused}"
        );
    }
    let count = secured.log("tls.client.hash.sha256").len();
    let mut nobody = Hello::default()
        .believing(Authority::of_actors())
        .call(secured.port())
        .unwrap();
    assert_eq!(
        nobody.get("/.well-known/openid-configuration").unwrap(),
        "HTTP/1.1 200 OK"
    );
    until("the request stands in the log", || {
        (!secured.log("openid-configuration").is_empty()).then_some(())
    });
    assert_eq!(secured.log("tls.client.hash.sha256").len(), count);
}

/// A resumed session brings its certificate along; an authority that is taken back takes the sessions with it.
#[test]
fn a_resumed_session_is_the_same_client() {
    let (first, second) = (Authority::new(), Authority::new());
    let secured = knowing(&first);
    let serving = secured.serve();
    let pair = first.issue_to_client();
    let caller = Hello::showing(pair.clone()).believing(Authority::of_actors());
    for _ in 0..2 {
        caller.call(secured.port()).unwrap().get("/jwks").unwrap();
    }
    until("both stand in the log", || {
        (secured.log(&fingerprint(&pair.0)).len() == 2).then_some(())
    });
    fs::write(secured.file("tls/clients.pem"), second.pem()).unwrap();
    serving.signal("HUP");
    until("the certificate is refused", || {
        let refused = caller.call(secured.port()).and_then(|mut call| call.get("/jwks"));
        refused.is_err().then_some(())
    });
}

#[test]
fn a_header_counts_from_a_trusted_proxy_alone() {
    let (certificate, _) = Authority::new().issue_to_client();
    let body: String = certificate
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let claim = |secured: &Secured| {
        let request = http()
            .get(format!("{}/jwks", secured.issuer))
            .header("client-cert", format!(":{body}:"));
        assert_eq!(request.send().unwrap().status(), 200);
    };
    let trusting = Secured::with("trusted_proxies = [\"127.0.0.1\"]");
    let serving = trusting.serve();
    claim(&trusting);
    until("the proxy is believed", || {
        (trusting.log(&fingerprint(&certificate)).len() == 1).then_some(())
    });
    drop(serving);
    let wary = Secured::new();
    let serving = wary.serve();
    claim(&wary);
    // The log is whole once the server has ended.
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));
    assert!(!wary.log("/jwks").is_empty() && wary.log("tls.client.hash.sha256").is_empty());
}
