//! `signet audit export`: page by page, so that a long trail needs little memory and holds nobody up.

use admin::AdminFault;
use admin::audit::csv::Heading;
use admin::audit::{self, LARGEST_PAGE, Order};
use clap::Args;

use super::filter::Filters;
use super::{Reader, Stream, pour, render};
use crate::cli::options::Options;
use crate::cli::output::Answer;
use crate::cli::verb::{actor, open};
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    filters: Filters,
    /// In which form
    #[arg(long, value_enum)]
    format: Stream,
}

/// Writes everything that fits to standard output.
///
/// # Errors
/// What of the filters is wrong; storage; standard output.
pub(super) fn run(args: &ExportArgs, options: &Options) -> Result<Answer, Failure> {
    let installation = open(options)?;
    let filter = args.filters.parse(installation.ctx.now())?;
    let (mut after, mut heading) = (None, Heading::Included);
    loop {
        let asked = filter.clone();
        let page = installation.read::<_, AdminFault>(move |ports, _| {
            audit::query(ports, &actor(), &asked, after, Order::OldestFirst, LARGEST_PAGE)
        })?;
        let reader = pour(&render(&page.records, args.format, heading)?)?;
        (after, heading) = (page.next, Heading::Omitted);
        if after.is_none() || reader == Reader::Gone {
            return Ok(Answer::Silence);
        }
    }
}
