//! TLS in the process: what it is made of, and that it can be replaced while people are connected.
//!
//! A new certificate is for new connections; the old ones go on as they began. Accepting connections is `http`'s business.

mod fault;
mod files;
mod pem;
mod terms;
mod validity;
mod watch;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use kernel::Timestamp;
use tokio_rustls::rustls::ServerConfig;

pub use fault::{Setting, TlsFault};
pub use files::TlsFiles;
pub use validity::Validity;
pub use watch::Watch;

use files::Traces;
use terms::Terms;

/// What handshakes are made by at the moment.
pub struct Tls {
    terms: RwLock<Terms>,
    origin: Mutex<Origin>,
}

/// Where the terms came from, and what the files looked like when they were last read, with success or without.
struct Origin {
    files: TlsFiles,
    seen: Traces,
}

/// Files that were read and found good, and are not in use yet.
pub struct Prepared {
    origin: Origin,
    terms: Terms,
}

/// What a look at the files found.
#[derive(Debug)]
pub enum Look {
    /// They are as they were.
    Same,
    /// There were new ones, which are in use now.
    Replaced,
    /// There were new ones, which are no good. This is said once of them; the old ones stay in use.
    Refused(Vec<TlsFault>),
}

/// What became of the certificate that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopted {
    /// It is the one of before.
    Same,
    /// It is another one.
    Another,
}

impl Prepared {
    /// Reads certificate, key and authority.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn read(files: TlsFiles) -> Result<Self, Vec<TlsFault>> {
        // Before the files are read: what is written meanwhile is noticed at the next look.
        let seen = files.traces();
        let terms = files.read()?;
        Ok(Self {
            origin: Origin { files, seen },
            terms,
        })
    }

    /// From when until when the certificate is good.
    pub fn validity(&self) -> Validity {
        self.terms.validity
    }
}

impl Tls {
    /// By files that were read.
    pub fn new(prepared: Prepared) -> Self {
        Self {
            terms: RwLock::new(prepared.terms),
            origin: Mutex::new(prepared.origin),
        }
    }

    /// For the next handshake.
    pub(crate) fn terms(&self) -> Arc<ServerConfig> {
        let terms = self.terms.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&terms.config)
    }

    /// When the certificate in use ends.
    pub fn ends(&self) -> Timestamp {
        self.terms
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .validity
            .ends
    }

    /// From now on handshakes are made by these.
    pub fn adopt(&self, prepared: Prepared) -> Adopted {
        let mut origin = self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        *origin = prepared.origin;
        let mut terms = self.terms.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *terms, prepared.terms);
        match before.certificate == terms.certificate {
            true => Adopted::Same,
            false => Adopted::Another,
        }
    }

    /// Looks whether the files are others than those last read, and reads them if so.
    pub fn look(&self) -> Look {
        let mut origin = self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = origin.files.traces();
        if seen == origin.seen {
            return Look::Same;
        }
        origin.seen = seen;
        match origin.files.read() {
            Ok(terms) => {
                *self.terms.write().unwrap_or_else(PoisonError::into_inner) = terms;
                Look::Replaced
            }
            Err(faults) => Look::Refused(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
    use tempfile::TempDir;

    use super::*;

    /// A certificate and its key, both in PEM.
    fn pair() -> (String, String) {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = CertificateParams::new(vec!["id.example".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn files(dir: &Path) -> TlsFiles {
        TlsFiles {
            certificate: dir.join("cert.pem"),
            key: dir.join("key.pem"),
            client_authority: None,
        }
    }

    fn write(dir: &Path, (certificate, key): &(String, String)) {
        fs::write(dir.join("cert.pem"), certificate).unwrap();
        fs::write(dir.join("key.pem"), key).unwrap();
    }

    fn faults(files: TlsFiles) -> Vec<String> {
        let faults = Prepared::read(files).err().unwrap();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_file_that_is_wrong_is_told() {
        let dir = TempDir::new().unwrap();
        let place = dir.path().display();
        let mut files = files(dir.path());
        files.client_authority = Some(dir.path().join("ca.pem"));
        fs::write(dir.path().join("cert.pem"), "\n-----BEGIN CERTIFICATE-----\nMAMC").unwrap();
        fs::write(dir.path().join("ca.pem"), "nothing").unwrap();
        assert_eq!(
            faults(files),
            [
                format!(
                    "server.tls_cert_file names {place}/cert.pem:2, which ends in the middle of a section"
                ),
                format!(
                    "server.tls_key_file names {place}/key.pem, which cannot be read: no such file or directory"
                ),
                format!("server.client_ca_file names {place}/ca.pem, which holds no certificate in PEM form"),
            ]
        );
    }

    #[test]
    fn a_key_of_another_certificate_is_noticed() {
        let dir = TempDir::new().unwrap();
        let (certificate, key) = (pair().0, pair().1);
        write(dir.path(), &(certificate, key));
        let place = dir.path().display();
        assert_eq!(
            faults(files(dir.path())),
            [format!(
                "server.tls_key_file names {place}/key.pem, which is not the key of the certificate in {place}/cert.pem"
            )]
        );
    }

    #[test]
    fn new_files_are_taken_once_they_fit_and_complained_about_once() {
        let dir = TempDir::new().unwrap();
        write(dir.path(), &pair());
        let tls = Tls::new(Prepared::read(files(dir.path())).unwrap());
        let before = tls.terms();
        assert!(matches!(tls.look(), Look::Same));
        let next = pair();
        fs::write(dir.path().join("cert.pem"), &next.0).unwrap();
        assert!(matches!(tls.look(), Look::Refused(_)));
        assert!(matches!(tls.look(), Look::Same));
        assert!(Arc::ptr_eq(&before, &tls.terms()));
        fs::write(dir.path().join("key.pem"), &next.1).unwrap();
        assert!(matches!(tls.look(), Look::Replaced));
        assert!(!Arc::ptr_eq(&before, &tls.terms()));
    }

    #[test]
    fn what_is_adopted_is_told_apart_by_what_is_in_the_files() {
        let dir = TempDir::new().unwrap();
        write(dir.path(), &pair());
        let read = || Prepared::read(files(dir.path())).unwrap();
        let tls = Tls::new(read());
        assert_eq!(tls.adopt(read()), Adopted::Same);
        write(dir.path(), &pair());
        assert_eq!(tls.adopt(read()), Adopted::Another);
        assert_eq!(tls.adopt(read()), Adopted::Same);
        assert!(matches!(tls.look(), Look::Same));
    }

    #[test]
    fn links_that_lead_elsewhere_are_followed() {
        let dir = TempDir::new().unwrap();
        let at = |name: &str| dir.path().join(name);
        for version in ["1", "2"] {
            fs::create_dir(at(version)).unwrap();
            write(&at(version), &pair());
        }
        std::os::unix::fs::symlink("1", at("now")).unwrap();
        let tls = Tls::new(Prepared::read(files(&at("now"))).unwrap());
        std::os::unix::fs::symlink("2", at("next")).unwrap();
        fs::rename(at("next"), at("now")).unwrap();
        assert!(matches!(tls.look(), Look::Replaced));
    }
}
