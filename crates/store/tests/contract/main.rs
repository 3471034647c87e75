//! What every database must do for the house: the contract of `crates/store`.
//!
//! Tests of the ports run on SQLite and on PostgreSQL. What only the embedded database has (the shared commit, the file) is
//! tested on SQLite alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests may stop at the first surprise"
)]

mod administrators;
mod answers;
mod applications;
mod audit;
mod copying;
mod corrupt;
mod directory;
mod ending_many;
mod engine;
mod flows;
mod given_and_taken;
mod keys;
mod large_clients;
mod nobody;
mod notices;
mod once;
mod own_postgres;
mod people;
mod postgres_away;
mod postgres_server;
mod postgres_tls;
mod redis;
mod redis_server;
mod resets;
mod resources;
mod revocations;
mod schema;
mod sessions;
mod support;
mod sweep;
mod throttle;
mod time;
mod upgrade;
mod watch;
