//! Rows: primitives only, one struct per table, converted at one point in either direction.

pub mod audit;
pub mod client;
pub mod consent;
pub mod console;
pub mod flow;
pub mod grant;
pub mod group;
pub mod interaction;
pub mod key;
pub mod notice;
pub mod refresh;
pub mod reset;
pub mod resource;
pub mod revocation;
pub mod session;
pub mod signed;
pub mod user;
