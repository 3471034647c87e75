//! What was asked lately, by token. Bounded: whoever collects tokens cannot make it grow.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::revocation::Standing;

/// Most tokens remembered; the oldest goes first. Their life of a moment bounds them long before, as a rule.
pub(super) const MOST: usize = 10_000;

/// An answer, or that somebody is asking.
pub(super) type Answer = OnceCell<Standing>;

/// Answers by `jti`.
#[derive(Default)]
pub(super) struct Answers {
    by_token: HashMap<String, Arc<Asked>>,
    /// Oldest first.
    in_order: VecDeque<(String, Arc<Asked>)>,
}

struct Asked {
    /// Uptime before the question was sent: an answer is as old as its question.
    at: Duration,
    answer: Arc<Answer>,
}

impl Answers {
    /// The place for the answer about a token: one that is younger than `remembered_for`, or a new one.
    pub(super) fn about(&mut self, jti: &str, now: Duration, remembered_for: Duration) -> Arc<Answer> {
        if remembered_for.is_zero() {
            return Arc::default();
        }
        self.forget(now, remembered_for);
        if let Some(asked) = self.by_token.get(jti) {
            return Arc::clone(&asked.answer);
        }
        let asked = Arc::new(Asked {
            at: now,
            answer: Arc::default(),
        });
        self.by_token.insert(jti.to_owned(), Arc::clone(&asked));
        self.in_order.push_back((jti.to_owned(), Arc::clone(&asked)));
        Arc::clone(&asked.answer)
    }

    /// Forgets what is too old, and the oldest where there is no room for one more.
    fn forget(&mut self, now: Duration, remembered_for: Duration) {
        while let Some((jti, asked)) = self.in_order.front() {
            let is_old = now.saturating_sub(asked.at) >= remembered_for;
            if !is_old && self.in_order.len() < MOST {
                return;
            }
            self.by_token.remove(jti);
            self.in_order.pop_front();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_token.len().max(self.in_order.len())
    }
}
