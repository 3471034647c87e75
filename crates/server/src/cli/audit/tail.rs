//! `signet audit tail`: the end of the trail, and what comes behind it.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use admin::AdminFault;
use admin::audit::moment;
use admin::audit::{self, AuditFilter, LARGEST_PAGE, Order};
use clap::Args;
use kernel::Timestamp;
use kernel::audit::AuditRecord;

use super::filter::Filters;
use super::{Reader, ndjson, pour};
use crate::cli::options::{Format, Options};
use crate::cli::output::{Answer, printable};
use crate::cli::verb::{actor, open};
use crate::exit::Failure;
use crate::installation::Installation;

/// How often the trail is looked at.
const INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    #[command(flatten)]
    filters: Filters,
    /// The last so many
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=i64::from(LARGEST_PAGE)))]
    limit: u32,
    /// Go on with what is recorded from now on, until interrupted
    #[arg(short, long)]
    follow: bool,
}

/// Prints the end, oldest first; with `--follow` whatever is added, whichever process adds it.
///
/// # Errors
/// What of the filters is wrong; storage; standard output.
pub(super) fn run(args: &TailArgs, options: &Options) -> Result<Answer, Failure> {
    let installation = open(options)?;
    let filter = args.filters.parse(installation.ctx.now())?;
    let (asked, limit) = (filter.clone(), args.limit);
    // The end first: what is added while the rest is looked for is not missed.
    let (mut last, mut records) = installation.read::<_, AdminFault>(move |ports, _| {
        let end = ports.newest_audit_record()?.map_or(0, |record| record.seq);
        let page = audit::query(ports, &actor(), &asked, None, Order::NewestFirst, limit.max(1))?;
        Ok((end, page.records))
    })?;
    records.truncate(limit as usize);
    records.reverse();
    let format = options.format();
    let mut reader = pour(&lines(&records, format)?)?;
    let (_open, never) = sync_channel::<()>(0);
    while args.follow && reader == Reader::There {
        // Nobody ever sends: this waits.
        let _ = never.recv_timeout(INTERVAL);
        let (end, added) = added(&installation, &filter, last)?;
        last = end;
        reader = pour(&lines(&added, format)?)?;
    }
    Ok(Answer::Silence)
}

/// What was added behind `last` and fits, and the new end.
fn added(
    installation: &Installation,
    filter: &AuditFilter,
    last: u64,
) -> Result<(u64, Vec<AuditRecord>), Failure> {
    let mut records =
        installation.read::<_, AdminFault>(move |ports, _| audit::follow(ports, &actor(), last))?;
    let end = records.last().map_or(last, |record| record.seq);
    records.retain(|record| filter.fits(record));
    Ok((end, records))
}

fn lines(records: &[AuditRecord], format: Format) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Json => ndjson(records),
        Format::Ids => Ok(text(records, |record| record.seq.to_string())),
        Format::Table => Ok(text(records, line)),
    }
}

fn text(records: &[AuditRecord], line: impl Fn(&AuditRecord) -> String) -> Vec<u8> {
    let lines = records.iter().map(|record| line(record) + "\n");
    lines.collect::<String>().into_bytes()
}

/// One record on one line; columns that will come are not known, so what is said is named.
fn line(record: &AuditRecord) -> String {
    let named = [
        ("actor", &record.actor),
        ("subject", &record.subject),
        ("client", &record.client_id),
        ("way", &record.way),
        ("address", &record.address),
        ("detail", &record.detail),
    ];
    let mut line = moment::write(Timestamp::from_millis(record.at)) + "  " + &printable(&record.event);
    if let Some(outcome) = record.outcome.as_deref().filter(|outcome| *outcome != "done") {
        line = line + " " + &printable(outcome);
    }
    for (name, value) in named {
        if let Some(value) = value {
            line = format!("{line}  {name}={}", printable(value));
        }
    }
    line
}
