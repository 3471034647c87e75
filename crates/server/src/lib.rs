//! Configuration, command line and wiring: the library behind the binary `signet`.
//!
//! Here alone the crates meet: the store is opened, keys are loaded, listeners begin. What the provider does is decided
//! elsewhere.

mod cli;
pub mod config;
mod dev;
mod doctor;
mod exit;
pub mod http;
mod installation;
mod logging;
mod mail_room;
mod master_key;
pub mod notifier;
pub mod outgoing;
mod post_office;
mod provider;
mod serve;
pub mod tls;
mod vault;

pub use exit::{Exit, Failure};

/// Runs the command line of this process to its end.
pub fn main() -> std::process::ExitCode {
    cli::run()
}
