//! `signet init`: a configuration file, a master key and a database with its first keys, where nothing is yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use admin::Ports;
use clap::Args;
use kernel::{Access, Ctx, Issuer, Policy, SystemClock, SystemEntropy, work};
use serde_json::json;
use store::{Database, OpenMode};
use token::SigningAlg;
use token::keys::{self, KeyFault, MasterKey};

use super::options::{Options, Writing};
use super::output::Answer;
use super::secret_file;
use crate::config::{self, template};
use crate::exit::{Exit, Failure, on_file};

/// Where things are put, relative to the directory; the written configuration names the same places.
const CONFIG: &str = "signet.toml";
const MASTER_KEY: &str = "secrets/master.key";
const DATABASE: &str = "data/signet.db";

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Who the provider will be: https://host, or http://localhost:port for a trial. Never changes later
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Where to put the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    writing: Writing,
}

/// Makes an installation. What exists already is never touched, and a failure leaves nothing half made.
pub(crate) fn run(args: &InitArgs, _: &Options) -> Result<Answer, Failure> {
    config::check_issuer(&args.issuer).map_err(|(reason, remedy)| {
        Failure::new(Exit::Configuration, format!("--issuer: {reason}; {remedy}"))
    })?;
    let text = template::signet_toml(&args.issuer);
    for name in [CONFIG, MASTER_KEY, DATABASE] {
        let path = inside(&args.dir, name);
        // Asked of the entry itself: a dangling link is something, too.
        if path.symlink_metadata().is_ok() {
            let reason = format!("{} exists already; nothing was changed", path.display());
            return Err(Failure::new(Exit::Conflict, reason));
        }
    }
    if !args.writing.dry_run {
        let mut made = Made::default();
        if let Err(failure) = make(args, &text, &mut made) {
            made.undo();
            return Err(failure);
        }
    }
    Ok(answer(&args.dir, text.lines().count()))
}

fn make(args: &InitArgs, text: &str, made: &mut Made) -> Result<(), Failure> {
    made.directory(&args.dir, 0o755)?;
    made.directory(&args.dir.join("secrets"), 0o700)?;
    made.directory(&args.dir.join("data"), 0o700)?;
    let ctx = Ctx {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        issuer: Issuer::new(args.issuer.as_str()),
        policy: Policy::default(),
    };
    let master = MasterKey::generate(&*ctx.entropy);
    let path = args.dir.join(MASTER_KEY);
    secret_file::write_new(&path, &master.to_text())?;
    made.files.push(path);
    let path = args.dir.join(DATABASE);
    made.files.push(path.clone());
    fill(&path, &master, &ctx)?;
    // Last, so that whoever sees it sees a whole installation.
    let path = args.dir.join(CONFIG);
    write_new(&path, text).map_err(on_file(&path))?;
    Ok(())
}

/// Creates the database with its tables and first keys.
fn fill(path: &Path, master: &MasterKey, ctx: &Ctx) -> Result<(), Failure> {
    let prepared =
        keys::prepare(&SigningAlg::USUAL, master, ctx).map_err(|fault| Failure::new(Exit::Failed, fault))?;
    let store = Database::open(&format!("sqlite://{}", path.display()), OpenMode::Create)?;
    work::run::<dyn Ports, _, KeyFault>(&store, Access::Write, move |ports| keys::install(ports, prepared))
        .map_err(|fault| Failure::new(Exit::Failed, fault))?;
    Ok(())
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// What this run made, for the case that it must be unmade.
#[derive(Default)]
struct Made {
    directories: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    /// Makes a directory with its parents, unless it is there.
    fn directory(&mut self, path: &Path, mode: u32) -> Result<(), Failure> {
        use std::os::unix::fs::DirBuilderExt as _;
        if path.is_dir() || path.as_os_str().is_empty() {
            return Ok(());
        }
        let mut builder = std::fs::DirBuilder::new();
        builder
            .recursive(true)
            .mode(mode)
            .create(path)
            .map_err(on_file(path))?;
        self.directories.push(path.to_owned());
        Ok(())
    }

    /// Removes it again. What cannot be removed stays: the failure that led here is what must be told.
    fn undo(self) {
        for file in &self.files {
            for suffix in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
        }
        for directory in self.directories.iter().rev() {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

/// The path of a file as people would write it.
fn inside(dir: &Path, name: &str) -> PathBuf {
    if dir == Path::new(".") {
        PathBuf::from(name)
    } else {
        dir.join(name)
    }
}

fn answer(dir: &Path, lines: usize) -> Answer {
    let path = |name: &str| {
        if dir == Path::new(".") {
            PathBuf::from(name)
        } else {
            dir.join(name)
        }
    };
    let show = |name: &str| path(name).display().to_string();
    let config = show(CONFIG);
    let flag = if dir == Path::new(".") {
        String::new()
    } else {
        format!(" --config {config}")
    };
    let made = [
        (
            "wrote",
            &config,
            format!("{lines} lines, only what you will want to change"),
        ),
        (
            "wrote",
            &show(MASTER_KEY),
            "mode 0600. BACK THIS UP: without it the database cannot be used".to_owned(),
        ),
        (
            "made",
            &show(DATABASE),
            "SQLite; RS256, ES256 and EdDSA signing keys, and a published spare of each".to_owned(),
        ),
    ];
    let width = made
        .iter()
        .map(|(_, name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let mut text: String = made
        .iter()
        .map(|(verb, name, about)| format!("{verb:5}  {name:width$}    {about}\n"))
        .collect();
    text += &format!(
        "next   1. signet user create --username NAME --email ADDRESS{flag}\n       2. signet client create --name NAME \
         --redirect-uri URL{flag}\n       3. signet serve{flag}\n       4. signet doctor --remote{flag}\n"
    );
    let value = json!({ "config": config, "master_key_file": show(MASTER_KEY), "database": show(DATABASE) });
    Answer::Text(text, value)
}
