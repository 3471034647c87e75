//! The terms of a handshake: versions, certificate, whose client certificates are accepted, and how a session is resumed.
//!
//! TLS 1.2 and 1.3 (RFC 9325 3.1.1), the algorithms rustls considers safe, no early data (RFC 8446 8: it can be replayed).
//! HTTP/1.1 alone is offered: the limits on connections know nothing of frames (`http/connection.rs`). Tickets are sealed
//! under a key of this process that changes every six hours (RFC 5077 5.5), and end with the terms they were made under: a
//! resumed session repeats what its first handshake found out about the client, so that an authority which is no longer
//! accepted must not live on in tickets.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{Error, InconsistentKeys, RootCertStore, ServerConfig};

use super::fault::{Setting, TlsFault};
use super::files::{TlsFiles, fault};
use super::validity::{self, Validity};

/// What HTTP is called in a handshake (RFC 7301 6).
const HTTP: &[u8] = b"http/1.1";

/// Terms, ready for use.
pub(super) struct Terms {
    pub(super) config: Arc<ServerConfig>,
    /// The one that is shown.
    pub(super) certificate: Option<CertificateDer<'static>>,
    /// That of the certificate.
    pub(super) validity: Validity,
}

/// A certificate and the line it stands at.
pub(super) type Placed = (CertificateDer<'static>, usize);

impl Terms {
    /// Of what `files` hold.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn new(
        files: &TlsFiles,
        chain: Vec<Placed>,
        key: PrivateKeyDer<'static>,
        authorities: Option<Vec<Placed>>,
    ) -> Result<Self, TlsFault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let validity = validity(files, &chain)?;
        let certificate = chain.first().map(|(certificate, _)| certificate.clone());
        let pair = pair(files, chain, key, &provider)?;
        let unserved = |error: Error| {
            let reason = format!("cannot be served: {error}");
            fault(Setting::Certificate, &files.certificate, None, reason)
        };
        let versions = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unserved)?;
        let builder = match authorities {
            Some(authorities) => versions.with_client_cert_verifier(verifier(files, authorities, provider)?),
            None => versions.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
        config.alpn_protocols = vec![HTTP.to_vec()];
        config.ticketer = aws_lc_rs::Ticketer::new().map_err(unserved)?;
        Ok(Self {
            config: Arc::new(config),
            certificate,
            validity,
        })
    }
}

/// That of the first certificate, which is the one that is shown.
fn validity(files: &TlsFiles, chain: &[Placed]) -> Result<Validity, TlsFault> {
    let first = chain.first();
    let validity = first.and_then(|(certificate, _)| validity::of(certificate));
    validity.ok_or_else(|| {
        let line = first.map(|(_, line)| *line);
        let reason = "holds a certificate there that cannot be read";
        fault(Setting::Certificate, &files.certificate, line, reason)
    })
}

/// Certificate and key, which belong together.
fn pair(
    files: &TlsFiles,
    chain: Vec<Placed>,
    key: PrivateKeyDer<'static>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsFault> {
    let chain = chain.into_iter().map(|(certificate, _)| certificate).collect();
    CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            let certificate = files.certificate.display();
            let reason = format!("is not the key of the certificate in {certificate}");
            fault(Setting::Key, &files.key, None, reason)
        }
        Error::General(_) => {
            let reason = "holds a key that is neither RSA nor of a curve in use";
            fault(Setting::Key, &files.key, None, reason)
        }
        error => {
            let reason = format!("holds a certificate that cannot be used: {error}");
            fault(Setting::Certificate, &files.certificate, None, reason)
        }
    })
}

/// Client certificates are asked for and never demanded: who has none is somebody without one, who shows a wrong one is
/// turned away.
fn verifier(
    files: &TlsFiles,
    authorities: Vec<Placed>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsFault> {
    let file = files.client_authority.as_deref().unwrap_or(&files.certificate);
    let mut roots = RootCertStore::empty();
    for (certificate, line) in authorities {
        roots.add(certificate).map_err(|_| {
            let reason = "holds a certificate there that cannot vouch for others";
            fault(Setting::ClientAuthority, file, Some(line), reason)
        })?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .allow_unauthenticated()
        .build()
        .map_err(|error| {
            fault(
                Setting::ClientAuthority,
                file,
                None,
                format!("cannot be used: {error}"),
            )
        })
}
