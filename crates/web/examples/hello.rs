//! The least a server of this HTTP library can do: one small JSON answer, made for every request. What operations of the
//! provider cost is read in multiples of it (docs/performance.md), because machines differ and drift.
//!
//! `hello ADDRESS` listens there, answers every path, and looks enough like a provider for the load rig to ask it.

use std::io;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Serialize;

#[derive(Serialize)]
struct Hello<'a> {
    issuer: &'a str,
    jwks_uri: &'a str,
    keys: [&'static str; 1],
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let missing = || {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "hello ADDRESS, such as 127.0.0.1:19010",
        )
    };
    let address = std::env::args().nth(1).ok_or_else(missing)?;
    let issuer = format!("http://{address}");
    let jwks_uri = format!("{issuer}/jwks");
    let app = move || {
        let (issuer, jwks_uri) = (issuer.clone(), jwks_uri.clone());
        let answer = move || {
            let hello = HttpResponse::Ok().json(Hello {
                issuer: &issuer,
                jwks_uri: &jwks_uri,
                keys: ["none"],
            });
            std::future::ready(hello)
        };
        App::new().default_service(web::to(answer))
    };
    HttpServer::new(app).bind(address)?.run().await
}
