//! That a person is here: browsers, the sessions signed in at them, and how somebody authenticated.
//!
//! Knows nothing of OAuth clients or HTTP. Lifetimes come from [`kernel::Policy`].

pub mod authentication;
pub mod browser;
pub mod establish;
pub mod ports;
pub mod present;
pub mod revocation;

pub use authentication::{Amr, Authentication};
pub use browser::{Browser, Device, Session};
pub use ports::Sessions;
pub use revocation::{Issued, Revocation, RevocationList, Revocations, Revoked};
