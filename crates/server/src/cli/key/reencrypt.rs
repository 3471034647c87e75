//! `signet key reencrypt`: the master key is replaced.
//!
//! The new one is given as a file, which is made if there is none. Each key is a unit of work of its own; until the last is
//! done the old master key stays the database's. Interrupted, the same command goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use admin::keys::reencryption::{self, ReencryptionFault};
use clap::Args;
use serde_json::json;
use token::keys::MasterKey;
use token::keys::reseal::{self, Resealed};

use super::{Place, sweep_out};
use crate::cli::options::Writing;
use crate::cli::output::Answer;
use crate::cli::secret_file;
use crate::cli::verb::{actor, one};
use crate::exit::{Exit, Failure};
use crate::installation::Keep;
use crate::master_key;
use crate::provider::on_keys;

#[derive(Debug, Args)]
pub(crate) struct ReencryptArgs {
    /// The new master key; made, readable by its owner only, if there is no such file
    #[arg(long, value_name = "FILE")]
    new_master_key_file: PathBuf,
    /// For scripts that pass it everywhere: nobody is asked
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    writing: Writing,
}

impl ReencryptArgs {
    pub(super) fn run(self, place: &Place) -> Result<Answer, Failure> {
        let configured = &place.config.master_key_file;
        let old = Arc::new(master_key::read(configured)?);
        let is_made = !self.new_master_key_file.exists();
        let new = Arc::new(self.new_key(place, &old)?);
        let finished = Arc::clone(&new);
        let finished = place
            .installation
            .read(move |ports, _| reseal::is_finished(ports, &finished))
            .map_err(on_keys)?;
        let resealed = match (finished, self.writing.keep()) {
            (true, _) => 0,
            (false, Keep::Changes) => {
                if is_made {
                    self.keep_new_key(place, &old, &new)?;
                }
                reseal_all(place, &old, &new)?
            }
            (false, Keep::Nothing) => rehearse(place, old, new)?,
        };
        if !self.writing.dry_run {
            eprintln!("{}", what_next(configured, &self.new_master_key_file));
        }
        let file = self.new_master_key_file.display().to_string();
        one(
            json!({ "new_master_key_file": file, "resealed": resealed }),
            "new_master_key_file",
        )
    }

    /// What the file holds, or a key that is in no file yet.
    fn new_key(&self, place: &Place, old: &MasterKey) -> Result<MasterKey, Failure> {
        let path = &self.new_master_key_file;
        if !path.exists() {
            return Ok(MasterKey::generate(&*place.installation.ctx.entropy));
        }
        let new = master_key::read(path)?;
        if *new.to_text() == *old.to_text() {
            // To lay it aside as the old one and bring it back as the new one would only look like a replacement.
            let what = format!(
                "{} holds the master key in use: name another file",
                path.display()
            );
            return Err(Failure::new(Exit::Conflict, what));
        }
        Ok(new)
    }

    /// Writes it down before anything is sealed under it, and not before it is known that it may be.
    fn keep_new_key(&self, place: &Place, old: &Arc<MasterKey>, new: &Arc<MasterKey>) -> Result<(), Failure> {
        let keys = (Arc::clone(old), Arc::clone(new));
        let may = place
            .installation
            .read(move |ports, _| reseal::may_begin(ports, &keys.0, &keys.1));
        may.map_err(on_keys)?;
        secret_file::write_new(&self.new_master_key_file, &new.to_text())
    }
}

fn reseal_all(place: &Place, old: &Arc<MasterKey>, new: &Arc<MasterKey>) -> Result<usize, Failure> {
    let keys = (Arc::clone(old), Arc::clone(new));
    let kids = place.installation.write(Keep::Changes, move |ports, ctx| {
        reencryption::begin(ports, ctx, &actor(), &keys.0, &keys.1)
    });
    let mut resealed = 0;
    for kid in kids.map_err(refused)? {
        let keys = (Arc::clone(old), Arc::clone(new));
        let done = place.installation.write(Keep::Changes, move |ports, ctx| {
            reencryption::one(ports, ctx, &actor(), &kid, &keys.0, &keys.1)
        });
        resealed += usize::from(done.map_err(refused)? == Resealed::Now);
    }
    let new = Arc::clone(new);
    let end = place.installation.write(Keep::Changes, move |ports, ctx| {
        reencryption::finish(ports, ctx, &actor(), &new)
    });
    end.map_err(refused)?;
    sweep_out(place, Keep::Changes);
    Ok(resealed)
}

/// All of it in one unit of work that is undone.
fn rehearse(place: &Place, old: Arc<MasterKey>, new: Arc<MasterKey>) -> Result<usize, Failure> {
    let done = place.installation.write(Keep::Nothing, move |ports, ctx| {
        let mut resealed = 0;
        for kid in reencryption::begin(ports, ctx, &actor(), &old, &new)? {
            let one = reencryption::one(ports, ctx, &actor(), &kid, &old, &new)?;
            resealed += usize::from(one == Resealed::Now);
        }
        reencryption::finish(ports, ctx, &actor(), &new)?;
        Ok::<_, ReencryptionFault>(resealed)
    });
    done.map_err(refused)
}

fn refused(fault: ReencryptionFault) -> Failure {
    match fault {
        ReencryptionFault::Refused(fault) => fault.into(),
        ReencryptionFault::Key(fault) => on_keys(fault),
    }
}

fn what_next(configured: &Path, new: &Path) -> String {
    let (configured, new) = (configured.display(), new.display());
    format!(
        "every private key is sealed under the new master key\nnext   keep {configured} with the backups it belongs to, and put \
         {new} in its place; running servers read it within a minute"
    )
}
