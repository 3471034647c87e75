//! `/choose/{id}`: which of the accounts signed in at this browser an app is to be given.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use identity::User;
use kernel::StorageFault;
use token::authorize::{Choice, Consented, Step, chooser};

use super::interaction::{Claimed, Found, find, go_on};
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::forms::PostedForm;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{Account, Choosable, Choose, Onward, PageContext, Trouble, Way, page};
use crate::{deliver, failure};

/// Accounts shown at once; the others are behind "More accounts".
const SHOWN: usize = 5;
/// What the form sends for an account that is not signed in here.
const ANOTHER: &str = "another";

/// GET `/choose/{id}`. Shown to whoever comes back to it, too: a choice can be made again until the request is answered.
pub(crate) async fn get(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let claimed = match claimed(&request, &state, &id, &path).await {
        Ok(claimed) => claimed,
        Err(response) => return response,
    };
    match offered(&state, &claimed).await {
        Ok(people) if !people.is_empty() => draw(&state, &claimed, &path, &people),
        Ok(_) => match go_on(&state, &claimed, Consented::NotAsked).await {
            Ok(step) => deliver::step(&state, &step),
            Err(fault) => failure::storage_page(&state, &id, &fault),
        },
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

async fn claimed(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    path: &str,
) -> Result<Box<Claimed>, HttpResponse> {
    match find(request, state, id, path).await? {
        Found::Authorization(claimed) => Ok(claimed),
        Found::SignIn(..) => Err(failure::error_page(state, id, Trouble::Expired { app: None })),
    }
}

async fn offered(state: &AppState, claimed: &Claimed) -> Result<Vec<User>, StorageFault> {
    let (ctx, request, visitor) = (
        state.ctx.clone(),
        claimed.request.clone(),
        claimed.visitor.clone(),
    );
    let people = read(state, move |tx| {
        chooser::to_choose_from(tx, &ctx, &request, &visitor)
    })
    .await?;
    Ok(people.into_iter().map(|(_, user)| user).collect())
}

fn draw(state: &AppState, claimed: &Claimed, path: &str, people: &[User]) -> HttpResponse {
    let accounts: Vec<_> = people.iter().map(choosable).collect();
    let (shown, more) = accounts.split_at(accounts.len().min(SHOWN));
    let view = Choose {
        action: &format!("/choose/{path}"),
        csrf: &csrf::token(&claimed.visitor.flow, Purpose::Choose, path),
        app: claimed.client.display_name(),
        place: state.place(),
        accounts: shown,
        more,
    };
    page(StatusCode::OK, &view, &PageContext::new(state.transport()))
}

fn choosable(user: &User) -> Choosable<'_> {
    Choosable {
        value: user.id.to_string(),
        account: Account {
            name: user.display_name(),
            username: &user.username,
        },
    }
}

/// POST `/choose/{id}`: the account somebody picked, by its `sub`.
pub(crate) async fn post(
    request: HttpRequest,
    path: web::Path<String>,
    PostedForm(form): PostedForm,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let claimed = match claimed(&request, &state, &id, &path).await {
        Ok(claimed) => claimed,
        Err(response) => return response,
    };
    let choice = match form.get("account") {
        Some(ANOTHER) => Some(Choice::Another),
        Some(text) => text.parse().ok().map(Choice::Person),
        None => None,
    };
    let genuine = csrf::is_genuine(form.get("csrf"), &claimed.visitor.flow, Purpose::Choose, &path);
    let Some(choice) = choice.filter(|_| genuine) else {
        let again = Onward {
            way: Way::Accounts,
            url: &format!("/choose/{}", claimed.interaction.id),
        };
        return failure::error_page_with_next(&state, &id, Trouble::FormRefused, again);
    };
    match choose(&state, &claimed, choice).await {
        Ok(step) => deliver::step(&state, &step),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

async fn choose(state: &AppState, claimed: &Claimed, choice: Choice) -> Result<Step, StorageFault> {
    let (ctx, client, visitor) = (state.ctx.clone(), claimed.client.clone(), claimed.visitor.clone());
    let interaction = claimed.interaction.clone();
    write(state, move |tx| {
        chooser::choose(tx, &ctx, &client, &interaction, &visitor, choice)
    })
    .await
}
