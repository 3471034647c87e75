//! The master key and what it opens: signing keys, one that signs and a spare for each algorithm.

use std::collections::BTreeSet;
use std::path::Path;

use admin::Actor;
use admin::keys::lineup;
use admin::keys::schedule::{self, Turn};
use kernel::Timestamp;
use token::SigningAlg;
use token::keys::{KeyFault, KeyPlan, KeyRing, Rotation, StoredKey, check_master};

use super::Finding;
use crate::config::Config;
use crate::installation::Installation;
use crate::master_key;
use crate::provider::on_keys;

const DOCS: &str = "operate/keys.md";

/// What the database says about keys.
struct Known {
    keys: Vec<StoredKey>,
    turns: Vec<Turn>,
    wanted: BTreeSet<SigningAlg>,
    rotation: Rotation,
}

/// Looks at the keys; those that are in the JWK Set, where they could be read.
pub(super) fn look(config: &Config, installation: &Installation) -> (Vec<Finding>, Option<Vec<String>>) {
    let mut findings = Vec::new();
    findings.extend(mode(&config.master_key_file));
    findings.push(master(config, installation));
    let plan = config.key_plan.clone();
    let known = match installation.read(move |ports, ctx| known(ports, ctx, &plan)) {
        Ok(known) => known,
        Err(failure) => {
            findings.push(Finding::fail("keys", failure.reason(), "mend the database"));
            return (findings, None);
        }
    };
    let now = installation.ctx.now();
    findings.extend(known.wanted.iter().map(|alg| algorithm(&known, *alg, now)));
    findings.push(clock(&known.keys, now, installation.ctx.policy.leeway));
    let published = known.keys.iter().filter(|key| key.state.is_published());
    (findings, Some(published.map(|key| key.kid.clone()).collect()))
}

fn known(
    ports: &mut dyn admin::Ports,
    ctx: &kernel::Ctx,
    plan: &KeyPlan,
) -> Result<Known, crate::exit::Failure> {
    let (keys, actor) = (ports.keys()?, Actor::cli());
    Ok(Known {
        turns: schedule::list(ports, ctx, &actor, plan)?,
        wanted: lineup::algorithms(ports, &actor, plan)?,
        rotation: schedule::rotation(ports, &actor)?,
        keys,
    })
}

/// Who may read the master key's file.
#[cfg(unix)]
fn mode(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let message = format!("the master key's file has mode {mode:04o}");
    let remedy = format!("chmod 600 {}", path.display());
    Some(match (mode & 0o070, mode & 0o007) {
        (0, 0) => Finding::pass("secrets", message),
        (_, 0) => Finding::warn("secrets", format!("{message}: a group may use it"), remedy),
        _ => Finding::fail("secrets", format!("{message}: everybody here may use it"), remedy),
    })
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<Finding> {
    None
}

/// Whether the master key is this database's and opens every key in it.
fn master(config: &Config, installation: &Installation) -> Finding {
    let opened = master_key::read(&config.master_key_file).and_then(|master| {
        let opened = installation.read(move |ports, _| {
            check_master(ports, &master)?;
            let keys = ports.keys()?;
            KeyRing::load(&keys, &master)?;
            Ok::<_, KeyFault>(keys.iter().filter(|key| key.sealed_private.is_some()).count())
        });
        opened.map_err(on_keys)
    });
    match opened {
        Ok(count) => Finding::pass(
            "secrets",
            format!("the master key opens all {count} private keys"),
        ),
        Err(failure) => {
            let remedy = "put your copy of this database's master key there";
            Finding::fail("secrets", failure.reason(), remedy).docs(DOCS)
        }
    }
}

fn algorithm(known: &Known, alg: SigningAlg, now: Timestamp) -> Finding {
    const CHECK: &str = "keys";
    let Some(turn) = known.turns.iter().find(|turn| turn.alg == alg) else {
        let remedy = format!("start the server, or run `signet key generate --alg {alg}`");
        return Finding::fail(CHECK, format!("no {alg} key signs"), remedy).docs(DOCS);
    };
    if turn.next.is_none() {
        let remedy = format!("start the server, or run `signet key generate --alg {alg}`");
        return Finding::warn(CHECK, format!("{alg} active, without a spare"), remedy).docs(DOCS);
    }
    match (turn.rotates_at, known.rotation) {
        (_, Rotation::Paused) | (None, _) => {
            let message = format!("{alg} active + spare, and rotation is paused");
            Finding::warn(CHECK, message, "signet key schedule --resume").docs(DOCS)
        }
        (Some(at), _) if at < now => {
            let message = format!("{alg} active + spare, to be rotated since {}", at.to_rfc3339());
            Finding::warn(CHECK, message, "start the server, which does it").docs(DOCS)
        }
        (Some(at), _) => Finding::pass(
            CHECK,
            format!("{alg} active + spare, rotates {}", at.to_rfc3339()),
        ),
    }
}

/// A clock that is behind what happened already would sign tokens of the past.
fn clock(keys: &[StoredKey], now: Timestamp, leeway: std::time::Duration) -> Finding {
    let moments = keys
        .iter()
        .flat_map(|key| [Some(key.published_at), key.activated_at]);
    let latest = moments.flatten().max().unwrap_or(now);
    if latest > now.plus(leeway) {
        let message = format!(
            "says {}, but a key was made at {}",
            now.to_rfc3339(),
            latest.to_rfc3339()
        );
        return Finding::fail(
            "clock",
            message,
            "set this machine's clock, and keep it set with NTP",
        );
    }
    Finding::pass("clock", format!("{}, not behind the database", now.to_rfc3339()))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn known(turns: Vec<Turn>, rotation: Rotation) -> Known {
        Known {
            keys: Vec::new(),
            turns,
            wanted: BTreeSet::new(),
            rotation,
        }
    }

    fn turn(next: Option<&str>, rotates_at: Option<i64>) -> Turn {
        Turn {
            alg: SigningAlg::ES256,
            active: "k-1".to_owned(),
            next: next.map(str::to_owned),
            safe_at: None,
            rotates_at: rotates_at.map(Timestamp::from_secs),
        }
    }

    #[test]
    fn an_algorithm_needs_a_key_and_a_spare_and_a_date() {
        let now = Timestamp::from_secs(1000);
        for (turns, rotation, verdict) in [
            (vec![], Rotation::Running, Verdict::Fail),
            (vec![turn(None, None)], Rotation::Running, Verdict::Warn),
            (vec![turn(Some("k-2"), None)], Rotation::Paused, Verdict::Warn),
            (
                vec![turn(Some("k-2"), Some(999))],
                Rotation::Running,
                Verdict::Warn,
            ),
            (
                vec![turn(Some("k-2"), Some(1001))],
                Rotation::Running,
                Verdict::Pass,
            ),
        ] {
            let finding = algorithm(&known(turns, rotation), SigningAlg::ES256, now);
            assert_eq!(finding.verdict, verdict, "{finding:?}");
        }
    }
}
