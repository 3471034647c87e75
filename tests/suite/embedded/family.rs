//! A code and the tokens that came of it, as whoever asked for them remembers them: what was answered, and what was asked last
//! without an answer.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::caller::{Caller, Cookies};
use crate::actors::attacker::Answer;
use crate::audit::count;

/// What was asked for and not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Redemption,
    Refresh,
    Revocation,
}

/// How what was asked for and not answered turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Everything had been answered.
    Known,
    /// As if it had never been asked for.
    Undone,
    /// Done, only the answer was lost.
    Done,
}

/// Whether a family gives its token back in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Never,
    ByRevocation,
}

/// What came of one code.
#[derive(Debug)]
pub struct Family {
    code: String,
    access: Vec<String>,
    refresh: Vec<String>,
    asked: Asked,
    revoked: bool,
}

impl Family {
    /// A new code, redeemed, refreshed twice and perhaps given back; `None` where the server died before there was a code.
    pub fn live(caller: &Caller, cookies: &Cookies, ends: Ends) -> Option<Self> {
        let mut family = Self {
            code: caller.code(cookies)?,
            access: Vec::new(),
            refresh: Vec::new(),
            asked: Asked::Redemption,
            revoked: false,
        };
        caller.acknowledge();
        // Where it stopped is in the family.
        let _ = family.grow(caller, ends);
        Some(family)
    }

    /// Whether everything it asked for was answered.
    pub fn is_settled(&self) -> bool {
        self.asked == Asked::Nothing
    }

    fn grow(&mut self, caller: &Caller, ends: Ends) -> Option<()> {
        let answer = caller.redeem(&self.code)?;
        self.take(caller, &answer);
        for _ in 0..2 {
            self.asked = Asked::Refresh;
            let answer = caller.refresh(self.refresh.last()?)?;
            self.take(caller, &answer);
        }
        if ends == Ends::ByRevocation {
            self.asked = Asked::Revocation;
            let answer = caller.revoke(self.refresh.last()?)?;
            assert_eq!(answer.status, 200, "{answer:?}");
            self.revoked = true;
            self.asked = Asked::Nothing;
            caller.acknowledge();
        }
        Some(())
    }

    fn take(&mut self, caller: &Caller, answer: &Answer) {
        self.access.push(answer.granted().to_owned());
        self.refresh.push(answer.text("refresh_token").to_owned());
        self.asked = Asked::Nothing;
        caller.acknowledge();
    }

    /// What was acknowledged is there, nothing is active without its grant, and a retry finds the old state or the new one.
    pub fn settle(mut self, caller: &Caller, database: &Path) -> Fate {
        for access in &self.access {
            let active = caller.is_active(access);
            if self.asked != Asked::Revocation {
                assert_eq!(active, !self.revoked, "{self:?}");
            }
            let row = format!("grants WHERE id = '{}'", grant_of(access));
            assert!(
                !active || count(database, &row) == 1,
                "active without a grant: {self:?}"
            );
        }
        let fate = match self.asked {
            Asked::Nothing if self.revoked => self.is_over(caller),
            Asked::Nothing => self.goes_on(caller),
            Asked::Redemption => self.redeems_again(caller),
            Asked::Refresh => self.refreshes_again(caller, database),
            Asked::Revocation => self.revokes_again(caller),
        };
        self.is_spent(caller);
        fate
    }

    fn is_over(&self, caller: &Caller) -> Fate {
        let last = self.refresh.last().unwrap();
        caller.refresh(last).unwrap().refused("invalid_grant");
        Fate::Known
    }

    fn goes_on(&mut self, caller: &Caller) -> Fate {
        let answer = caller.refresh(self.refresh.last().unwrap()).unwrap();
        self.take(caller, &answer);
        Fate::Known
    }

    /// Once at most: it was not spent, or it was and nobody has what it was spent for.
    fn redeems_again(&mut self, caller: &Caller) -> Fate {
        let answer = caller.redeem(&self.code).unwrap();
        if answer.status == 200 {
            self.take(caller, &answer);
            return Fate::Undone;
        }
        answer.refused("invalid_grant");
        Fate::Done
    }

    /// The same question again gets a successor, the one that was lost or a first one.
    fn refreshes_again(&mut self, caller: &Caller, database: &Path) -> Fate {
        let rows = format!(
            "refresh_tokens WHERE grant_id = '{}'",
            grant_of(self.access.last().unwrap())
        );
        let before = count(database, &rows);
        let answer = caller.refresh(self.refresh.last().unwrap()).unwrap();
        self.take(caller, &answer);
        let known = i64::try_from(self.refresh.len()).unwrap();
        assert_eq!(
            count(database, &rows),
            known,
            "one successor, however often it was asked for"
        );
        if before == known { Fate::Done } else { Fate::Undone }
    }

    fn revokes_again(&mut self, caller: &Caller) -> Fate {
        let done = !caller.is_active(self.access.last().unwrap());
        let answer = caller.revoke(self.refresh.last().unwrap()).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        for access in &self.access {
            assert!(!caller.is_active(access), "{self:?}");
        }
        if done { Fate::Done } else { Fate::Undone }
    }

    /// Its code opens nothing any more, and whoever tries that ends what it had opened.
    fn is_spent(&self, caller: &Caller) {
        caller.redeem(&self.code).unwrap().refused("invalid_grant");
        for access in &self.access {
            assert!(!caller.is_active(access), "{self:?}");
        }
    }
}

/// The grant an access token names.
fn grant_of(access: &str) -> String {
    let payload = access.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["grant"].as_str().unwrap().to_owned()
}
