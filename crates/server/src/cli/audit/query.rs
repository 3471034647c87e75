//! `signet audit query`.

use admin::AdminFault;
use admin::audit::csv::Heading;
use admin::audit::{self, LARGEST_PAGE, Order};
use admin::view::AuditView;
use clap::Args;

use super::filter::Filters;
use super::{Stream, pour, render};
use crate::cli::options::Options;
use crate::cli::output::Answer;
use crate::cli::verb::{actor, many, open};
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    filters: Filters,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(LARGEST_PAGE)))]
    limit: u32,
    /// Those behind the record with this number
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
    /// As JSON, one object per line
    #[arg(long, conflicts_with = "csv")]
    ndjson: bool,
    /// As a table for spreadsheets
    #[arg(long)]
    csv: bool,
}

const COLUMNS: &[&str] = &[
    "seq",
    "at",
    "event",
    "outcome",
    "actor",
    "subject",
    "client_id",
    "way",
    "address",
    "detail",
];

/// Looks for what fits.
///
/// # Errors
/// What of the filters is wrong; storage.
pub(super) fn run(args: QueryArgs, options: &Options) -> Result<Answer, Failure> {
    let installation = open(options)?;
    let filter = args.filters.parse(installation.ctx.now())?;
    let (after, limit) = (args.after, args.limit);
    let page = installation.read::<_, AdminFault>(move |ports, _| {
        audit::query(ports, &actor(), &filter, after, Order::NewestFirst, limit)
    })?;
    if let Some(next) = page.next {
        eprintln!("there is more: --after {next}");
    }
    let stream = match (args.csv, args.ndjson) {
        (true, _) => Stream::Csv,
        (_, true) => Stream::Ndjson,
        _ => return many(page.records.iter().map(AuditView::from), "seq", COLUMNS),
    };
    pour(&render(&page.records, stream, Heading::Included)?)?;
    Ok(Answer::Silence)
}
