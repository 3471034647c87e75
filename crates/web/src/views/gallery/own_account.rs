//! The pages of somebody's own account, and those of the forgotten password.

use i18n::Language;
use kernel::Timestamp;

use super::{Account, Drawn, PLACE, draw};
use crate::views::{
    AppLine, ChangePassword, ConnectedApps, DeadLink, DeviceName, Email, ForgotPassword, Freshness, Help,
    LetterSent, Link, Moment, NewPassword, Onward, Overview, OwnLanguage, PasswordOutcome, PasswordProblem,
    PasswordSet, Proof, ScopeTitle, SessionLine, SessionPlace, Sessions, Way, Ways,
};

/// A quarter to ten on a day in March, and as long ago as the name says.
fn minutes_ago(minutes: i64) -> Moment {
    let now = 1_772_617_500;
    Moment::new(
        Timestamp::from_secs(now - minutes * 60),
        Timestamp::from_secs(now),
    )
}

/// An account's own pages.
pub(super) fn at_home(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let others = [Link {
        name: account.name,
        url: "/account?as=b",
    }];
    let groups = ["staff".to_owned(), app.to_owned()];
    let overview = Overview {
        place: PLACE,
        name: account.name,
        username: account.username,
        email: Some(Email {
            address: "alice@example.com",
            proof: Proof::Missing,
        }),
        groups: &groups,
        sessions: 3,
        apps: 2,
        language: Some(Language::German),
        ways: Ways {
            password: "/account/password",
            sessions: "/account/sessions",
            apps: "/account/apps",
            language: "/account/language",
        },
        others: &others,
        sign_out: "/account/sessions?as=a",
        csrf: "csrf-token",
        sid: "a",
    };
    let alone = Overview {
        email: None,
        groups: &[],
        sessions: 1,
        apps: 0,
        language: None,
        others: &[],
        ..overview.clone()
    };
    let change = ChangePassword {
        action: "/account/password?as=a",
        csrf: "csrf-token",
        account,
        outcome: None,
        forgot: "/reset",
        back: "/account",
        correlation: "F7K2-9Q",
    };
    let choice = OwnLanguage {
        action: "/account/language?as=a",
        csrf: "csrf-token",
        account,
        chosen: None,
        back: "/account",
    };
    let after = |outcome| ChangePassword {
        outcome: Some(outcome),
        ..change
    };
    let mut drawn = vec![
        draw("account", &overview),
        draw("account-alone", &alone),
        draw("account-password", &change),
        draw(
            "account-password-refused",
            &after(PasswordOutcome::Refused(PasswordProblem::WrongCurrent)),
        ),
        draw(
            "account-password-throttled",
            &after(PasswordOutcome::Refused(PasswordProblem::TooManyTries)),
        ),
        draw("account-password-changed", &after(PasswordOutcome::Changed)),
        draw("account-language", &choice),
        draw(
            "account-language-chosen",
            &OwnLanguage {
                chosen: Some(Language::Arabic),
                ..choice
            },
        ),
    ];
    drawn.extend(connections(app, account));
    drawn
}

fn connections(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let line = |sid: &str, device: &str, place, minutes| SessionLine {
        sid: sid.to_owned(),
        device: DeviceName::of(Some(device)),
        address: Some("192.0.2.17".to_owned()),
        place,
        signed_in: minutes_ago(minutes),
        seen: minutes_ago(minutes / 40),
        apps: vec!["Calendar".to_owned(), app.to_owned()],
    };
    let sessions = [
        line("a", "Linux Firefox/1", SessionPlace::Here, 65),
        line("b", "iPhone Safari/1", SessionPlace::Elsewhere, 6000),
        SessionLine {
            address: None,
            apps: Vec::new(),
            ..line("c", "?", SessionPlace::Elsewhere, 20_000)
        },
        line("d", "Windows", SessionPlace::Elsewhere, 100_000),
    ];
    let listed = |sessions| Sessions {
        action: "/account/sessions?as=a",
        csrf: "csrf-token",
        account,
        sessions,
        back: "/account",
    };
    let allowed = AppLine {
        client_id: "notes".to_owned(),
        name: app.to_owned(),
        host: Some("notes.example.com".to_owned()),
        may: vec![
            ScopeTitle::Ours("scope-openid"),
            ScopeTitle::Ours("scope-profile"),
            ScopeTitle::Theirs(app.to_owned()),
        ],
        allowed: Some(minutes_ago(50_000)),
        used: Some(minutes_ago(130)),
    };
    let own = AppLine {
        client_id: app.to_owned(),
        name: "Calendar".to_owned(),
        host: None,
        allowed: None,
        ..allowed.clone()
    };
    let never_used = AppLine {
        used: None,
        ..allowed.clone()
    };
    let idle = AppLine {
        used: None,
        ..own.clone()
    };
    let apps = |apps| ConnectedApps {
        action: "/account/apps?as=a",
        csrf: "csrf-token",
        account,
        apps,
        back: "/account",
    };
    vec![
        draw("account-sessions", &listed(&sessions)),
        draw("account-sessions-alone", &listed(&sessions[..1])),
        draw("account-apps", &apps(&[own, allowed, never_used, idle])),
        draw("account-apps-none", &apps(&[])),
    ]
}

/// The forgotten password.
pub(super) fn forgetting(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let ask = |help| ForgotPassword {
        place: PLACE,
        help,
        sign_in: "/login",
    };
    let letter = |freshness| Help::Letter {
        action: "/reset",
        csrf: "csrf-token",
        interaction: Some("Zk3"),
        freshness,
    };
    let form = NewPassword {
        action: "/reset/i/Zk3",
        csrf: "csrf-token",
        account,
        problem: None,
        correlation: "F7K2-9Q",
    };
    let refused = |problem| NewPassword {
        problem: Some(problem),
        ..form
    };
    let done = |way| PasswordSet {
        next: Onward {
            way,
            url: "/login/Zk3",
        },
    };
    let sent = LetterSent {
        minutes: 30,
        again: "/reset",
    };
    vec![
        draw("forgot", &ask(letter(Freshness::First))),
        draw("forgot-stale", &ask(letter(Freshness::TooOld))),
        draw("forgot-no-mail", &ask(Help::Administrator)),
        draw("letter-sent", &sent),
        draw("new-password", &form),
        draw("new-password-short", &refused(PasswordProblem::TooShort)),
        draw("new-password-busy", &refused(PasswordProblem::Busy)),
        draw("new-password-long", &refused(PasswordProblem::TooLong)),
        draw("new-password-stale", &refused(PasswordProblem::FormTooOld)),
        draw("password-set", &done(Way::SignInTo(app))),
        draw("password-set-plain", &done(Way::SignIn)),
        draw(
            "dead-link",
            &DeadLink {
                again: "/reset",
                correlation: "F7K2-9Q",
            },
        ),
    ]
}
