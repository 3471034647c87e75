//! `signet healthcheck`: asks the management port of a running server, for images without a shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use outbound::{HeaderMap, Method, Outbound, Request};
use serde_json::json;
use url::Url;

use super::options::Options;
use super::output::Answer;
use crate::exit::{Exit, Failure};

/// Done when the server says that it is ready.
pub(crate) fn run(options: &Options) -> Result<Answer, Failure> {
    let address = reachable(options.load()?.management);
    let unreachable = |reason: String| Failure::new(Exit::Unreachable, format!("{address}: {reason}"));
    let status = actix_web::rt::System::new()
        .block_on(ask(address))
        .map_err(unreachable)?;
    if status != 200 {
        return Err(unreachable(format!("not ready, answered {status}")));
    }
    Ok(Answer::Text("ready\n".to_owned(), json!({ "ready": true })))
}

/// Asks once; the status of the answer.
pub(crate) async fn ask(address: SocketAddr) -> Result<u16, String> {
    let url = Url::parse(&format!("http://{address}/health/ready")).map_err(|error| error.to_string())?;
    let request = Request {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Vec::new(),
    };
    let client = Outbound::loopback().map_err(|error| error.to_string())?;
    let answer = client.send(request).await.map_err(|error| error.to_string())?;
    Ok(answer.status.as_u16())
}

/// Who listens on every address is reached on this machine's own.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
