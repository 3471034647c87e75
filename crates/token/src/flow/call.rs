//! Records of what clients themselves call: the token endpoint above all, and others where a client authenticates.

use protocol::{OAuthError, Params};

use super::parameters::shown;
use super::{Refused, Step, comparison, step, walk};
use crate::client::{Client, ClientFault};
use crate::endpoint::{ChoiceFault, GrantType};
use crate::grant::outcome::GrantFault;

/// Where a call stopped.
#[derive(Debug, Clone, Copy)]
pub enum Stopped {
    /// Parameters stood in the URL.
    InUrl,
    /// The client was not believed.
    Client(ClientFault),
    /// No grant was chosen.
    Choice(ChoiceFault),
    /// The grant refused.
    Grant(GrantType, GrantFault),
}

const AUTHENTICATION: &str = "RFC 6749 2.3";

/// Who calls, before anything else is looked at.
const CALLER: [Step; 5] = [
    step("parameters are in the body, not in the URL", "RFC 6749 2.3.1"),
    step("there are credentials, of one kind", AUTHENTICATION),
    step("the client is registered here and enabled", "RFC 6749 5.2"),
    step("it authenticates as it registered to", "OpenID Connect Core 9"),
    step("its secret is right", "RFC 6749 2.3.1"),
];

/// What it wants.
const CHOICE: [Step; 4] = [
    step("no parameter is given twice", "RFC 6749 3.2"),
    step("grant_type is given", "RFC 6749 4.1.3"),
    step("the grant type is offered here", "RFC 6749 5.2"),
    step("the client registered the grant type", "RFC 7591 2"),
];

/// What a grant asks of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    Complete,
    Known,
    UsedOnce,
    Confidential,
    Own,
    Fresh,
    Unrevoked,
    SameRedirect,
    Verifier,
    Person,
    Session,
    Scope,
    Target,
}

/// The demands of each grant, in the order in which it makes them.
fn demands(grant: GrantType) -> &'static [Demand] {
    use Demand as D;
    match grant {
        GrantType::AuthorizationCode => &[
            D::Complete,
            D::Known,
            D::UsedOnce,
            D::Own,
            D::Fresh,
            D::Unrevoked,
            D::SameRedirect,
            D::Verifier,
            D::Person,
            D::Session,
            D::Scope,
            D::Target,
        ],
        GrantType::RefreshToken => &[
            D::Complete,
            D::Known,
            D::Own,
            D::Unrevoked,
            D::Fresh,
            D::Session,
            D::Person,
            D::Scope,
            D::Target,
            D::UsedOnce,
        ],
        GrantType::ClientCredentials => &[D::Confidential, D::Complete, D::Scope, D::Target],
    }
}

/// Which demand a fault is about. Every new fault has to say so here.
fn demand(fault: GrantFault) -> Demand {
    match fault {
        GrantFault::Malformed(_) => Demand::Complete,
        GrantFault::Unknown => Demand::Known,
        GrantFault::Expired => Demand::Fresh,
        GrantFault::WrongClient => Demand::Own,
        GrantFault::WrongRedirectUri => Demand::SameRedirect,
        GrantFault::WrongVerifier => Demand::Verifier,
        GrantFault::CodeReused | GrantFault::RefreshReused { .. } => Demand::UsedOnce,
        GrantFault::Revoked => Demand::Unrevoked,
        GrantFault::SessionEnded => Demand::Session,
        GrantFault::UserInactive => Demand::Person,
        GrantFault::WiderScope => Demand::Scope,
        GrantFault::WrongTarget => Demand::Target,
        GrantFault::PublicClient => Demand::Confidential,
    }
}

fn words(demand: Demand, grant: GrantType) -> Step {
    let code = grant == GrantType::AuthorizationCode;
    let either = |own: &'static str, other: &'static str| if code { own } else { other };
    match demand {
        Demand::Complete => step("nothing is missing and all can be read", "RFC 6749 5.2"),
        Demand::Known => step(
            either("the code is known", "the refresh token is known"),
            either("RFC 6749 4.1.3", "RFC 6749 6"),
        ),
        Demand::UsedOnce => step(
            either(
                "the code was not used before",
                "the refresh token was not used before",
            ),
            either("RFC 6749 4.1.2", "RFC 9700 4.14.2"),
        ),
        Demand::Confidential => step("the client can keep a secret", "RFC 6749 4.4"),
        Demand::Own => step(
            "it was issued to this client",
            either("RFC 6749 4.1.3", "RFC 6749 6"),
        ),
        Demand::Fresh => step("it has not expired", either("RFC 6749 4.1.2", "RFC 6749 5.2")),
        Demand::Unrevoked => step("what it stands for was not taken back", "RFC 7009 2.1"),
        Demand::SameRedirect => step(
            "redirect_uri is that of the authorization request",
            "RFC 6749 4.1.3",
        ),
        Demand::Verifier => step("code_verifier fits code_challenge", "RFC 7636 4.6"),
        Demand::Person => step("the person's account is there and not locked", "RFC 6749 5.2"),
        Demand::Session => step("the session has not ended", "OpenID Connect Core 11"),
        Demand::Scope => step("the scope is no wider than what was granted", "RFC 6749 3.3"),
        Demand::Target => step("the resource is one this client may reach", "RFC 8707 2.2"),
    }
}

/// The table for one request, and where it stopped.
fn table(stopped: Stopped) -> (Vec<Step>, usize) {
    let early = || [&CALLER[..], &CHOICE[..]].concat();
    match stopped {
        Stopped::InUrl => (early(), 0),
        Stopped::Client(fault) => (early(), of_client(fault)),
        Stopped::Choice(fault) => (early(), CALLER.len() + of_choice(fault)),
        Stopped::Grant(grant, fault) => {
            let (mut steps, own) = (early(), demands(grant));
            let before = steps.len();
            steps.extend(own.iter().map(|demand| words(*demand, grant)));
            let missed = demand(fault);
            let at = own.iter().position(|demand| *demand == missed);
            // A fault of a demand the grant does not list is shown as one of its own.
            if at.is_none() {
                steps.push(words(missed, grant));
            }
            (steps, before + at.unwrap_or(own.len()))
        }
    }
}

fn of_client(fault: ClientFault) -> usize {
    match fault {
        ClientFault::Missing
        | ClientFault::TwoMethods
        | ClientFault::Contradiction
        | ClientFault::MalformedHeader => 1,
        ClientFault::Unknown => 2,
        ClientFault::WrongMethod { .. } => 3,
        ClientFault::WrongSecret => 4,
    }
}

fn of_choice(fault: ChoiceFault) -> usize {
    match fault {
        ChoiceFault::Repeated => 0,
        ChoiceFault::Missing => 1,
        ChoiceFault::NotOffered => 2,
        ChoiceFault::NotRegistered => 3,
    }
}

/// Why, in full.
fn reason(stopped: Stopped, client: Option<&Client>) -> String {
    match stopped {
        Stopped::InUrl => "parameters stood in the URL, where logs and histories keep them".to_owned(),
        Stopped::Client(ClientFault::Unknown) => match client {
            Some(_) => "the client is disabled".to_owned(),
            None => "no client of this name is registered".to_owned(),
        },
        Stopped::Client(fault) => fault.to_string(),
        Stopped::Choice(fault) => fault.to_string(),
        Stopped::Grant(_, fault) => fault.to_string(),
    }
}

/// A call that was refused with `error`. `client_id` is whom it claimed to be, `client` who that is.
pub fn refused(
    params: &Params,
    (client_id, client): (Option<&str>, Option<&Client>),
    stopped: Stopped,
    error: &OAuthError,
) -> Refused {
    let (parameters, left_out) = shown(params);
    let (steps, at) = table(stopped);
    let sent = params
        .get("redirect_uri")
        .filter(|_| matches!(stopped, Stopped::Grant(_, GrantFault::WrongRedirectUri)));
    let compared = sent
        .zip(client)
        .map(|(sent, client)| comparison::with_redirects(sent, client));
    let owner = match stopped {
        Stopped::Grant(_, GrantFault::RefreshReused { owner }) => Some(owner),
        _ => None,
    };
    Refused {
        client_id: client_id.map(str::to_owned),
        user: owner,
        error: error.code.as_str().to_owned(),
        reason: reason(stopped, client),
        told: Some(error.description.to_string()),
        parameters,
        left_out,
        checks: walk(steps, Some(at)),
        foreign_uri: None,
        compared: compared.unwrap_or_default(),
    }
}
