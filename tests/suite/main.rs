//! The stories.
#![recursion_limit = "256"]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a story that meets a surprise should stop there; clippy.toml's allowance reaches only #[test] functions"
)]

mod actors;
mod apis;
mod audit;
mod cast;
mod nodes;
mod rig;
mod storage;
mod trip_counter;

mod account;
mod accounts;
mod administrators;
mod api;
mod audit_trail;
mod authorization_errors;
mod claims;
mod cli;
mod client_authentication;
mod client_credentials;
mod client_secrets;
mod cluster;
mod code;
mod consent;
mod console;
mod console_applications;
mod cors;
mod cost;
mod discovery;
mod embedded;
mod flows;
mod forged_tokens;
mod form_post;
mod fuzzing;
mod house;
mod http;
mod introspection;
mod keys;
mod languages;
mod logout;
mod outgoing_mail;
mod overload;
mod password_reset;
mod pkce;
mod posted_requests;
mod properties;
mod refresh;
mod refresh_interleavings;
mod resources;
mod revocation;
mod sessions;
mod sign_in_once;
mod single_logout;
mod throttling;
mod time;
mod userinfo;
mod what_kills_what;
mod without_news;
