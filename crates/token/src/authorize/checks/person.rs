//! Rules about the person: whom the client means, how they are to have signed in, what it wants to know about them.

use kernel::id::UserId;
use protocol::{ErrorCode, OAuthError, Scope};

use super::{Draft, refuse};
use crate::authorize::claims_request::ClaimsRequest;
use crate::authorize::prompt::Prompt;
use crate::{claims, verify};

/// The authentication context classes there are; see [`session::Authentication::acr`].
const OFFERED_ACR: [&str; 1] = ["1"];
/// Entries of `acr_values` and `ui_locales` that are kept.
const MOST_WISHES: usize = 20;

/// OpenID Connect Core 3.1.2.1.
pub(super) fn prompt(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    draft.request.prompt = Prompt::parse(draft.params.get("prompt").unwrap_or_default())
        .map_err(|fault| OAuthError::new(ErrorCode::InvalidRequest, fault.to_string()))?;
    Ok(())
}

/// OpenID Connect Core 3.1.2.1: whole seconds, digits only.
pub(super) fn max_age(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(text) = draft.params.get("max_age") else {
        draft.request.max_age = draft.client.metadata.default_max_age;
        return Ok(());
    };
    let digits = text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => {
            draft.request.max_age = Some(seconds);
            Ok(())
        }
        _ => refuse(ErrorCode::InvalidRequest, "max_age is not a number of seconds"),
    }
}

/// OpenID Connect Core 3.1.2.1. A hint is no authentication; it only says whose session will do.
pub(super) fn id_token_hint(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(hint) = draft.params.get("id_token_hint") else {
        return Ok(());
    };
    match verify::id_token_hint(draft.world.ring, draft.world.ctx, hint) {
        Ok(claims) if claims.client_id == draft.client.client_id => {
            means(draft, vec![claims.sub]);
            Ok(())
        }
        _ => refuse(
            ErrorCode::InvalidRequest,
            "id_token_hint is not an ID token this server issued to this client",
        ),
    }
}

/// From now on only these people will do, of those who would have done so far.
fn means(draft: &mut Draft<'_>, people: Vec<UserId>) {
    draft.request.meant = std::mem::take(&mut draft.request.meant).and(people);
}

/// OpenID Connect Core 5.5. What nobody here knows, or this client may not have, is left out without a word, as 5.5.1 and
/// RFC 6749 3.3 do with claims and scopes. Comes after everything that decides about the scope.
pub(super) fn claims(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(json) = draft.params.get("claims") else {
        return Ok(());
    };
    let asked = ClaimsRequest::parse(json)
        .map_err(|fault| OAuthError::new(ErrorCode::InvalidRequest, fault.to_string()))?;
    if asked.demands_another_acr(&OFFERED_ACR) {
        return refuse(
            ErrorCode::UnmetAuthenticationRequirements,
            "the only authentication context class here is 1",
        );
    }
    if let Some(people) = asked.subjects() {
        means(draft, people);
    }
    // Without openid there is neither an ID token nor userinfo to put them into.
    if draft.request.scope.contains("openid") {
        release(draft, asked);
    }
    Ok(())
}

/// Keeps the claims this client may be given, and notes the scopes behind them.
fn release(draft: &mut Draft<'_>, asked: ClaimsRequest) {
    let catalogue = draft.world.catalogue;
    let allowed = draft.client.allowed_scope(catalogue);
    let gives = |scope: &Scope, name: &str| claims::gives(scope, name, catalogue);
    let mut implied = Scope::default();
    for name in asked.names() {
        let given_anyway = gives(&draft.request.scope, name) || gives(&implied, name);
        let giver = allowed
            .iter()
            .map(|token| allowed.filter(|own| own == token))
            .find(|single| gives(single, name));
        if let Some(giver) = giver.filter(|_| !given_anyway) {
            implied = implied.union(&giver);
        }
    }
    draft.request.claims = asked.filter(|name| gives(&allowed, name));
    draft.request.implied_scope = implied;
}

/// OpenID Connect Core 3.1.2.1: wishes in order of preference; none of them can be wrong. A client's `default_acr_values`
/// count where a request has none.
pub(super) fn acr_values(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    draft.request.acr_values = match draft.params.get("acr_values") {
        Some(text) => words(text).map(str::to_owned).collect(),
        None => draft.client.metadata.default_acr_values.clone(),
    };
    Ok(())
}

/// OpenID Connect Core 3.1.2.1: languages in order of preference. An error must not be returned for ones not known here;
/// what is no language tag at all is left out.
pub(super) fn ui_locales(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let text = draft.params.get("ui_locales").unwrap_or_default();
    draft.request.ui_locales = words(text)
        .filter(|tag| is_language_tag(tag))
        .map(str::to_owned)
        .collect();
    Ok(())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_ascii_whitespace().take(MOST_WISHES)
}

/// The shape of RFC 5646 2.1: a language of letters, then subtags of up to eight letters and digits.
fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_language = (1..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let is_subtag =
        |subtag: &str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.len() <= 64 && is_language && subtags.all(is_subtag)
}
