//! `/admin/resources`: all APIs and all scopes of one's own. There are few, and they are shown at once.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::{Permission, resources, scopes};
use askama::Template;
use token::{ApiResource, ClaimScope};

use super::{page_of, page_of_scope, resource, scope};
use crate::console::desk::Desk;
use crate::console::shell::{Section, Shell};
use crate::console::words::span;
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page.
#[derive(Template)]
#[template(path = "apis.html")]
struct Apis<'a> {
    shell: Shell<'a>,
    apis: Vec<Api>,
    scopes: Vec<Scope>,
}

struct Api {
    href: String,
    identifier: String,
    name: String,
    scopes: String,
    lives: String,
    alg: &'static str,
}

struct Scope {
    href: String,
    name: String,
    description: String,
    claims: String,
}

/// GET `/admin/resources`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(|tx, _, actor| Ok((resources::list(tx, actor)?, scopes::list(tx, actor)?)))
        .await;
    let (here, (apis, scopes)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = Apis {
        shell: desk.shell(&here, Section::Apis),
        apis: apis.iter().map(api).collect(),
        scopes: scopes.iter().map(own_scope).collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn api(resource: &ApiResource) -> Api {
    Api {
        href: page_of(&resource.identifier),
        identifier: resource.identifier.clone(),
        name: resource.name.clone().unwrap_or_default(),
        scopes: resource.scopes.iter().collect::<Vec<_>>().join(", "),
        lives: resource.access_ttl.map_or_else(|| "as usual".to_owned(), span),
        alg: resource
            .access_token_alg
            .map_or("as the application", |alg| alg.as_str()),
    }
}

fn own_scope(scope: &ClaimScope) -> Scope {
    Scope {
        href: page_of_scope(&scope.name),
        name: scope.name.clone(),
        description: scope.description.clone().unwrap_or_default(),
        claims: scope.claims.keys().cloned().collect::<Vec<_>>().join(", "),
    }
}
