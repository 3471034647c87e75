//! The pages people see: what each one needs to be drawn, and how a drawn page becomes a response.
//!
//! A view holds what is already decided; nothing here asks who is signed in or what is allowed. Pages are built in
//! `templates/pages`, where askama escapes every value, of words that the crate `i18n` has in several languages.

mod account;
mod apps;
mod caught_mail;
mod choose;
mod consent;
mod device;
mod form_post;
mod headers;
mod home;
mod moment;
mod overview;
mod own_language;
mod page;
mod password;
mod reading;
mod reset;
mod scope;
mod sessions;
mod sign_in;
mod sign_out;
mod trouble;

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod tests;

pub use account::{Account, Link, Onward, Way};
pub use apps::{AppLine, ConnectedApps};
pub use caught_mail::{CaughtMail, LetterLine, OpenLetter, Piece, pieces};
pub use choose::{Choosable, Choose};
pub use consent::{Api, Consent, Introduction};
pub use device::DeviceName;
pub use form_post::FormPost;
pub(crate) use headers::ONE_YEAR;
pub use headers::{CONTENT_SECURITY_POLICY, Opener, PageContext, Referrer, Transport, secure};
pub use home::{Home, Visitor};
pub use moment::Moment;
pub use overview::{Email, Overview, Proof, Ways};
pub use own_language::OwnLanguage;
pub use page::page;
pub use password::{ChangePassword, NewPassword, PasswordOutcome, PasswordProblem};
pub use reset::{DeadLink, ForgotPassword, Freshness, Help, LetterSent, PasswordSet};
pub use scope::{ScopeDetail, ScopeLine, ScopeTitle};
pub use sessions::{SessionLine, SessionPlace, Sessions};
pub use sign_in::{Again, Reason, SignIn, SignInProblem};
pub use sign_out::{SignOut, SignedOut};
pub use trouble::{ErrorPage, Passes, Trouble};
