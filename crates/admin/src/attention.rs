//! What somebody should look at today, for the first page of the console. Each line is for those who may see what it speaks
//! of; whoever may see nothing of it is not told that it exists.

use identity::Users;
use kernel::{Ctx, Timestamp};
use token::client::register::JudgeUrl;
use token::keys::{KeyPlan, KeyState, Rotation, StoredKey};
use token::{Clients, Keys, Resources, SigningAlg};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::flows::{self, Flows};
use crate::keys::schedule::{self, Turn};
use crate::lint::{self, Severity};
use crate::ports::Administrators;
use crate::rank;
use crate::statistics::{self, Measure, Statistics};

/// A rotation this near is told of.
const SOON: std::time::Duration = std::time::Duration::from_secs(3 * 24 * 3600);
/// A rotation that has been due for longer was not made: something is in its way.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10 * 60);
/// Clients that are named because requests of theirs fail.
const MOST_CLIENTS: u32 = 5;
/// Fewer failures in a day happen everywhere.
const MANY_FAILURES: u64 = 3;
/// Hours looked back on.
const DAY: u32 = 24;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Something fails, or somebody may have what is not theirs.
    Now,
    /// It will matter.
    Soon,
    /// Good to know.
    Note,
}

/// What there is to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// About signing keys.
    Keys(KeyMatter),
    /// Refresh tokens were presented by two parties.
    RefreshReuse(u64),
    /// Requests of a client fail.
    Failing {
        /// Its id.
        client_id: String,
        /// How many since yesterday.
        count: u64,
    },
    /// No mail server is configured.
    NoMail,
    /// Letters were lost.
    MailLost(u64),
    /// The registrations or settings fall short of good practice.
    Findings {
        /// Specifications forbid it.
        errors: usize,
        /// Specifications advise against it.
        warnings: usize,
        /// Whether these are all.
        reach: lint::Reach,
    },
    /// Nobody could help the only owner.
    OneOwner,
}

/// What there is to look at of signing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyMatter {
    /// The key of an algorithm should have been replaced.
    Overdue {
        /// Which.
        alg: SigningAlg,
        /// Since when.
        since: Timestamp,
    },
    /// An algorithm signs and has no spare.
    NoSpare(SigningAlg),
    /// Some have one that verifiers may not have fetched yet.
    SparesTooYoung {
        /// Which.
        algs: Vec<SigningAlg>,
        /// From then on all of them may sign.
        safe_at: Timestamp,
    },
    /// The key of an algorithm is replaced by itself.
    Soon {
        /// Which.
        alg: SigningAlg,
        /// When.
        at: Timestamp,
    },
    /// Keys rotate by hand only.
    Paused,
}

impl Matter {
    /// How much it matters.
    pub fn urgency(&self) -> Urgency {
        match self {
            Matter::Keys(matter) => matter.urgency(),
            Matter::RefreshReuse(_) | Matter::MailLost(_) => Urgency::Now,
            Matter::Findings { errors, .. } if *errors > 0 => Urgency::Now,
            Matter::Failing { .. } | Matter::Findings { .. } | Matter::NoMail | Matter::OneOwner => {
                Urgency::Soon
            }
        }
    }
}

impl KeyMatter {
    fn urgency(&self) -> Urgency {
        match self {
            KeyMatter::Overdue { .. } | KeyMatter::NoSpare(_) => Urgency::Now,
            KeyMatter::Paused => Urgency::Soon,
            KeyMatter::SparesTooYoung { .. } | KeyMatter::Soon { .. } => Urgency::Note,
        }
    }
}

/// What this server is like, as far as storage does not know it.
pub struct Surroundings<'a> {
    /// How keys rotate.
    pub plan: &'a KeyPlan,
    /// Where this provider may send requests to.
    pub urls: &'a dyn JudgeUrl,
    /// Whether letters go anywhere.
    pub mail: Mail,
}

/// Whether letters go anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// A server takes them.
    Configured,
    /// They are dropped.
    None,
}

/// Everything `actor` should look at, what matters most first.
///
/// # Errors
/// `Storage`.
pub fn attention<T>(
    tx: &mut T,
    ctx: &Ctx,
    actor: &Actor,
    here: &Surroundings<'_>,
) -> Result<Vec<Matter>, AdminFault>
where
    T: Users + Keys + Clients + Resources + Flows + Statistics + Administrators + ?Sized,
{
    let may = |permission| actor.may().contain(permission);
    let mut matters = Vec::new();
    if may(Permission::ViewKeys) {
        matters.extend(of_keys(tx, ctx, actor, here.plan)?.into_iter().map(Matter::Keys));
    }
    let day = statistics::last(tx, ctx, DAY)?;
    if may(Permission::ViewSessions) {
        let reused = day.iter().map(|hour| hour.total(Measure::RefreshReuse)).sum();
        matters.extend((reused > 0).then_some(Matter::RefreshReuse(reused)));
    }
    if may(Permission::ViewPeople) {
        let lost = day.iter().map(|hour| hour.count(Measure::Letters, "lost")).sum();
        matters.extend((lost > 0).then_some(Matter::MailLost(lost)));
        matters.extend((here.mail == Mail::None).then_some(Matter::NoMail));
    }
    if may(Permission::ViewFlows) {
        let failing = flows::by_client(tx, ctx, MOST_CLIENTS)?;
        let many = failing.into_iter().filter(|(_, count)| *count >= MANY_FAILURES);
        matters.extend(many.map(|(client_id, count)| Matter::Failing { client_id, count }));
    }
    if may(Permission::ViewApplications) {
        let (found, reach) = lint::glance(tx, ctx, actor, here.urls, here.plan)?;
        matters.extend(findings(&found, reach));
    }
    if may(Permission::ManageAdministrators) && rank::owners(tx)?.len() == 1 {
        matters.push(Matter::OneOwner);
    }
    matters.sort_by_key(Matter::urgency);
    Ok(matters)
}

fn of_keys(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    plan: &KeyPlan,
) -> Result<Vec<KeyMatter>, AdminFault> {
    let turns = schedule::list(tx, ctx, actor, plan)?;
    let mut matters: Vec<_> = turns.iter().filter_map(|turn| of_turn(turn, ctx.now())).collect();
    if schedule::rotation(tx, actor)? == Rotation::Paused {
        matters.push(KeyMatter::Paused);
    }
    matters.extend(too_young(&turns, ctx.now()));
    matters.extend(without_spare(&tx.keys()?));
    Ok(matters)
}

fn of_turn(turn: &Turn, now: Timestamp) -> Option<KeyMatter> {
    let (alg, at) = (turn.alg, turn.rotates_at?);
    if now.since(at) > PATIENCE {
        return Some(KeyMatter::Overdue { alg, since: at });
    }
    (at.since(now) <= SOON).then_some(KeyMatter::Soon { alg, at })
}

/// Spares that may not sign yet, in one matter: they were mostly made together.
fn too_young(turns: &[Turn], now: Timestamp) -> Option<KeyMatter> {
    let young = turns
        .iter()
        .filter_map(|turn| turn.safe_at.map(|safe_at| (turn.alg, safe_at)))
        .filter(|(_, safe_at)| *safe_at > now);
    let (algs, moments): (Vec<_>, Vec<_>) = young.unzip();
    let safe_at = moments.into_iter().max()?;
    Some(KeyMatter::SparesTooYoung { algs, safe_at })
}

/// Algorithms that sign and could not take a new key in an emergency.
fn without_spare(keys: &[StoredKey]) -> Vec<KeyMatter> {
    let has = |alg, state| keys.iter().any(|key| key.alg == alg && key.state == state);
    let lacking = SigningAlg::ALL
        .into_iter()
        .filter(|alg| has(*alg, KeyState::Active) && !has(*alg, KeyState::Next));
    lacking.map(KeyMatter::NoSpare).collect()
}

fn findings(found: &[lint::Finding], reach: lint::Reach) -> Option<Matter> {
    let of = |severity| {
        found
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    (errors + warnings > 0).then_some(Matter::Findings {
        errors,
        warnings,
        reach,
    })
}
