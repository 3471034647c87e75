//! `signet migrate copy`: everything in one database into another, empty one, of either kind.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use store::OpenFault;
use store::copy::{self, Company, Copied, CopyFault};
use zeroize::Zeroizing;

use crate::cli::options::{Options, Writing};
use crate::cli::output::{Answer, lines};
use crate::cli::secret_file;
use crate::exit::{Exit, Failure};
use crate::installation::Keep;

#[derive(Debug, Args)]
pub(crate) struct CopyArgs {
    /// Where the installation is: sqlite://FILE or postgres://... [default: database.url of the configuration]
    #[arg(long, value_name = "URL", conflicts_with = "from_file")]
    from: Option<String>,
    /// The same out of a file, for a URL with a password; - for standard input
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// An empty database: sqlite://FILE, which is created, or postgres://...
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "to_file",
        conflicts_with = "to_file"
    )]
    to: Option<String>,
    /// The same out of a file, for a URL with a password; - for standard input
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    /// For a rehearsal: copy although a server runs. What it writes meanwhile is not copied
    #[arg(long)]
    while_running: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Copies, or says what would be copied.
pub(crate) fn run(args: &CopyArgs, options: &Options) -> Result<Answer, Failure> {
    if [&args.from_file, &args.to_file]
        .into_iter()
        .all(|file| file.as_deref() == Some(Path::new("-")))
    {
        return Err(Failure::usage(
            "only one of the two URLs can come from standard input",
        ));
    }
    let from = match url("--from", args.from.as_deref(), args.from_file.as_deref())? {
        Some(url) => url,
        None => Zeroizing::new(options.load()?.database),
    };
    let to = url("--to", args.to.as_deref(), args.to_file.as_deref())?
        .ok_or_else(|| Failure::usage("--to or --to-file says where to"))?;
    let company = if args.while_running {
        Company::Anybody
    } else {
        Company::Nobody
    };
    let keep = args.writing.keep();
    let copied = match keep {
        Keep::Nothing => copy::plan(&from, &to),
        Keep::Changes => copy::copy(&from, &to, company),
    }?;
    Ok(answer(&copied, keep, company, [&shown(&from), &shown(&to)]))
}

/// A URL as it was given, in one way or the other.
fn url(flag: &str, given: Option<&str>, file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    match (given, file) {
        (Some(url), _) => {
            if shown(url) != url && password(url) {
                eprintln!(
                    "warning: other users of this machine can read the password in {flag}; {flag}-file FILE hides it"
                );
            }
            Ok(Some(Zeroizing::new(url.to_owned())))
        }
        (None, Some(file)) if file == Path::new("-") => secret_file::from_stdin().map(Some),
        (None, Some(file)) => secret_file::from_file(file).map(Some),
        (None, None) => Ok(None),
    }
}

/// The two parts of a URL between which secrets stand: scheme, and host with what follows.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| *scheme != "sqlite")?;
    // An `@` in a password may not have been escaped.
    let (user, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
    Some((scheme, user, rest))
}

/// Whether a URL holds a password, before the host or among the parameters.
fn password(url: &str) -> bool {
    parts(url).is_some_and(|(_, user, rest)| user.contains(':') || rest.contains("password="))
}

/// A URL without what may be secret.
fn shown(url: &str) -> String {
    match parts(url) {
        Some((scheme, _, rest)) => {
            format!(
                "{scheme}://{}",
                rest.split_once('?').map_or(rest, |(place, _)| place)
            )
        }
        None => url.to_owned(),
    }
}

fn answer(copied: &[Copied], keep: Keep, company: Company, [from, to]: [&str; 2]) -> Answer {
    let rows: i64 = copied.iter().map(|table| table.rows).sum();
    let filled = copied.iter().filter(|table| table.rows > 0);
    let heading = ["TABLE", "ROWS"].map(str::to_owned).to_vec();
    let table = filled.map(|table| vec![table.table.to_owned(), table.rows.to_string()]);
    let text = lines(std::iter::once(heading).chain(table).collect());
    let sum = format!("{rows} rows of {} tables from {from} to {to}", copied.len());
    let text = match (keep, company) {
        (Keep::Nothing, _) => format!("{text}\nto copy  {sum}\n"),
        (Keep::Changes, Company::Anybody) => format!(
            "{text}\ncopied   {sum}; all of it was read back and compared\n\
             next     Nothing. This was a rehearsal: what a server wrote meanwhile is missing. To move, stop every server first\n"
        ),
        (Keep::Changes, Company::Nobody) => format!(
            "{text}\ncopied   {sum}; all of it was read back and compared\n\
             next     1. Give database.url the new URL; SIGNET_DATABASE__URL_FILE keeps a password out of signet.toml\n         \
             2. signet serve\n         \
             3. Never serve from {from} again: it does not know what was used and ended since\n"
        ),
    };
    let tables: Vec<Value> = copied
        .iter()
        .map(|table| json!({ "table": table.table, "rows": table.rows }))
        .collect();
    Answer::Text(
        text,
        json!({ "from": from, "to": to, "rows": rows, "tables": tables }),
    )
}

impl From<CopyFault> for Failure {
    fn from(fault: CopyFault) -> Self {
        let exit = match &fault {
            // It was a flag's value: that of the configuration was looked at before.
            CopyFault::Source(OpenFault::Url(_) | OpenFault::Postgres(_))
            | CopyFault::Target(OpenFault::Url(_) | OpenFault::Postgres(_)) => Exit::Usage,
            CopyFault::Source(cause) | CopyFault::Target(cause) => Failure::from(cause.clone()).exit,
            CopyFault::Occupied(_) | CopyFault::Foreign(_) => Exit::Conflict,
            CopyFault::InUse => {
                return Self::new(
                    Exit::Conflict,
                    format!("{fault}; --while-running copies all the same"),
                );
            }
            CopyFault::Shape(_) | CopyFault::Differs { .. } => Exit::Failed,
            CopyFault::Storage { .. } => Exit::Unreachable,
        };
        Self::new(exit, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_url_holds_no_secret() {
        for (url, said, secret) in [
            ("sqlite://data/signet.db", "sqlite://data/signet.db", false),
            ("sqlite:///srv/a@b:c.db", "sqlite:///srv/a@b:c.db", false),
            ("postgres://db/signet", "postgres://db/signet", false),
            (
                "postgres://me@db:5432/signet?sslmode=require",
                "postgres://db:5432/signet",
                false,
            ),
            ("postgres://me:pw@db/signet", "postgres://db/signet", true),
            ("postgres://me:p@w:x@db/signet", "postgres://db/signet", true),
            (
                "postgresql://db/signet?user=me&password=pw",
                "postgresql://db/signet",
                true,
            ),
        ] {
            assert_eq!((shown(url).as_str(), password(url)), (said, secret), "{url}");
        }
    }
}
