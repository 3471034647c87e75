//! The sandbox's ports, all of them on loopback, all taken before anything else is done.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::exit::Failure;
use crate::serve::{bind, on_io};

/// Bound listeners and the addresses people use.
pub(crate) struct Listeners {
    /// The provider's.
    pub(crate) public: Vec<TcpListener>,
    /// Its origin.
    pub(crate) issuer: String,
    /// The management port.
    pub(crate) management: TcpListener,
    /// Where that is.
    pub(crate) management_address: SocketAddr,
    /// Its origin.
    pub(crate) management_url: String,
    /// One per application.
    pub(crate) apps: [TcpListener; 2],
    /// Their origins.
    pub(crate) app_urls: [String; 2],
    /// The API's.
    pub(crate) api: TcpListener,
    /// Its origin.
    pub(crate) api_url: String,
}

impl Listeners {
    /// The provider on `port`, the applications on the next two, the API on the one after; with 0, each on a free one. The management port is
    /// always a free one: nobody types it.
    ///
    /// # Errors
    /// When a port is taken.
    pub(crate) fn bind(port: u16) -> Result<Self, Failure> {
        let [
            (public, issuer),
            (notes, notes_url),
            (calendar, calendar_url),
            (api, api_url),
        ] = [
            listen(port, 0)?,
            listen(port, 1)?,
            listen(port, 2)?,
            listen(port, 3)?,
        ];
        let (management, _) = listen(0, 0)?;
        let management_address = management.local_addr().map_err(on_io)?;
        Ok(Self {
            public: vec![public],
            issuer,
            management,
            management_address,
            management_url: format!("http://{management_address}"),
            apps: [notes, calendar],
            app_urls: [notes_url, calendar_url],
            api,
            api_url,
        })
    }
}

/// Listens on the port `offset` after `first`, or any if that is 0; the listener and its origin.
fn listen(first: u16, offset: u16) -> Result<(TcpListener, String), Failure> {
    let port = if first == 0 {
        Some(0)
    } else {
        first.checked_add(offset)
    };
    let port = port.ok_or_else(|| {
        Failure::usage("--port leaves no room for the ports of the applications and the API")
    })?;
    let remedy = "choose others with --port N, or free ones with --port 0";
    let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), remedy)?;
    let port = listener.local_addr().map_err(on_io)?.port();
    Ok((listener, format!("http://localhost:{port}")))
}
