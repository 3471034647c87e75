//! `/account/apps`: which apps may use an account, and withdrawing that.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Ports;
use identity::ports::Found;
use kernel::id::{GrantId, UserId};
use kernel::{Ctx, StorageFault, Timestamp};
use protocol::Scope;
use token::authorize::Destination;
use token::client::Client;
use token::{Catalogue, Grant, ending};

use super::{Visit, path_of, visit};
use crate::correlation::CorrelationId;
use crate::csrf::Purpose;
use crate::pages::consent;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{AppLine, ConnectedApps, Moment, Trouble};
use crate::{deliver, failure, own_form};

/// GET `/account/apps`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let visit = match visit(&request, &state, &id, Destination::Apps).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let apps = match lines(&state, &visit).await {
        Ok(apps) => apps,
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    let view = ConnectedApps {
        action: &visit.action(path_of(Destination::Apps)),
        csrf: &visit.token(Purpose::Withdraw),
        account: visit.account(),
        apps: &apps,
        back: &visit.way(path_of(Destination::Account)),
    };
    visit.page(&state, StatusCode::OK, &view)
}

/// What is known about one app and one account.
#[derive(Default)]
struct Connection {
    scope: Scope,
    allowed_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

/// The apps of the visitor's account, by name.
pub(super) async fn lines(state: &AppState, visit: &Visit) -> Result<Vec<AppLine>, StorageFault> {
    let (ctx, user, catalogue) = (state.ctx.clone(), visit.user.id, state.catalogue.get());
    read(state, move |tx| {
        let now = ctx.now();
        let mut lines = Vec::new();
        for (client_id, connection) in connections(tx, &ctx, user)? {
            if let Some(client) = tx.client(&client_id)? {
                lines.push(line(&client, &connection, &catalogue, now));
            }
        }
        lines.sort_by_cached_key(|line: &AppLine| line.name.to_lowercase());
        Ok(lines)
    })
    .await
}

/// What was allowed, and what apps that need not ask hold at present.
fn connections(
    tx: &mut dyn Ports,
    ctx: &Ctx,
    user: UserId,
) -> Result<BTreeMap<String, Connection>, StorageFault> {
    let mut found: BTreeMap<String, Connection> = BTreeMap::new();
    for consent in tx.consents_of_user(user)? {
        let connection = found.entry(consent.client_id).or_default();
        connection.scope = consent.scope;
        connection.allowed_at = Some(consent.at);
    }
    let refreshed: HashMap<GrantId, Timestamp> = tx.last_refreshes(user)?.into_iter().collect();
    let mut sessions = tx.sessions_of_user(user)?;
    sessions.retain(|session| session.is_live(ctx.now(), &ctx.policy));
    for grant in tx.grants_of_user(user, None)? {
        let refreshed_at = refreshed.get(&grant.id).copied();
        let in_session = sessions.iter().any(|session| session.sid == grant.sid);
        if !in_session && !is_kept_alive(&grant, refreshed_at, ctx) && !found.contains_key(&grant.client_id) {
            continue;
        }
        let connection = found.entry(grant.client_id).or_default();
        if connection.allowed_at.is_none() {
            connection.scope = connection.scope.union(&grant.scope);
        }
        connection.used_at = connection.used_at.max(refreshed_at).max(Some(grant.created_at));
    }
    Ok(found)
}

/// Whether the app still has a refresh token that counts.
fn is_kept_alive(grant: &Grant, refreshed_at: Option<Timestamp>, ctx: &Ctx) -> bool {
    let now = ctx.now();
    refreshed_at.is_some_and(|at| now.since(at) < ctx.policy.refresh_idle)
        && now.since(grant.created_at) < ctx.policy.refresh_max
}

fn line(client: &Client, connection: &Connection, catalogue: &Catalogue, now: Timestamp) -> AppLine {
    let words = |scope: &str| consent::line(catalogue, scope, &[]).title;
    let host = client
        .metadata
        .redirect_uris
        .first()
        .map(|uri| deliver::place_of(uri));
    AppLine {
        client_id: client.client_id.clone(),
        name: client.display_name().to_owned(),
        host: host.filter(|_| client.is_public()),
        may: connection.scope.iter().map(words).collect(),
        allowed: connection.allowed_at.map(|at| Moment::new(at, now)),
        used: connection.used_at.map(|at| Moment::new(at, now)),
    }
}

/// POST `/account/apps`.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let form = match own_form::read(&request, payload, &state, &id).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let visit = match visit(&request, &state, &id, Destination::Apps).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if !visit.is_genuine(form.get("csrf"), Purpose::Withdraw) {
        return failure::error_page(&state, &id, Trouble::FormRefused);
    }
    let (ctx, user) = (state.ctx.clone(), visit.user.id);
    let client_id = form.get("withdraw").unwrap_or_default().to_owned();
    match write(&state, move |tx| ending::consent(tx, &ctx, user, &client_id)).await {
        Ok(Found::Yes) => deliver::to_path(&state, &visit.way(path_of(Destination::Apps))),
        Ok(Found::No) => failure::error_page(&state, &id, Trouble::NotFound),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}
