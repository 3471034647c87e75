//! The stories.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a story that meets a surprise should stop there; clippy.toml's allowance reaches only #[test] functions"
)]

mod house;
