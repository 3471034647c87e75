//! The certificate a client presented, at our own TLS or at a trusted proxy's. What it is worth is not judged here: RFC 8705
//! would be the reader.
//!
//! Who may say so: from a proxy that is trusted, only its header counts, since the certificate of its connection is the
//! proxy's own; from everybody else only the handshake, since anybody can write a header.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::digest::sha256;

use crate::peer::TrustedProxies;

/// The header of RFC 9440 2.2.
const HEADER: &str = "client-cert";
/// What begins every certificate in DER: a sequence.
const SEQUENCE: u8 = 0x30;

/// A client's own certificate, without the chain that vouched for it.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    der: Arc<[u8]>,
    digest: [u8; 32],
}

impl ClientCertificate {
    /// One that was presented; `der` is the certificate.
    pub fn new(der: &[u8]) -> Self {
        Self {
            der: der.into(),
            digest: sha256(der),
        }
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the certificate in DER, which `x5t#S256` carries in base64url (RFC 8705 3.1).
    pub fn thumbprint(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The same for the log, in the letters OpenTelemetry asks for: hexadecimal, capitals.
    pub fn fingerprint(&self) -> String {
        self.digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02X}");
            text
        })
    }

    /// That of the request, whoever may speak for it.
    pub(crate) fn of(request: &HttpRequest, trusted: &TrustedProxies) -> Option<Self> {
        let peer = request.peer_addr()?.ip();
        if !trusted.trusts(peer) {
            return request.conn_data::<Self>().cloned();
        }
        let mut named = request.headers().get_all(HEADER);
        // Of two headers one may be somebody else's.
        match (named.next(), named.next()) {
            (Some(only), None) => only.to_str().ok().and_then(parse),
            _ => None,
        }
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({})", self.fingerprint())
    }
}

/// A byte sequence (RFC 9440 2.1, RFC 8941 3.3.5), or what nginx can say instead: percent-encoded PEM.
fn parse(text: &str) -> Option<ClientCertificate> {
    let base64 = match text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')) {
        Some(base64) => base64.to_owned(),
        None => body_of_pem(&unescaped(text)?)?,
    };
    let der = STANDARD.decode(base64).ok()?;
    (der.first() == Some(&SEQUENCE)).then(|| ClientCertificate::new(&der))
}

/// What stands between the lines of a certificate's PEM, in one piece.
fn body_of_pem(text: &str) -> Option<String> {
    let (_, after) = text.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = after.split_once("-----END CERTIFICATE-----")?;
    Some(body.split_ascii_whitespace().collect())
}

/// Percent-encoding undone (RFC 3986 2.1). A plus sign is one: base64 has them.
fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        // A sign would be read, too.
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        bytes.push(is_hex.then(|| u8::from_str_radix(digits, 16).ok())??);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use actix_web::test::TestRequest;

    use super::*;

    const DER: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0xfb];

    fn request(peer: &str) -> TestRequest {
        let peer: SocketAddr = format!("{peer}:1").parse().unwrap();
        TestRequest::default().peer_addr(peer)
    }

    fn of(request: TestRequest) -> Option<ClientCertificate> {
        let trusted = TrustedProxies::parse(&["10.0.0.0/8"]).unwrap();
        ClientCertificate::of(&request.to_http_request(), &trusted)
    }

    #[test]
    fn a_header_counts_from_a_trusted_proxy_alone() {
        let header = (HEADER, ":MAMCAfs=:");
        let from_proxy = of(request("10.0.0.1").insert_header(header)).unwrap();
        assert_eq!(from_proxy.der(), DER);
        assert_eq!(*from_proxy.thumbprint(), sha256(DER));
        assert_eq!(of(request("192.0.2.1").insert_header(header)), None);
        let two = request("10.0.0.1").append_header(header).append_header(header);
        assert_eq!(of(two), None);
    }

    #[test]
    fn nginx_may_say_it_in_its_own_way() {
        let escaped = "-----BEGIN%20CERTIFICATE-----%0AMAMC%0AAfs=%0A-----END%20CERTIFICATE-----%0A";
        assert_eq!(parse(escaped).unwrap().der(), DER);
    }

    #[test]
    fn nonsense_is_no_certificate() {
        for text in [
            "",
            ":",
            "::",
            ":MAMCAfs=",
            ":////:",
            "%",
            "%zz",
            "%+f",
            "-----BEGIN%20CERTIFICATE-----",
            ":AAAA:",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_fingerprint_reads_as_openssl_prints_it() {
        let shown = ClientCertificate::new(DER).fingerprint();
        assert_eq!(shown.len(), 64);
        assert!(
            shown
                .chars()
                .all(|c| c.is_ascii_digit() || ('A'..='F').contains(&c)),
            "{shown}"
        );
    }
}
