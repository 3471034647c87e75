//! Somebody who speaks TLS by hand: chooses versions and certificates, and looks at what was agreed on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, ProtocolVersion, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
};

use super::authority::Authority;

/// How long a story waits for something that must come.
const LONG: Duration = Duration::from_secs(30);

/// What somebody brings to a handshake.
pub struct Hello {
    versions: Vec<&'static SupportedProtocolVersion>,
    protocols: Vec<&'static [u8]>,
    certificate: Option<(String, String)>,
}

impl Default for Hello {
    fn default() -> Self {
        Self {
            versions: rustls::ALL_VERSIONS.to_vec(),
            protocols: Vec::new(),
            certificate: None,
        }
    }
}

impl Hello {
    /// Speaks this version alone.
    pub fn speaking(version: &'static SupportedProtocolVersion) -> Self {
        Self {
            versions: vec![version],
            ..Self::default()
        }
    }

    /// Offers these protocols.
    pub fn offering(protocols: &[&'static [u8]]) -> Self {
        Self {
            protocols: protocols.to_vec(),
            ..Self::default()
        }
    }

    /// Shows a certificate, whoever may have signed it.
    pub fn showing(certificate: (String, String)) -> Self {
        Self {
            certificate: Some(certificate),
            ..Self::default()
        }
    }

    /// The same in this version alone.
    pub fn and_only(self, version: &'static SupportedProtocolVersion) -> Self {
        Self {
            versions: vec![version],
            ..self
        }
    }

    /// Ready to connect, as often as wanted: sessions are resumed where the server lets it.
    pub fn believing(self, authority: &Authority) -> Caller {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap();
        roots.add(authority).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match &self.certificate {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
                builder.with_client_auth_cert(vec![certificate], key).unwrap()
            }
        };
        config.alpn_protocols = self.protocols.iter().map(|name| name.to_vec()).collect();
        Caller(Arc::new(config))
    }
}

/// Somebody who connects.
pub struct Caller(Arc<ClientConfig>);

/// A connection after its handshake.
pub struct Call {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: String,
}

impl Caller {
    /// Shakes hands with the server at this port.
    ///
    /// # Errors
    /// What went wrong, in the library's words.
    pub fn call(&self, port: u16) -> Result<Call, String> {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(LONG)).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut connection = ClientConnection::new(Arc::clone(&self.0), name).unwrap();
        while connection.is_handshaking() {
            connection
                .complete_io(&mut socket)
                .map_err(|error| error.to_string())?;
        }
        Ok(Call {
            stream: StreamOwned::new(connection, socket),
            host: format!("localhost:{port}"),
        })
    }
}

impl Call {
    /// What the server showed.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.stream.conn.peer_certificates().unwrap()[0]
            .clone()
            .into_owned()
    }

    pub fn version(&self) -> ProtocolVersion {
        self.stream.conn.protocol_version().unwrap()
    }

    pub fn protocol(&self) -> Option<Vec<u8>> {
        self.stream.conn.alpn_protocol().map(<[u8]>::to_vec)
    }

    pub fn kind(&self) -> HandshakeKind {
        self.stream.conn.handshake_kind().unwrap()
    }

    /// Asks for a path and keeps the connection; the first line of the answer.
    ///
    /// # Errors
    /// What went wrong, in the library's words: of a certificate that is refused a client of TLS 1.3 hears only here.
    pub fn get(&mut self, path: &str) -> Result<String, String> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        let told = |error: std::io::Error| error.to_string();
        self.stream.write_all(request.as_bytes()).map_err(told)?;
        let mut heard = Vec::new();
        let mut byte = [0];
        while !heard.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte).map_err(told)? {
                0 => return Err("closed".to_owned()),
                _ => heard.push(byte[0]),
            }
        }
        let head = String::from_utf8(heard).unwrap();
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(told)?;
        Ok(head.lines().next().unwrap().to_owned())
    }
}

impl Call {
    /// Whether the server closes, and sends nothing but what HTTP has for somebody who is slow.
    pub fn rest_is_closed(mut self) -> bool {
        let mut heard = Vec::new();
        let ended = self.stream.read_to_end(&mut heard);
        let is_closed = match ended {
            Ok(_) => true,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        };
        is_closed && (heard.is_empty() || heard.starts_with(b"HTTP/1.1 408"))
    }
}
