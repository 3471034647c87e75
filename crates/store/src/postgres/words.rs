//! Why a server cannot be used, in one line for the person who has to put it right. Repeats no password.

use std::error::Error as _;
use std::io::{self, ErrorKind};

use rustls::{AlertDescription, CertificateError};
use tokio_postgres::error::SqlState;

use super::url::Address;

/// It took too long.
pub const SILENT: &str = "it does not answer in time";
/// It answered `N`.
pub const NO_TLS: &str = "it offers no TLS; sslmode=disable does without, for a network that is trusted";

/// Nobody there.
pub fn unreachable(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        ErrorKind::NotFound => "there is no such socket".to_owned(),
        ErrorKind::TimedOut => SILENT.to_owned(),
        ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
            "it closed the connection".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Somebody there who is not believed, or who does not believe us.
pub fn untrusted(error: &io::Error, name: &str) -> String {
    let Some(error) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    else {
        return unreachable(error);
    };
    match error {
        rustls::Error::InvalidCertificate(reason) => certificate(reason, name),
        rustls::Error::AlertReceived(alert) => alerted(*alert),
        other => format!("TLS with it fails: {other}"),
    }
}

fn certificate(reason: &CertificateError, name: &str) -> String {
    match reason {
        // A new authority under the name of the old one shows itself by its signature.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "its certificate is signed by an unknown authority; sslrootcert names the authorities to believe"
                .to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("its certificate is not for the name {name}")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        other => format!("its certificate is not acceptable: {other}"),
    }
}

fn alerted(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateRequired => {
            "it wants a client certificate; name one with sslcert and sslkey".to_owned()
        }
        AlertDescription::UnknownCA | AlertDescription::BadCertificate | AlertDescription::DecryptError => {
            "it does not accept our client certificate".to_owned()
        }
        other => format!("it ends TLS: {other:?}"),
    }
}

/// What the server said when we introduced ourselves.
pub fn refused(error: &tokio_postgres::Error, address: &Address) -> String {
    let user = address.user.as_deref().unwrap_or("of this program");
    if let Some(said) = error.as_db_error() {
        let code = said.code();
        return match *code {
            SqlState::INVALID_PASSWORD => format!("it refuses the password of the user {user}"),
            SqlState::INVALID_CATALOG_NAME => {
                let database = address.database.as_deref().unwrap_or(user);
                format!("it has no database {database}")
            }
            _ => format!("it says: {}", said.message()),
        };
    }
    let source = error.source();
    if let Some(error) = source.and_then(|source| source.downcast_ref::<io::Error>()) {
        // TLS 1.3 tells of a client certificate only after the handshake.
        return match error.get_ref() {
            Some(inner) if inner.is::<rustls::Error>() => untrusted(error, ""),
            _ => unreachable(error),
        };
    }
    match source {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
