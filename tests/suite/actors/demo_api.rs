//! The API of `signet dev`, served as there, at a story's provider.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use demo::{API_SCOPES, DemoApi};
use kernel::Timestamp;
use protocol::Scope;
use reqwest::header::AUTHORIZATION;
use token::ApiResource;
use url::Url;

use super::browser::http;
use crate::apis;
use crate::cast::SECRET;
use crate::rig::Provider;

/// A running API. It ends with the test.
pub struct DemoApiServer {
    /// Its resource identifier, and where it is.
    pub identifier: String,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl DemoApiServer {
    /// Registered at the provider with a client of its own; `client_id` may call it.
    pub fn start(provider: &Provider, client_id: &'static str) -> Self {
        let (issuer, secret) = (&provider.issuer, SECRET.to_owned());
        Self::at(issuer, |identifier| {
            register(provider, identifier, client_id);
            secret
        })
    }

    /// At a provider that runs elsewhere. `register` makes its resource and its client, whose secret it returns.
    pub fn at(issuer: &str, register: impl FnOnce(&str) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let identifier = base_url.as_str().trim_end_matches('/').to_owned();
        let api = DemoApi {
            base_url,
            issuer: issuer.to_owned(),
            client_id: "demo-api".to_owned(),
            client_secret: register(&identifier),
        };
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = demo::serve_api(api, listener).unwrap();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            identifier,
            server: receiver.recv().unwrap(),
            thread: Some(thread),
        }
    }

    /// Reads somebody's notes; the status of the answer.
    pub fn call(&self, token: &str) -> u16 {
        let request = http()
            .get(format!("{}/notes", self.identifier))
            .header(AUTHORIZATION, format!("Bearer {token}"));
        request.send().unwrap().status().as_u16()
    }
}

impl Drop for DemoApiServer {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn register(provider: &Provider, identifier: &str, client_id: &'static str) {
    let resource = ApiResource {
        identifier: identifier.to_owned(),
        name: None,
        scopes: Scope::parse(&API_SCOPES.join(" ")).unwrap(),
        access_token_alg: None,
        access_ttl: None,
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    };
    let mut server = apis::service("demo-api", "");
    server.metadata.set_grant_types(Vec::new());
    server.policy.resource_server_of = vec![identifier.to_owned()];
    let own = vec![identifier.to_owned()];
    provider.administer(move |ports, _| {
        ports.insert_resource(&resource)?;
        ports.insert_client(&server)?;
        Ok(())
    });
    apis::change(provider, client_id, |client| client.policy.resources = own);
}
