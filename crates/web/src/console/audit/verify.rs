//! Going through the chain from its beginning: does every record still fit, and was what it says signed?

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::audit::{Progress, Verification};
use askama::Template;

use super::PATH as LIST;
use crate::console::desk::{Desk, Refusal};
use crate::console::shell::{Section, Shell};
use crate::console::words::{counted, number};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where the form goes.
pub(super) const PATH: &str = "/admin/audit/verify";

/// The answer.
#[derive(Template)]
#[template(path = "audit_verified.html")]
struct Verified<'a> {
    shell: Shell<'a>,
    discord: Option<(u64, String)>,
    records: String,
    /// With its noun.
    counted: String,
    unchained: Option<String>,
    checkpoints: String,
    vouched_until: u64,
    newest: u64,
    hash: String,
}

/// POST `/admin/audit/verify`. It changes nothing, but takes a while: not for links that are followed ahead.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    if let Err(response) = desk.form(payload, PATH).await {
        return response;
    }
    match verify(&desk).await {
        Ok(response) => response,
        Err(refusal) => desk.refuse(refusal, LIST),
    }
}

/// In steps that hold nobody up.
async fn verify(desk: &Desk) -> Result<HttpResponse, Refusal> {
    let mut verification = Verification::default();
    loop {
        let (here, (taken, progress)) = desk
            .read(move |tx, ctx, actor| {
                let progress = verification.step(tx, ctx, actor)?;
                Ok((verification, progress))
            })
            .await?;
        if progress == Progress::Finished {
            let view = view(desk.shell(&here, Section::Audit), taken);
            return Ok(desk.page(StatusCode::OK, &view));
        }
        verification = taken;
    }
}

fn view(shell: Shell<'_>, verification: Verification) -> Verified<'_> {
    Verified {
        shell,
        discord: verification.discord.map(|discord| (discord.seq, discord.reason)),
        records: number(verification.records),
        counted: counted(verification.records, "record"),
        unchained: (verification.unchained > 0).then(|| number(verification.unchained)),
        checkpoints: counted(verification.checkpoints, "signed checkpoint"),
        vouched_until: verification.vouched_until,
        newest: verification.newest,
        hash: verification.hash,
    }
}
