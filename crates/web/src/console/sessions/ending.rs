//! `/admin/sessions/end`: ending many sessions: what a filter finds, or everything that began before a moment. First how many
//! that are, then, after a proof, batch after batch.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::AdminFault;
use admin::audit::moment;
use admin::directory::ending::{self, Agreed, Count, Preview, Progress, Reach, What};
use askama::Template;
use kernel::Timestamp;
use protocol::Params;

use super::list::{Asked, FILTER};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::list;
use crate::console::shell::{Section, Shell};
use crate::console::words::{counted, number as grouped};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where the page is, and where its form goes.
pub(super) const PATH: &str = "/admin/sessions/end";
/// What the page is asked with: the filter of the list, or a moment and how far it reaches.
const ASKED: [&str; 7] = [
    "user",
    "client",
    "address",
    "begun_from",
    "begun_before",
    "before",
    "offline",
];

/// The page.
#[derive(Template)]
#[template(path = "sessions_end.html")]
struct End<'a> {
    shell: Shell<'a>,
    csrf: String,
    told: String,
    spared: Option<String>,
    nothing: bool,
    offline: bool,
    /// The question once more, for the form.
    fields: Vec<(String, String)>,
    as_of: String,
    sessions: String,
    prove: Option<String>,
    back: String,
}

/// What is to be ended, as the query or the form says.
fn what(params: &Params, now: Timestamp) -> Result<What, AdminFault> {
    let invalid = |wrong: String| AdminFault::Invalid(vec![wrong]);
    if let Some(before) = params.get("before") {
        let at = moment::parse(before.trim(), now).ok_or_else(|| {
            invalid(format!(
                "“{before}” is no time: write a date, or how long ago, like 7d."
            ))
        })?;
        let reach = match params.get("offline") {
            Some(_) => Reach::OfflineAccess,
            None => Reach::Sessions,
        };
        return Ok(What::Before(at, reach));
    }
    let asked = Asked::of(params);
    if asked.is_blank() {
        return Err(invalid(
            "Say which sessions: find them first, or choose a moment.".to_owned(),
        ));
    }
    asked.filter(now).map(What::Matching).map_err(invalid)
}

/// GET `/admin/sessions/end`; with `prove` in the query, after a proof.
pub(super) async fn ask(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let own = list::with(PATH, desk.query(), &ASKED, &[]);
    if desk.query().get("prove").is_some() {
        return desk.prove(&own);
    }
    let what = what(desk.query(), state.ctx.now());
    let found = desk
        .read(move |tx, ctx, actor| ending::preview(tx, ctx, actor, &what?))
        .await;
    let (here, preview) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse(refusal, super::PATH),
    };
    let fields = desk.query().keep(&ASKED, 500);
    let view = End {
        shell: desk.shell(&here, Section::Sessions),
        csrf: desk.token(PATH),
        told: told(&preview),
        spared: spared(preview.spared),
        nothing: preview.sessions == 0,
        offline: desk.query().get("offline").is_some(),
        fields: fields.pairs().to_vec(),
        as_of: preview.as_of.as_millis().to_string(),
        sessions: preview.sessions.to_string(),
        prove: (!desk.is_fresh(&here)).then(|| list::with(PATH, desk.query(), &ASKED, &[("prove", "1")])),
        back: list::with(super::PATH, desk.query(), &FILTER, &[]),
    };
    desk.page(StatusCode::OK, &view)
}

fn told(preview: &Preview) -> String {
    let at_least = match preview.count {
        Count::Whole => "",
        Count::AtLeast => "at least ",
    };
    format!(
        "This ends {at_least}{} of {at_least}{}, used for {}.",
        counted(preview.sessions, "session"),
        match preview.people {
            1 => "one person".to_owned(),
            people => format!("{} people", grouped(people)),
        },
        counted(preview.clients, "application")
    )
}

fn spared(count: u64) -> Option<String> {
    (count > 0).then(|| {
        format!(
            "{} of administrators who may do more than you {} passed over.",
            counted(count, "session"),
            if count == 1 { "is" } else { "are" }
        )
    })
}

/// POST `/admin/sessions/end`: what was asked for, and what was seen.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, PATH).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let back = list::with(PATH, &form, &ASKED, &[]);
    match end(&desk, &form).await {
        Ok(done) => {
            let grants = match done.grants {
                0 => String::new(),
                grants => format!(
                    " {} of apps that stay connected were taken back.",
                    counted(grants, "authorization")
                ),
            };
            let told = format!(
                "{} ended; what was issued in them is refused from now on.{grants} {}",
                counted(done.ended, "session"),
                spared(done.spared).unwrap_or_default()
            );
            desk.go_and_tell(super::PATH, told.trim())
        }
        Err(refusal) => desk.refuse(refusal, &back),
    }
}

async fn end(desk: &Desk, form: &Params) -> Result<Progress, Refusal> {
    let number = |name| form.get(name).and_then(|text| text.parse::<i64>().ok());
    let as_of = Timestamp::from_millis(number("as_of").unwrap_or(0));
    // An age such as 7d means what it meant when it was looked at.
    let what = what(form, as_of);
    let sessions = number("sessions")
        .and_then(|count| u64::try_from(count).ok())
        .unwrap_or(0);
    let agreed = what.map(|what| Agreed {
        what,
        as_of,
        sessions,
    });
    all(desk, agreed).await
}

/// Every batch, each for whoever is there at that moment.
pub(in crate::console) async fn all(
    desk: &Desk,
    agreed: Result<Agreed, AdminFault>,
) -> Result<Progress, Refusal> {
    let mut progress = Progress::default();
    while !progress.is_done() {
        let (so_far, agreed) = (progress.clone(), agreed.clone());
        let (_, next) = desk
            .write(Proof::Fresh, move |tx, ctx, actor| {
                ending::end(tx, ctx, actor, &agreed?, so_far)
            })
            .await?;
        progress = next;
    }
    Ok(progress)
}
