//! `signet key revoke`: what it means is told before anything is done.

use admin::keys::withdrawal::{self, BlastRadius};
use admin::view::BlastRadiusView;
use kernel::Timestamp;
use token::keys::KeyState;

use super::{ID, Place, sweep_out};
use crate::cli::options::Destroying;
use crate::cli::output::Answer;
use crate::cli::terminal;
use crate::cli::verb::{actor, one};
use crate::exit::Failure;
use crate::installation::Keep;

pub(super) fn run(
    place: &Place,
    kid: String,
    reason: Option<String>,
    destroying: Destroying,
) -> Result<Answer, Failure> {
    let question = format!("Revoke the key {kid:?}?");
    let radius = place
        .installation
        .read(move |ports, ctx| withdrawal::blast_radius(ports, ctx, &actor(), &kid))?;
    eprint!("{}", told(&radius));
    if destroying.writing.dry_run {
        eprintln!("dry run: nothing is kept");
        return one(BlastRadiusView::from(&radius), ID);
    }
    let leaves_a_gap = matches!(radius.state, KeyState::Active | KeyState::Next);
    let missing: Vec<_> = leaves_a_gap.then_some(radius.alg).into_iter().collect();
    let fresh = place.fresh(&missing)?;
    if !destroying.yes {
        terminal::confirm(&question)?;
    }
    let meant = radius.clone();
    place.installation.write(Keep::Changes, move |ports, ctx| {
        withdrawal::revoke(ports, ctx, &actor(), &meant, reason.as_deref(), fresh)
    })?;
    sweep_out(place, Keep::Changes);
    eprintln!("revoked; running servers have dropped it within a second");
    one(BlastRadiusView::from(&radius), ID)
}

/// The blast radius in sentences.
fn told(radius: &BlastRadius) -> String {
    let day = |at: Timestamp| at.to_rfc3339();
    let mut lines = vec![format!(
        "{} ({}, {})",
        radius.kid,
        radius.alg,
        radius.state.as_str()
    )];
    lines.push(match radius.evidence.until {
        Some(until) => format!(
            "  refused from now on   what it signed: at least {} counted, the last good until {}",
            radius.evidence.live_tokens,
            day(until)
        ),
        None => "  refused from now on   what it signed: nothing good is known of (counted once a minute)"
            .to_owned(),
    });
    let of_clients: Vec<&str> = radius
        .evidence
        .clients
        .iter()
        .map(|it| it.client_id.as_str())
        .collect();
    if !of_clients.is_empty() {
        lines.push(format!("  given to              {}", of_clients.join(" ")));
    }
    lines.push(match radius.clients.as_slice() {
        [] => format!("  clients using {}   none", radius.alg),
        clients => format!("  clients using {}   {}", radius.alg, clients.join(" ")),
    });
    if let Some(successor) = &radius.successor {
        lines.push(format!(
            "  signs instead         {}, published for {} s, in every verifier's copy from {} on",
            successor.kid,
            successor.published_for.as_secs(),
            day(successor.safe_at)
        ));
    }
    lines.push(format!(
        "  not touched           sessions ({} live) and refresh tokens: apps get new tokens with them",
        radius.sessions
    ));
    lines.push(format!(
        "  out of reach          APIs that verify by themselves, until they fetch the JWK Set anew: allow for {} \
         (keys.min_published)",
        day(radius.believed_elsewhere_until)
    ));
    lines.join("\n") + "\n"
}
