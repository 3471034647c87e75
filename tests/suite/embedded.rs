//! The embedded database when things go wrong: the process dies, its log is torn, the disk is full, fifty write at once,
//! and a million requests are left behind.
//!
//! Where a process dies is chosen in two ways. In [`seam`] a story's own provider dies at a chosen unit of work, right
//! before its commit or right after it, before anybody is answered: each such point of each operation, one by one, without a
//! second process. In [`kills`] the real program is killed with SIGKILL in the middle of everything, many times, while a
//! ledger is kept of what was acknowledged: that hits the points nobody thought of, in the engine and in SQLite itself. The
//! program has no switch for either.

mod caller;
mod family;
mod full_disk;
mod kills;
mod ledger;
mod left_behind;
mod remains;
mod seam;
mod torn_log;
mod writers;
