//! Applications and APIs at the console: set up by kind, changed with a look at the difference, given secrets, switched off. And
//! what somebody with a console should not get out of it or into it.

mod apis;
mod create;
mod edit;
mod hostile;
mod secrets;

use admin::{Actor, Administrator, Role, administrators, clients, users};
use token::Client;

use crate::actors::{Browser, Page};
use crate::rig::Provider;

/// A provider, and somebody who manages its applications, at the console.
fn manager() -> (Provider, Browser) {
    let provider = Provider::start();
    let browser = at_the_console(&provider, "alice", Role::ClientManager);
    (provider, browser)
}

/// Somebody's browser, signed in at the console with one role.
fn at_the_console(provider: &Provider, name: &'static str, role: Role) -> Browser {
    provider.administer(move |ports, ctx| {
        let id = users::find(ports, &Actor::cli(), name)?.id;
        let who = Administrator::Person(id);
        administrators::set_roles(ports, ctx, &Actor::cli(), &who, &[role]).map(drop)
    });
    let mut browser = Browser::new(provider);
    let page = browser.sign_in_as(&provider.url("/admin/clients"), name).page();
    assert!(page.title().starts_with("Applications"), "{page:?}");
    browser
}

/// A page of the console.
fn open(provider: &Provider, browser: &mut Browser, path: &str) -> Page {
    browser.open(&provider.url(path)).page()
}

/// What is hidden in the `nth` form of a page that goes to `action`.
#[track_caller]
fn hidden(page: &Page, action: &str, nth: usize) -> Vec<(String, String)> {
    let begin = format!("action=\"{action}\"");
    let form = page
        .body
        .split("<form ")
        .filter(|form| form.contains(&begin))
        .nth(nth);
    let form = form.unwrap_or_else(|| panic!("no form {nth} to {action}: {}", page.body));
    let form = form.split("</form>").next().unwrap();
    let value = |input: &str, name: &str| {
        let begin = format!("{name}=\"");
        let text = input
            .split_once(&begin)
            .map_or("", |(_, rest)| rest.split('"').next().unwrap());
        text.replace("&#34;", "\"")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#39;", "'")
            .replace("&#38;", "&")
    };
    let inputs = form
        .split("<input ")
        .filter(|input| input.starts_with("type=\"hidden\""));
    inputs
        .map(|input| (value(input, "name"), value(input, "value")))
        .collect()
}

/// Sends that form with `fields` beside what is hidden in it, and shows what comes.
#[track_caller]
fn send(
    provider: &Provider,
    browser: &mut Browser,
    page: &Page,
    (action, nth): (&str, usize),
    fields: &[(&str, &str)],
) -> Page {
    let hidden = hidden(page, action, nth);
    let mut all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
    all.extend(fields);
    let answer = browser.post(&provider.url(action), &all);
    browser.follow(answer).page()
}

/// A client as it is stored.
fn stored(provider: &Provider, client_id: &str) -> Option<Client> {
    let client_id = client_id.to_owned();
    provider.administer(move |ports, _| Ok(clients::find(ports, &Actor::cli(), &client_id).ok()))
}

/// The fields of the edit form as a browser would send them for `web`, but for what `changes` replaces.
fn registration<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("client_name", "The web app"),
        ("redirect_uris", "https://rp.test/cb"),
        ("post_logout_redirect_uris", "https://rp.test/bye/web"),
        ("auth_method", "client_secret_basic"),
        ("application_type", "web"),
        ("grant", "authorization_code"),
        ("grant", "refresh_token"),
        ("scopes", "all"),
        ("first_party", "1"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    fields
}

/// The secret on a page that shows a new one.
#[track_caller]
fn shown_secret(page: &Page) -> String {
    let (_, rest) = page
        .body
        .split_once("id=\"secret\">")
        .unwrap_or_else(|| panic!("{}", page.body));
    rest.split('<').next().unwrap().to_owned()
}
