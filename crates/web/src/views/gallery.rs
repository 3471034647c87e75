//! Every page with sample content, for the tests and for looking at. Names are as hostile as the outside may make them.

mod own_account;

use std::cell::Cell;

use actix_web::http::StatusCode;
use askama::Template;
use i18n::{Dated, Language, Words};

use super::reading::{Others, Reading};
use super::*;

/// What an app or a person may call itself to break a page.
pub(crate) const HOSTILE: &str = r#""><script>alert(1)</script><img src=x onerror=alert(1) style="x">"#;

/// A drawn page: the name of its file in the gallery, and its HTML.
pub(crate) type Drawn = (&'static str, String);

const ALICE: Account<'static> = Account {
    name: "Alice Example",
    username: "alice",
};
const PLACE: &str = "id.example.com";

/// The pages as they usually look.
pub(crate) fn usual() -> Vec<Drawn> {
    [
        signing_in("Notes", ALICE),
        choosing("Notes", ALICE),
        asking("Notes", "notes.example.com", ALICE),
        returning("notes.example.com"),
        leaving("Notes", ALICE),
        own_account::at_home("Notes", ALICE),
        own_account::forgetting("Notes", ALICE),
        troubles("Notes"),
        caught(
            "Choose a new password (id.example.com)",
            "Alice Example <alice@example.com>",
        ),
    ]
    .concat()
}

/// The same pages with hostile text wherever text from outside is shown.
pub(crate) fn hostile() -> Vec<Drawn> {
    let account = Account {
        name: HOSTILE,
        username: HOSTILE,
    };
    [
        signing_in(HOSTILE, account),
        choosing(HOSTILE, account),
        asking(HOSTILE, HOSTILE, account),
        returning(HOSTILE),
        leaving(HOSTILE, account),
        own_account::at_home(HOSTILE, account),
        own_account::forgetting(HOSTILE, account),
        troubles(HOSTILE),
        caught(HOSTILE, HOSTILE),
    ]
    .concat()
}

thread_local! {
    static WORDS: Cell<Option<&'static Words>> = const { Cell::new(None) };
}

/// What `draw` draws, in these words; in English where nobody says otherwise.
pub(crate) fn in_words(words: &'static Words, draw: impl FnOnce() -> Vec<Drawn>) -> Vec<Drawn> {
    WORDS.set(Some(words));
    let drawn = draw();
    WORDS.set(None);
    drawn
}

fn draw(name: &'static str, view: &impl Template) -> Drawn {
    let words = WORDS.get().unwrap_or_else(|| Words::of(Language::English));
    let drawn = view.render_with_values(&Reading::new(words, Others::Offered));
    (
        name,
        drawn.unwrap_or_else(|fault| panic!("{name} cannot be drawn: {fault}")),
    )
}

fn signing_in(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let first = SignIn {
        action: "/login/Zk3",
        forgot: "/reset?interaction=Zk3",
        csrf: "csrf-token",
        app: Some(app),
        place: PLACE,
        username: "",
        again: None,
        problem: None,
        correlation: "F7K2-9Q",
    };
    let username = account.username;
    let again = |reason| SignIn {
        username,
        again: Some(Again { account, reason }),
        ..first
    };
    let refused = |problem| SignIn {
        username,
        problem: Some(problem),
        ..first
    };
    vec![
        draw("sign-in", &first),
        draw("sign-in-plain", &SignIn { app: None, ..first }),
        draw("sign-in-refused", &refused(SignInProblem::NoMatch)),
        draw("sign-in-throttled", &refused(SignInProblem::TooManyTries)),
        draw("sign-in-stale", &refused(SignInProblem::FormTooOld)),
        draw("sign-in-busy", &refused(SignInProblem::Busy)),
        draw("sign-in-again", &again(Reason::AppAsks)),
        draw("sign-in-again-long-ago", &again(Reason::LongAgo)),
    ]
}

fn choosing(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let bob = Account {
        name: "bob",
        username: "bob",
    };
    let accounts: Vec<Choosable<'_>> = [account, bob, account, bob, account, bob, account]
        .into_iter()
        .zip(1..)
        .map(|(account, number)| Choosable {
            value: format!("usr_{number}"),
            account,
        })
        .collect();
    let few = Choose {
        action: "/choose/Zk3",
        csrf: "csrf-token",
        app,
        place: PLACE,
        accounts: &accounts[..2],
        more: &[],
    };
    let many = Choose {
        accounts: &accounts[..5],
        more: &accounts[5..],
        ..few.clone()
    };
    vec![draw("choose", &few), draw("choose-many", &many)]
}

fn returning(place: &str) -> Vec<Drawn> {
    let view = FormPost {
        action: "https://notes.example.com/cb?a=1&b=2",
        place,
        fields: vec![("code", "x"), ("state", HOSTILE)],
    };
    vec![draw("form-post", &view)]
}

fn asking(app: &str, host: &str, account: Account<'_>) -> Vec<Drawn> {
    let standard = [
        "openid",
        "profile",
        "email",
        "offline_access",
        "address",
        "phone",
        "groups",
        "roles",
    ]
    .into_iter()
    .filter_map(ScopeLine::standard);
    let mut scopes: Vec<_> = standard.collect();
    scopes[3] = scopes[3].clone().new_since_last_time();
    let theirs = ScopeDetail::Theirs(host.to_owned());
    scopes.push(ScopeLine::described(app, Some("Your desk")).with(theirs));
    let apis = vec![app.to_owned(), host.to_owned()];
    scopes.push(ScopeLine::undescribed("notes:archive").with(ScopeDetail::CountsAt(apis)));
    let named = Consent {
        action: "/consent/Zk3",
        csrf: "csrf-token",
        app,
        introduction: Introduction::ByName,
        redirect_host: host,
        account,
        scopes: scopes[..4].to_vec(),
        resources: vec![],
        choose: Some("/choose/Zk3"),
    };
    let introduced = |introduction| Consent {
        introduction,
        ..named.clone()
    };
    let named_api = Api {
        name: Some(app),
        identifier: "https://api.example.com/notes",
    };
    let resources = vec![
        named_api,
        Api {
            name: None,
            identifier: host,
        },
    ];
    vec![
        draw("consent", &named),
        draw("consent-host", &introduced(Introduction::ByHost)),
        draw("consent-device", &introduced(Introduction::ByDevice)),
        draw(
            "consent-resources",
            &Consent {
                scopes,
                resources,
                choose: None,
                ..named.clone()
            },
        ),
    ]
}

fn leaving(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let (one, two) = ([account], [account, account]);
    let apps = ["Calendar".to_owned(), app.to_owned()];
    let asked = SignOut {
        action: "/logout/Zk3",
        csrf: "csrf-token",
        accounts: &one,
        apps: &[],
        app: Some(app),
        place: PLACE,
        stay: "/",
    };
    let back = Link {
        name: app,
        url: "https://notes.example.com/bye",
    };
    let signed_in = |others| Visitor::SignedIn {
        account,
        email: Some("alice@example.com"),
        manage: "/account",
        others,
        sign_out: "/logout",
        csrf: "csrf-token",
    };
    vec![
        draw("sign-out", &asked),
        draw("sign-out-unasked", &SignOut { app: None, ..asked }),
        draw(
            "sign-out-several",
            &SignOut {
                accounts: &two,
                apps: &apps,
                ..asked
            },
        ),
        draw(
            "signed-out",
            &SignedOut {
                place: PLACE,
                back: Some(back),
            },
        ),
        draw(
            "signed-out-here",
            &SignedOut {
                place: PLACE,
                back: None,
            },
        ),
        draw(
            "home",
            &Home {
                place: PLACE,
                visitor: signed_in(0),
            },
        ),
        draw(
            "home-several",
            &Home {
                place: PLACE,
                visitor: signed_in(2),
            },
        ),
        draw(
            "home-nobody",
            &Home {
                place: PLACE,
                visitor: Visitor::Unknown { sign_in: "/login" },
            },
        ),
    ]
}

fn caught(subject: &str, to: &str) -> Vec<Drawn> {
    let text = format!(
        "Hello Alice Example,\n\nSomebody asked for a new password. If it was you, open this page and choose one:\n\n\
         https://id.example.com/reset/7hQ2mZr0vKxL9dTfWnB4sYcJ6uEaPgOi1\n\nThe link works once and for 30 minutes.\n\n\
         {subject}\n"
    );
    let empty = CaughtMail {
        place: PLACE,
        open: None,
        others: vec![],
    };
    let open = OpenLetter {
        subject,
        from: "Signet <no-reply@id.example.com>",
        to,
        at: Dated::new("2026-08-02T14:03:00Z"),
        text: pieces(&text),
        html_url: "/dev/mail/3/html".to_owned(),
    };
    let other = |number: u64| LetterLine {
        subject,
        to,
        at: Dated::new("2026-08-02T14:01:27Z"),
        url: format!("/dev/mail/{number}"),
    };
    vec![
        draw("mail-none", &empty),
        draw(
            "mail",
            &CaughtMail {
                open: Some(open),
                others: vec![other(2), other(1)],
                ..empty
            },
        ),
    ]
}

fn troubles(app: &str) -> Vec<Drawn> {
    let plain = |trouble| ErrorPage::new(trouble, "F7K2-9Q");
    let detailed = ErrorPage {
        code: Some("invalid_request"),
        description: Some(app),
        ..plain(Trouble::UnregisteredReturn { app })
    };
    let onward = |way| Onward {
        way,
        url: "https://notes.example.com/",
    };
    let leading = |way| ErrorPage {
        next: Some(onward(way)),
        ..plain(Trouble::FormRefused)
    };
    let other = Trouble::Other {
        status: StatusCode::FORBIDDEN,
        headline: app,
        advice: app,
    };
    vec![
        draw("error", &detailed),
        draw(
            "error-expired",
            &ErrorPage {
                next: Some(onward(Way::StartAgain)),
                ..plain(Trouble::Expired { app: Some(app) })
            },
        ),
        draw("error-expired-unknown", &plain(Trouble::Expired { app: None })),
        draw("error-unknown-app", &plain(Trouble::UnknownApp)),
        draw("error-bad-request", &plain(Trouble::BadRequest)),
        draw("error-cookies", &plain(Trouble::CookieMissing)),
        draw("error-form", &plain(Trouble::FormRefused)),
        draw("error-404", &plain(Trouble::NotFound)),
        draw("error-405", &plain(Trouble::MethodNotAllowed)),
        draw("error-429", &plain(Trouble::TooManyRequests)),
        draw("error-503", &plain(Trouble::Busy)),
        draw("error-500", &plain(Trouble::Internal)),
        draw("error-network", &plain(Trouble::TooManyFromNetwork)),
        draw("error-name", &plain(Trouble::WrongName)),
        draw("error-headers", &plain(Trouble::HeadersTooLong)),
        draw("error-address", &plain(Trouble::AddressTooLong)),
        draw(
            "error-unreadable",
            &plain(Trouble::Unreadable(StatusCode::BAD_REQUEST)),
        ),
        draw("error-long", &plain(Trouble::TooLong)),
        draw("error-to-accounts", &leading(Way::Accounts)),
        draw("error-to-request", &leading(Way::Request)),
        draw("error-to-link", &leading(Way::NewLink)),
        draw("error-to-app", &leading(Way::BackTo(app))),
        draw("error-to-place", &leading(Way::To(PLACE))),
        draw("error-other", &plain(other)),
    ]
}
