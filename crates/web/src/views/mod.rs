//! The pages people see: what each one needs to be drawn, and how a drawn page becomes a response.
//!
//! A view holds plain text that is already decided; nothing here asks who is signed in or what is allowed. The words
//! live in `templates/pages`, where askama escapes every value.

mod account;
mod caught_mail;
mod consent;
mod headers;
mod home;
mod page;
mod scope;
mod sign_in;
mod sign_out;
mod trouble;

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod tests;

pub use account::{Account, Link};
pub use caught_mail::{CaughtMail, LetterLine, OpenLetter, Piece, pieces};
pub use consent::{Consent, Introduction};
pub(crate) use headers::ONE_YEAR;
pub use headers::{CONTENT_SECURITY_POLICY, PageContext, Referrer, Transport, secure};
pub use home::{Home, Visitor};
pub use page::page;
pub use scope::ScopeLine;
pub use sign_in::{Again, Reason, SignIn, SignInProblem};
pub use sign_out::{SignOut, SignedOut};
pub use trouble::{ErrorPage, Trouble};
