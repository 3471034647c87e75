//! `/admin/clients/{id}/activity`: what failed for an application since yesterday, and the repair of a redirect URI that is almost
//! right, beside those that are registered.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::clients;
use admin::flows::{self, Failure, Fix};
use admin::{AdminFault, Permission};
use askama::Template;
use kernel::Timestamp;
use token::Client;

use super::head::{Head, Tab};
use crate::console::desk::Desk;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, counted, segment};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page.
#[derive(Template)]
#[template(path = "client_activity.html")]
struct Activity<'a> {
    shell: Shell<'a>,
    head: Head,
    segment: String,
    lines: Vec<Line>,
    registered: &'a [String],
}

struct Line {
    error: String,
    uri: Option<String>,
    count: String,
    last: When,
    repair: Option<String>,
    remark: &'static str,
}

/// GET `/admin/clients/{id}/activity`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(move |tx, ctx, actor| {
            let failures = flows::recent_failures(tx, ctx, actor, &client_id)?;
            Ok::<_, AdminFault>((clients::find(tx, actor, &client_id)?, failures))
        })
        .await;
    let (here, (client, failures)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = state.ctx.now();
    let shell = desk.shell(&here, Section::Applications);
    let head = Head::new(&client, &shell, Tab::Activity);
    let view = Activity {
        segment: segment(&client.client_id),
        lines: failures
            .into_iter()
            .map(|failure| line(failure, &client, head.can_change, now))
            .collect(),
        registered: &client.metadata.redirect_uris,
        head,
        shell,
    };
    desk.page(StatusCode::OK, &view)
}

fn line(failure: Failure, client: &Client, can_change: bool, now: Timestamp) -> Line {
    let mend = failure.foreign_uri.as_deref();
    let mend = mend.filter(|_| can_change && failure.fix == Fix::AddRedirectUri);
    let id = &client.client_id;
    Line {
        repair: mend.map(|uri| format!("/admin/flows/repair?client={}&uri={}", segment(id), segment(uri))),
        error: failure.error,
        uri: failure.foreign_uri,
        count: counted(failure.count, "time"),
        last: When::new(failure.last, now),
        remark: match failure.fix {
            Fix::ByHand => {
                "It leads to a place no registered address leads to. Anybody can send such a request."
            }
            Fix::Done => "Registered since.",
            Fix::AddRedirectUri | Fix::None => "",
        },
    }
}
