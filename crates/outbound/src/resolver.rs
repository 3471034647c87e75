//! Turns names into vetted addresses. What it returns is what gets connected to, so nothing can change in between.

use std::net::{SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::reach::{Reach, localhost};
use crate::refusal::OutOfReach;

/// The resolver of one client, bound to how far that client reaches.
pub(crate) struct VettingResolver(pub(crate) Reach);

impl Resolve for VettingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let addresses = match localhost(&host) {
                Some(addresses) => addresses,
                None => look_up(host.clone()).await?,
            };
            Ok(Box::new(reach.vet(&host, addresses)?.into_iter()) as Addrs)
        })
    }
}

/// Asks the system. The call blocks, so it gets a thread of its own.
async fn look_up(host: String) -> Result<Vec<SocketAddr>, OutOfReach> {
    let unresolved = OutOfReach::Unresolved(host.clone());
    let answer =
        tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs().map(Vec::from_iter)).await;
    match answer {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(_)) | Err(_) => Err(unresolved),
    }
}
