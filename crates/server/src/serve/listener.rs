//! Taking a port, and saying clearly when it is taken.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use crate::exit::{Exit, Failure, plain};

/// Listens on `address`; `key` is the setting to change when that fails.
///
/// # Errors
/// One line.
pub(crate) fn bind(address: SocketAddr, key: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::AddrInUse => "another program listens there already".to_owned(),
            ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            _ => plain(&error),
        };
        Failure::new(Exit::Failed, format!("{address}: {reason} ({key})"))
    })
}
