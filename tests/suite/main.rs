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

mod house;
mod sign_in_once;
