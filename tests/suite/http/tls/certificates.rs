//! Another certificate, and other settings, while people are connected.

use std::fs;
use std::os::unix::fs::symlink;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{Secured, caller};
use crate::actors::authority::Authority;
use crate::actors::browser::http;
use crate::cli::installation::until;

fn der(pair: &(String, String)) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pair.0.as_bytes()).unwrap()
}

/// Puts a file there all at once: nobody sees half of it.
fn put(secured: &Secured, name: &str, text: &str) {
    fs::write(secured.file("tls/aside"), text).unwrap();
    fs::rename(secured.file("tls/aside"), secured.file(name)).unwrap();
}

/// Waits until new connections are shown this certificate.
#[track_caller]
fn until_shown(secured: &Secured, pair: &(String, String)) {
    let wanted = der(pair);
    until("the certificate is shown", || {
        (caller().call(secured.port()).unwrap().certificate() == wanted).then_some(())
    });
}

/// Waits until the log has so many lines with this text.
#[track_caller]
fn until_logged(secured: &Secured, text: &str, count: usize) -> Vec<String> {
    until(text, || {
        Some(secured.log(text)).filter(|lines| lines.len() >= count)
    })
}

#[test]
fn a_signal_brings_the_new_certificate_to_new_connections_alone() {
    let secured = Secured::new();
    let serving = secured.serve();
    let mut old = caller().call(secured.port()).unwrap();
    assert_eq!(old.get("/jwks").unwrap(), "HTTP/1.1 200 OK");
    let next = Authority::of_actors().issue("localhost");
    assert_ne!(old.certificate(), der(&next));
    // Under other names, which nobody looks at before the signal.
    fs::write(secured.file("tls/next.pem"), &next.0).unwrap();
    fs::write(secured.file("tls/next.key"), &next.1).unwrap();
    secured.edit(|text| {
        text.replace("tls/cert.pem", "tls/next.pem")
            .replace("tls/key.pem", "tls/next.key")
    });
    serving.signal("HUP");
    until_shown(&secured, &next);
    assert_eq!(old.get("/jwks").unwrap(), "HTTP/1.1 200 OK");
}

/// As Kubernetes mounts secrets: files are links into a directory that is a link itself, and that one link is replaced.
#[test]
fn without_a_signal_it_is_noticed_too() {
    let secured = Secured::new();
    let pairs = [(); 2].map(|()| Authority::of_actors().issue("localhost"));
    for (version, pair) in ["1", "2"].iter().zip(&pairs) {
        fs::create_dir(secured.file(&format!("tls/{version}"))).unwrap();
        fs::write(secured.file(&format!("tls/{version}/cert.pem")), &pair.0).unwrap();
        fs::write(secured.file(&format!("tls/{version}/key.pem")), &pair.1).unwrap();
    }
    symlink("1", secured.file("tls/data")).unwrap();
    for name in ["cert.pem", "key.pem"] {
        fs::remove_file(secured.file(&format!("tls/{name}"))).unwrap();
        symlink(format!("data/{name}"), secured.file(&format!("tls/{name}"))).unwrap();
    }
    let _serving = secured.serve();
    until_shown(&secured, &pairs[0]);
    symlink("2", secured.file("tls/data_next")).unwrap();
    fs::rename(secured.file("tls/data_next"), secured.file("tls/data")).unwrap();
    until_shown(&secured, &pairs[1]);
    let metrics = http()
        .get(secured.installation.management("/metrics"))
        .send()
        .unwrap()
        .text()
        .unwrap();
    assert!(
        metrics.contains("\nsignet_tls_certificate_expiry_timestamp_seconds "),
        "{metrics}"
    );
}

#[test]
fn half_a_pair_changes_nothing_and_is_told() {
    let secured = Secured::new();
    let _serving = secured.serve();
    let before = caller().call(secured.port()).unwrap().certificate();
    let next = Authority::of_actors().issue("localhost");
    put(&secured, "tls/cert.pem", &next.0);
    let told = until_logged(&secured, "new certificate refused", 1);
    assert!(told[0].contains("is not the key of the certificate"), "{told:?}");
    assert_eq!(caller().call(secured.port()).unwrap().certificate(), before);
    put(&secured, "tls/key.pem", &next.1);
    until_shown(&secured, &next);
}

#[test]
fn what_is_wrong_changes_nothing_and_is_told_with_its_place() {
    let secured = Secured::new();
    let serving = secured.serve();
    let before = caller().call(secured.port()).unwrap().certificate();
    let host = |name: &str| {
        let request = http()
            .get(format!("{}/jwks", secured.issuer))
            .header("host", name);
        request.send().unwrap().status().as_u16()
    };
    // One mistake keeps all the rest from being taken.
    secured.edit(|text| text.replacen("[server]\n", "[server]\nhosts = [\"other.example\"]\n", 1));
    let good = fs::read_to_string(secured.file("signet.toml")).unwrap();
    secured.edit(|text| format!("{text}\n[mail]\nfrom = \"nobody\"\n"));
    serving.signal("HUP");
    let told = until_logged(&secured, "configuration not reloaded", 1);
    assert!(
        told[0].contains("signet.toml:") && told[0].contains("is not a mailbox"),
        "{told:?}"
    );
    assert_eq!(host("other.example"), 421);
    fs::write(secured.file("signet.toml"), &good).unwrap();
    let whole = fs::read_to_string(secured.file("tls/key.pem")).unwrap();
    fs::write(secured.file("tls/key.pem"), "-----BEGIN PRIVATE KEY-----\n").unwrap();
    serving.signal("HUP");
    let told = until_logged(&secured, "configuration not reloaded", 2);
    assert!(
        told[1].contains("key.pem:1") && told[1].contains("signet.toml:"),
        "{told:?}"
    );
    assert_eq!(host("other.example"), 421);
    assert_eq!(caller().call(secured.port()).unwrap().certificate(), before);

    fs::write(secured.file("tls/key.pem"), whole).unwrap();
    serving.signal("HUP");
    until("the host is known", || {
        (host("other.example") == 200).then_some(())
    });
}

#[test]
fn a_signal_takes_what_a_running_server_can_and_names_the_rest() {
    let mut secured = Secured::new();
    let from = secured.file("from");
    fs::write(&from, "Signet <one@localhost>\n").unwrap();
    secured
        .installation
        .set("SIGNET_MAIL__FROM_FILE", from.to_str().unwrap());
    let serving = secured.serve();
    // An address that somebody claims counts once the claimant is trusted.
    let log_of_claim = || {
        let request = http()
            .get(format!("{}/jwks", secured.issuer))
            .header("x-forwarded-for", "203.0.113.77");
        request.send().unwrap();
        secured.log("203.0.113.77").len()
    };
    assert_eq!(log_of_claim(), 0);
    fs::write(&from, "Signet <two@localhost>\n").unwrap();
    secured.edit(|text| {
        text.replacen("[server]\n", "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n", 1)
            .replace("# access_ttl = \"10m\"", "access_ttl = \"7m\"")
    });
    serving.signal("HUP");
    until("the proxy is trusted", || (log_of_claim() > 0).then_some(()));
    let taken = until_logged(&secured, "configuration reloaded", 1);
    assert!(
        taken[0].contains("server.trusted_proxies, mail.from"),
        "{taken:?}"
    );
    let waiting = until_logged(&secured, "needs a restart", 1);
    assert!(
        waiting[0].contains("needs a restart: tokens.access_ttl\""),
        "{waiting:?}"
    );
}
