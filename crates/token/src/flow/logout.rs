//! Records of logout requests in which something could not be believed. Such a request is not refused: the person is asked,
//! and nobody is redirected. To an app that looks like an error all the same.

use kernel::Ctx;
use protocol::Params;

use super::parameters::shown;
use super::{Refused, Step, comparison, step, walk};
use crate::client::{Client, PostLogoutTarget};
use crate::keys::ring::KeyRing;
use crate::logout::{self, LogoutRequest};

const LOGOUT: &str = "OpenID Connect RP-Initiated Logout 2";

/// The word for an address after signing out that is not the client's.
const FOREIGN: &str = "post_logout_uri_mismatch";

/// One thing that has to hold.
struct Rule {
    step: Step,
    error: &'static str,
    holds: fn(&Case<'_>) -> bool,
}

struct Case<'a> {
    ring: &'a KeyRing,
    ctx: &'a Ctx,
    params: &'a Params,
    client: Option<&'a Client>,
}

const RULES: [Rule; 6] = [
    Rule {
        step: step("no parameter is given twice", "RFC 6749 3.1"),
        error: "invalid_request",
        holds: |case| case.params.first_repeated().is_none(),
    },
    Rule {
        step: step("id_token_hint is an ID token of this server", LOGOUT),
        error: "invalid_hint",
        holds: |case| {
            let sent = case.params.get("id_token_hint").is_some();
            !sent || logout::hint(case.ring, case.ctx, case.params).is_some()
        },
    },
    Rule {
        step: step("client_id is the client the ID token was for", LOGOUT),
        error: "invalid_hint",
        holds: |case| {
            let hint = logout::hint(case.ring, case.ctx, case.params);
            let named = case.params.get("client_id");
            hint.zip(named)
                .is_none_or(|(hint, named)| hint.client_id == named)
        },
    },
    Rule {
        step: step(
            "the request says which client asks",
            "OpenID Connect RP-Initiated Logout 3",
        ),
        error: "no_client",
        holds: |case| {
            let names = ["client_id", "id_token_hint"];
            names.iter().any(|name| case.params.get(name).is_some())
        },
    },
    Rule {
        step: step("the client is registered here and enabled", LOGOUT),
        error: "unknown_client",
        holds: |case| case.client.is_some_and(|client| client.enabled),
    },
    Rule {
        step: step(
            "post_logout_redirect_uri is registered for the client",
            "OpenID Connect RP-Initiated Logout 3",
        ),
        error: FOREIGN,
        holds: |case| {
            let uri = case.params.get("post_logout_redirect_uri");
            uri.zip(case.client)
                .is_none_or(|(uri, client)| PostLogoutTarget::prove(client, uri, None).is_some())
        },
    },
];

/// Whether everything the request brought was believed. Cheap: asked of every logout.
pub fn is_believed(params: &Params, understood: &LogoutRequest) -> bool {
    let absent = |name| params.get(name).is_none();
    (understood.hint.is_some() || absent("id_token_hint"))
        && (understood.target.is_some() || absent("post_logout_redirect_uri"))
        && (understood.app.is_some() || absent("client_id"))
}

/// A request of which something was not believed.
pub fn doubted(ring: &KeyRing, ctx: &Ctx, params: &Params, client: Option<&Client>) -> Refused {
    let case = Case {
        ring,
        ctx,
        params,
        client,
    };
    let stopped = RULES.iter().position(|rule| !(rule.holds)(&case));
    let rule = stopped.and_then(|at| RULES.get(at));
    let (parameters, left_out) = shown(params);
    let foreign = params
        .get("post_logout_redirect_uri")
        .filter(|_| rule.is_some_and(|rule| rule.error == FOREIGN));
    let compared = foreign
        .zip(client)
        .map(|(sent, client)| comparison::with_all(sent, &client.metadata.post_logout_redirect_uris));
    Refused {
        client_id: client
            .map(|client| client.client_id.clone())
            .or_else(|| params.get("client_id").map(str::to_owned)),
        error: rule.map_or("invalid_request", |rule| rule.error).to_owned(),
        reason: "the person is asked, and the browser is not sent back to the app".to_owned(),
        parameters,
        left_out,
        checks: walk(RULES.iter().map(|rule| rule.step), stopped),
        foreign_uri: foreign.and_then(comparison::kept),
        compared: compared.unwrap_or_default(),
        ..Refused::default()
    }
}
