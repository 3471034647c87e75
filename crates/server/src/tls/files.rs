//! The files TLS is made of: how they are read, and how it is noticed that they are others.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use tokio_rustls::rustls::pki_types::pem::{PemObject as _, SectionKind};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::fault::{Setting, TlsFault};
use super::pem::{self, Section};
use super::terms::Terms;
use crate::exit::plain;

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key: PKCS#8, SEC1 or PKCS#1.
    pub key: PathBuf,
    /// The authorities whose client certificates are accepted. Where there are none, nobody is asked for one.
    pub client_authority: Option<PathBuf>,
}

/// What can be seen of the files without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Traces(Vec<Option<Trace>>);

/// The file a name leads to, through however many links: another one, or the same written anew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trace {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Trace {
    /// None for a file that is not there at the moment, which happens while links are set anew.
    fn of(path: &Path) -> Option<Self> {
        let seen = fs::metadata(path).ok()?;
        Some(Self {
            device: seen.dev(),
            inode: seen.ino(),
            size: seen.len(),
            modified: (seen.mtime(), seen.mtime_nsec()),
        })
    }
}

impl TlsFiles {
    /// What the files look like now.
    pub(super) fn traces(&self) -> Traces {
        let paths = [
            Some(&self.certificate),
            Some(&self.key),
            self.client_authority.as_ref(),
        ];
        Traces(paths.into_iter().flatten().map(|path| Trace::of(path)).collect())
    }

    /// Reads all of them, and finds out whether they fit together.
    ///
    /// # Errors
    /// All that is wrong.
    pub(super) fn read(&self) -> Result<Terms, Vec<TlsFault>> {
        let mut faults = Vec::new();
        let mut noted = |fault| {
            faults.push(fault);
        };
        let chain = certificates(Setting::Certificate, &self.certificate)
            .map_err(&mut noted)
            .ok();
        let key = private_key(&self.key).map_err(&mut noted).ok();
        let authorities = self.client_authority.as_deref();
        let authorities = authorities.map(|path| certificates(Setting::ClientAuthority, path));
        let authorities = authorities.transpose().map_err(&mut noted).ok();
        match (chain, key, authorities) {
            (Some(chain), Some(key), Some(authorities)) => {
                Terms::new(self, chain, key, authorities).map_err(|fault| vec![fault])
            }
            _ => Err(faults),
        }
    }
}

/// Certificates in PEM form, each with its line; at least one.
fn certificates(setting: Setting, file: &Path) -> Result<Vec<(CertificateDer<'static>, usize)>, TlsFault> {
    let found: Vec<_> = read(setting, file)?
        .into_iter()
        .filter(|section| section.kind == SectionKind::Certificate)
        .map(|section| (CertificateDer::from(section.der), section.line))
        .collect();
    if found.is_empty() {
        return Err(fault(setting, file, None, "holds no certificate in PEM form"));
    }
    Ok(found)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    let mut keys = read(Setting::Key, file)?
        .into_iter()
        .filter_map(|section| PrivateKeyDer::from_pem(section.kind, section.der));
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(fault(
            Setting::Key,
            file,
            None,
            "holds no private key in PEM form that is not encrypted",
        )),
        (Some(_), Some(_)) => Err(fault(Setting::Key, file, None, "holds more than one private key")),
    }
}

fn read(setting: Setting, file: &Path) -> Result<Vec<Section>, TlsFault> {
    let text = fs::read(file).map(Zeroizing::new).map_err(|error| {
        let reason = format!("cannot be read: {}", plain(&error));
        fault(setting, file, None, reason)
    })?;
    pem::sections(&text).map_err(|(line, reason)| fault(setting, file, Some(line), reason))
}

/// About a file.
pub(super) fn fault(
    setting: Setting,
    file: &Path,
    line: Option<usize>,
    reason: impl Into<String>,
) -> TlsFault {
    TlsFault {
        setting,
        file: file.to_owned(),
        line,
        reason: reason.into(),
    }
}
