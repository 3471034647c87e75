//! For APIs on actix-web: a handler that takes [`Access`] is called only with a token that allows it.
//!
//! The application registers one `web::Data<Guard>`. Tokens are taken from the `Authorization` header and nowhere else
//! (RFC 6750 2.1; RFC 9700 4.3.2 says why not from the URL).

mod access;
mod bearer;
mod denial;
#[cfg(test)]
mod tests;

pub use access::{Access, AnyScope, RequiredScope};
pub use denial::Denial;
