//! `signet key generate`, `rotate` and `activate`: new keys are made first, then published in one unit of work.
//!
//! Nobody is asked to confirm: where a key is safe, a rotation breaks nothing; where it is not, `--force` says so already.

use admin::keys::{self, Insistence, rotation};
use admin::view::{KeyView, RotatedView};
use token::SigningAlg;

use super::{COLUMNS, ID, Place, sweep_out};
use crate::cli::options::Writing;
use crate::cli::output::Answer;
use crate::cli::verb::{actor, many, one};
use crate::exit::Failure;

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
    }
    let fresh = place.fresh(&missing)?;
    let made = place.installation.write(writing.keep(), move |ports, ctx| {
        rotation::generate(ports, ctx, &actor(), &plan, alg, fresh)
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
