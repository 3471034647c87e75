//! `signet doctor`: looks at an installation from inside, and at the provider as the world sees it. Changes nothing.
//!
//! One file for each thing that is looked at; every look answers findings and none ends the examination, so that one run
//! tells all. What cannot be looked at because something before it failed is left out.

mod certificate;
mod database;
mod finding;
mod keys;
mod remote;
mod report;
mod settings;
mod surroundings;

use crate::cli::Options;
use crate::config::{Config, Problem, Problems};

pub(crate) use finding::{Finding, Verdict};
pub(crate) use report::Report;

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// At this machine, its database and Redis.
    Inside,
    /// Also at what clients are served, through the issuer's URL.
    Outside,
}

/// Looks at everything.
pub(crate) fn examine(options: &Options, sight: Sight) -> Report {
    match options.load() {
        Ok(config) => Report(look(&config, sight)),
        Err(problems) => Report(refused(&problems)),
    }
}

fn look(config: &Config, sight: Sight) -> Vec<Finding> {
    let mut findings = settings::look(config);
    findings.extend(certificate::look(config));
    let (of_database, installation) = database::look(config);
    findings.extend(of_database);
    let known = match &installation {
        Some(installation) => {
            let (of_keys, known) = keys::look(config, installation);
            findings.extend(of_keys);
            known
        }
        None => None,
    };
    findings.extend(surroundings::look(config));
    if sight == Sight::Outside {
        findings.extend(remote::look(config, known.as_deref()));
    }
    findings
}

/// A configuration that does not load is all there is to tell.
fn refused(problems: &Problems) -> Vec<Finding> {
    let failed = |problem: &Problem| {
        let message = format!("{}: {}", problem.place, problem.reason);
        let remedy = match problem.remedy.as_str() {
            "" => "remove it, or write what is documented",
            remedy => remedy,
        };
        Finding::fail("config", message, remedy).docs("configuration.md")
    };
    problems.list.iter().map(failed).collect()
}
