//! Changing an application: the form, the difference, and nobody's change lost.

use super::{manager, open, registration, send, stored};

const EDIT: &str = "/admin/clients/web/edit";
const SAVE: &str = "/admin/clients/web/save";

#[test]
fn the_difference_is_shown_before_anything_changes() {
    let (provider, mut browser) = manager();
    let before = stored(&provider, "web").unwrap();
    let form = open(&provider, &mut browser, EDIT);
    let changed = registration(&[
        ("redirect_uris", "https://rp.test/new"),
        ("require_pkce", "1"),
        ("first_party", ""),
    ]);
    let review = send(&provider, &mut browser, &form, (EDIT, 0), &changed);
    assert_eq!(review.status, 200, "{}", review.body);
    assert!(
        review.body.contains("<del>https://rp.test/cb</del>"),
        "{}",
        review.body
    );
    assert!(
        review.body.contains("<ins>https://rp.test/new</ins>"),
        "{}",
        review.body
    );
    assert!(
        review
            .body
            .contains("Sign-ins that come with https://rp.test/cb are refused")
    );
    assert!(review.body.contains("If the application sends no code challenge"));
    assert!(
        !review.body.contains("<dt>Grants</dt>"),
        "what stays is not shown"
    );
    assert_eq!(stored(&provider, "web").unwrap(), before);
    provider.wait(1);
    let saved = send(&provider, &mut browser, &review, (SAVE, 0), &[]);
    assert!(saved.body.contains("Saved."), "{}", saved.body);
    let after = stored(&provider, "web").unwrap();
    assert_eq!(after.metadata.redirect_uris, ["https://rp.test/new"]);
    assert!(after.policy.require_pkce && !after.policy.first_party);
    assert_eq!(
        (after.secrets, after.metadata.grant_types),
        (before.secrets, before.metadata.grant_types)
    );
}

#[test]
fn a_form_sent_as_it_was_changes_nothing() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, EDIT);
    let review = send(&provider, &mut browser, &form, (EDIT, 0), &registration(&[]));
    assert!(review.body.contains("Nothing would change."), "{}", review.body);
    assert!(!review.body.contains(SAVE));
}

#[test]
fn of_two_who_change_it_at_once_the_second_is_told() {
    let (provider, mut first) = manager();
    let mut second = first.clone();
    let form = open(&provider, &mut first, EDIT);
    let name = |name| registration(&[("client_name", name)]);
    let ours = send(&provider, &mut first, &form, (EDIT, 0), &name("First"));
    let theirs = send(&provider, &mut second, &form, (EDIT, 0), &name("Second"));
    provider.wait(1);
    assert_eq!(send(&provider, &mut first, &ours, (SAVE, 0), &[]).status, 200);
    let refused = send(&provider, &mut second, &theirs, (SAVE, 0), &[]);
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("meanwhile"), "{}", refused.body);
    let kept = stored(&provider, "web").unwrap();
    assert_eq!(kept.metadata.client_name.as_deref(), Some("First"));
    let late = send(&provider, &mut second, &form, (EDIT, 0), &name("Third"));
    assert_eq!(late.status, 409, "the form itself is too old");
}

#[test]
fn what_cannot_be_taken_comes_back_with_the_form() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, EDIT);
    let bad = registration(&[
        ("redirect_uris", "javascript:alert(1)"),
        ("default_max_age", "soon"),
    ]);
    let page = send(&provider, &mut browser, &form, (EDIT, 0), &bad);
    assert!(
        page.status == 422 && page.body.contains("whole seconds"),
        "{}",
        page.body
    );
    let bad = registration(&[("redirect_uris", "javascript:alert(1)")]);
    let page = send(&provider, &mut browser, &page, (EDIT, 0), &bad);
    assert!(
        page.status == 422 && page.body.contains("redirect_uris"),
        "{}",
        page.body
    );
    assert_eq!(
        stored(&provider, "web").unwrap().metadata.redirect_uris,
        ["https://rp.test/cb"]
    );
}

#[test]
fn the_console_itself_is_shown_and_stays_as_it_is() {
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, "/admin/clients/signet-console");
    assert!(page.body.contains("This is the console itself"), "{}", page.body);
    assert!(!page.body.contains("/edit") && !page.body.contains("/danger"));
    assert_eq!(
        open(&provider, &mut browser, "/admin/clients/signet-console/edit").status,
        409
    );
    let before = stored(&provider, "signet-console").unwrap();
    // The token of a form belongs to its action: one drawn for another client opens nothing here.
    let form = open(&provider, &mut browser, "/admin/clients/web/danger");
    let (_, token) = super::hidden(&form, "/admin/clients/web/danger", 0).swap_remove(0);
    let url = provider.url("/admin/clients/signet-console/danger");
    assert_eq!(
        browser.post(&url, &[("csrf", &token), ("do", "disable")]).status,
        403
    );
    assert_eq!(stored(&provider, "signet-console").unwrap(), before);
}
