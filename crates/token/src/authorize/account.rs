//! Which of the accounts signed in at a browser a request is for. Pure, like the decision that follows it.

use identity::{LoginKey, User};
use kernel::id::{Sid, UserId};
use kernel::{Policy, Timestamp};
use serde::{Deserialize, Serialize};
use session::Session;

use super::request::AuthorizationRequest;

/// Whom the client will take, by `id_token_hint` or a `sub` asked for in `claims` (OpenID Connect Core 3.1.2.1, 5.5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meant {
    /// Whoever is there.
    #[default]
    Anybody,
    /// These people, in order of preference. With none, nobody will do.
    Only(Vec<UserId>),
}

impl Meant {
    /// Whether this person will do.
    pub fn allows(&self, user: UserId) -> bool {
        match self {
            Meant::Anybody => true,
            Meant::Only(people) => people.contains(&user),
        }
    }

    /// Those who will do for both.
    pub fn and(self, people: Vec<UserId>) -> Self {
        Meant::Only(people.into_iter().filter(|user| self.allows(*user)).collect())
    }
}

/// What the person said about the account for a request: on the chooser, or by signing in on its own sign-in page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Nothing yet.
    #[default]
    Open,
    /// This one.
    Person(UserId),
    /// One that is not signed in here yet.
    Another,
}

/// The account a request is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Account<'a> {
    /// This one.
    Settled(&'a Session, &'a User),
    /// None that is signed in here.
    NotHere,
    /// One of several; only the person can say which.
    Unsettled,
    /// Somebody the client will not take, or there is nobody it would take. Asking again would go in circles.
    Unwanted,
}

/// Those of `sessions` somebody can go on with: live, of an active person; the latest used first.
pub fn usable(mut sessions: Vec<(Session, User)>, now: Timestamp, policy: &Policy) -> Vec<(Session, User)> {
    sessions.retain(|(session, user)| session.is_live(now, policy) && user.is_active());
    sessions.sort_by_key(|(session, _)| std::cmp::Reverse(session.last_seen_at));
    sessions
}

/// Settles the account. `here` are the [`usable`] sessions of the browser; `last_used` is the one of them in which this
/// client was given a code last, which counts where the person cannot be asked.
pub fn settle<'a>(
    here: &'a [(Session, User)],
    request: &AuthorizationRequest,
    last_used: Option<Sid>,
) -> Account<'a> {
    match request.choice {
        Choice::Person(user) if !request.meant.allows(user) => return Account::Unwanted,
        Choice::Person(user) => return of(here, user),
        Choice::Another => return Account::NotHere,
        Choice::Open => {}
    }
    if let Meant::Only(people) = &request.meant {
        let settled = people.iter().map(|user| of(here, *user));
        let first = settled.into_iter().find(|account| *account != Account::NotHere);
        let otherwise = if people.is_empty() {
            Account::Unwanted
        } else {
            Account::NotHere
        };
        return first.unwrap_or(otherwise);
    }
    match here {
        [] => Account::NotHere,
        _ if request.prompt.demands_choice() => Account::Unsettled,
        [(session, user)] => Account::Settled(session, user),
        several => hinted(several, request)
            .or_else(|| last(several, last_used.filter(|_| request.prompt.is_silent())))
            .unwrap_or(Account::Unsettled),
    }
}

fn of(here: &[(Session, User)], user: UserId) -> Account<'_> {
    let found = here.iter().find(|(_, own)| own.id == user);
    found.map_or(Account::NotHere, |(session, user)| {
        Account::Settled(session, user)
    })
}

fn last(here: &[(Session, User)], sid: Option<Sid>) -> Option<Account<'_>> {
    let (session, user) = here.iter().find(|(session, _)| Some(session.sid) == sid)?;
    Some(Account::Settled(session, user))
}

/// The one account whose username or address is the `login_hint`.
fn hinted<'a>(here: &'a [(Session, User)], request: &AuthorizationRequest) -> Option<Account<'a>> {
    let hint = LoginKey::of(request.login_hint.as_deref()?);
    let is_meant = |user: &User| {
        let names = [Some(&user.username), user.email.as_ref()];
        names.into_iter().flatten().any(|name| LoginKey::of(name) == hint)
    };
    let mut matching = here.iter().filter(|(_, user)| is_meant(user));
    match (matching.next(), matching.next()) {
        (Some((session, user)), None) => Some(Account::Settled(session, user)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorize::prompt::Prompt;
    use crate::authorize::scene::{NOW, minutes_ago, person, request};

    /// Alice, who was here last, and Bob.
    fn two() -> Vec<(Session, User)> {
        usable(
            vec![person("bob", 20), person("alice", 10)],
            NOW,
            &Policy::default(),
        )
    }

    fn name(account: Account<'_>) -> &str {
        match account {
            Account::Settled(_, user) => &user.username,
            Account::NotHere => "(not here)",
            Account::Unsettled => "(unsettled)",
            Account::Unwanted => "(unwanted)",
        }
    }

    fn with_prompt(text: &str) -> AuthorizationRequest {
        AuthorizationRequest {
            prompt: Prompt::parse(text).unwrap(),
            ..request()
        }
    }

    #[test]
    fn one_account_is_taken_and_several_are_asked_about() {
        let here = two();
        assert_eq!(name(settle(&here[..0], &request(), None)), "(not here)");
        assert_eq!(name(settle(&here[..1], &request(), None)), "alice");
        assert_eq!(name(settle(&here, &request(), None)), "(unsettled)");
        let last = Some(here[1].0.sid);
        assert_eq!(name(settle(&here, &request(), last)), "(unsettled)");
        assert_eq!(name(settle(&here, &with_prompt("login"), last)), "(unsettled)");
    }

    #[test]
    fn a_demanded_choice_is_asked_even_with_one() {
        let here = two();
        let mut request = with_prompt("select_account");
        request.login_hint = Some("alice".into());
        assert_eq!(name(settle(&here[..0], &request, None)), "(not here)");
        assert_eq!(name(settle(&here[..1], &request, None)), "(unsettled)");
        assert_eq!(name(settle(&here, &request, None)), "(unsettled)");
    }

    #[test]
    fn silence_takes_the_account_this_client_used_last() {
        let here = two();
        let silent = with_prompt("none");
        assert_eq!(name(settle(&here, &silent, Some(here[1].0.sid))), "bob");
        assert_eq!(name(settle(&here, &silent, None)), "(unsettled)");
        assert_eq!(name(settle(&here[..1], &silent, None)), "alice");
    }

    #[test]
    fn a_login_hint_settles_it_by_username_or_address() {
        let here = two();
        for (hint, expected) in [
            ("bob", "bob"),
            ("BOB@example.org", "bob"),
            ("carol", "(unsettled)"),
            ("", "(unsettled)"),
        ] {
            let mut request = request();
            request.login_hint = Some(hint.into());
            assert_eq!(name(settle(&here, &request, None)), expected, "{hint}");
        }
        // It is a hint and no demand.
        let mut request = request();
        request.login_hint = Some("carol".into());
        assert_eq!(name(settle(&here[..1], &request, None)), "alice");
    }

    #[test]
    fn whom_the_client_names_is_the_only_one_who_will_do() {
        let here = two();
        let (alice, bob) = (here[0].1.id, here[1].1.id);
        let only = |people: Vec<UserId>| AuthorizationRequest {
            meant: Meant::Only(people),
            ..with_prompt("select_account")
        };
        assert_eq!(name(settle(&here, &only(vec![bob]), None)), "bob");
        assert_eq!(name(settle(&here, &only(vec![bob, alice]), None)), "bob");
        assert_eq!(name(settle(&here[..1], &only(vec![bob]), None)), "(not here)");
        assert_eq!(name(settle(&here, &only(vec![]), None)), "(unwanted)");
        let signed_in = only(vec![bob]).with_choice(Choice::Person(alice));
        assert_eq!(name(settle(&here, &signed_in, None)), "(unwanted)");
    }

    #[test]
    fn a_choice_is_kept_and_never_turns_into_another() {
        let here = two();
        let chosen = |choice| with_prompt("select_account").with_choice(choice);
        let bob = Choice::Person(here[1].1.id);
        assert_eq!(name(settle(&here, &chosen(bob), None)), "bob");
        assert_eq!(name(settle(&here[..1], &chosen(bob), None)), "(not here)");
        assert_eq!(name(settle(&here, &chosen(Choice::Another), None)), "(not here)");
    }

    #[test]
    fn what_has_run_out_or_is_locked_is_not_usable() {
        let mut locked = person("locked", 1);
        locked.1.state = identity::UserState::Locked;
        let mut ended = person("ended", 1);
        ended.0.ended_at = Some(minutes_ago(1));
        let idle = person("idle", 60 * 24);
        let here = usable(
            vec![person("bob", 20), locked, ended, idle, person("alice", 10)],
            NOW,
            &Policy::default(),
        );
        let names: Vec<_> = here.iter().map(|(_, user)| &*user.username).collect();
        assert_eq!(names, ["alice", "bob"]);
    }

    #[test]
    fn two_demands_leave_those_who_meet_both() {
        let here = two();
        let (alice, bob) = (here[0].1.id, here[1].1.id);
        assert_eq!(Meant::Anybody.and(vec![bob]), Meant::Only(vec![bob]));
        assert_eq!(
            Meant::Only(vec![alice]).and(vec![bob, alice]),
            Meant::Only(vec![alice])
        );
        assert_eq!(Meant::Only(vec![alice]).and(vec![bob]), Meant::Only(vec![]));
    }
}
