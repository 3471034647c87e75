//! Management use-cases: what an administrator may do with people, groups, clients and keys.
//!
//! The command line and, later, the console call the same functions.

pub mod ports;

pub use ports::Ports;
