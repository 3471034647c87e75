//! The public HTTP server: the app on connections that may not keep it waiting, with TLS or without.
//!
//! HTTP/1 only. Whoever wants HTTP/2 in front has a proxy that speaks it.

mod alarm;
mod connection;
mod entry;
mod head;
mod pulse;
mod room;
mod stream;
mod taking;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use web::{AppState, Patience};

use crate::tls::Tls;
use connection::Connection;
pub use pulse::Pulses;

/// How long an answer that nobody reads to its end may delay closing.
const CLOSING: Duration = Duration::from_secs(1);

/// How a server is run. By default with a thread per core, as many connections as there are files for, and half a minute
/// to stop.
#[derive(Clone)]
pub struct Manner {
    /// Threads that serve.
    pub workers: usize,
    /// Connections one of them has at a time; further ones wait to be accepted.
    pub connections: usize,
    /// Seconds in which requests under way may finish once it is asked to stop.
    pub grace: u64,
    /// How long clients may take.
    pub patience: Patience,
    /// Where TLS is spoken.
    pub tls: Option<Arc<Tls>>,
    /// Shows that its threads turn.
    pub pulses: Pulses,
}

impl Default for Manner {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            workers,
            connections: room::connections(workers),
            grace: 30,
            patience: Patience::default(),
            tls: None,
            pulses: Pulses::default(),
        }
    }
}

/// Begins to serve; must be called within the runtime. Signals are the caller's.
///
/// # Errors
/// When a listener cannot be used.
pub fn serve(state: &Data<AppState>, listeners: Vec<TcpListener>, manner: Manner) -> io::Result<Server> {
    let mut server = Server::build()
        .workers(manner.workers)
        .max_concurrent_connections(manner.connections)
        .disable_signals()
        .shutdown_timeout(manner.grace);
    let stopping = server.graceful_shutdown_signal();
    for listener in listeners {
        let (state, stopping, manner) = (state.clone(), stopping.clone(), manner.clone());
        let patience = manner.patience;
        server = server.listen("public", listener, move || {
            // Once in each thread.
            manner.pulses.beat_here();
            let app = App::new()
                .app_data(state.clone())
                .app_data(patience)
                .wrap(from_fn(web::gate))
                .configure(web::configure);
            let stopping = stopping.clone();
            let http = HttpService::build()
                .keep_alive(KeepAlive::Timeout(patience.idle))
                .client_request_timeout(patience.head)
                .client_disconnect_timeout(CLOSING)
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .on_connect_ext(|connection: &Connection, shared| {
                    shared.insert(connection.exchange());
                    if let Some(certificate) = connection.certificate() {
                        shared.insert(certificate);
                    }
                })
                .finish(map_config(app.into_factory(), |()| AppConfig::default()));
            let tls = manner.tls.clone();
            fn_service(move |socket: TcpStream| {
                let tls = tls.clone();
                async move {
                    let peer = socket.peer_addr().ok();
                    match entry::enter(socket, tls.as_ref(), patience).await {
                        Ok(connection) => Ok((connection, Protocol::Http1, peer)),
                        Err(error) => {
                            // Whoever scans ports must not be able to fill the log.
                            tracing::debug!(client.address = ?peer, %error, "no handshake");
                            Err(DispatchError::Io(error))
                        }
                    }
                }
            })
            .and_then(http)
        })?;
    }
    Ok(server.run())
}
