//! Finding a saved request again, and going on with it. Whatever page of it is opened, the server says which step is
//! due: back, reload and a second tab all lead on.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use identity::User;
use kernel::StorageFault;
use kernel::id::InteractionId;
use protocol::Params;
use token::authorize::{
    AuthorizationRequest, Choice, Consented, Destination, Interaction, LoginReason, Pending, Step, Visitor,
    hub,
};
use token::client::Client;

use super::account::path_of;
use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::oauth::authorize;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{Onward, Trouble, Way};
use crate::{cookies, deliver, failure, language};

/// A saved authorization request together with its client, claimed by this browser.
pub(crate) struct Claimed {
    pub(crate) interaction: Interaction,
    pub(crate) request: AuthorizationRequest,
    pub(crate) client: Arc<Client>,
    pub(crate) visitor: Visitor,
}

/// What stands under an interaction's URL.
pub(crate) enum Found {
    /// A request this browser may go on with.
    Authorization(Box<Claimed>),
    /// Signing in without an app.
    SignIn(Visitor, Destination),
}

/// GET `/authorize/{id}`: a posted request, or the way back from a page.
pub(crate) async fn hub(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    match load(&state, &path).await {
        Ok(Some(Interaction {
            request: Pending::PostedAuthorization(pairs),
            ..
        })) => authorize::arrive(&request, &state, &id, Params::from_pairs(pairs)).await,
        Ok(_) => match find(&request, &state, &id, &path).await {
            Ok(Found::Authorization(claimed)) => match go_on(&state, &claimed, Consented::NotAsked).await {
                Ok(step) => deliver::step(&state, &step),
                Err(fault) => failure::storage_page(&state, &id, &fault),
            },
            Ok(Found::SignIn(_, destination)) => deliver::to_path(&state, path_of(destination)),
            Err(response) => response,
        },
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// What is saved under an interaction's name, whoever's it is.
///
/// # Errors
/// Storage.
pub(crate) async fn load(state: &AppState, id: &str) -> Result<Option<Interaction>, StorageFault> {
    let Ok(id) = id.parse::<InteractionId>() else {
        return Ok(None);
    };
    let now = state.ctx.now();
    read(state, move |tx| tx.interaction(id, now)).await
}

/// Finds the interaction and makes sure that it is this browser's; otherwise the page that says what is wrong.
pub(crate) async fn find(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    path: &str,
) -> Result<Found, HttpResponse> {
    let loaded = load(state, path)
        .await
        .map_err(|fault| failure::storage_page(state, id, &fault))?;
    let interaction = loaded.ok_or_else(|| failure::error_page(state, id, Trouble::Expired { app: None }))?;
    let (visitor, _) = cookies::visitor(request, &state.ctx);
    let client = match &interaction.request {
        Pending::Authorization(saved) | Pending::Answered(saved) => {
            language::app_wishes(saved.ui_locales.iter().map(String::as_str));
            client(state, &saved.client_id).await
        }
        _ => Ok(None),
    }
    .map_err(|fault| failure::storage_page(state, id, &fault))?;
    let client = client.filter(|client| client.enabled);
    if let (Pending::Authorization(saved) | Pending::Answered(saved), Some(client)) =
        (&interaction.request, &client)
    {
        saved
            .still_stands(client)
            .map_err(|fault| failure::authorization_page(state, id, &fault))?;
    }
    let own = interaction.flow.as_deref() == Some(&visitor.flow_digest());
    let opened = request.method() == Method::GET && cookies::flow(request, &state.ctx).is_some();
    match (&interaction.request, &client) {
        // Opening a page of an answered request, or of one that another tab's cookie has left behind, is no more than
        // sending the same request again.
        (Pending::Answered(saved), Some(client)) | (Pending::Authorization(saved), Some(client))
            if opened && (!own || matches!(interaction.request, Pending::Answered(_))) =>
        {
            let again = if own && !is_chooser(request) {
                (**saved).clone()
            } else {
                saved.clone().with_choice(Choice::Open)
            };
            return Err(authorize::begin(request, state, id, client.clone(), again).await);
        }
        (Pending::Answered(_), Some(_)) if own => {
            return Err(deliver::to_path(state, &format!("/authorize/{}", interaction.id)));
        }
        _ if !own => return Err(foreign(request, state, id, client.as_deref())),
        _ => {}
    }
    match (interaction.request.clone(), client) {
        (Pending::Authorization(saved), Some(client)) => Ok(Found::Authorization(Box::new(Claimed {
            interaction,
            request: *saved,
            client,
            visitor,
        }))),
        (Pending::SignIn(destination), _) => Ok(Found::SignIn(visitor, destination)),
        _ => Err(failure::error_page(state, id, Trouble::Expired { app: None })),
    }
}

/// Whoever comes back to the chooser wants to choose anew; elsewhere the account that was chosen stays.
fn is_chooser(request: &HttpRequest) -> bool {
    request.path().starts_with("/choose/")
}

/// The flow belongs to another browser, or this one keeps no cookies.
fn foreign(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    client: Option<&Client>,
) -> HttpResponse {
    let app = client.map(Client::display_name);
    let trouble = match cookies::flow(request, &state.ctx) {
        Some(_) => Trouble::Expired { app },
        None => Trouble::CookieMissing,
    };
    match client.and_then(|client| client.metadata.client_uri.as_deref()) {
        Some(url) => failure::error_page_with_next(
            state,
            id,
            trouble,
            Onward {
                way: Way::StartAgain,
                url,
            },
        ),
        None => failure::error_page(state, id, trouble),
    }
}

/// The step that is due, with the person it is about where a page needs that.
pub(crate) struct Due {
    pub(crate) step: Step,
    pub(crate) present: Option<User>,
}

/// Asks the hub what is due for a claimed request, for one of its pages: mostly that page itself, and then nothing is written.
pub(crate) async fn due(state: &AppState, claimed: &Claimed) -> Result<Due, StorageFault> {
    let (ctx, client, visitor) = (state.ctx.clone(), claimed.client.clone(), claimed.visitor.clone());
    let (interaction, request) = (claimed.interaction.clone(), claimed.request.clone());
    let looked = read(state, move |tx| {
        let step = hub::look(tx, &ctx, &client, &interaction, &visitor)?;
        let present = match step {
            Some(Step::Login(_, LoginReason::Again)) => hub::present(tx, &ctx, &request, &visitor)?,
            _ => None,
        };
        Ok::<_, StorageFault>(step.map(|step| Due { step, present }))
    })
    .await?;
    match looked {
        Some(due) => Ok(due),
        None => go_on(state, claimed, Consented::NotAsked)
            .await
            .map(|step| Due { step, present: None }),
    }
}

/// Has the hub do what is due for a claimed request.
pub(crate) async fn go_on(
    state: &AppState,
    claimed: &Claimed,
    consented: Consented,
) -> Result<Step, StorageFault> {
    let (ctx, client, visitor) = (state.ctx.clone(), claimed.client.clone(), claimed.visitor.clone());
    let interaction = claimed.interaction.clone();
    write(state, move |tx| {
        hub::go_on(tx, &ctx, &client, &interaction, &visitor, consented)
    })
    .await
}
