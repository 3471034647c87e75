//! Outgoing mail: letters of `identity` written as messages (RFC 5322) and handed to a mail server (RFC 6409).
//!
//! Owns how a letter reads and travels. Why one is written is `identity`'s; who reads it is nobody's business here.

mod authority;
mod carrier;
mod catcher;
mod compose;
mod mailer;
mod relay;
mod sender;
mod smtp;
mod unsent;
mod views;
mod words;

pub use authority::{Authority, AuthorityFault};
pub use carrier::{Fate, Listener, Successor};
pub use catcher::Catcher;
pub use mailer::{MailConfig, Mailer, StartFault};
pub use relay::{Credentials, Relay, Security, UrlFault};
pub use sender::{FromFault, Sender};
pub use unsent::Unsent;
