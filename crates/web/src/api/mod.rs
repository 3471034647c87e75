//! `/api/v1`: what the console does, for programs.
//!
//! Every operation is a row of one table ([`operations`]): the router, the checks before a use-case and the OpenAPI document are
//! made of it, so that none of them knows an operation the others do not. What may be done is decided by `admin`; here a request
//! is read, its bearer found out, and the answer written.

mod administrators;
mod audit;
mod bearer;
mod body;
mod call;
mod clients;
mod document;
mod etag;
mod flows;
mod grants;
mod groups;
mod key_turns;
mod keys;
mod me;
mod once;
mod operation;
mod paging;
mod problem;
mod reference;
mod reply;
mod resources;
mod revocations;
mod scopes;
mod sessions;
mod statistics;
mod users;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::console::segment;
use crate::correlation::CorrelationId;
use crate::forms;
use crate::routes::readable;
use crate::state::AppState;
use bearer::Bearer;
use call::Call;
use etag::IfMatch;
use once::Key;
use operation::{Guarded, Operation};
use problem::{Kind, Problem};
use reply::Reply;

/// What an operation comes to.
type Answer = Result<Reply, Problem>;

/// An answer on its way.
type Answering = Pin<Box<dyn Future<Output = HttpResponse>>>;

/// The whole table, area by area.
fn operations() -> Vec<Operation> {
    [
        me::operations(),
        users::operations(),
        groups::operations(),
        administrators::operations(),
        clients::operations(),
        resources::operations(),
        scopes::operations(),
        keys::operations(),
        key_turns::operations(),
        sessions::operations(),
        grants::operations(),
        revocations::operations(),
        audit::operations(),
        flows::operations(),
        statistics::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Adds the routes of the API, its document and its page.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(readable("/api", reference::get))
        .service(readable("/api/openapi.json", document::get));
    let mut by_path: Vec<(&'static str, Vec<Rc<Operation>>)> = Vec::new();
    for operation in operations() {
        let operation = Rc::new(operation);
        match by_path.iter_mut().find(|(path, _)| *path == operation.path) {
            Some((_, own)) => own.push(operation),
            None => by_path.push((operation.path, vec![operation])),
        }
    }
    // What is named stands before what is looked for: `/keys/rotate` is no key.
    by_path.sort_by_key(|(path, _)| path.matches('{').count());
    for (path, own) in by_path {
        config.service(resource(path, own));
    }
    config.service(web::scope("/api").default_service(web::to(no_route)));
}

/// The operations of one path, and 405 for every other method.
fn resource(path: &'static str, operations: Vec<Rc<Operation>>) -> actix_web::Resource {
    let mut resource = web::resource(format!("{}{path}", admin::api::PATH));
    let mut allow = Vec::new();
    for operation in operations {
        let method = operation.method.clone();
        if method == Method::GET {
            resource = resource.route(web::head().to(handler(Rc::clone(&operation))));
            allow.push("HEAD".to_owned());
        }
        allow.push(method.to_string());
        resource = resource.route(web::method(method).to(handler(operation)));
    }
    let allow = allow.join(", ");
    resource.default_service(web::to(move |id: CorrelationId| {
        let allow = allow.clone();
        async move {
            let mut response =
                Problem::new(Kind::MethodNotAllowed, format!("this address takes {allow} only")).respond(&id);
            if let Ok(value) = HeaderValue::from_str(&allow) {
                response.headers_mut().insert(ALLOW, value);
            }
            response
        }
    }))
}

fn handler(
    operation: Rc<Operation>,
) -> impl Fn(HttpRequest, web::Payload, web::Data<AppState>, CorrelationId) -> Answering + Clone + 'static {
    move |request, payload, state, id| {
        let operation = Rc::clone(&operation);
        Box::pin(async move {
            match serve(&operation, &request, payload, state).await {
                Ok(reply) => reply.respond(),
                Err(problem) => problem.respond(&id),
            }
        })
    }
}

/// Everything that is the same for all operations, in the order in which it is refused.
async fn serve(
    operation: &Operation,
    request: &HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
) -> Answer {
    let bearer = Bearer::of(request, &state).await?;
    if !operation
        .needs
        .iter()
        .all(|needed| bearer.reach().contain(*needed))
    {
        return Err(Problem::insufficient_scope(operation.needs));
    }
    let path = parts(request)?;
    let query = query(operation, request)?;
    let seen = match operation.guarded {
        Guarded::IfMatch => IfMatch::of(request)?,
        Guarded::Free | Guarded::Once => IfMatch::Any,
    };
    let body = match &operation.takes {
        Some(takes) => body::read(request, payload, takes.media).await?,
        None => Vec::new(),
    };
    let key = match operation.guarded {
        Guarded::Once => Key::of(request, &bearer, operation.id, &body, &state.custody.master())?,
        Guarded::Free | Guarded::IfMatch => None,
    };
    let call = Call {
        address: Call::address_of(request, &state),
        operation: operation.id,
        needs: operation.needs,
        path,
        state,
        bearer,
        query,
        body,
        seen,
        key,
    };
    (operation.run)(call).await
}

/// The parts of the path, by name. The router has decoded what cannot be mistaken for something else; a slash, a plus sign and
/// a percent sign are still encoded.
fn parts(request: &HttpRequest) -> Result<HashMap<String, String>, Problem> {
    let decoded = |(name, part): (&str, &str)| {
        // A plus sign is itself in a path.
        let part = protocol::params::decode(part.replace('+', "%2B").as_bytes());
        part.ok().map(|part| (name.to_owned(), part))
    };
    let all: Option<HashMap<_, _>> = request.match_info().iter().map(decoded).collect();
    all.ok_or_else(|| Problem::bad("the path is not encoded as it should be"))
}

/// The parameters of the query: those of the operation, each once.
fn query(operation: &Operation, request: &HttpRequest) -> Result<protocol::Params, Problem> {
    let query = forms::query(request).map_err(|fault| Problem::bad(fault.description()))?;
    for (name, _) in query.pairs() {
        if !operation.query.iter().any(|field| field.name == name) {
            return Err(Problem::bad(format!("{name}: no parameter of that name")));
        }
        if query.is_repeated(name) {
            return Err(Problem::bad(format!("{name}: given more than once")));
        }
    }
    Ok(query)
}

async fn no_route(id: CorrelationId) -> HttpResponse {
    Problem::new(Kind::NotFound, "there is nothing at this address").respond(&id)
}

#[cfg(test)]
mod tests;
