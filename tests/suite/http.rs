//! What comes over the wire before it is a request: too much, too slow, or something else than it seems.

mod hosts;
mod methods;
mod sizes;
mod slow;
mod smuggling;
