//! `signet key generate`, `rotate` and `activate`: new keys are made first, then published in one unit of work.
//!
//! Nobody is asked to confirm: where a key is safe, a rotation breaks nothing; where it is not, `--force` says so already.

use admin::keys::{self, Insistence, rotation};
use admin::view::{KeyView, RotatedView};
use token::SigningAlg;
use token::keys::KeyFault;

use super::{COLUMNS, ID, Place, sweep_out};
use crate::cli::options::Writing;
use crate::cli::output::Answer;
use crate::cli::verb::{actor, many, one};
use crate::exit::Failure;
use crate::master_key;
use crate::provider::{check_master, on_keys};

const ROTATED: &[&str] = &[
    "kid",
    "alg",
    "published_for_seconds",
    "retiring",
    "leaves_jwks_at",
    "next",
];

pub(super) fn generate(place: &Place, alg: Option<SigningAlg>, writing: Writing) -> Result<Answer, Failure> {
    let plan = place.plan();
    let meant = plan.clone();
    let missing = place
        .installation
        .read(move |ports, _| rotation::missing(ports, &actor(), &meant, alg))?;
    if missing.is_empty() {
        eprintln!("nothing is missing: every algorithm in use has a key that signs and a spare");
    } else {
        let master = master_key::read(&place.config.master_key_file)?;
        match check_master(&place.installation, master) {
            Err(KeyFault::NotInitialised) => return first(place, missing, writing),
            checked => drop(checked.map_err(on_keys)?),
        }
    }
    let fresh = place.fresh(&missing)?;
    let made = place.installation.write(writing.keep(), move |ports, ctx| {
        rotation::generate(ports, ctx, &actor(), &plan, alg, fresh)
    })?;
    many(made.iter().map(KeyView::from), ID, COLUMNS)
}

/// The first keys of a database that never had any, as `serve` would make them, and those that are missing beside the plan.
fn first(place: &Place, missing: Vec<SigningAlg>, writing: Writing) -> Result<Answer, Failure> {
    let algorithms: Vec<SigningAlg> = place.plan().wanted(missing).into_iter().collect();
    let master = master_key::read(&place.config.master_key_file)?;
    let prepared = token::keys::prepare(&algorithms, &master, &place.installation.ctx).map_err(on_keys)?;
    let made = place.installation.write(writing.keep(), move |ports, ctx| {
        token::keys::install(ports, prepared).map_err(on_keys)?;
        Ok::<_, Failure>(keys::list(ports, ctx, &actor())?)
    })?;
    many(made.iter().map(KeyView::from), ID, COLUMNS)
}

pub(super) fn rotate(
    place: &Place,
    alg: Option<SigningAlg>,
    insistence: Insistence,
    writing: Writing,
) -> Result<Answer, Failure> {
    let algorithms = place
        .installation
        .read(move |ports, _| rotation::algorithms(ports, &actor(), alg))?;
    let fresh = place.fresh(&algorithms)?;
    let rotated = place.installation.write(writing.keep(), move |ports, ctx| {
        rotation::rotate(ports, ctx, &actor(), alg, &insistence, fresh)
    })?;
    sweep_out(place, writing.keep());
    many(rotated.iter().map(RotatedView::from), ID, ROTATED)
}

pub(super) fn activate(
    place: &Place,
    kid: String,
    insistence: Insistence,
    writing: Writing,
) -> Result<Answer, Failure> {
    let named = kid.clone();
    let spare = place
        .installation
        .read(move |ports, ctx| keys::find(ports, ctx, &actor(), &named))?;
    let fresh = place.fresh(&[spare.key.alg])?;
    let rotated = place.installation.write(writing.keep(), move |ports, ctx| {
        rotation::activate(ports, ctx, &actor(), &kid, &insistence, fresh)
    })?;
    sweep_out(place, writing.keep());
    one(RotatedView::from(&rotated), ID)
}
