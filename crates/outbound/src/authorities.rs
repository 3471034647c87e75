//! Certificate authorities believed beside the machine's own (`outbound.ca_file`).

use thiserror::Error;

/// Additional authorities; none by default.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<reqwest::Certificate>);

/// A file that holds no authorities. Its text never holds what the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthoritiesFault {
    /// Not one certificate.
    #[error("holds no certificate in PEM form")]
    Empty,
    /// Something begins like a certificate and is none.
    #[error("holds a certificate that cannot be read")]
    Malformed,
}

impl Authorities {
    /// Reads certificates in PEM form; whatever else stands between them is passed over (RFC 7468 5.2).
    ///
    /// # Errors
    /// [`AuthoritiesFault`] when there is none, or one that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AuthoritiesFault> {
        let certificates =
            reqwest::Certificate::from_pem_bundle(pem).map_err(|_| AuthoritiesFault::Malformed)?;
        if certificates.is_empty() {
            return Err(AuthoritiesFault::Empty);
        }
        // The library looks into certificates only when a client is made of them.
        reqwest::Client::builder()
            .tls_certs_only(certificates.clone())
            .build()
            .map_err(|_| AuthoritiesFault::Malformed)?;
        Ok(Self(certificates))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn certificates(&self) -> Vec<reqwest::Certificate> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_certificates_among_other_things() {
        let made = rcgen::generate_simple_self_signed(vec!["a.example".into()]).unwrap();
        let pem = format!(
            "# ours\n{}{}{}",
            made.cert.pem(),
            made.signing_key.serialize_pem(),
            made.cert.pem()
        );
        assert_eq!(
            Authorities::from_pem(pem.as_bytes())
                .unwrap()
                .certificates()
                .len(),
            2
        );
    }

    #[test]
    fn tells_nothing_from_nonsense() {
        let begin = "-----BEGIN CERTIFICATE-----\n";
        let end = "\n-----END CERTIFICATE-----\n";
        for (pem, fault) in [
            (String::new(), AuthoritiesFault::Empty),
            ("not a certificate".into(), AuthoritiesFault::Empty),
            (format!("{begin}AAAA{end}"), AuthoritiesFault::Malformed),
            (format!("{begin}!!!{end}"), AuthoritiesFault::Malformed),
            (format!("{begin}AAAA"), AuthoritiesFault::Malformed),
        ] {
            assert_eq!(Authorities::from_pem(pem.as_bytes()).unwrap_err(), fault, "{pem}");
        }
    }
}
