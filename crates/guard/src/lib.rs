//! The resource-server kit: verifies Signet's access tokens (RFC 9068) in somebody else's API.
//!
//! A [`Guard`] knows one issuer, one audience (the API's own resource identifier, RFC 8707) and where the issuer's keys
//! come from. It judges a token by itself, without asking the issuer: signature, type, issuer, audience, time, scope. Like
//! that it does not learn of a revocation before the token ends, which is minutes; an API that must know at once gives it a
//! [`RevocationSource`], see [below](#revocation).
//!
//! The kit brings no HTTP client: the API says how to fetch a JWK Set with the client it already has, see [`JwksSource`].
//! When to fetch is the kit's business, see [`Freshness`].
//!
//! With the feature `actix` a scope is part of a handler's signature, and refusals are those of RFC 6750 3:
//!
//! ```
//! # #[cfg(feature = "actix")] mod api {
//! use actix_web::{App, HttpServer, web};
//! use guard::actix::{Access, RequiredScope};
//! use guard::{FetchFault, Guard};
//!
//! struct NotesRead;
//! impl RequiredScope for NotesRead {
//!     const SCOPE: &str = "notes.read";
//! }
//!
//! async fn notes(access: Access<NotesRead>) -> String {
//!     format!("The notes of {}", access.sub)
//! }
//!
//! /// With whatever HTTP client there is; it should give up after a few seconds.
//! fn fetch_keys() -> Result<String, FetchFault> {
//!     # let http_get = |_: &str| Ok::<_, std::io::Error>(String::new());
//!     http_get("https://id.example.com/jwks").map_err(FetchFault::new)
//! }
//!
//! pub async fn serve() -> std::io::Result<()> {
//!     let guard = Guard::builder("https://id.example.com", "https://api.example.com").build(fetch_keys);
//!     HttpServer::new(move || {
//!         App::new()
//!             .app_data(web::Data::new(guard.clone()))
//!             .route("/notes", web::get().to(notes))
//!     })
//!     .bind("127.0.0.1:8090")?
//!     .run()
//!     .await
//! }
//! # }
//! ```
//!
//! Elsewhere, [`Guard::verify`] is all there is to call; it needs a tokio runtime.
//!
//! # Revocation
//! [`Introspection`] asks the issuer about tokens that passed everything else (RFC 7662). The API needs a client of its own
//! at the issuer for that, one that is registered as the server of this API and for nothing else.
//!
//! ```
//! use guard::{FetchFault, Guard, Introspection};
//!
//! # fn fetch_keys() -> Result<String, FetchFault> { Ok(String::new()) }
//! # fn post(_: &str, _: (&str, &str), _: &[(&str, &str)]) -> Result<String, std::io::Error> { Ok(String::new()) }
//! # let secret = String::new();
//! let ask = move |token: &str| {
//!     post("https://id.example.com/introspect", ("notes-api", &secret), &[("token", token)])
//!         .map_err(FetchFault::new)
//! };
//! let guard = Guard::builder("https://id.example.com", "https://api.example.com")
//!     .revocation(Introspection::by(ask))
//!     .build(fetch_keys);
//! ```
//!
//! An answer is believed for half a second, or as long as [`Introspection::remembered_for`] says: so long may a revoked
//! token still work. When the issuer does not answer, requests are refused with 503; a guard that was told to ask does not
//! guess. The price is a round trip for every token every half second, and an API that is no better available than its
//! issuer.

mod access_token;
#[cfg(feature = "actix")]
pub mod actix;
mod algorithm;
mod clock;
mod fault;
mod guard;
mod introspection;
mod key_cache;
mod key_set;
mod revocation;
mod source;
#[cfg(test)]
mod testing;
mod verify;

pub use access_token::AccessToken;
pub use algorithm::SignatureAlgorithm;
pub use clock::{Clock, SystemClock};
pub use fault::{Refusal, TokenFault};
pub use guard::{Guard, GuardBuilder};
pub use introspection::{Introspection, IntrospectionEndpoint};
pub use key_cache::Freshness;
pub use revocation::{Question, RevocationSource, Standing, StandingFuture};
pub use source::{FetchFault, JwksSource};
