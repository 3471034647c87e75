//! What a connection is made of: a socket, with TLS on it or without.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;
use web::ClientCertificate;

use super::taking::{Taken, Taking};

/// The socket.
pub(super) type Socket = Taking<TcpStream>;

/// A stream of HTTP.
pub(super) enum Stream {
    /// A proxy speaks TLS, or nobody.
    Plain(Socket),
    /// The handshake is done.
    Secure(Box<TlsStream<Socket>>),
}

impl Stream {
    pub(super) fn taken(&self) -> Taken {
        match self {
            Stream::Plain(socket) => socket.taken(),
            Stream::Secure(stream) => stream.get_ref().0.taken(),
        }
    }

    /// What the client showed in the handshake, which was verified.
    pub(super) fn certificate(&self) -> Option<ClientCertificate> {
        let Stream::Secure(stream) = self else {
            return None;
        };
        let shown = stream.get_ref().1.peer_certificates()?.first()?;
        Some(ClientCertificate::new(shown))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Stream::Secure(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Stream::Secure(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Stream::Secure(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Stream::Secure(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
