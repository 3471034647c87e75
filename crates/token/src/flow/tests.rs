use kernel::SystemEntropy;
use protocol::{ErrorCode, OAuthError, Params};

use super::*;
use crate::authorize::checks::{self, PageFault, Refusal, World};
use crate::client::tests_support::client;
use crate::client::{ApplicationType, ClientFault};
use crate::endpoint::{ChoiceFault, GrantType};
use crate::flow::call::Stopped;
use crate::grant::outcome::GrantFault;
use crate::keys::testing::{ctx, ring};
use crate::resource::Catalogue;

/// How a record's only failed check reads; every one before it passed, none after it was reached.
fn failed(refused: &Refused) -> (&str, &str) {
    let at = refused
        .checks
        .iter()
        .position(|check| check.verdict == Verdict::Failed)
        .expect("a failed check");
    let (before, after) = (&refused.checks[..at], &refused.checks[at + 1..]);
    assert!(before.iter().all(|check| check.verdict == Verdict::Passed));
    assert!(after.iter().all(|check| check.verdict == Verdict::NotReached));
    (&refused.checks[at].name, &refused.checks[at].section)
}

fn authorize(pairs: &[(&str, &str)]) -> Refused {
    let client = client(
        ApplicationType::Web,
        &["https://rp.test/cb", "https://rp.test/other"],
    );
    let params = Params::from_pairs(pairs.iter().copied());
    let (ctx, ring, catalogue) = (ctx().0, ring(), Catalogue::default());
    let world = World {
        ctx: &ctx,
        ring: &ring,
        catalogue: &catalogue,
    };
    let refusal = match checks::client_id(&params) {
        Ok(_) => checks::check(&params, Some(&client), world).unwrap_err(),
        Err(fault) => Refusal::Page(fault),
    };
    authorization::refused(&params, Some((&client, world)), &refusal)
}

const CB: (&str, &str) = ("redirect_uri", "https://rp.test/cb");

#[test]
fn the_check_that_failed_is_the_one_the_answer_came_from() {
    let web = ("client_id", "web");
    let rows: [(&[(&str, &str)], &str); 6] = [
        (&[CB], "the request names one client"),
        (&[web], "the request names one redirect_uri"),
        (
            &[web, ("redirect_uri", "https://rp.test/cb/")],
            "the redirect_uri is registered for the client",
        ),
        (
            &[web, CB, ("scope", "openid"), ("scope", "email")],
            "no parameter is given twice",
        ),
        (
            &[web, CB, ("response_type", "token"), ("scope", "openid")],
            "response_type and scope can be granted",
        ),
        (
            &[
                web,
                CB,
                ("response_type", "code"),
                ("scope", "openid"),
                ("max_age", "-1"),
            ],
            "max_age is a number of seconds",
        ),
    ];
    for (pairs, name) in rows {
        assert_eq!(failed(&authorize(pairs)).0, name);
    }
    let unknown = authorization::refused(
        &Params::from_pairs([("client_id", "nobody")]),
        None,
        &Refusal::Page(PageFault::UnknownClient),
    );
    assert_eq!(failed(&unknown).0, "the client is registered here and enabled");
}

#[test]
fn a_foreign_redirect_uri_is_compared_with_each_registered_one() {
    let refused = authorize(&[("client_id", "web"), ("redirect_uri", "https://rp.test/cb/")]);
    assert_eq!(refused.error, "redirect_uri_mismatch");
    assert_eq!(refused.foreign_uri.as_deref(), Some("https://rp.test/cb/"));
    let at: Vec<_> = refused
        .compared
        .iter()
        .map(|one| (one.registered.as_str(), one.differs_at))
        .collect();
    let expected = [
        ("https://rp.test/cb", Some(18)),
        ("https://rp.test/other", Some(16)),
    ];
    assert_eq!(at, expected);
    assert_eq!(Comparison::of("ä/é", "ä/e").differs_at, Some(2));
    assert_eq!(Comparison::of("same", "same").differs_at, None);
}

#[test]
fn every_fault_of_a_call_has_its_row() {
    let error = OAuthError::new(ErrorCode::InvalidGrant, "no");
    let told = |stopped| {
        let refused = call::refused(&Params::default(), (Some("web"), None), stopped, &error);
        let (name, section) = failed(&refused);
        (name.to_owned(), section.to_owned())
    };
    let code = |fault| told(Stopped::Grant(GrantType::AuthorizationCode, fault));
    assert_eq!(told(Stopped::InUrl).1, "RFC 6749 2.3.1");
    assert_eq!(
        told(Stopped::Client(ClientFault::WrongSecret)).0,
        "its secret is right"
    );
    assert_eq!(
        told(Stopped::Choice(ChoiceFault::Missing)).0,
        "grant_type is given"
    );
    assert_eq!(code(GrantFault::WrongVerifier).1, "RFC 7636 4.6");
    assert_eq!(code(GrantFault::CodeReused).0, "the code was not used before");
    let owner = UserId::generate(&SystemEntropy);
    let reuse = told(Stopped::Grant(
        GrantType::RefreshToken,
        GrantFault::RefreshReused { owner },
    ));
    assert_eq!(reuse.1, "RFC 9700 4.14.2");
    // A fault that its grant does not make is shown all the same.
    let odd = told(Stopped::Grant(GrantType::ClientCredentials, GrantFault::Expired));
    assert_eq!(odd.0, "it has not expired");
}

#[test]
fn what_may_be_a_secret_is_told_by_its_length_wherever_it_stands() {
    let secret = "S3cret-S3cret-S3cret-S3cret-S3cret-S3cret-1";
    let names = [
        "code",
        "code_verifier",
        "client_secret",
        "client_assertion",
        "password",
        "username",
        "id_token_hint",
        "refresh_token",
        "token",
        "login_hint",
        "made_up_yesterday",
    ];
    let mut pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, secret)).collect();
    pairs.extend([(secret, "1"), ("state", secret), ("nonce", secret)]);
    pairs.push(("scope", "openid"));
    let (parameters, left_out) = parameters::shown(&Params::from_pairs(pairs));
    let text = serde_json::to_string(&parameters).unwrap();
    assert!(!text.contains(secret), "{text}");
    assert_eq!(left_out, 0);
    assert_eq!(parameters[0].value.to_string(), "[redacted, 43 characters]");
    assert_eq!(parameters[11].name, "[a name of 43 characters]");
    assert_eq!(parameters[12].value.to_string(), "S3cret-S… [43 characters]");
    assert_eq!(parameters[14].value.to_string(), "openid");
}

#[test]
fn a_record_stays_small_whatever_was_sent() {
    let long = "😀".repeat(5000);
    let mut pairs = vec![("client_id", "web"), ("redirect_uri", &*long)];
    pairs.extend((0..98).map(|_| ("claims", &*long)));
    let refused = authorize(&pairs).bounded();
    assert!(refused.size() <= MAX_RECORD, "{}", refused.size());
    assert_eq!(
        failed(&refused).0,
        "the redirect_uri is registered for the client"
    );
    assert_eq!(refused.parameters.len() + refused.left_out, 100);
    let read: Refused = serde_json::from_slice(&serde_json::to_vec(&refused).unwrap()).unwrap();
    assert_eq!(read, refused);
}
