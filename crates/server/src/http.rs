//! The public HTTP server: the app on connections that may not keep it waiting.
//!
//! HTTP/1 only. Whoever wants HTTP/2 or TLS in front has a proxy that speaks it.

mod connection;
mod head;
mod room;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use web::{AppState, Patience};

use connection::Connection;

/// How long an answer that nobody reads to its end may delay closing.
const CLOSING: Duration = Duration::from_secs(1);

/// How a server is run. By default with a thread per core, as many connections as there are files for, and half a minute
/// to stop.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Threads that serve.
    pub workers: usize,
    /// Connections one of them has at a time; further ones wait to be accepted.
    pub connections: usize,
    /// Seconds in which requests under way may finish once it is asked to stop.
    pub grace: u64,
    /// How long clients may take.
    pub patience: Patience,
}

impl Default for Manner {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            workers,
            connections: room::connections(workers),
            grace: 30,
            patience: Patience::default(),
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
        let (state, stopping, patience) = (state.clone(), stopping.clone(), manner.patience);
        server = server.listen("public", listener, move || {
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
                .on_connect_ext(|connection: &Connection<TcpStream>, shared| {
                    shared.insert(connection.exchange());
                })
                .finish(map_config(app.into_factory(), |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| async move {
                let peer = stream.peer_addr().ok();
                Ok((Connection::new(stream, patience), Protocol::Http1, peer))
            })
            .and_then(http)
        })?;
    }
    Ok(server.run())
}
