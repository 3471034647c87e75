//! The end of a story: everybody is home, everything is whole, and what was acknowledged is compared with what each node
//! says now, and with the tables.

use super::call::Door;
use super::ledger::Family;
use super::site::{Cluster, NODES};
use crate::actors::attacker::redemption;

/// Of the families, as many from the end and as many from the beginning; the tables are looked at as a whole.
const SAMPLE: usize = 12;

/// What may never be in the tables, and what would be wrong with it: each counts to nothing.
const NEVER: [(&str, &str); 5] = [
    (
        "a family with two living tokens",
        "SELECT count(*) FROM (SELECT grant_id FROM refresh_tokens WHERE spent_at IS NULL
         GROUP BY grant_id HAVING count(*) > 1) AS twice",
    ),
    (
        "two tokens of one generation",
        "SELECT count(*) FROM (SELECT grant_id FROM refresh_tokens
         GROUP BY grant_id, generation HAVING count(*) > 1) AS twice",
    ),
    (
        "a refresh token of a code nobody redeemed",
        "SELECT count(*) FROM refresh_tokens JOIN grants ON grants.id = grant_id
         WHERE code_redeemed_at IS NULL",
    ),
    (
        "a grant without a session",
        "SELECT count(*) FROM grants LEFT JOIN sessions USING (sid) WHERE sessions.sid IS NULL",
    ),
    (
        "a person without a way in, or a login without a person",
        "SELECT count(*) FROM users FULL JOIN logins ON users.id = logins.user_id
         WHERE users.id IS NULL OR logins.user_id IS NULL",
    ),
];

impl Cluster {
    /// Nothing acknowledged is lost, nothing was given twice, on any node.
    #[track_caller]
    pub fn reckon(&self) {
        let ledger = &self.caller.ledger;
        let families = ledger.families();
        assert!(!families.is_empty(), "nobody was served");
        let asked = sample(&families);
        for node in 0..NODES {
            for family in &asked {
                self.reckon_family(node, family);
            }
            for taken in sample(&ledger.all_taken_back()) {
                if self.caller.is_active(node, &taken.token) != Some(false) {
                    ledger.wrong(format!("node {node} accepts what was taken back"));
                }
            }
        }
        for (number, family) in asked.iter().enumerate() {
            self.reckon_code(number % NODES, family);
        }
        for (what, count) in NEVER {
            let found = self.database().sql(count);
            if found != "0" {
                ledger.wrong(format!("{what}: {found}"));
            }
        }
        let verified = self.installation.signet(&["audit", "verify"]);
        assert!(verified.status.success(), "{verified:?}");
        ledger.assert_clean();
    }

    /// Of a family that goes on the last token lives, and no other; of one that ended, none.
    fn reckon_family(&self, node: usize, family: &Family) {
        let last = family.refresh.len() - 1;
        for (place, token) in family.refresh.iter().enumerate() {
            let expected = place == last && !family.ended;
            if self.caller.is_active(node, token) != Some(expected) {
                let which = format!("refresh token {place} of {last}, ended: {}", family.ended);
                self.caller
                    .ledger
                    .wrong(format!("node {node}: {which} is not {expected}"));
            }
        }
    }

    /// A code that was spent is spent. Whoever tries it once more ends what came of it.
    fn reckon_code(&self, node: usize, family: &Family) {
        let told = self
            .caller
            .post(Door::Node(node), "/token", &redemption(&family.code));
        if !told.is_invalid_grant() {
            self.caller
                .ledger
                .wrong(format!("node {node}, a spent code: {told:?}"));
        }
        let last = family.refresh.last().unwrap();
        if self.caller.is_active((node + 1) % NODES, last) != Some(false) {
            self.caller
                .ledger
                .wrong("a family outlived its code's second use".to_owned());
        }
    }
}

/// The first and the last few.
fn sample<T: Clone>(all: &[T]) -> Vec<T> {
    let behind = all.len().saturating_sub(SAMPLE).max(SAMPLE.min(all.len()));
    let first = &all[..SAMPLE.min(all.len())];
    [first, &all[behind..]].concat()
}
