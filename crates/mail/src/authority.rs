//! A certificate authority beside those of the system.

use std::fmt;
use std::path::{Path, PathBuf};

use lettre::transport::smtp::client::Certificate;

/// One or more certificates that may vouch for a mail server.
#[derive(Clone)]
pub struct Authority(Certificate);

/// Why a file is not an authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityFault {
    /// It cannot be read.
    #[error("{path}: {1}", path = .0.display())]
    Unreadable(PathBuf, std::io::Error),
    /// There is no certificate in it.
    #[error("{path}: holds no certificate in PEM form", path = .0.display())]
    NotPem(PathBuf),
}

impl Authority {
    /// Reads a file of PEM certificates (RFC 7468 5).
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn read(path: &Path) -> Result<Self, AuthorityFault> {
        let pem = std::fs::read(path).map_err(|error| AuthorityFault::Unreadable(path.to_owned(), error))?;
        let not_pem = || AuthorityFault::NotPem(path.to_owned());
        // The library is content with a file that has none.
        if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
            return Err(not_pem());
        }
        Certificate::from_pem(&pem).map(Self).map_err(|_| not_pem())
    }

    /// For the library.
    pub(crate) fn certificate(&self) -> Certificate {
        self.0.clone()
    }
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        let missing = Authority::read(Path::new("/nowhere/ca.pem")).unwrap_err();
        assert!(missing.to_string().starts_with("/nowhere/ca.pem: "), "{missing}");
        let own = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        assert!(matches!(Authority::read(own), Err(AuthorityFault::NotPem(_))));
    }
}
