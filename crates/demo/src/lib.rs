//! The two web applications of `signet dev`, Notes and Calendar, and the API they call.
//!
//! The applications are ordinary relying parties, built on the `openidconnect` crate and on nothing of Signet's own:
//! what they know of the provider they learn from its discovery document. That makes them an example for people who
//! connect their first application, and an independent judge of what the provider sends. The API is built on `guard`, the
//! kit for other people's APIs.
//!
//! Each application has its own listener, its own client registration and its own cookies. What they show besides
//! (notes, a week) is a fixed sample. The API keeps a few notes for each person. Everything is kept in memory and gone with
//! the process.

mod answer;
mod api;
mod api_client;
mod app;
mod assets;
mod bounded;
mod cookies;
mod fault;
mod http;
mod jwt;
mod logout_token;
mod pages;
mod pending;
mod provider;
mod relying_party;
mod routes;
mod sample;
mod serve;
mod sessions;
#[cfg(test)]
mod testing;
mod tokens;

pub use api::{API_SCOPES, DemoApi, serve_api};
pub use app::{AppName, DemoApp};
pub use serve::serve;
