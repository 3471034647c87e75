//! Who takes part in the stories: a person's browser, an honest app, and somebody who is not.

pub mod api_server;
pub mod attacker;
pub mod authority;
pub mod browser;
pub mod demo_api;
pub mod handshake;
pub mod logout_listener;
pub mod mail_server;
pub mod relying_party;
pub mod wire;

pub use api_server::ApiServer;
pub use attacker::Attacker;
pub use browser::{Browser, Landing, Page};
pub use demo_api::DemoApiServer;
pub use relying_party::{RelyingParty, Tokens};
pub use wire::Wire;
