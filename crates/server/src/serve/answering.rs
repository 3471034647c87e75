//! Waits until a port of our own answers.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// Resolves once something comes back from there.
pub(super) async fn answering(address: SocketAddr) {
    while ask(address).await.is_err() {
        tokio::time::sleep(PAUSE).await;
    }
}

/// What is asked is neither HTTP nor TLS, so that the answer is the same with and without TLS, and none of it stands in the
/// log.
async fn ask(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"?\r\n\r\n").await?;
    stream.read_u8().await.map(drop)
}
