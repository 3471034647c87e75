//! Which claims about a person a scope gives (OpenID Connect Core 5.1, 5.4), for userinfo and discovery.

use identity::{Profile, User};
use protocol::Scope;
use serde_json::{Map, Value};

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

/// The userinfo claims (OpenID Connect Core 5.3.2) `scope` allows. What is not known about the person is left out;
/// an empty list of groups or roles is knowledge, and is there.
pub fn userinfo(user: &User, scope: &Scope) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), Value::String(user.id.to_string()));
    if scope.contains("profile") {
        profile(user, &mut claims);
    }
    if scope.contains("email")
        && let Some(email) = &user.email
    {
        put(&mut claims, "email", email.as_str());
        put(&mut claims, "email_verified", user.email_verified);
    }
    if scope.contains("address") {
        address(&user.profile, &mut claims);
    }
    if scope.contains("phone")
        && let Some(number) = &user.profile.phone_number
    {
        put(&mut claims, "phone_number", number.as_str());
        put(
            &mut claims,
            "phone_number_verified",
            user.profile.phone_number_verified.unwrap_or(false),
        );
    }
    if scope.contains("groups") {
        put(&mut claims, "groups", user.groups.clone());
    }
    if scope.contains("roles") {
        put(&mut claims, "roles", user.effective_roles());
    }
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
        Value::Object(userinfo(user, &Scope::parse(scope).unwrap()))
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
            let mut given = userinfo(&user, &Scope::parse(scope).unwrap());
            assert!(given.remove("sub").is_some());
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
}
