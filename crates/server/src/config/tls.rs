//! `server.tls_cert_file`, `server.tls_key_file` and `server.client_ca_file`: which files they name, and how faults in these
//! are told. The files themselves are read only by who serves, checks or examines: whoever uses the command line beside a
//! server need not be able to read its key.

use super::keys::Key;
use super::problem::{Problem, Problems};
use super::reader::Reader;
use super::resolve::Resolved;
use crate::tls::{Setting, TlsFault, TlsFiles};

/// The files; nothing where none are named, or not those that belong together.
pub(super) fn files(reader: &mut Reader<'_>) -> Option<TlsFiles> {
    let (certificate, key) = (
        reader.file(Key::ServerTlsCertFile),
        reader.file(Key::ServerTlsKeyFile),
    );
    let client_authority = reader.file(Key::ServerClientCaFile);
    let mut lacks = |of: Key, missing: Key, remedy: &str| {
        let reason = format!("{} is set, and {} is not", of.row().path, missing.row().path);
        reader.object(of, reason, remedy);
    };
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            if !reader.has_secure_issuer() {
                let reason = "server.tls_cert_file is set, but the issuer is not https";
                reader.object(
                    Key::ServerTlsCertFile,
                    reason,
                    "leave it empty, or use an issuer with https://",
                );
            }
            return Some(TlsFiles {
                certificate,
                key,
                client_authority,
            });
        }
        (Some(_), None) => lacks(
            Key::ServerTlsCertFile,
            Key::ServerTlsKeyFile,
            "name the private key of the certificate, too",
        ),
        (None, Some(_)) => lacks(
            Key::ServerTlsKeyFile,
            Key::ServerTlsCertFile,
            "name the certificate, too",
        ),
        (None, None) if client_authority.is_some() => lacks(
            Key::ServerClientCaFile,
            Key::ServerTlsCertFile,
            "without TLS of its own the server sees no client certificates; a trusted proxy names them in Client-Cert",
        ),
        (None, None) => {}
    }
    None
}

/// Faults in the files, told where the files are named.
pub(super) fn problems(settings: &Resolved, subject: String, faults: &[TlsFault]) -> Problems {
    let problem = |fault: &TlsFault| {
        let key = match fault.setting {
            Setting::Certificate => Key::ServerTlsCertFile,
            Setting::Key => Key::ServerTlsKeyFile,
            Setting::ClientAuthority => Key::ServerClientCaFile,
        };
        Problem {
            place: settings.origin(key).place(key),
            reason: fault.to_string(),
            remedy: fault.setting.remedy().to_owned(),
        }
    };
    Problems {
        subject,
        list: faults.iter().map(problem).collect(),
    }
}
