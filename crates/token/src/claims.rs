//! Which claims about a person are given for what: standard ones by scope (OpenID Connect Core 5.1, 5.4), those an operator
//! mapped from attributes, and single ones asked for by name (5.5). For ID tokens, userinfo and discovery.

use identity::{Profile, User};
use protocol::Scope;
use serde_json::{Map, Value};

use crate::resource::{Catalogue, ClaimScope};

/// Claims of scope `profile` (OpenID Connect Core 5.4).
pub const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];
/// Claims of scope `email`.
pub const EMAIL: [&str; 2] = ["email", "email_verified"];
/// Claims of scope `address`.
pub const ADDRESS: [&str; 1] = ["address"];
/// Claims of scope `phone`.
pub const PHONE: [&str; 2] = ["phone_number", "phone_number_verified"];
/// Claims of scope `groups`, ours.
pub const GROUPS: [&str; 1] = ["groups"];
/// Claims of scope `roles`, ours.
pub const ROLES: [&str; 1] = ["roles"];

/// Each scope with the claims it gives.
pub const BY_SCOPE: [(&str, &[&str]); 6] = [
    ("profile", &PROFILE),
    ("email", &EMAIL),
    ("address", &ADDRESS),
    ("phone", &PHONE),
    ("groups", &GROUPS),
    ("roles", &ROLES),
];

/// Claims of the protocol itself that ID tokens carry.
pub const PROTOCOL: [&str; 11] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "at_hash",
    "sid",
];

/// Claims that mean something in tokens beside [`PROTOCOL`]: an operator's scope cannot speak for them (RFC 7519 4.1, RFC 7662
/// 2.2, RFC 7800 3, RFC 8417 2.2, RFC 8693 4, RFC 9068 2.2; OpenID Connect Core 3.3.2.11 and 5.6.2).
const OF_TOKENS: [&str; 19] = [
    "nbf",
    "jti",
    "typ",
    "azp",
    "c_hash",
    "s_hash",
    "sub_jwk",
    "cnf",
    "act",
    "may_act",
    "scope",
    "client_id",
    "events",
    "toe",
    "txn",
    "active",
    "_claim_names",
    "_claim_sources",
    "userinfo_claims",
];

/// Whether the claim has its meaning from a specification or from Signet, so that no operator's scope can give it.
pub fn is_reserved(name: &str) -> bool {
    is_of_the_protocol(name) || is_standard(name)
}

/// Whether the claim is one of the protocol itself, which every token that should have it has.
pub fn is_of_the_protocol(name: &str) -> bool {
    PROTOCOL.contains(&name) || OF_TOKENS.contains(&name)
}

fn is_standard(name: &str) -> bool {
    BY_SCOPE.iter().any(|(_, names)| names.contains(&name))
}

/// Whether `scope` gives the claim.
pub fn gives(scope: &Scope, name: &str, catalogue: &Catalogue) -> bool {
    let standard = BY_SCOPE
        .iter()
        .any(|(own, names)| scope.contains(own) && names.contains(&name));
    standard || granted(scope, catalogue).any(|it| it.claims.contains_key(name) && !is_reserved(name))
}

/// The operator's scopes that were granted.
fn granted<'a>(scope: &'a Scope, catalogue: &'a Catalogue) -> impl Iterator<Item = &'a ClaimScope> {
    catalogue.claim_scopes().filter(|it| scope.contains(&it.name))
}

/// The userinfo answer (OpenID Connect Core 5.3.2): `sub`, and what [`about`] says.
pub fn userinfo(user: &User, scope: &Scope, names: &[String], catalogue: &Catalogue) -> Map<String, Value> {
    let mut claims = about(user, scope, names, catalogue);
    put(&mut claims, "sub", user.id.to_string());
    claims
}

/// All claims about the person that `scope` gives, and those in `names`, which somebody has already allowed. What is not
/// known about the person is left out; an empty list of groups or roles is knowledge, and is there. Never holds a claim of
/// the protocol itself.
pub fn about(user: &User, scope: &Scope, names: &[String], catalogue: &Catalogue) -> Map<String, Value> {
    let named = |name: &str| names.iter().any(|own| own == name);
    let mut claims = standard(user);
    claims.retain(|name, _| named(name) || gives(scope, name, catalogue));
    for own in granted(scope, catalogue) {
        attributes(user, own, |_| true, &mut claims);
    }
    for own in catalogue.claim_scopes() {
        attributes(user, own, named, &mut claims);
    }
    claims
}

/// The claims an operator mapped from the person's attributes, where nobody said them before.
fn attributes(
    user: &User,
    scope: &ClaimScope,
    wanted: impl Fn(&str) -> bool,
    claims: &mut Map<String, Value>,
) {
    for (name, attribute) in &scope.claims {
        let value = user.attributes.get(attribute).filter(|value| !value.is_null());
        if let Some(value) = value
            && wanted(name)
            && !is_reserved(name)
            && !claims.contains_key(name)
        {
            put(claims, name, value.clone());
        }
    }
}

/// Every standard claim known about the person.
fn standard(user: &User) -> Map<String, Value> {
    let mut claims = Map::new();
    profile(user, &mut claims);
    if let Some(email) = &user.email {
        put(&mut claims, "email", email.as_str());
        put(&mut claims, "email_verified", user.email_verified);
    }
    address(&user.profile, &mut claims);
    if let Some(number) = &user.profile.phone_number {
        let verified = user.profile.phone_number_verified.unwrap_or(false);
        put(&mut claims, "phone_number", number.as_str());
        put(&mut claims, "phone_number_verified", verified);
    }
    put(&mut claims, "groups", user.groups.clone());
    put(&mut claims, "roles", user.effective_roles());
    claims
}

fn profile(user: &User, claims: &mut Map<String, Value>) {
    let own = &user.profile;
    let texts = [
        ("name", &own.name),
        ("given_name", &own.given_name),
        ("family_name", &own.family_name),
        ("middle_name", &own.middle_name),
        ("nickname", &own.nickname),
        ("profile", &own.profile),
        ("picture", &own.picture),
        ("website", &own.website),
        ("gender", &own.gender),
        ("birthdate", &own.birthdate),
        ("zoneinfo", &own.zoneinfo),
        ("locale", &own.locale),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            put(claims, name, text.as_str());
        }
    }
    put(claims, "preferred_username", user.username.as_str());
    // A number of seconds, unlike most timestamps in JSON (OpenID Connect Core 5.1).
    put(claims, "updated_at", user.updated_at.as_secs());
}

fn address(profile: &Profile, claims: &mut Map<String, Value>) {
    let Some(Ok(Value::Object(parts))) = profile.address.as_ref().map(serde_json::to_value) else {
        return;
    };
    if !parts.is_empty() {
        put(claims, "address", parts);
    }
}

fn put(claims: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    claims.insert(name.to_owned(), value.into());
}

#[cfg(test)]
mod tests {
    use identity::UserState;
    use identity::profile::Address;
    use kernel::id::UserId;
    use kernel::{SystemEntropy, Timestamp};
    use serde_json::json;

    use super::*;

    fn alice() -> User {
        User {
            id: UserId::generate(&SystemEntropy),
            username: "alice".into(),
            email: Some("alice@example.org".into()),
            email_verified: true,
            profile: Profile {
                name: Some("Alice Example".into()),
                ..Profile::default()
            },
            roles: vec!["editor".into()],
            attributes: Map::new(),
            groups: vec!["staff".into()],
            group_roles: vec!["reader".into()],
            state: UserState::Active,
            password: None,
            created_at: Timestamp::from_secs(1),
            updated_at: Timestamp::from_millis(1_763_000_000_123),
        }
    }

    fn claims(user: &User, scope: &str) -> Value {
        with(user, scope, &[], &Catalogue::default())
    }

    fn with(user: &User, scope: &str, names: &[&str], catalogue: &Catalogue) -> Value {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Value::Object(userinfo(user, &Scope::parse(scope).unwrap(), &names, catalogue))
    }

    #[test]
    fn openid_alone_gives_the_subject() {
        let user = alice();
        assert_eq!(claims(&user, "openid"), json!({ "sub": user.id.to_string() }));
    }

    #[test]
    fn each_scope_gives_its_claims_and_no_others() {
        let mut user = alice();
        user.profile = serde_json::from_value(json!({
            "name": "a", "given_name": "b", "family_name": "c", "middle_name": "d", "nickname": "e",
            "profile": "https://f.example", "picture": "https://g.example", "website": "https://h.example",
            "gender": "i", "birthdate": "2000-01-01", "zoneinfo": "Europe/Paris", "locale": "fr",
            "phone_number": "+33 1", "phone_number_verified": true, "address": { "locality": "Paris" },
        }))
        .unwrap();
        for (scope, expected) in BY_SCOPE {
            let given = about(&user, &Scope::parse(scope).unwrap(), &[], &Catalogue::default());
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            let mut names: Vec<_> = given.keys().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(names, expected, "{scope}");
        }
    }

    #[test]
    fn values_have_their_types() {
        let mut user = alice();
        user.profile.address = Some(Address {
            locality: Some("Paris".into()),
            ..Address::default()
        });
        let all = claims(&user, "openid profile email address phone groups roles");
        assert_eq!(all["updated_at"], json!(1_763_000_000));
        assert_eq!(all["email_verified"], json!(true));
        assert_eq!(all["address"], json!({ "locality": "Paris" }));
        assert_eq!(all["groups"], json!(["staff"]));
        assert_eq!(all["roles"], json!(["editor", "reader"]));
        assert_eq!(all["preferred_username"], json!("alice"));
    }

    #[test]
    fn unknown_things_are_left_out() {
        let mut user = alice();
        user.email = None;
        user.profile = Profile {
            address: Some(Address::default()),
            ..Profile::default()
        };
        let given = claims(&user, "openid email address phone");
        assert_eq!(given, json!({ "sub": user.id.to_string() }));
    }

    fn scope(name: &str, claims: &[(&str, &str)]) -> ClaimScope {
        ClaimScope {
            name: name.into(),
            description: None,
            claims: claims
                .iter()
                .map(|(claim, own)| ((*claim).into(), (*own).into()))
                .collect(),
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        }
    }

    #[test]
    fn single_claims_come_by_name() {
        let user = alice();
        let given = with(
            &user,
            "openid",
            &["email", "nickname", "unheard-of"],
            &Catalogue::default(),
        );
        assert_eq!(
            given,
            json!({ "sub": user.id.to_string(), "email": "alice@example.org" })
        );
    }

    #[test]
    fn an_operators_scope_gives_attributes_and_nothing_that_has_a_meaning_already() {
        let mut user = alice();
        user.attributes =
            serde_json::from_value(json!({ "team": ["red"], "floor": 3, "gone": null })).unwrap();
        let hr = scope(
            "hr",
            &[
                ("team", "team"),
                ("left", "gone"),
                ("desk", "desk"),
                ("sub", "floor"),
                ("email", "floor"),
                ("acr", "floor"),
            ],
        );
        let catalogue = Catalogue::new([], [hr, scope("profile", &[("floor", "floor")])]);
        let sub = user.id.to_string();
        assert_eq!(
            with(&user, "hr", &[], &catalogue),
            json!({ "sub": sub, "team": ["red"] })
        );
        assert_eq!(
            with(&user, "openid", &["floor"], &catalogue),
            json!({ "sub": sub, "floor": 3 })
        );
        let profile = with(&user, "profile", &[], &catalogue);
        assert_eq!(
            (&profile["name"], &profile["floor"]),
            (&json!("Alice Example"), &json!(3))
        );
        assert!(gives(&Scope::parse("hr").unwrap(), "team", &catalogue));
        assert!(!gives(&Scope::parse("hr").unwrap(), "email", &catalogue));
    }

    #[test]
    fn of_two_mappings_the_granted_one_counts() {
        let mut user = alice();
        user.attributes = serde_json::from_value(json!({ "one": 1, "two": 2 })).unwrap();
        let catalogue = Catalogue::new([], [scope("a", &[("n", "one")]), scope("b", &[("n", "two")])]);
        assert_eq!(with(&user, "b", &["n"], &catalogue)["n"], json!(2));
        assert_eq!(with(&user, "openid", &["n"], &catalogue)["n"], json!(1));
    }
}
