//! `/admin`: one search, what somebody should look at, and the numbers.

use actix_web::http::StatusCode;
use actix_web::web::{self, get};
use actix_web::{HttpRequest, HttpResponse};
use admin::attention::{self, KeyMatter, Mail, Matter, Surroundings, Urgency};
use admin::directory::{Hit, anything};
use admin::{Actor, AdminFault, Ports, lint, statistics};
use askama::Template;
use kernel::{Ctx, Timestamp};

use super::chart::Chart;
use super::desk::Desk;
use super::numbers::{Reach, charts};
use super::shell::{Section, Shell};
use super::words::{ahead, counted, segment, span};
use super::{PATH, flows};
use crate::correlation::CorrelationId;
use crate::routes::resource;
use crate::state::AppState;

/// The longest text anybody searches for.
const LONGEST: usize = 200;

/// Adds the route.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.service(resource(PATH, "GET", [get().to(home)]));
}

/// The page.
#[derive(Template)]
#[template(path = "desk_home.html")]
struct Home<'a> {
    shell: Shell<'a>,
    /// What was searched for.
    asked: String,
    /// What was found; nothing where nobody searched.
    found: Option<Vec<Found>>,
    matters: Vec<Line>,
    charts: Vec<Chart>,
    reach: Reach,
}

/// Something that was found.
struct Found {
    kind: &'static str,
    name: String,
    detail: String,
    href: String,
}

/// Something to look at.
struct Line {
    class: &'static str,
    strong: String,
    rest: String,
    href: String,
    go: &'static str,
}

/// What the page is made from.
struct Known {
    hits: Option<Vec<Hit>>,
    matters: Vec<Matter>,
    hours: Vec<statistics::Hour>,
}

/// GET `/admin`; with `q` what was searched for, with `reach` how far back the numbers go.
async fn home(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let asked: String = desk
        .query()
        .get("q")
        .unwrap_or_default()
        .trim()
        .chars()
        .take(LONGEST)
        .collect();
    let reach = Reach::parse(desk.query().get("reach"));
    let (wanted, app) = (asked.clone(), state.clone());
    let known = desk
        .read(move |tx, ctx, actor| know(tx, ctx, actor, &app, (&wanted, reach)))
        .await;
    let (here, known) = match known {
        Ok(known) => known,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let (now, found) = (
        state.ctx.now(),
        known
            .hits
            .map(|hits| hits.into_iter().map(found).collect::<Vec<_>>()),
    );
    // The one thing that is meant is opened.
    if let Some([only]) = found.as_deref() {
        return desk.go(&only.href);
    }
    let view = Home {
        shell: desk.shell(&here, Section::Home),
        asked,
        found,
        matters: known.matters.iter().map(|matter| line(matter, now)).collect(),
        charts: charts(&known.hours, reach, now),
        reach,
    };
    desk.page(StatusCode::OK, &view)
}

fn know(
    tx: &mut dyn Ports,
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    (asked, reach): (&str, Reach),
) -> Result<Known, AdminFault> {
    let hits = match asked {
        "" => None,
        text => Some(anything(tx, ctx, actor, text)?),
    };
    let around = Surroundings {
        plan: &state.key_plan,
        urls: &*state.urls,
        mail: if state.post.delivers() {
            Mail::Configured
        } else {
            Mail::None
        },
    };
    Ok(Known {
        hits,
        matters: attention::attention(tx, ctx, actor, &around)?,
        hours: statistics::series(tx, ctx, actor, reach.hours())?,
    })
}

fn found(hit: Hit) -> Found {
    match hit {
        Hit::Person(user) => Found {
            kind: "Person",
            name: user.username.clone(),
            detail: user
                .email
                .clone()
                .unwrap_or_else(|| user.display_name().to_owned()),
            href: format!("/admin/users/{}", segment(&user.id.to_string())),
        },
        Hit::Client(client) => Found {
            kind: "Application",
            name: client.display_name().to_owned(),
            detail: client.client_id.clone(),
            href: format!("/admin/clients/{}", segment(&client.client_id)),
        },
        Hit::Session(session) => Found {
            kind: "Session",
            name: session.session.sid.to_string(),
            detail: session.username.clone(),
            href: format!(
                "/admin/sessions?user={}",
                segment(&session.session.user.to_string())
            ),
        },
        Hit::Grant(id) => Found {
            kind: "Grant",
            name: id.to_string(),
            detail: String::new(),
            href: format!("/admin/audit?subject={id}"),
        },
        Hit::Key { kid, state } => Found {
            kind: "Key",
            detail: state.as_str().to_owned(),
            href: format!("/admin/keys/{}", segment(&kid)),
            name: kid,
        },
        Hit::Request(id) => Found {
            kind: "Refused request",
            detail: String::new(),
            href: flows::page_of(&id),
            name: id,
        },
    }
}

fn line(matter: &Matter, now: Timestamp) -> Line {
    let (strong, rest, href, go) = words(matter, now);
    Line {
        class: match matter.urgency() {
            Urgency::Now => "grave",
            Urgency::Soon => "",
            Urgency::Note => "calm",
        },
        strong,
        rest: rest.to_owned(),
        href,
        go,
    }
}

/// What a matter is called, what it means, and where something can be done about it.
fn words(matter: &Matter, now: Timestamp) -> (String, &'static str, String, &'static str) {
    let to = |strong, rest, href: &str, go| (strong, rest, href.to_owned(), go);
    match matter {
        Matter::Keys(matter) => {
            let (strong, rest) = of_keys(matter, now);
            to(strong, rest, "/admin/keys", "Keys")
        }
        Matter::RefreshReuse(count) => to(
            format!(
                "{} presented by two parties since yesterday.",
                counted(*count, "refresh token")
            ),
            "What they gave was taken back, and their owners were told.",
            "/admin/audit?event=refresh.reused",
            "Audit",
        ),
        Matter::Failing { client_id, count } => (
            format!(
                "{} of {client_id} failed since yesterday.",
                counted(*count, "request")
            ),
            "",
            format!("{}?client={}", flows::PATH, segment(client_id)),
            "Look why",
        ),
        Matter::NoMail => to(
            "No mail server is configured.".to_owned(),
            "People cannot reset a password by themselves, and hear of nothing.",
            "/admin/users",
            "People",
        ),
        Matter::MailLost(count) => to(
            format!("{} not delivered since yesterday.", counted(*count, "letter")),
            "The log says what the mail server answered.",
            "/admin/users",
            "People",
        ),
        Matter::Findings {
            errors,
            warnings,
            reach,
        } => to(
            findings(*errors, *warnings, *reach),
            "The command signet lint lists them with what to do.",
            "/admin/clients",
            "Applications",
        ),
        Matter::OneOwner => to(
            "There is one owner.".to_owned(),
            "Nobody else could give roles if they left.",
            "/admin/administrators",
            "Administrators",
        ),
    }
}

fn findings(errors: usize, warnings: usize, reach: lint::Reach) -> String {
    let kinds = [(errors, "error"), (warnings, "warning")];
    let some = kinds.into_iter().filter(|(count, _)| *count > 0);
    let told: Vec<_> = some.map(|(count, kind)| counted(count as u64, kind)).collect();
    let told = told.join(" and ");
    match reach {
        lint::Reach::Everything => format!("{told} in settings and registrations."),
        lint::Reach::Beginning => format!("At least {told} in settings and registrations."),
    }
}

fn of_keys(matter: &KeyMatter, now: Timestamp) -> (String, &'static str) {
    match matter {
        KeyMatter::Overdue { alg, since } => (
            format!("{alg} should have rotated {} ago.", span(now.since(*since))),
            "The server could not do it; its log says why.",
        ),
        KeyMatter::NoSpare(alg) => (
            format!("{alg} has no spare key."),
            "In an emergency nothing could take over at once.",
        ),
        KeyMatter::SparesTooYoung { algs, safe_at } => {
            let algs: Vec<_> = algs.iter().map(ToString::to_string).collect();
            (
                format!(
                    "Spare keys are safe to sign {}: {}.",
                    ahead(*safe_at, now),
                    algs.join(", ")
                ),
                "Until then verifiers may not have fetched them.",
            )
        }
        KeyMatter::Soon { alg, at } => (
            format!("{alg} rotates {}.", ahead(*at, now)),
            "Nothing has to be done.",
        ),
        KeyMatter::Paused => (
            "Keys do not rotate by themselves.".to_owned(),
            "Somebody paused the schedule.",
        ),
    }
}
