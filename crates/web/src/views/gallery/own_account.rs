//! The pages of somebody's own account, and those of the forgotten password.

use kernel::Timestamp;

use super::{Account, Drawn, PLACE, draw};
use crate::views::{
    AppLine, ChangePassword, ConnectedApps, DeadLink, Email, ForgotPassword, Freshness, Help, LetterSent,
    Link, Moment, NewPassword, Overview, PasswordOutcome, PasswordProblem, PasswordSet, Proof, SessionLine,
    SessionPlace, Sessions, Ways,
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
        ways: Ways {
            password: "/account/password",
            sessions: "/account/sessions",
            apps: "/account/apps",
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
        draw("account-password-changed", &after(PasswordOutcome::Changed)),
    ];
    drawn.extend(connections(app, account));
    drawn
}

fn connections(app: &str, account: Account<'_>) -> Vec<Drawn> {
    let line = |sid: &str, device: &str, place, minutes| SessionLine {
        sid: sid.to_owned(),
        device: device.to_owned(),
        address: Some("192.0.2.17".to_owned()),
        place,
        signed_in: minutes_ago(minutes),
        seen: minutes_ago(minutes / 40),
        apps: vec!["Calendar".to_owned(), app.to_owned()],
    };
    let sessions = [
        line("a", "Firefox on Linux", SessionPlace::Here, 65),
        line("b", "Safari on iPhone", SessionPlace::Elsewhere, 6000),
        SessionLine {
            address: None,
            apps: Vec::new(),
            ..line("c", "An unknown device", SessionPlace::Elsewhere, 20_000)
        },
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
            "Know that it is you".to_owned(),
            "Your profile".to_owned(),
            app.to_owned(),
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
        draw("account-apps", &apps(&[own, allowed])),
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
    let sign_in = format!("Sign in to {app}");
    let next = Link {
        name: &sign_in,
        url: "/login/Zk3",
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
        draw("password-set", &PasswordSet { next }),
        draw(
            "dead-link",
            &DeadLink {
                again: "/reset",
                correlation: "F7K2-9Q",
            },
        ),
    ]
}
