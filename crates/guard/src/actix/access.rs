//! The verified token as an argument of a handler, the scope it must have as part of its type.

use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::bearer;
use super::denial::{Denial, Refused};
use crate::access_token::AccessToken;
use crate::guard::Guard;

/// Names the scope a handler needs.
pub trait RequiredScope {
    /// One scope token, or several with single spaces between them, all of which are needed; empty for none (RFC 6749
    /// 3.3). Anything else does not compile.
    const SCOPE: &str;
}

/// Any good token will do.
#[derive(Debug, Clone, Copy)]
pub enum AnyScope {}

impl RequiredScope for AnyScope {
    const SCOPE: &str = "";
}

/// A verified access token that has the scope `S`.
#[derive(Debug)]
pub struct Access<S = AnyScope> {
    token: AccessToken,
    scope: PhantomData<fn() -> S>,
}

impl<S> Access<S> {
    /// The token itself.
    pub fn into_inner(self) -> AccessToken {
        self.token
    }
}

impl<S> Deref for Access<S> {
    type Target = AccessToken;

    fn deref(&self) -> &AccessToken {
        &self.token
    }
}

impl<S: RequiredScope> FromRequest for Access<S> {
    type Error = Denial;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Denial>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(guard) = request.app_data::<web::Data<Guard>>() else {
                tracing::error!("no web::Data<Guard> is registered, so every request is refused");
                return Err(denied("", Refused::NoGuard));
            };
            let verified = verify::<S>(&request, guard).await;
            let token = verified.map_err(|refused| denied(guard.audience(), refused))?;
            Ok(Self {
                token,
                scope: PhantomData,
            })
        })
    }
}

async fn verify<S: RequiredScope>(request: &HttpRequest, guard: &Guard) -> Result<AccessToken, Refused> {
    const {
        assert!(
            is_scope(S::SCOPE),
            "SCOPE is not a scope as RFC 6749 3.3 defines it"
        )
    };
    let token = guard
        .verify(bearer::token(request)?)
        .await
        .map_err(Refused::Token)?;
    let mut wanted = S::SCOPE.split(' ').filter(|name| !name.is_empty());
    if wanted.all(|name| token.scope.contains(name)) {
        Ok(token)
    } else {
        Err(Refused::MissingScope(S::SCOPE))
    }
}

fn denied(realm: &str, refused: Refused) -> Denial {
    let denial = Denial {
        realm: realm.to_owned(),
        refused,
    };
    tracing::debug!(reason = %denial, "access denied");
    denial
}

/// RFC 6749 3.3; so that a challenge can quote it as it is.
const fn is_scope(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !matches!(bytes[at], 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E) {
            return false;
        }
        at += 1;
    }
    true
}
