//! `signet doctor`: prints an examination. What is looked at is [`crate::doctor`]'s.

use clap::Args;

use super::options::Options;
use super::output::Answer;
use crate::doctor::{Sight, Verdict, examine};

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Look from outside, too: fetch discovery and keys from the issuer's URL
    #[arg(long)]
    remote: bool,
}

/// Examines everything; a failure among the findings fails the command, a warning does not.
pub(crate) fn run(args: &DoctorArgs, options: &Options) -> Answer {
    let sight = if args.remote {
        Sight::Outside
    } else {
        Sight::Inside
    };
    let report = examine(options, sight);
    let answer = Answer::Text(report.to_text(), report.to_json());
    if report.count(Verdict::Fail) > 0 {
        Answer::Objection(Box::new(answer))
    } else {
        answer
    }
}
