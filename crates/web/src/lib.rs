//! Signet over HTTP: routes, cookies, pages, and how answers and errors are delivered.
//!
//! Handlers are short: they read the request, run one use-case in one unit of work, and turn its answer into a response.
//! What is allowed is decided in the domain crates.

mod api;
pub mod assets;
mod catalogue;
mod client_cache;
mod client_certificate;
mod console;
mod cookies;
mod correlation;
mod cors;
mod csrf;
mod deliver;
mod exchange;
mod failure;
mod flows;
mod forms;
mod hashing;
mod language;
pub mod management;
mod memory;
pub mod metrics;
mod middleware;
mod news;
mod oauth;
mod own_form;
mod pages;
mod patience;
pub mod peer;
mod people;
mod reset_letter;
mod routes;
mod save_limit;
pub mod sightings;
mod standing;
pub mod state;
pub mod statistics;
mod unit;
pub mod views;
mod whence;

pub use client_certificate::ClientCertificate;
pub use console::PATH as CONSOLE_PATH;
pub use correlation::CorrelationId;
pub use exchange::Exchange;
pub use metrics::Metrics;
pub use middleware::gate;
pub use pages::caught_mail::PATH as INBOX_PATH;
pub use patience::Patience;
pub use routes::configure;
pub use state::{AppState, Parts};
