//! The database: there, of this program's schema, and taking writes.

use std::path::Path;

use kernel::StorageFault;
use kernel::corrected::is_noticeable;
use store::schema::{self, Fit};

use super::{Finding, Verdict};
use crate::config::Config;
use crate::exit::plain;
use crate::installation::{Installation, Keep};

/// Enough to be refused by a disk that is full.
const PROBE_BYTES: usize = 64 * 1024;

/// Looks at the database; opened, where that succeeds.
pub(super) fn look(config: &Config) -> (Vec<Finding>, Option<Installation>) {
    let mut findings = vec![schema_of(config)];
    findings.extend(disk(config));
    let installation = match Installation::open(config) {
        Ok(installation) => installation,
        // What is wrong with the schema was said.
        Err(_) if findings[0].verdict == Verdict::Fail => return (findings, None),
        Err(failure) => {
            findings.push(Finding::fail(
                "database",
                failure.reason(),
                "mend what is said there",
            ));
            return (findings, None);
        }
    };
    findings.push(writes(&installation));
    findings.extend(clock(&installation));
    (findings, Some(installation))
}

fn schema_of(config: &Config) -> Finding {
    const CHECK: &str = "database";
    let status = match schema::status(&config.database) {
        Ok(status) => status,
        Err(fault) => {
            return Finding::fail(CHECK, fault.to_string(), "check database.url").docs("configuration.md");
        }
    };
    match status.fit() {
        Fit::Own => {}
        Fit::Behind => {
            let message = format!("its schema lacks {}", status.pending.join(", "));
            return Finding::fail(CHECK, message, "run `signet migrate up`");
        }
        Fit::Next => {
            let message = format!("the next release has migrated it: {}", status.unknown.join(", "));
            let finding = Finding::warn(CHECK, message, "finish the upgrade: run the newer program");
            return finding.docs("operate/upgrade.md");
        }
        Fit::Strange => {
            let message = format!("a newer program migrated it: {}", status.unknown.join(", "));
            return Finding::fail(CHECK, message, "run the newer program").docs("operate/upgrade.md");
        }
    }
    let kind = match file(config) {
        Some(path) => format!("SQLite, {path}"),
        None => "PostgreSQL".to_owned(),
    };
    let newest = status.applied.last().map_or("none", String::as_str);
    Finding::pass(CHECK, format!("{kind}, schema {newest}"))
}

/// The file of an embedded database.
fn file(config: &Config) -> Option<&str> {
    config.database.strip_prefix("sqlite://")
}

/// Writes a file beside an embedded database, and takes it away again.
fn disk(config: &Config) -> Option<Finding> {
    let directory = Path::new(".").join(file(config)?).parent()?.to_owned();
    let probe = directory.join(format!(".signet-doctor-{}", std::process::id()));
    let written = write(&probe);
    // It may not be there.
    let _ = std::fs::remove_file(&probe);
    let shown = directory.display();
    Some(match written {
        Ok(()) => Finding::pass("disk", "takes writes beside the database"),
        Err(error) => Finding::fail(
            "disk",
            format!("{shown} takes no writes: {}", plain(&error)),
            "make room there, and let the server's user write there",
        ),
    })
}

fn write(probe: &Path) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(probe)?;
    file.write_all(&[0; PROBE_BYTES])?;
    file.sync_all()
}

/// This machine's clock against that of a database server.
fn clock(installation: &Installation) -> Option<Finding> {
    const CHECK: &str = "clock";
    let behind = installation.ctx.clock.machine_behind()?;
    if !is_noticeable(behind) {
        return Some(Finding::pass(CHECK, "agrees with the database's"));
    }
    let seconds = behind.unsigned_abs() / 1000;
    let side = if behind > 0 { "behind" } else { "ahead of" };
    let message = format!("{seconds} seconds {side} the database's, whose time is used");
    let finding = Finding::warn(
        CHECK,
        message,
        "set this machine's clock, and keep it set with NTP",
    );
    Some(finding.docs("operate/scale.md"))
}

/// Writes a value and takes it back, in one transaction.
fn writes(installation: &Installation) -> Finding {
    let written = installation.write(Keep::Nothing, |ports, _| {
        ports.insert_meta("doctor", b"was here").map(drop)
    });
    match written {
        Ok(()) => Finding::pass("database", "takes writes"),
        Err(fault) => {
            let fault: StorageFault = fault;
            Finding::fail(
                "database",
                format!("takes no writes: {fault}"),
                "look who else holds it, and whether the server's user may write there",
            )
        }
    }
}
