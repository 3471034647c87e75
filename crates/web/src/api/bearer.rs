//! Whose token came with a request, and what its bearer may do at this moment.
//!
//! A token is good for no more than its scope, and never for more than its bearer's roles: those are asked for in the unit of
//! work of what is wanted, so that a role that was taken away, a locked account and a revoked token count at once.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use admin::{Actor, Administrator, Permissions, Ports};
use identity::User;
use kernel::StorageFault;
use token::verify::{self, AccessClaims};

use super::problem::Problem;
use crate::oauth::userinfo::{Malformed, bearer};
use crate::standing;
use crate::state::AppState;

/// A good token for this API.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    claims: AccessClaims,
    who: Administrator,
}

impl Bearer {
    /// Reads and judges the token of a request, as far as that can be done without a unit of work.
    ///
    /// # Errors
    /// 400 for a header that cannot be read, 401 for anything but a good token for this API.
    pub(super) async fn of(request: &HttpRequest, state: &AppState) -> Result<Self, Problem> {
        let mut headers = request.headers().get_all(AUTHORIZATION);
        let Some(header) = headers.next() else {
            return Err(Problem::no_token());
        };
        if headers.next().is_some() {
            return Err(Problem::bad("the Authorization header was sent twice"));
        }
        let presented = bearer(header.to_str().unwrap_or_default())
            .map_err(|Malformed| Problem::bad("the Bearer scheme came without a token"))?;
        let presented = presented.ok_or_else(Problem::no_token)?;
        let claims = verify::access_token(&state.ring.get(), &state.ctx, &presented)
            .map_err(|_| Problem::invalid_token())?;
        if !claims.is_for(&admin::api::identifier(&state.ctx.issuer)) {
            return Err(Problem::invalid_token());
        }
        let counting = standing::counting(state, claims).await?;
        let claims = counting.ok_or_else(Problem::invalid_token)?;
        let who = match claims.user() {
            Some(user) => Administrator::Person(user),
            None if claims.sub == claims.client_id => Administrator::Client(claims.client_id.clone()),
            None => return Err(Problem::invalid_token()),
        };
        Ok(Self { claims, who })
    }

    /// What the token's scope would allow an owner.
    pub(super) fn reach(&self) -> Permissions {
        Permissions::all().within_scope(self.claims.scope.iter())
    }

    /// The bearer as text: no two bearers have the same.
    pub(super) fn name(&self) -> String {
        match &self.who {
            Administrator::Person(user) => format!("user {user}"),
            Administrator::Client(client_id) => format!("client {client_id}"),
        }
    }

    /// Who it is.
    pub(super) fn who(&self) -> &Administrator {
        &self.who
    }

    /// The bearer with what they may do now; nothing if the token does not count any more.
    ///
    /// # Errors
    /// Storage.
    pub(super) fn present(
        &self,
        tx: &mut (dyn Ports + '_),
        address: Option<String>,
    ) -> Result<Option<Actor>, StorageFault> {
        if tx.is_revoked(&self.claims.issued())? || !self.is_let_in(tx)? {
            return Ok(None);
        }
        let roles = tx.admin_roles(&self.who)?;
        let may = Permissions::of(roles).within_scope(self.claims.scope.iter());
        let actor = Actor::bearer(&self.claims.sub, may).at(address);
        // Whoever ends many sessions ends the one behind this token last.
        Ok(Some(match self.claims.sid {
            Some(sid) => actor.within(sid),
            None => actor,
        }))
    }

    fn is_let_in(&self, tx: &mut (dyn Ports + '_)) -> Result<bool, StorageFault> {
        let client = tx.client(&self.claims.client_id)?;
        if !client.is_some_and(|client| client.enabled) {
            return Ok(false);
        }
        match &self.who {
            Administrator::Person(user) => Ok(tx.user(*user)?.as_ref().is_some_and(User::is_active)),
            Administrator::Client(_) => Ok(true),
        }
    }
}
