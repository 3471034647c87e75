//! `signet migrate`: where the schema stands, what is pending, applying it; and moving to another database.

mod copy;

use clap::Subcommand;
use serde_json::json;
use store::schema::{self, Fit};

use super::options::{Options, Writing};
use super::output::Answer;
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateVerb {
    /// Say which migrations were applied and which are pending
    Status,
    /// Print the SQL that `up` would run
    Plan,
    /// Apply what is pending, all or nothing
    Up(Writing),
    /// Copy everything into another, empty database: from SQLite to PostgreSQL or back
    Copy(copy::CopyArgs),
}

impl MigrateVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        match self {
            MigrateVerb::Status => status(&options.load()?.database),
            MigrateVerb::Plan => plan(&options.load()?.database),
            MigrateVerb::Up(Writing { dry_run }) => {
                let url = options.load()?.database;
                Ok(applied(if dry_run {
                    schema::plan(&url)?.into_iter().map(|(name, _)| name).collect()
                } else {
                    schema::up(&url)?
                }))
            }
            MigrateVerb::Copy(args) => copy::run(&args, options),
        }
    }
}

fn status(url: &str) -> Result<Answer, Failure> {
    let status = schema::status(url)?;
    let rows = |names: &[String], state: &str| -> String {
        names.iter().map(|name| format!("{state:9} {name}\n")).collect()
    };
    let strange = match status.fit() {
        Fit::Next => "next",
        Fit::Own | Fit::Behind | Fit::Strange => "unknown",
    };
    let text = rows(&status.applied, "applied")
        + &rows(&status.pending, "pending")
        + &rows(&status.unknown, strange);
    let value = json!({
        "applied": status.applied,
        "pending": status.pending,
        "unknown": status.unknown,
        "fit": status.fit().as_str(),
    });
    Ok(Answer::Text(text, value))
}

fn plan(url: &str) -> Result<Answer, Failure> {
    let steps = schema::plan(url)?;
    let text = steps
        .iter()
        .map(|(name, sql)| format!("-- {name}\n{}\n", sql.trim_end()))
        .collect();
    let step = |(name, sql): &(String, &str)| json!({ "name": name, "sql": sql });
    Ok(Answer::Text(text, steps.iter().map(step).collect()))
}

fn applied(names: Vec<String>) -> Answer {
    if names.is_empty() {
        eprintln!("nothing is pending");
    }
    Answer::Text(
        names.iter().map(|name| format!("applied   {name}\n")).collect(),
        json!({ "applied": names }),
    )
}
