//! oxide-auth's state machines and what it takes to feed them.
//!
//! The machines decide order and validity of RFC 6749's flows. They see a view of the decoded request in which the
//! client is already authenticated; their errors are translated here; their clock is never consulted (they ask the
//! ambient one), so every grant shown to them is timeless and expiry is judged by ours before.

pub mod convert;
pub mod fault;
pub mod view;
