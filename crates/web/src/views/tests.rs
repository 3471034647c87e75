//! What holds for every page, read off the HTML itself.

mod colours;
mod languages;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;

use i18n::{Language, Words};

use super::gallery::{self, HOSTILE, hostile, in_words, usual};
use super::reading::{Others, Reading};
use super::*;

/// The opening tags of a page as (name, attributes). Enough of a parser for pages whose text is escaped and whose
/// values are quoted, which is what the tests are there to prove.
fn tags(html: &str) -> Vec<(&str, Vec<(&str, &str)>)> {
    let opening = |piece: &&str| piece.starts_with(|first: char| first.is_ascii_alphabetic());
    html.split('<').filter(opening).map(tag).collect()
}

fn tag(piece: &str) -> (&str, Vec<(&str, &str)>) {
    let inside = piece.split('>').next().unwrap_or_default();
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"').expect("a quoted value ends");
        let mut words = key.split_whitespace().rev();
        attributes.push((words.next().unwrap_or_default(), value));
        attributes.extend(words.map(|word| (word, "")));
        rest = next;
    }
    attributes.extend(rest.split_whitespace().map(|word| (word, "")));
    (name, attributes)
}

fn inputs(html: &str) -> Vec<Vec<(&str, &str)>> {
    let found = tags(html).into_iter().filter(|(name, _)| *name == "input");
    found.map(|(_, attributes)| attributes).collect()
}

fn drawn(name: &str) -> String {
    let page = usual().into_iter().find(|(page, _)| *page == name);
    page.expect("the gallery has this page").1
}

fn title(html: &str) -> &str {
    let after = html.split_once("<title>").expect("a title").1;
    after.split_once("</title>").expect("its end").0
}

fn headers(context: PageContext) -> HeaderMap {
    page(
        StatusCode::OK,
        &ErrorPage::new(Trouble::NotFound, "F7K2-9Q"),
        &context,
    )
    .headers()
    .clone()
}

#[test]
fn nothing_is_inline() {
    for (name, html) in usual().into_iter().chain(hostile()) {
        assert_eq!(
            html.matches("<script").count(),
            html.matches("></script>").count()
        );
        for (tag, attributes) in tags(&html) {
            assert!(
                !["style", "img", "iframe", "base", "object"].contains(&tag),
                "{name}: <{tag}>"
            );
            if tag == "script" {
                let source = attributes.iter().find(|(key, _)| *key == "src");
                assert!(
                    source.is_some_and(|(_, file)| crate::assets::is_lasting(file)),
                    "{name}"
                );
            }
            for (attribute, _) in attributes {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: <{tag} {attribute}>"
                );
            }
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    for (name, html) in hostile() {
        assert!(!html.contains(HOSTILE), "{name}");
        let scripts = if name == "form-post" { 1 } else { 0 };
        assert_eq!(html.matches("<script").count(), scripts, "{name}");
    }
    let consent = hostile()
        .into_iter()
        .find(|(name, _)| *name == "consent")
        .expect("a consent page")
        .1;
    assert!(consent.contains("&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;"));
}

#[test]
fn a_login_hint_is_prefilled_as_text() {
    let hint = "\"><img src=x onerror=1>";
    let first = SignIn {
        action: "/login/a",
        forgot: "/reset?interaction=a",
        csrf: "c",
        app: None,
        place: "id.example.com",
        username: hint,
        again: None,
        problem: None,
        correlation: "F7K2-9Q",
    };
    let english = Reading::new(Words::of(Language::English), Others::Offered);
    let html = askama::Template::render_with_values(&first, &english).expect("drawn");
    assert!(html.contains("value=\"&#34;&#62;&#60;img src=x onerror=1&#62;\""));
    assert!(!html.contains(hint));
}

#[test]
fn titles_begin_with_what_the_page_is() {
    for (name, html) in usual() {
        let begins = match name.split('-').collect::<Vec<_>>()[..] {
            ["sign", "in", ..] => "Sign in",
            ["sign", "out", ..] => "Sign out",
            ["signed", "out", ..] => "Signed out",
            ["choose", ..] => "Choose an account",
            ["consent", ..] => "Allow access",
            ["form", "post"] => "Continue",
            ["error", ..] => "Error",
            ["mail", ..] => "Mail",
            ["account", "password", "changed"] => "Password changed",
            ["account", "password", ..] => "Change password",
            ["account", "sessions", ..] => "Devices and sessions",
            ["account", "apps", ..] => "Connected apps",
            ["account", "language", ..] => "Language",
            ["account", ..] => "Account",
            ["forgot", ..] => "Forgot password",
            ["letter", "sent"] => "Check your mail",
            ["new", "password", ..] => "Set a new password",
            ["password", "set", ..] => "Password changed",
            ["dead", "link"] => "This link is no longer good",
            _ => "Home",
        };
        let title = title(&html);
        assert!(title.starts_with(begins), "{name}: {title}");
        assert_eq!(
            title,
            title.split_whitespace().collect::<Vec<_>>().join(" "),
            "{name}"
        );
    }
    assert_eq!(title(&drawn("sign-in")), "Sign in to Notes");
    assert_eq!(title(&drawn("sign-in-again")), "Sign in again to Notes");
    assert_eq!(title(&drawn("sign-in-plain")), "Sign in · Signet");
    assert_eq!(title(&drawn("error-404")), "Error · There is no such page");
}

#[test]
fn a_page_has_at_most_one_form_and_its_buttons_are_inside() {
    for (name, html) in usual() {
        let forms = html.matches("<form").count();
        assert!(forms <= 1, "{name}");
        let inside = html
            .split_once("<form")
            .map_or("", |(_, after)| after.split("</form>").next().unwrap_or(""));
        assert_eq!(
            inside.matches("<button").count(),
            html.matches("<button").count(),
            "{name}"
        );
        assert_eq!(forms, inside.matches("method=\"post\"").count(), "{name}");
        // The form that leaves us for an app carries the app's answer, not a token of ours.
        let ours = if name == "form-post" { 0 } else { forms };
        assert_eq!(ours, inside.matches("name=\"csrf\"").count(), "{name}");
    }
}

#[test]
fn text_is_asked_for_where_people_say_who_they_are() {
    for (name, html) in usual() {
        let visible = inputs(&html)
            .into_iter()
            .filter(|input| !input.contains(&("type", "hidden")) && !input.contains(&("hidden", "")));
        let names: Vec<_> = visible
            .map(|input| input.iter().find(|(key, _)| *key == "name").map(|(_, v)| *v))
            .collect();
        let expected: &[_] = match name {
            "account-password" | "account-password-refused" | "account-password-throttled" => {
                &[Some("password"), Some("new_password")]
            }
            "forgot" | "forgot-stale" => &[Some("username")],
            _ if name.starts_with("new-password") => &[Some("password")],
            _ if name.starts_with("sign-in") => &[Some("username"), Some("password")],
            _ => &[],
        };
        assert_eq!(names, expected, "{name}");
    }
}

#[test]
fn the_cursor_starts_in_the_first_empty_field() {
    let starts = |name: &str| {
        let html = drawn(name);
        let focused: Vec<_> = inputs(&html)
            .into_iter()
            .filter(|input| input.contains(&("autofocus", "")))
            .collect();
        assert_eq!(focused.len(), 1, "{name}");
        focused[0]
            .iter()
            .find(|(key, _)| *key == "id")
            .map(|(_, id)| id.to_string())
    };
    assert_eq!(starts("sign-in").as_deref(), Some("username"));
    assert_eq!(starts("sign-in-again").as_deref(), Some("password"));
    assert_eq!(starts("sign-in-refused").as_deref(), Some("password"));
}

/// A password manager files what it sees under a name, and looks for that before the password (the browsers' own advice).
#[test]
fn every_step_with_a_password_says_whose_it_is_first() {
    let mut steps = 0;
    for (name, html) in usual() {
        let told = inputs(&html).into_iter().filter_map(|input| {
            input
                .iter()
                .find(|(key, _)| *key == "autocomplete")
                .map(|(_, v)| *v)
        });
        let told: Vec<_> = told.collect();
        let passwords = html.matches("type=\"password\"").count();
        let expected: &[_] = match name {
            _ if name.starts_with("sign-in") => &["username webauthn", "current-password"],
            _ if name.starts_with("new-password") => &["username", "new-password"],
            _ if passwords == 2 => &["username", "current-password", "new-password"],
            _ if name.starts_with("forgot") && html.contains("<form") => &["username"],
            _ => &[],
        };
        assert_eq!(told, expected, "{name}");
        assert_eq!(
            told.iter().filter(|what| what.ends_with("-password")).count(),
            passwords,
            "{name}"
        );
        steps += passwords;
    }
    assert!(steps > 10, "{steps}");
}

#[test]
fn sign_in_helps_password_managers() {
    let html = drawn("sign-in");
    let inputs = inputs(&html);
    assert!(inputs[1].contains(&("autocomplete", "username webauthn")));
    assert!(inputs[1].contains(&("autocapitalize", "none")) && inputs[1].contains(&("spellcheck", "false")));
    assert!(
        inputs[2].contains(&("autocomplete", "current-password"))
            && inputs[2].contains(&("type", "password"))
    );
}

#[test]
fn setting_a_password_helps_password_managers() {
    for (page, field) in [("account-password", "new_password"), ("new-password", "password")] {
        let html = drawn(page);
        let find = |name: &str| {
            let of_name = |input: &Vec<_>| input.contains(&("name", name));
            inputs(&html)
                .into_iter()
                .find(of_name)
                .expect("the input is there")
        };
        let new = find(field);
        assert!(new.contains(&("autocomplete", "new-password")) && new.contains(&("minlength", "12")));
        assert!(new.contains(&("passwordrules", "minlength: 12; allowed: unicode;")));
        let username = find("username");
        assert!(username.contains(&("autocomplete", "username")) && username.contains(&("value", "alice")));
        assert!(username.contains(&("hidden", "")) && username.contains(&("aria-hidden", "true")));
    }
}

#[test]
fn every_session_and_app_has_a_button_that_says_which() {
    let html = drawn("account-sessions");
    assert!(
        html.contains("name=\"end\" value=\"b\" aria-label=\"Sign out Safari on iPhone\">Sign out</button>")
    );
    assert!(
        html.contains("name=\"end\" value=\"others\"") && html.contains("name=\"end\" value=\"everywhere\"")
    );
    assert!(!drawn("account-sessions-alone").contains("value=\"others\""));
    assert!(html.contains(
        "<time datetime=\"2026-03-04T08:40:00Z\" title=\"4 March 2026, 08:40 UTC\">1 hour ago</time>"
    ));
    assert!(
        drawn("account-apps").contains("name=\"withdraw\" value=\"notes\" aria-label=\"Withdraw Notes\">")
    );
}

#[test]
fn a_refused_sign_in_is_announced() {
    let html = drawn("sign-in-refused");
    assert!(html.contains("role=\"alert\" tabindex=\"-1\""));
    assert_eq!(html.matches("aria-describedby=\"problem\"").count(), 2);
    assert!(!drawn("sign-in").contains("problem"));
}

#[test]
fn consent_offers_both_answers() {
    let html = drawn("consent");
    assert!(html.contains("name=\"decision\" value=\"allow\">Allow</button>"));
    assert!(html.contains("name=\"decision\" value=\"deny\">Deny</button>"));
    assert_eq!(html.matches("<span class=\"new\">").count(), 1);
}

#[test]
fn the_chooser_offers_each_account_and_another() {
    let html = drawn("choose-many");
    assert_eq!(html.matches("name=\"account\" value=\"usr_").count(), 7);
    let (shown, more) = html.split_once("<details>").expect("more accounts");
    assert_eq!(shown.matches("value=\"usr_").count(), 5);
    assert!(more.contains("value=\"another\">Use another account</button>"));
    assert!(!drawn("choose").contains("<details>"));
}

#[test]
fn an_answer_travels_in_the_form_as_it_is() {
    let html = drawn("form-post");
    assert!(html.contains("action=\"https://notes.example.com/cb?a=1&#38;b=2\""));
    assert!(html.contains("name=\"state\" value=\"&#34;&#62;&#60;script&#62;"));
    assert!(html.contains("<button class=\"button main\">Continue</button>"));
}

#[test]
fn an_unproven_name_is_not_the_headline() {
    let headline = |name| {
        let html = drawn(name);
        html.split_once("<h1>")
            .and_then(|(_, after)| after.split_once("</h1>"))
            .expect("a headline")
            .0
            .to_owned()
    };
    assert!(headline("consent").contains("Notes"));
    assert!(
        headline("consent-host").contains("notes.example.com") && !headline("consent-host").contains("Notes")
    );
    assert!(!headline("consent-device").contains("Notes"));
}

#[test]
fn an_error_page_names_the_id_to_pass_on_and_is_no_dead_end() {
    let wrong = |name: &str| name.starts_with("error") || name == "dead-link";
    for (name, html) in usual().into_iter().filter(|(name, _)| wrong(name)) {
        assert!(
            html.contains("Tell your administrator: <bdi class=\"code\">F7K2-9Q</bdi>"),
            "{name}"
        );
        assert_eq!(html.matches("<a class=\"button").count(), 1, "{name}");
    }
    assert!(drawn("sign-in-busy").contains("F7K2-9Q") && drawn("new-password-busy").contains("F7K2-9Q"));
    assert!(drawn("sign-in-refused").contains("F7K2-9Q") && !drawn("sign-in").contains("F7K2-9Q"));
    assert!(drawn("error").contains("invalid_request"));
    assert!(!drawn("error-404").contains("<details"));
    let again = "<a class=\"button main\" href=\"\">Try again</a>";
    assert!(drawn("error-503").contains(again) && !drawn("error-404").contains(again));
    assert!(drawn("error-404").contains("<a class=\"button\" href=\"/\">Go to the front page</a>"));
}

#[test]
fn pages_carry_the_security_headers() {
    let headers = headers(PageContext::new(Transport::Https));
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(
        value("content-security-policy"),
        Some(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        )
    );
    assert_eq!(value("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(value("referrer-policy"), Some("same-origin"));
    assert_eq!(value("x-content-type-options"), Some("nosniff"));
    assert_eq!(value("x-frame-options"), Some("DENY"));
    assert_eq!(value("cache-control"), Some("no-store"));
    assert_eq!(value("strict-transport-security"), Some("max-age=31536000"));
    assert_eq!(value("cross-origin-opener-policy"), None);
}

#[test]
fn headers_follow_their_context() {
    let plain = headers(PageContext::new(Transport::Http));
    assert!(!plain.contains_key("strict-transport-security"));
    let account = headers(PageContext::of_account(Transport::Http));
    let policy = account.get("cross-origin-opener-policy");
    assert_eq!(policy.map(|value| value.as_bytes()), Some(&b"same-origin"[..]));
    let leaving = headers(PageContext::with_code(Transport::Http));
    assert_eq!(
        leaving.get("referrer-policy").map(|value| value.as_bytes()),
        Some(&b"no-referrer"[..])
    );
}

#[test]
fn every_file_a_page_names_is_kept_for_good() {
    for (name, html) in usual() {
        for (_, attributes) in tags(&html) {
            for (_, file) in attributes
                .iter()
                .filter(|(_, value)| value.starts_with("/static/"))
            {
                assert!(crate::assets::is_lasting(file), "{name}: {file}");
            }
        }
    }
}

/// Writes every page where a browser can open it: `target/debug/pages/sign-in.html` and its neighbours.
#[test]
fn the_gallery_can_be_looked_at() {
    let this = std::env::current_exe().expect("the path of this test");
    let folder = this
        .ancestors()
        .nth(2)
        .expect("the folder of the build")
        .join("pages");
    // Pages that are no more would be looked at for ever.
    let _ = std::fs::remove_dir_all(&folder);
    hang(&folder, usual());
    hang(&folder.join("hostile"), hostile());
    for words in Language::ALL.map(Words::of).into_iter().chain([Words::pseudo()]) {
        hang(&folder.join(words.tag()), in_words(words, usual));
    }
}

/// Writes pages and the files they name into a folder.
fn hang(folder: &std::path::Path, pages: Vec<gallery::Drawn>) {
    std::fs::create_dir_all(folder.join("static")).expect("a folder for the pages");
    let files = [
        ("signet.css", STYLESHEET),
        ("favicon.svg", include_str!("../../../../static/favicon.svg")),
        ("form-post.js", "// Here the answer stays, to be looked at.\n"),
    ];
    for (file, content) in files {
        let place = crate::assets::href(file).replacen('/', "", 1);
        std::fs::write(folder.join(place), content).expect("a file the pages name");
    }
    for (name, html) in pages {
        let html = html.replace("\"/static/", "\"static/");
        std::fs::write(folder.join(format!("{name}.html")), html).expect("a page");
    }
}

const STYLESHEET: &str = include_str!("../../../../static/signet.css");
