//! `signet key schedule`: when keys rotate by themselves.

use admin::keys::schedule;
use admin::view::TurnView;
use clap::Args;
use token::keys::Rotation;

use super::Place;
use crate::cli::options::Writing;
use crate::cli::output::Answer;
use crate::cli::verb::{actor, many};
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    /// Rotate by hand only; what nobody needs any more still leaves
    #[arg(long, conflicts_with = "resume")]
    pause: bool,
    /// Rotate by themselves again
    #[arg(long)]
    resume: bool,
    /// Why, for the audit trail
    #[arg(long, value_name = "TEXT", requires = "pause")]
    reason: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

const COLUMNS: &[&str] = &["alg", "kid", "next", "safe_at", "rotates_at"];

impl ScheduleArgs {
    pub(super) fn run(self, place: &Place) -> Result<Answer, Failure> {
        let installation = &place.installation;
        if self.pause {
            let reason = self.reason;
            installation.write(self.writing.keep(), move |ports, ctx| {
                schedule::pause(ports, ctx, &actor(), reason.as_deref())
            })?;
        } else if self.resume {
            installation.write(self.writing.keep(), |ports, ctx| {
                schedule::resume(ports, ctx, &actor())
            })?;
        }
        let plan = place.plan();
        let (turns, rotation) = installation.read(move |ports, ctx| {
            let turns = schedule::list(ports, ctx, &actor(), &plan)?;
            Ok::<_, admin::AdminFault>((turns, schedule::rotation(ports, &actor())?))
        })?;
        if rotation == Rotation::Paused {
            eprintln!("the schedule is paused: keys rotate with `signet key rotate` only");
        }
        many(turns.iter().map(TurnView::from), "kid", COLUMNS)
    }
}
