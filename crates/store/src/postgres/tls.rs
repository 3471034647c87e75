//! What TLS to a server demands of it, out of the URL: rustls with the house's one cryptographic library.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::url::{Address, Trust};

/// How a connection over TLS to one of the hosts begins. Files are read anew each time, so that a renewed certificate needs
/// no restart. The error is one line that names the file.
pub fn client(address: &Address, trust: Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let said = |error: rustls::Error| error.to_string();
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(said)?;
    let builder = match trust {
        Trust::Named => {
            let roots = Arc::new(authorities(address.authorities.as_deref())?);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
            builder.with_webpki_verifier(verifier.map_err(|error| error.to_string())?)
        }
        Trust::Signed | Trust::Anybody | Trust::Clear => {
            let roots = match (trust, &address.authorities) {
                // As libpq has it: who names authorities wants them asked.
                (Trust::Signed, file) => Some(authorities(file.as_deref())?),
                (_, Some(file)) => Some(authorities(Some(file))?),
                (_, None) => None,
            };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Nameless { roots, provider }))
        }
    };
    match &address.identity {
        None => Ok(builder.with_no_client_auth()),
        Some((certificate, key)) => builder
            .with_client_auth_cert(certificates(certificate, "sslcert")?, private_key(key)?)
            .map_err(|error| {
                format!(
                    "sslcert {} and sslkey {}: {error}",
                    certificate.display(),
                    key.display()
                )
            }),
    }
}

/// Those of a file, else those of the system.
fn authorities(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in certificates(file, "sslrootcert")? {
                roots
                    .add(certificate)
                    .map_err(|error| format!("sslrootcert {}: {error}", file.display()))?;
            }
        }
        // A certificate of the system's that nobody understands is no reason to distrust the others.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        return Err(
            "this system has no certificate authorities; name a file of them with sslrootcert".into(),
        );
    }
    Ok(roots)
}

fn certificates(file: &Path, parameter: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let unreadable = |reason: String| format!("{parameter} {}: {reason}", file.display());
    let pem = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(unreadable("no certificate in PEM form".into())),
    }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let unreadable = |reason: String| format!("sslkey {}: {reason}", file.display());
    let pem = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| unreadable("no private key in PEM form".into()))
}

/// `verify-ca` and `require`: whatever name is on the certificate, and for `require` without authorities, whoever signed
/// it. That the server has the certificate's key is proven all the same.
#[derive(Debug)]
struct Nameless {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Nameless {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            rustls::client::verify_server_cert_signed_by_trust_anchor(
                &certificate,
                roots,
                intermediates,
                now,
                algorithms,
            )?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
