//! Signet over HTTP: routes, cookies, pages, and how answers and errors are delivered.
//!
//! Handlers are short: they read the request, run one use-case in one unit of work, and turn its answer into a response.
//! What is allowed is decided in the domain crates.

pub mod assets;
mod client_cache;
mod cookies;
mod correlation;
mod csrf;
mod deliver;
mod failure;
mod forms;
pub mod management;
mod middleware;
mod oauth;
mod pages;
pub mod peer;
mod routes;
pub mod state;
mod unit;
pub mod views;

pub use correlation::CorrelationId;
pub use middleware::gate;
pub use pages::caught_mail::PATH as INBOX_PATH;
pub use routes::configure;
pub use state::{AppState, Parts};
