//! What a sweep removed, kind by kind. What it removes, and when, is `sweep`'s business.

/// How many rows a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Saved requests nobody came back for.
    pub interactions: u64,
    /// Counters whose window is over.
    pub throttles: u64,
    /// Sealed successors whose grace is over; erased, the rows stay.
    pub successors: u64,
    /// Revocations of what has expired by now.
    pub revocations: u64,
    /// Logout notices nobody took.
    pub notices: u64,
    /// Links to set a new password that are worth nothing.
    pub resets: u64,
    /// Links that make the first administrator and are worth nothing.
    pub setups: u64,
    /// Secrets of clients that were replaced.
    pub secrets: u64,
    /// Sessions at the console that have expired.
    pub console: u64,
    /// Counts of tokens that have expired.
    pub signed: u64,
    /// Records of refused requests: those of yesterday, and the oldest where there are too many.
    pub flows: u64,
    /// Answers of the management API that no retry gets any more.
    pub answers: u64,
    /// Numbers of hours nobody asks for any more.
    pub statistics: u64,
    /// Sessions past their absolute life.
    pub sessions: u64,
    /// Browsers without sessions.
    pub browsers: u64,
    /// Grants of which nothing lives: no code, no refresh token, no access token.
    pub grants: u64,
    /// Old news.
    pub changes: u64,
}

impl Swept {
    pub(crate) fn add(&mut self, other: Swept) {
        self.interactions += other.interactions;
        self.throttles += other.throttles;
        self.successors += other.successors;
        self.revocations += other.revocations;
        self.notices += other.notices;
        self.resets += other.resets;
        self.setups += other.setups;
        self.secrets += other.secrets;
        self.console += other.console;
        self.signed += other.signed;
        self.flows += other.flows;
        self.answers += other.answers;
        self.statistics += other.statistics;
        self.sessions += other.sessions;
        self.browsers += other.browsers;
        self.grants += other.grants;
        self.changes += other.changes;
    }
}
