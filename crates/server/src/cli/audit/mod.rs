//! `signet audit`: the trail, looked through, watched, exported, verified.

mod export;
mod filter;
mod query;
mod tail;
mod verify;

use std::io::{ErrorKind, Write as _};

use admin::audit::csv::{self, Heading};
use admin::view::AuditView;
use clap::{Subcommand, ValueEnum};
use kernel::audit::AuditRecord;

use super::options::Options;
use super::output::Answer;
use crate::exit::{Exit, Failure, plain};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditVerb {
    /// Look for what happened, newest first
    Query(query::QueryArgs),
    /// Show what happened last, and with --follow what happens
    Tail(tail::TailArgs),
    /// Write everything that fits, oldest first, for another program
    Export(export::ExportArgs),
    /// Verify the chain of records and its signed checkpoints; exit code 1 if something does not fit
    Verify,
}

impl AuditVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        match self {
            AuditVerb::Query(args) => query::run(args, options),
            AuditVerb::Tail(args) => tail::run(&args, options),
            AuditVerb::Export(args) => export::run(&args, options),
            AuditVerb::Verify => verify::run(options),
        }
    }
}

/// A form for other programs, written as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stream {
    /// A table with the names of its columns in the first line (RFC 4180)
    Csv,
    /// One JSON object per line
    Ndjson,
}

/// Whether anybody still reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    There,
    Gone,
}

fn render(records: &[AuditRecord], stream: Stream, heading: Heading) -> Result<Vec<u8>, Failure> {
    match stream {
        Stream::Csv => Ok(csv::table(records, heading)),
        Stream::Ndjson => ndjson(records),
    }
}

fn ndjson(records: &[AuditRecord]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    for record in records {
        let line = serde_json::to_vec(&AuditView::from(record));
        bytes.extend(line.map_err(|error| Failure::new(Exit::Failed, error))?);
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Writes to standard output at once. That nobody reads any more is fine, and no reason to go on.
fn pour(bytes: &[u8]) -> Result<Reader, Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Failure::new(
            Exit::Failed,
            format!("standard output: {}", plain(&error)),
        )),
    }
}
