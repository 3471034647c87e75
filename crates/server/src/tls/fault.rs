//! What is wrong with a file of TLS, in words for whoever named it.

use std::fmt;
use std::path::PathBuf;

/// A setting that names a file of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// `server.tls_cert_file`.
    Certificate,
    /// `server.tls_key_file`.
    Key,
    /// `server.client_ca_file`.
    ClientAuthority,
}

impl Setting {
    /// Its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Setting::Certificate => "server.tls_cert_file",
            Setting::Key => "server.tls_key_file",
            Setting::ClientAuthority => "server.client_ca_file",
        }
    }

    /// What to put there.
    pub fn remedy(self) -> &'static str {
        match self {
            Setting::Certificate => {
                "name a PEM file with the certificate first, then those that vouch for it"
            }
            Setting::Key => "name a PEM file with the private key of the certificate, not encrypted",
            Setting::ClientAuthority => "name a PEM file with the authority's certificate, or leave it empty",
        }
    }
}

/// A file that cannot be used. Never holds anything of what the file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFault {
    /// Who named it.
    pub setting: Setting,
    /// The file.
    pub file: PathBuf,
    /// In the file, counted from one; none where it is about the whole of it.
    pub line: Option<usize>,
    /// Follows "which" in a sentence about the file.
    pub reason: String,
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} names {}", self.setting.as_str(), self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ", which {}", self.reason)
    }
}
