//! Somebody who is signed in and comes for tokens again and again, and who never gives up: what was not answered is asked
//! once more, as an honest client would.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kernel::{Clock as _, SystemClock};
use url::Url;

use super::call::{Answer, Caller, Door};
use super::ledger::Family;
use crate::actors::attacker::{CHALLENGE, redemption};
use crate::actors::browser::{encode, param};
use crate::cast::CALLBACK;

/// How long somebody tries: shorter than the grace in which a refresh may be asked for again.
const PERSISTENCE: Duration = Duration::from_secs(50);
/// Refreshes of a family.
const REFRESHES: usize = 3;

/// The customer.
pub struct Customer {
    /// How to ask.
    pub caller: Caller,
    /// Which one.
    pub number: usize,
    /// Their session.
    pub cookies: String,
    /// The story failed, and nobody waits for them any more.
    pub abandoned: Arc<AtomicBool>,
}

/// Tokens as they came.
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl Tokens {
    /// What a successful answer holds.
    pub fn of(answer: &Answer) -> Self {
        Self {
            access: answer.text("access_token"),
            refresh: answer.text("refresh_token"),
        }
    }
}

impl Customer {
    /// A code, tokens for it, their successors, and an end by turns.
    pub fn goes_round(&self, turn: usize) {
        let code = self.code();
        let Some(tokens) = self.redeem(&code) else { return };
        let mut family = Family {
            code,
            refresh: vec![tokens.refresh],
            access: tokens.access,
            ended: false,
        };
        for step in 0..REFRESHES {
            let last = family.refresh.last().unwrap();
            let next = if (turn + step).is_multiple_of(3) {
                self.refresh_twice(last)
            } else {
                self.refresh(last)
            };
            let Some(next) = next else { return };
            family.refresh.push(next.refresh);
            family.access = next.access;
        }
        match turn % 4 {
            0 => self.take_back(&family.access),
            1 => {
                self.take_back(family.refresh.last().unwrap());
                family.ended = true;
            }
            2 => {
                self.replay(&family.code);
                family.ended = true;
            }
            _ => {}
        }
        if family.ended {
            self.caller.ledger.taken_back(&family.access);
        }
        self.caller.ledger.family(family);
        self.caller.ledger.went_round(self.number);
    }

    /// A code for a session that is there: nobody has to sign in again, whatever breaks.
    pub fn code(&self) -> String {
        let query = encode(&[
            ("client_id", "web"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid offline_access"),
            ("prompt", "none"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        self.persist("a code", || {
            let told = self
                .caller
                .get(Door::Proxy, &format!("/authorize?{query}"), &self.cookies);
            if told.is_uncertain() {
                return None;
            }
            let landed = Url::parse(&told.location).ok();
            let landed = landed.unwrap_or_else(|| panic!("nowhere to go: {told:?}"));
            match param(&landed, "error").as_deref() {
                Some("temporarily_unavailable") => None,
                _ => Some(param(&landed, "code").unwrap_or_else(|| panic!("no code: {landed}"))),
            }
        })
    }

    /// Its tokens; nothing if the answer that held them was lost.
    fn redeem(&self, code: &str) -> Option<Tokens> {
        let mut uncertain = false;
        self.persist("tokens for a code", || {
            let told = self.caller.post(Door::Proxy, "/token", &redemption(code));
            match told.status {
                200 => {
                    self.caller.ledger.redeemed(code);
                    Some(Some(Tokens::of(&told)))
                }
                _ if told.is_uncertain() => {
                    uncertain = true;
                    None
                }
                _ if told.is_invalid_grant() && uncertain => Some(None),
                _ => {
                    self.caller.ledger.wrong(format!("a good code: {told:?}"));
                    Some(None)
                }
            }
        })
    }

    /// The successor of a refresh token that was not used yet; nothing if that was refused, which is wrong.
    pub fn refresh(&self, token: &str) -> Option<Tokens> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let mut tries = 0;
        self.persist("a successor", || {
            tries += 1;
            let told = self.caller.post(Door::Proxy, "/token", &form);
            match told.status {
                200 => {
                    let tokens = Tokens::of(&told);
                    self.caller.ledger.succeeded(token, &tokens.refresh);
                    Some(Some(tokens))
                }
                _ if told.is_uncertain() => None,
                _ => {
                    let told = format!("a good refresh token, try {tries}: {told:?}");
                    self.caller.ledger.wrong(told);
                    Some(None)
                }
            }
        })
    }

    /// The same from two tabs at once.
    fn refresh_twice(&self, token: &str) -> Option<Tokens> {
        thread::scope(|scope| {
            let other = scope.spawn(|| self.refresh(token));
            self.refresh(token).and(other.join().unwrap())
        })
    }

    fn take_back(&self, token: &str) {
        self.persist("a token is taken back", || {
            let told = self.caller.post(Door::Proxy, "/revoke", &[("token", token)]);
            match told.status {
                200 => {
                    self.caller.ledger.taken_back(token);
                    Some(())
                }
                _ if told.is_uncertain() => None,
                _ => panic!("{told:?}"),
            }
        });
    }

    /// A code that was used comes once more: it is refused, and what came of it ends.
    fn replay(&self, code: &str) {
        self.persist("a used code is refused", || {
            let told = self.caller.post(Door::Proxy, "/token", &redemption(code));
            if told.is_uncertain() {
                return None;
            }
            if !told.is_invalid_grant() {
                self.caller.ledger.wrong(format!("a used code: {told:?}"));
            }
            Some(())
        });
    }

    /// Tries until there is an answer.
    fn persist<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let begun = SystemClock.now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            if self.abandoned.load(Ordering::Relaxed) {
                // What went wrong is told elsewhere.
                resume_unwind(Box::new(()));
            }
            let tried = SystemClock.now().since(begun);
            assert!(tried < PERSISTENCE, "customer {} in vain: {what}", self.number);
            thread::park_timeout(Duration::from_millis(100));
        }
    }
}
