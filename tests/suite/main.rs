//! The stories.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a story that meets a surprise should stop there; clippy.toml's allowance reaches only #[test] functions"
)]

mod actors;
mod cast;
mod rig;

mod authorization_errors;
mod cli;
mod client_authentication;
mod code;
mod consent;
mod discovery;
mod house;
mod logout;
mod pkce;
mod posted_requests;
mod properties;
mod refresh;
mod resources;
mod sessions;
mod sign_in_once;
mod throttling;
mod userinfo;
