//! People by a document.

use serde_json::json;

use super::installation::Installation;

#[test]
fn a_document_says_everything_about_a_person() {
    let installation = Installation::new();
    let document = json!({
        "username": "alice", "email": "alice@example.org", "email_verified": true,
        "name": "Alice Example", "given_name": "Alice", "family_name": "Example", "middle_name": "M",
        "nickname": "Al", "profile": "https://alice.example/", "picture": "https://alice.example/me.png",
        "website": "https://alice.example/", "gender": "female", "birthdate": "2000-01-31",
        "zoneinfo": "Europe/Paris", "locale": "fr-FR", "phone_number": "+33 1 23 45 67 89",
        "phone_number_verified": true, "address": { "locality": "Paris", "country": "FR" },
        "groups": ["staff", "chess"], "roles": ["editor"], "attributes": { "employeeNumber": 7, "shifts": ["a", "b"] },
    });
    let made = installation.json(&["user", "create", "--metadata", "-"], &document.to_string());
    for (name, value) in document.as_object().unwrap() {
        let told = match name.as_str() {
            "groups" => json!(["chess", "staff"]),
            _ => value.clone(),
        };
        assert_eq!(made[name], told, "{name}");
    }
    let groups = installation.json(&["group", "list"], "");
    assert_eq!(groups.as_array().unwrap().len(), 2);

    let change = json!({ "nickname": "", "roles": [], "attributes": { "employeeNumber": 8 } });
    let changed = installation.json(
        &["user", "update", "alice", "--metadata", "-"],
        &change.to_string(),
    );
    assert!(changed.get("nickname").is_none_or(|it| it.is_null()), "{changed}");
    assert_eq!(changed["attributes"], json!({ "employeeNumber": 8 }));
    assert_eq!(
        (&changed["roles"], &changed["groups"]),
        (&json!([]), &json!(["chess", "staff"]))
    );
    let wrong = installation.fed(
        &["user", "update", "alice", "--metadata", "-"],
        r#"{"nickname": 7}"#,
    );
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
}

#[test]
fn twins_in_other_alphabets_are_refused() {
    let installation = Installation::new();
    assert_eq!(
        installation.exit_code(&["user", "create", "--username", "alice"]),
        Some(0)
    );
    for (twin, code) in [
        ("ALICE", 5),
        ("\u{FF41}lice", 5),
        ("al\u{200B}ice", 2),
        ("\u{430}lice", 2),
        ("alic\u{435}", 2),
        ("\u{3B1}lice", 2),
    ] {
        let arguments = ["user", "create", "--username", twin];
        assert_eq!(installation.exit_code(&arguments), Some(code), "{twin:?}");
    }
}
