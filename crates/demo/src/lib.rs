//! The two web applications of `signet dev`: Notes and Calendar.
//!
//! They are ordinary relying parties, built on the `openidconnect` crate and on nothing of Signet's own: what they know
//! of the provider they learn from its discovery document. That makes them an example for people who connect their
//! first application, and an independent judge of what the provider sends.
//!
//! Each application has its own listener, its own client registration and its own cookies. What they show besides
//! (notes, a week) is a fixed sample. Everything is kept in memory and gone with the process.

mod answer;
mod app;
mod bounded;
mod cookies;
mod fault;
mod http;
mod jwt;
mod pages;
mod pending;
mod provider;
mod relying_party;
mod routes;
mod sample;
mod serve;
mod sessions;
mod tokens;

pub use app::{AppName, DemoApp, SCOPE};
pub use serve::serve;
