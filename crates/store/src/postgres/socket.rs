//! A way to a server, before PostgreSQL is spoken on it: TCP or a Unix socket, with TLS around it where it is asked for.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

use super::tls;
use super::url::{Address, Host, Trust};
use super::words;

/// Bytes to and from a server.
pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// The message that asks for TLS: its length and a version number nobody else has (PostgreSQL, "Message Formats").
const TLS_PLEASE: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Opens a way to `host`; the error is one line. Takes no longer than `patience` per address, and the caller bounds it all.
pub async fn open(address: &Address, host: &Host, patience: Duration) -> Result<Box<dyn Duplex>, String> {
    let trust = address.trust.unwrap_or_else(|| host.trust());
    match host {
        // As with libpq, TLS is for networks.
        Host::Socket(dir, port) => {
            let path = Path::new(dir).join(format!(".s.PGSQL.{port}"));
            let stream = UnixStream::connect(path).await;
            Ok(Box::new(stream.map_err(|error| words::unreachable(&error))?))
        }
        Host::Tcp(name, port) => {
            let stream = tcp(name, *port, patience).await?;
            match trust {
                Trust::Clear => Ok(Box::new(stream)),
                _ => secured(stream, address, name, trust).await,
            }
        }
    }
}

/// The first address of the name that answers; each gets its share of the time.
async fn tcp(name: &str, port: u16, patience: Duration) -> Result<TcpStream, String> {
    let addresses = resolved(name, port).await?;
    let share = patience / addresses.len().max(1) as u32;
    let mut reason = "its name has no address".to_owned();
    for address in addresses {
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                let settled = stream.set_nodelay(true).and_then(|()| stay_in_touch(&stream));
                settled.map_err(|error| words::unreachable(&error))?;
                return Ok(stream);
            }
            Ok(Err(error)) => reason = words::unreachable(&error),
            Err(_) => reason = words::SILENT.to_owned(),
        }
    }
    Err(reason)
}

/// Has the system ask after a server that says nothing for half a minute: a connection that something on the way has forgotten
/// is found out within a minute, also by who waits for a statement as long as it takes.
fn stay_in_touch(stream: &TcpStream) -> std::io::Result<()> {
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

/// What the system says of the name. It cannot be hurried, so it is asked on a thread that nobody waits for in vain.
async fn resolved(name: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    if let Ok(ip) = name.parse() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let (tell, told) = oneshot::channel();
    let own = name.to_owned();
    let ask = move || drop(tell.send((own.as_str(), port).to_socket_addrs().map(Vec::from_iter)));
    let thread = std::thread::Builder::new().name("store-resolver".to_owned());
    thread.spawn(ask).map_err(|error| error.to_string())?;
    match told.await {
        Ok(Ok(addresses)) => Ok(addresses),
        _ => Err("its name is not known".to_owned()),
    }
}

/// Asks for TLS and takes nothing less.
async fn secured(
    mut stream: TcpStream,
    address: &Address,
    name: &str,
    trust: Trust,
) -> Result<Box<dyn Duplex>, String> {
    let config = tls::client(address, trust)?;
    let server = ServerName::try_from(name.to_owned())
        .map_err(|_| format!("`{name}` is no name a certificate could be for"))?;
    let refused = |error: std::io::Error| words::unreachable(&error);
    stream.write_all(&TLS_PLEASE).await.map_err(refused)?;
    // One byte and no more: what came with it in the clear would be taken for something said under TLS.
    match stream.read_u8().await.map_err(refused)? {
        b'S' => {}
        _ => return Err(words::NO_TLS.to_owned()),
    }
    let secured = TlsConnector::from(Arc::new(config)).connect(server, stream).await;
    Ok(Box::new(secured.map_err(|error| words::untrusted(&error, name))?))
}
