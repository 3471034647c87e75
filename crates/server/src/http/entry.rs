//! From an accepted socket to a connection: the handshake, where there is TLS, within the time a head may take.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use web::Patience;

use super::CLOSING;
use super::connection::Connection;
use super::stream::Stream;
use super::taking::Taking;
use crate::tls::Tls;

/// The first byte of a handshake (RFC 8446 5.1).
const HANDSHAKE: u8 = 22;

/// What somebody is told who speaks HTTP where TLS is spoken.
const PLAINLY: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\
    Content-Length: 36\r\n\r\nThis port speaks TLS: use https://.\n";

/// Makes a connection of a socket.
///
/// # Errors
/// When no handshake comes, or one that fails.
pub(super) async fn enter(
    socket: TcpStream,
    tls: Option<&Arc<Tls>>,
    patience: Patience,
) -> io::Result<Connection> {
    let stream = match tls {
        None => Stream::Plain(Taking::new(socket, patience.answer)),
        Some(tls) => {
            let shaken = timeout(patience.head, shake_hands(socket, tls, patience)).await;
            shaken.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))?
        }
    };
    Ok(Connection::new(stream, patience))
}

async fn shake_hands(socket: TcpStream, tls: &Tls, patience: Patience) -> io::Result<Stream> {
    let mut first = [0];
    match socket.peek(&mut first).await? {
        0 => return Err(ErrorKind::UnexpectedEof.into()),
        _ if first[0] == HANDSHAKE => {}
        _ => {
            turn_away(socket).await?;
            return Err(ErrorKind::InvalidData.into());
        }
    }
    // Tickets are sent before the answer: it would wait until they are acknowledged.
    socket.set_nodelay(true)?;
    let acceptor = TlsAcceptor::from(tls.terms());
    let stream = acceptor.accept(Taking::new(socket, patience.answer)).await?;
    Ok(Stream::Secure(Box::new(stream)))
}

/// Says what is wrong, and reads for a moment: who is closed on while still sending may never see the answer.
async fn turn_away(mut socket: TcpStream) -> io::Result<()> {
    socket.write_all(PLAINLY).await?;
    socket.shutdown().await?;
    let mut dropped = [0; 4096];
    let drain = async {
        while socket.read(&mut dropped).await? > 0 {}
        io::Result::Ok(())
    };
    timeout(CLOSING, drain).await.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::PLAINLY;

    #[test]
    fn the_plain_answer_is_as_long_as_it_says() {
        let text = std::str::from_utf8(PLAINLY).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("Content-Length: {}", body.len())),
            "{}",
            body.len()
        );
    }
}
