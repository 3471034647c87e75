//! APIs and scopes of one's own.

use admin::{Actor, resources, scopes};

use super::{manager, open, send};

const API: &str = "https://api.test/v1";
const PAGE: &str = "/admin/resources/https%3A%2F%2Fapi.test%2Fv1";

#[test]
fn an_api_is_registered_changed_and_removed() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, "/admin/resources/new");
    let fields = [
        ("identifier", API),
        ("name", "Reports"),
        ("scopes", "reports:read\r\nreports:write"),
        ("access_ttl", "60"),
    ];
    let listed = send(
        &provider,
        &mut browser,
        &form,
        ("/admin/resources/new", 0),
        &fields,
    );
    assert!(
        listed.body.contains(&format!("href=\"{PAGE}\"")),
        "{}",
        listed.body
    );
    let form = open(&provider, &mut browser, PAGE);
    let fields = [
        ("name", "Reports"),
        ("scopes", "reports:read"),
        ("access_ttl", "3600"),
    ];
    let review = send(&provider, &mut browser, &form, (PAGE, 0), &fields);
    assert!(
        review.body.contains("<del>reports:write</del>") && review.body.contains("1 h instead of 1 min"),
        "{}",
        review.body
    );
    let save = format!("{PAGE}/save");
    provider.wait(1);
    send(&provider, &mut browser, &review, (&save, 0), &[]);
    let late = send(&provider, &mut browser, &review, (&save, 0), &[]);
    assert_eq!(late.status, 409, "{}", late.body);
    let stored = provider.administer(|ports, _| resources::find(ports, &Actor::cli(), API));
    assert_eq!(
        (
            stored.scopes.to_string(),
            stored.access_ttl.map(|ttl| ttl.as_secs())
        ),
        ("reports:read".into(), Some(3600))
    );
    let delete = format!("{PAGE}/delete");
    let form = open(&provider, &mut browser, &delete);
    let gone = send(&provider, &mut browser, &form, (&delete, 0), &[("typed", API)]);
    assert!(
        gone.body.contains("is gone.") && !gone.body.contains(&format!("href=\"{PAGE}\"")),
        "{}",
        gone.body
    );
}

#[test]
fn what_an_api_cannot_be_is_told() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, "/admin/resources/new");
    for fields in [
        [("identifier", "not a uri"), ("access_ttl", "")],
        [("identifier", API), ("access_ttl", "soon")],
        [("identifier", API), ("access_ttl", "99999999")],
    ] {
        let page = send(
            &provider,
            &mut browser,
            &form,
            ("/admin/resources/new", 0),
            &fields,
        );
        assert_eq!(page.status, 422, "{fields:?}");
    }
}

#[test]
fn a_scope_gives_claims_from_attributes() {
    const NEW: &str = "/admin/resources/scopes/new";
    const PAGE: &str = "/admin/resources/scopes/employee";
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, NEW);
    let fields = [
        ("name", "employee"),
        ("description", "Your number"),
        ("claims", "employee_number = employeeNumber\nsite"),
    ];
    let listed = send(&provider, &mut browser, &form, (NEW, 0), &fields);
    assert!(listed.body.contains("employee_number, site"), "{}", listed.body);
    let form = open(&provider, &mut browser, PAGE);
    let bad = send(
        &provider,
        &mut browser,
        &form,
        (PAGE, 0),
        &[("claims", "sub = x")],
    );
    assert_eq!(bad.status, 422, "{}", bad.body);
    send(
        &provider,
        &mut browser,
        &form,
        (PAGE, 0),
        &[("claims", "site = location")],
    );
    let late = send(
        &provider,
        &mut browser,
        &form,
        (PAGE, 0),
        &[("claims", "site = other")],
    );
    assert_eq!(late.status, 409);
    let stored = provider.administer(|ports, _| scopes::find(ports, &Actor::cli(), "employee"));
    assert_eq!(
        stored.claims.into_iter().collect::<Vec<_>>(),
        [("site".to_owned(), "location".to_owned())]
    );
    // New applications are offered it.
    let form = open(&provider, &mut browser, "/admin/clients/new?kind=web");
    assert!(
        form.body.contains("name=\"scope\" value=\"employee\""),
        "{}",
        form.body
    );
}
