//! Coming to the console. It is a first-party client of Signet: the authorization code flow with PKCE (RFC 6749 4.1,
//! RFC 7636), the code redeemed in this process.
//!
//! Leaving needs nothing of its own: when the session at Signet ends, the one at the console does.
//!
//! What the client has to remember between its request and the answer is derived from the flow cookie, so that nothing is
//! stored for people who never come back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::console::{CLIENT_ID, ConsoleSession, LONGEST};
use kernel::digest::{base64url, sha256_parts};
use kernel::entropy::bytes;
use kernel::secret::{ConsoleSecret, FlowSecret};
use kernel::{Ctx, Digest, Entropy, Plain, StorageFault};
use protocol::Params;
use token::endpoint::{self, GrantType};
use token::grant::Case;
use token::grant::outcome::{Granted, Outcome};
use url::form_urlencoded;

use super::PATH;
use super::desk::leads_here;
use crate::catalogue::catalogue_for;
use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::routes::paths;
use crate::state::AppState;
use crate::unit::write;
use crate::views::Trouble;
use crate::{cookies, deliver, failure, forms};

/// The console's redirect URI, below the issuer.
pub(crate) const CALLBACK: &str = "/admin/callback";

/// Where somebody who is no administrator goes to be another.
pub(crate) const CHANGE: &str = "/admin/change";

/// Why somebody is sent to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nobody is at the console; whoever is signed in at the browser comes in without a word.
    Entering,
    /// What comes next cannot be undone: the person has to prove who they are once more.
    Proving,
    /// Somebody who is no administrator wants to be another.
    Changing,
}

impl Why {
    /// OpenID Connect Core 3.1.2.1.
    fn prompt(self) -> Option<&'static str> {
        match self {
            Why::Entering => None,
            Why::Proving => Some("login"),
            Why::Changing => Some("select_account"),
        }
    }
}

/// Sends the browser to sign in and, after that, to `to`: a path of the console, perhaps with a query.
pub(crate) fn begin(request: &HttpRequest, state: &AppState, why: Why, to: &str) -> HttpResponse {
    let (visitor, cookie) = cookies::visitor(request, &state.ctx);
    let to = if leads_here(to) { to } else { PATH };
    let answer = ticket(&*state.ctx.entropy, &visitor.flow, to);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("client_id", CLIENT_ID)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid")
        .append_pair("redirect_uri", &state.ctx.issuer.url(CALLBACK))
        .append_pair("state", &answer)
        .append_pair("code_challenge", &challenge(&visitor.flow, &answer))
        .append_pair("code_challenge_method", "S256");
    if let Some(prompt) = why.prompt() {
        query.append_pair("prompt", prompt);
    }
    let location = format!("{}?{}", paths::AUTHORIZE, query.finish());
    deliver::with_cookie(deliver::to_path(state, &location), cookie)
}

/// GET `/admin/change`: the accounts to choose from.
pub(crate) async fn change(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    begin(&request, &state, Why::Changing, PATH)
}

/// The `state` of the request (RFC 6749 10.12): something new, where to go on, and a seal only this browser's answer can
/// bear.
fn ticket(entropy: &dyn Entropy, flow: &Plain<FlowSecret>, to: &str) -> String {
    let body = format!(
        "{}.{}",
        base64url(&bytes::<12>(entropy)),
        base64url(to.as_bytes())
    );
    let seal = csrf::token(flow, Purpose::EnterConsole, &body);
    format!("{body}.{seal}")
}

/// Where to go on, of a `state` that this browser was given.
fn destination(flow: &Plain<FlowSecret>, ticket: &str) -> Option<String> {
    let (body, seal) = ticket.rsplit_once('.')?;
    if !csrf::is_genuine(Some(seal), flow, Purpose::EnterConsole, body) {
        return None;
    }
    let (_, to) = body.split_once('.')?;
    let to = String::from_utf8(kernel::digest::from_base64url(to)?).ok()?;
    leads_here(&to).then_some(to)
}

/// RFC 7636 4.1. Another for every `state`.
fn verifier(flow: &Plain<FlowSecret>, ticket: &str) -> String {
    base64url(&sha256_parts(&[
        b"console-verifier:",
        flow.expose().as_bytes(),
        b":",
        ticket.as_bytes(),
    ]))
}

/// RFC 7636 4.2.
fn challenge(flow: &Plain<FlowSecret>, ticket: &str) -> String {
    base64url(&sha256_parts(&[verifier(flow, ticket).as_bytes()]))
}

/// GET `/admin/callback`: the authorization response (RFC 6749 4.1.2).
pub(crate) async fn callback(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let params = match forms::query(&request) {
        Ok(params) => params,
        Err(fault) => return failure::form_page(&state, &id, fault),
    };
    let Some(flow) = cookies::flow(&request, &state.ctx) else {
        return failure::error_page(&state, &id, Trouble::CookieMissing);
    };
    let ticket = params.get("state").unwrap_or_default().to_owned();
    let Some(to) = destination(&flow, &ticket) else {
        return failure::error_page(&state, &id, Trouble::FormRefused);
    };
    // RFC 9207 2.4: nobody else answers in our name.
    if params.get("iss") != Some(state.ctx.issuer.as_str()) {
        return failure::error_page(&state, &id, Trouble::BadRequest);
    }
    let Some(code) = params.get("code") else {
        return refused(&state, &id);
    };
    let former = cookies::console(&request, &state.ctx).map(|secret| secret.digest());
    match redeem(&state, code, &verifier(&flow, &ticket), former).await {
        Ok(Some(secret)) => {
            let cookie = cookies::set_console(&state.ctx, &secret);
            deliver::with_cookie(deliver::to_path(&state, &to), Some(cookie))
        }
        // A code that was used before: the browser's Back, mostly. Whoever is signed in comes in again.
        Ok(None) => begin(&request, &state, Why::Entering, &to),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// The person did not want to sign in, or could not.
fn refused(state: &AppState, id: &CorrelationId) -> HttpResponse {
    let trouble = Trouble::Other {
        status: StatusCode::FORBIDDEN,
        headline: "You did not sign in",
        advice: "The console opens for administrators who sign in.",
    };
    let next = crate::views::Link {
        name: "Try again",
        url: PATH,
    };
    failure::error_page_with_next(state, id, trouble, next)
}

/// Redeems a code as the token endpoint does, and begins a session at the console for whom it speaks of. `None` when the
/// code is worth nothing.
async fn redeem(
    state: &AppState,
    code: &str,
    verifier: &str,
    former: Option<Digest<ConsoleSecret>>,
) -> Result<Option<Plain<ConsoleSecret>>, StorageFault> {
    let Some(client) = client(state, CLIENT_ID).await? else {
        return Ok(None);
    };
    let redirect_uri = state.ctx.issuer.url(CALLBACK);
    let params = Params::from_pairs([
        ("grant_type", GrantType::AuthorizationCode.as_str()),
        ("client_id", CLIENT_ID),
        ("code", code),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", verifier),
    ]);
    let catalogue = catalogue_for(state, &client, &params).await?;
    let ctx = state.ctx.clone();
    write(state, move |tx| {
        let case = Case {
            ctx: &ctx,
            catalogue: &catalogue,
            client: &client,
            params: &params,
        };
        let Outcome::Granted(granted) = endpoint::run(tx, GrantType::AuthorizationCode, &case)? else {
            return Ok(None);
        };
        let secret = Plain::<ConsoleSecret>::generate(&*ctx.entropy);
        let Some(session) = session_for(&ctx, &granted, &secret) else {
            return Ok(None);
        };
        tx.insert_console_session(&session)?;
        if let Some(former) = former {
            // Whoever proves who they are anew gets a new secret, and the old one is worth nothing.
            tx.delete_console_session(&former)?;
        }
        Ok(Some(secret))
    })
    .await
}

/// What the ID token would tell any other client: who it is, in which session, and when they proved it.
fn session_for(ctx: &Ctx, granted: &Granted, secret: &Plain<ConsoleSecret>) -> Option<ConsoleSession> {
    let id_token = granted.plan.id_token.as_ref()?;
    Some(ConsoleSession {
        secret: secret.digest(),
        sid: id_token.sid,
        user: granted.plan.subject.parse().ok()?,
        auth_at: id_token.authentication.at,
        created_at: ctx.now(),
        expires_at: ctx.now().plus(LONGEST),
    })
}

#[cfg(test)]
mod tests {
    use kernel::SeededEntropy;

    use super::*;

    #[test]
    fn a_ticket_leads_back_only_at_its_browser_and_only_within_the_console() {
        let dice = SeededEntropy::new(3);
        let mine = Plain::<FlowSecret>::generate(&SeededEntropy::new(1));
        let theirs = Plain::<FlowSecret>::generate(&SeededEntropy::new(2));
        let good = ticket(&dice, &mine, "/admin/keys?alg=ES256");
        assert_eq!(
            destination(&mine, &good).as_deref(),
            Some("/admin/keys?alg=ES256")
        );
        assert_eq!(destination(&theirs, &good), None);
        assert_eq!(destination(&mine, &format!("{good}x")), None);
        let elsewhere = ticket(&dice, &mine, "/account");
        assert_eq!(destination(&mine, &elsewhere), None);
    }
}
