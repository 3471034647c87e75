//! `/admin/clients/new`: setting up an application. What kind it is comes first and decides what is safe; one short form is left;
//! the answer shows the id and, once, the secret, with settings to copy.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::blueprint::Blueprint;
use admin::clients::{self, NewClient};
use admin::snippets::{self, Pkce, Snippet};
use admin::{AdminFault, Permission};
use askama::Template;
use protocol::Params;
use token::client::register::generate_client_id;

use super::boxes::{self, Choice};
use super::secrets::{self, News};
use super::{fields, page_of};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where one begins, and where the form goes.
pub(super) const PATH: &str = "/admin/clients/new";

/// What kind it is.
#[derive(Template)]
#[template(path = "client_kinds.html")]
struct Kinds<'a> {
    shell: Shell<'a>,
    kinds: Vec<KindLine>,
}

struct KindLine {
    href: String,
    title: &'static str,
    about: &'static str,
    /// Address and title of each app it may be.
    apps: Vec<(String, &'static str)>,
}

/// Title and description of a kind.
fn words(kind: Blueprint) -> (&'static str, &'static str) {
    match kind {
        Blueprint::Web => (
            "Web application on a server",
            "Its code runs on a server and keeps a secret there.",
        ),
        Blueprint::SinglePage => (
            "Single-page application",
            "Its code runs in the browser alone. It has no secret; PKCE stands in for it.",
        ),
        Blueprint::Native => (
            "App on a phone or computer",
            "It is installed, and comes back by a loopback address or a scheme of its own. It has no secret.",
        ),
        Blueprint::Proxy => (
            "Application behind a proxy",
            "A proxy signs people in and tells the application who they are.",
        ),
        Blueprint::Service => (
            "Service",
            "A program that acts for itself. Nobody signs in; it gets tokens for APIs with its secret.",
        ),
        Blueprint::Api => (
            "Server of an API",
            "It receives tokens and asks what they are worth. It gets none itself.",
        ),
    }
}

fn kind_line(kind: Blueprint) -> KindLine {
    let (title, about) = words(kind);
    let href = format!("{PATH}?kind={}", kind.as_str());
    let apps = snippets::for_kind(kind).filter(|snippet| snippet.name != "other" && kind.signs_people_in());
    KindLine {
        apps: apps
            .map(|snippet| (format!("{href}&for={}", snippet.name), snippet.title))
            .collect(),
        href,
        title,
        about,
    }
}

/// The form.
#[derive(Template)]
#[template(path = "client_create.html")]
struct Form<'a> {
    shell: Shell<'a>,
    csrf: String,
    kind: Blueprint,
    title: &'static str,
    about: &'static str,
    app: Option<&'static Snippet>,
    making: String,
    wrong: Vec<String>,
    form: &'a Params,
    scopes: Vec<Choice>,
    apis: Vec<Choice>,
    served: Vec<Choice>,
}

impl Form<'_> {
    fn text(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }

    fn redirect(&self) -> &'static str {
        match (self.app, self.kind) {
            (Some(app), _) => app.redirect,
            (None, Blueprint::Native) => "",
            (None, _) => "/callback",
        }
    }
}

/// GET: the kinds, or the form of one.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    match desk.query().get("kind").and_then(Blueprint::named) {
        Some(kind) => {
            let blank = blank(app(desk.query()));
            form(&desk, kind, app(desk.query()), (blank, Vec::new())).await
        }
        None => kinds(&desk).await,
    }
}

fn app(params: &Params) -> Option<&'static Snippet> {
    params.get("for").and_then(|name| snippets::find(name).ok())
}

/// The scopes that are ticked at first: those the app makes use of, else those most have.
fn blank(app: Option<&Snippet>) -> Params {
    let scope = app.map_or("openid profile email", |app| app.scope);
    let tokens = scope
        .split_ascii_whitespace()
        .filter(|token| *token != "offline_access");
    Params::from_pairs(tokens.map(|token| ("scope", token)))
}

async fn kinds(desk: &Desk) -> HttpResponse {
    let found = desk
        .read(|_, _, actor| actor.require(Permission::ManageApplications))
        .await;
    match found {
        Ok((here, ())) => {
            let view = Kinds {
                shell: desk.shell(&here, Section::Applications),
                kinds: Blueprint::ALL.map(kind_line).into(),
            };
            desk.page(StatusCode::OK, &view)
        }
        Err(refusal) => desk.refuse_look(refusal),
    }
}

async fn form(
    desk: &Desk,
    kind: Blueprint,
    app: Option<&'static Snippet>,
    (form, wrong): (Params, Vec<String>),
) -> HttpResponse {
    let found = desk
        .read(|tx, _, actor| {
            actor.require(Permission::ManageApplications)?;
            Ok(tx.catalogue()?)
        })
        .await;
    let (here, catalogue) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse(refusal, PATH),
    };
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut scopes = boxes::scopes(&form, &catalogue);
    if !kind.signs_people_in() {
        scopes.retain(|choice| !catalogue.is_about_people(&choice.value));
    }
    let (title, about) = words(kind);
    let view = Form {
        shell: desk.shell(&here, Section::Applications),
        csrf: desk.token(PATH),
        kind,
        title,
        about,
        app,
        making: generate_client_id(&*desk.state().ctx.entropy),
        wrong,
        scopes,
        apis: boxes::apis(&form, &catalogue, "resource"),
        served: boxes::apis(&form, &catalogue, "resource_server_of"),
        form: &form,
    };
    desk.page(status, &view)
}

/// POST: makes it. The form names the id it will have, so that sending it twice makes no second one.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let sent = match desk.form(payload, PATH).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let Some(kind) = sent.get("kind").and_then(Blueprint::named) else {
        return kinds(&desk).await;
    };
    let app = app(&sent);
    let new = match new_client(kind, app, &sent) {
        Ok(new) => new,
        Err(wrong) => return form(&desk, kind, app, (sent, wrong)).await,
    };
    let (client_id, urls) = (new.client_id.clone().unwrap_or_default(), state.urls.clone());
    let made = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            clients::create(tx, ctx, actor, &*urls, new)
        })
        .await;
    match made {
        Ok((here, made)) => {
            let secret = made.secret.as_ref().map(|secret| secret.expose());
            let shell = desk.shell(&here, Section::Applications);
            let app = app.map(|app| app.name);
            secrets::show_new(&desk, shell, &made.client, News::Made { secret, app })
        }
        Err(Refusal::Fault(_, AdminFault::Invalid(wrong))) => form(&desk, kind, app, (sent, wrong)).await,
        Err(Refusal::Fault(here, AdminFault::Conflict(_))) => {
            let view = Again {
                shell: desk.shell(&here, Section::Applications),
                href: page_of(&client_id),
                client_id,
            };
            desk.page(StatusCode::CONFLICT, &view)
        }
        Err(refusal) => desk.refuse(refusal, PATH),
    }
}

/// There is one of that id, made by another, or by this form when it was sent before.
#[derive(Template)]
#[template(path = "client_again.html")]
struct Again<'a> {
    shell: Shell<'a>,
    client_id: String,
    href: String,
}

/// What the form says, on the ground of the kind. Nothing else is read.
fn new_client(kind: Blueprint, app: Option<&Snippet>, sent: &Params) -> Result<NewClient, Vec<String>> {
    let (mut metadata, mut policy) = (kind.metadata(), kind.policy());
    if let Some(app) = app.filter(|app| app.kinds.contains(&kind)) {
        policy.require_pkce = app.pkce == Pkce::Sent;
        metadata.token_endpoint_auth_method = app.method.unwrap_or(metadata.token_endpoint_auth_method);
    }
    let name = sent
        .get("client_name")
        .map(str::trim)
        .filter(|name| !name.is_empty());
    metadata.client_name = name.map(str::to_owned);
    let scope = fields::values(sent, "scope").join(" ");
    if kind.signs_people_in() {
        metadata.redirect_uris = fields::words(sent, "redirect_uris");
        metadata.post_logout_redirect_uris = fields::words(sent, "post_logout_redirect_uris");
        policy.first_party = sent.get("first_party").is_some();
        if scope.is_empty() {
            return Err(vec![
                "Scopes: tick what it may ask for, at least openid.".to_owned(),
            ]);
        }
    }
    metadata.scope = Some(scope).filter(|scope| !scope.is_empty());
    if kind == Blueprint::Api {
        policy.resource_server_of = fields::values(sent, "resource_server_of");
        if policy.resource_server_of.is_empty() {
            return Err(vec![
                "Tick the API it is the server of. If there is none yet, add it under APIs.".to_owned(),
            ]);
        }
    } else {
        policy.resources = fields::values(sent, "resource");
    }
    let typed = sent.get("client_id").map(str::trim).filter(|id| !id.is_empty());
    Ok(NewClient {
        client_id: typed.or(sent.get("making")).map(str::to_owned),
        metadata,
        policy,
        secret: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_fields_of_its_kind_is_read() {
        let sent = Params::from_pairs([
            ("client_name", " Wiki "),
            ("redirect_uris", "https://a.test/cb\r\nhttps://b.test/cb"),
            ("scope", "openid"),
            ("scope", "email"),
            ("making", "m"),
            ("auth_method", "none"),
            ("require_pkce", ""),
            ("grant", "client_credentials"),
            ("resource_server_of", "https://api.test"),
            ("refresh_rotation", "off"),
        ]);
        let new = new_client(Blueprint::Web, None, &sent).unwrap();
        let mut expected = Blueprint::Web.metadata();
        expected.client_name = Some("Wiki".to_owned());
        expected.redirect_uris = vec!["https://a.test/cb".to_owned(), "https://b.test/cb".to_owned()];
        expected.scope = Some("openid email".to_owned());
        assert_eq!(new.metadata, expected);
        assert_eq!(new.policy, Blueprint::Web.policy());
        assert_eq!(new.client_id.as_deref(), Some("m"));
        assert!(new_client(Blueprint::Web, None, &Params::default()).is_err());
        assert!(new_client(Blueprint::Api, None, &Params::default()).is_err());
        let service = new_client(Blueprint::Service, None, &sent).unwrap();
        assert!(service.metadata.redirect_uris.is_empty());
    }

    #[test]
    fn pkce_is_given_up_only_for_an_app_that_cannot() {
        let sent = Params::from_pairs([("scope", "openid")]);
        for snippet in snippets::all() {
            for kind in snippet.kinds.iter().filter(|kind| kind.signs_people_in()) {
                let new = new_client(*kind, Some(snippet), &sent).unwrap();
                assert_eq!(
                    new.policy.require_pkce,
                    snippet.pkce == Pkce::Sent,
                    "{}",
                    snippet.name
                );
            }
        }
    }
}
