//! `/admin/clients/{id}/secrets`: the secrets of an application, as far as anybody can know them: when each was given and last
//! used. A new one is shown once, on the page that answers the form, and nowhere after.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::clients::{self, edits};
use admin::{AdminFault, Permission};
use askama::Template;
use kernel::Timestamp;
use protocol::Params;
use token::Client;
use token::client::secrets::Former;
use token::client::{SecretId, StoredSecret};

use super::connect::Settings;
use super::head::{Head, Tab};
use super::page_of;
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// For so long the old secret stays good where that is wished.
const OVERLAP: Duration = Duration::from_secs(24 * 3600);

/// The page.
#[derive(Template)]
#[template(path = "client_secrets.html")]
struct Secrets<'a> {
    shell: Shell<'a>,
    head: Head,
    csrf: String,
    action: String,
    edition: String,
    public: bool,
    lines: Vec<Line>,
}

struct Line {
    id: String,
    created: When,
    used: Option<When>,
    until: Option<When>,
    good: bool,
}

/// GET `/admin/clients/{id}/secrets`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(move |tx, _, actor| clients::find(tx, actor, &client_id))
        .await;
    let (here, client) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let (now, action) = (state.ctx.now(), Tab::Secrets.of(&client.client_id));
    let shell = desk.shell(&here, Section::Applications);
    let view = Secrets {
        head: Head::new(&client, &shell, Tab::Secrets),
        csrf: desk.token(&action),
        action,
        edition: edits::edition(&client),
        public: client.is_public(),
        lines: client.secrets.iter().map(|secret| line(secret, now)).collect(),
        shell,
    };
    desk.page(StatusCode::OK, &view)
}

fn line(secret: &StoredSecret, now: Timestamp) -> Line {
    Line {
        id: secret.id.to_string(),
        created: When::new(secret.created_at, now),
        used: When::of(secret.last_used_at, now),
        until: When::of(secret.expires_at, now),
        good: secret.is_good(now),
    }
}

/// POST: `do` is `rotate`, with `keep` where the old one shall stay good for a day; or `withdraw` is the id of one.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let sent = match desk.form(payload, &Tab::Secrets.of(&client_id)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    match sent.get("withdraw") {
        Some(secret) => withdraw(&desk, &client_id, secret).await,
        None => rotate(&desk, &client_id, &sent).await,
    }
}

async fn withdraw(desk: &Desk, client_id: &str, secret: &str) -> HttpResponse {
    let (wanted, secret) = (client_id.to_owned(), SecretId::from_text(secret));
    let done = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            clients::withdraw_secret(tx, ctx, actor, &wanted, &secret)
        })
        .await;
    let back = Tab::Secrets.of(client_id);
    match done {
        Ok(_) => desk.go_and_tell(&back, "Withdrawn. It is refused from now on."),
        Err(refusal) => desk.refuse(refusal, &back),
    }
}

/// Sent twice, by going back or by loading again, it does nothing the second time: the form belongs to one edition.
async fn rotate(desk: &Desk, client_id: &str, sent: &Params) -> HttpResponse {
    let (wanted, seen) = (
        client_id.to_owned(),
        sent.get("edition").unwrap_or_default().to_owned(),
    );
    let former = match sent.get("keep") {
        Some(_) => Former::Kept(OVERLAP),
        None => Former::Void,
    };
    let done = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            actor.require(Permission::ManageApplications)?;
            edits::is_at(&clients::find(tx, actor, &wanted)?, &seen)?;
            clients::rotate_secret(tx, ctx, actor, &wanted, None, former)
        })
        .await;
    let back = Tab::Secrets.of(client_id);
    match done {
        Ok((here, rotated)) => match &rotated.secret {
            Some(secret) => {
                let shell = desk.shell(&here, Section::Applications);
                show_new(desk, shell, &rotated.client, News::Rotated(secret.expose()))
            }
            None => desk.go(&back),
        },
        Err(Refusal::Fault(_, AdminFault::Conflict(_))) => desk.go_and_tell(
            &back,
            "Nothing was done. The application was changed meanwhile; a new secret is shown only once, and if you have just made one, it was shown already.",
        ),
        Err(refusal) => desk.refuse(refusal, &back),
    }
}

/// Why the page with a new secret is shown.
pub(super) enum News<'a> {
    /// The application is new; a public one has no secret.
    Made {
        /// Its secret.
        secret: Option<&'a str>,
        /// The app it was made for.
        app: Option<&'a str>,
    },
    /// It has another secret.
    Rotated(&'a str),
}

/// What is new, on the only page that ever shows it.
#[derive(Template)]
#[template(path = "client_news.html")]
struct NewsPage<'a> {
    shell: Shell<'a>,
    made: bool,
    name: &'a str,
    client_id: &'a str,
    secret: Option<&'a str>,
    href: String,
    until: Option<When>,
    settings: Option<Settings>,
}

/// The page with what is new. It answers a form, is kept nowhere, and has no address of its own.
pub(super) fn show_new(desk: &Desk, shell: Shell<'_>, client: &Client, news: News<'_>) -> HttpResponse {
    let state = desk.state();
    let (secret, app) = match news {
        News::Made { secret, app } => (secret, app),
        News::Rotated(secret) => (Some(secret), None),
    };
    let former = client.secrets.iter().find_map(|own| own.expires_at);
    let catalogue = state.catalogue.get();
    let view = NewsPage {
        shell,
        made: matches!(news, News::Made { .. }),
        name: client.display_name(),
        client_id: &client.client_id,
        secret,
        href: page_of(&client.client_id),
        until: When::of(former, state.ctx.now()),
        settings: Settings::of(client, app, &state.ctx.issuer, &catalogue, secret),
    };
    desk.page(StatusCode::OK, &view)
}
