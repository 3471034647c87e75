//! What comes over the wire before it is a request: too much, too slow, or something else than it seems.

mod behind_a_proxy;
mod health;
mod hosts;
mod methods;
pub mod nginx;
mod sizes;
mod slow;
mod smuggling;
mod tls;
