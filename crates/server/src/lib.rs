//! Configuration, command line and wiring: the library behind the binary `signet`.

pub mod config;
