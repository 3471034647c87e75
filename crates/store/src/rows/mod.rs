//! Rows: primitives only, one struct per table, converted at one point in either direction.

pub mod audit;
pub mod client;
pub mod consent;
pub mod grant;
pub mod group;
pub mod interaction;
pub mod key;
pub mod refresh;
pub mod session;
pub mod user;
