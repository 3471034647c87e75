//! `/admin/users/new` and `/admin/users/{sub}/edit`: the form about somebody.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::users::{self, NewUser, UserChange};
use admin::view::UserView;
use admin::{AdminFault, edition, password_link};
use askama::Template;
use identity::recovery::LinkToSend;
use identity::{Profile, User};
use protocol::Params;

use super::{PATH, page_of, steps};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where the form for somebody new is.
pub(super) const NEW: &str = "/admin/users/new";

/// The page.
#[derive(Template)]
#[template(path = "person_edit.html")]
struct Edit<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    back: String,
    /// Nobody yet: the form offers to send a link.
    new: bool,
    /// Whether letters are really sent.
    delivers: bool,
    values: Values,
    wrong: Vec<String>,
}

/// What the form holds.
#[derive(Debug, Clone, Default)]
struct Values {
    username: String,
    email: String,
    email_verified: bool,
    name: String,
    given_name: String,
    family_name: String,
    /// One in a line.
    groups: String,
    roles: String,
    /// The edition of the person the form was filled from, groups and all: one that is older than somebody else's change is
    /// refused, or it would put back what was taken away meanwhile.
    stood: String,
}

impl Values {
    fn read(form: &Params) -> Self {
        let text = |name| form.get(name).unwrap_or_default().trim().to_owned();
        Self {
            username: text("username"),
            email: text("email"),
            email_verified: form.get("email_verified").is_some(),
            name: text("name"),
            given_name: text("given_name"),
            family_name: text("family_name"),
            groups: text("groups"),
            roles: text("roles"),
            stood: text("stood"),
        }
    }

    fn of(user: &User) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            username: user.username.clone(),
            email: text(&user.email),
            email_verified: user.email_verified,
            name: text(&user.profile.name),
            given_name: text(&user.profile.given_name),
            family_name: text(&user.profile.family_name),
            groups: user.groups.join("\n"),
            roles: user.roles.join("\n"),
            stood: edition::of(&UserView::from(user)),
        }
    }

    /// An empty text takes a claim away.
    fn profile(&self) -> Profile {
        Profile {
            name: Some(self.name.clone()),
            given_name: Some(self.given_name.clone()),
            family_name: Some(self.family_name.clone()),
            ..Profile::default()
        }
    }

    fn change(&self) -> UserChange {
        UserChange {
            username: Some(self.username.clone()),
            email: Some(self.email.clone()),
            email_verified: Some(self.email_verified),
            profile: self.profile(),
            groups: Some(lines(&self.groups)),
            roles: Some(lines(&self.roles)),
            ..UserChange::default()
        }
    }

    fn new_user(&self) -> NewUser {
        NewUser {
            username: self.username.clone(),
            email: Some(self.email.clone()),
            email_verified: self.email_verified,
            profile: self.profile(),
            groups: lines(&self.groups),
            roles: lines(&self.roles),
            ..NewUser::default()
        }
    }
}

/// The lines of a text, without empty ones.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// GET `/admin/users/new`.
pub(super) async fn ask_new(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(|_, _, actor| actor.require(admin::Permission::ManagePeople))
        .await;
    match found {
        Ok((here, ())) => {
            let shell = desk.shell(&here, Section::People);
            draw_new(&desk, shell, Values::default(), Vec::new())
        }
        Err(refusal) => desk.refuse_look(refusal),
    }
}

fn draw_new(desk: &Desk, shell: Shell<'_>, values: Values, wrong: Vec<String>) -> HttpResponse {
    let status = status_for(&wrong);
    let view = Edit {
        shell,
        csrf: desk.token(NEW),
        action: NEW.to_owned(),
        back: PATH.to_owned(),
        new: true,
        delivers: desk.state().post.delivers(),
        values,
        wrong,
    };
    desk.page(status, &view)
}

fn status_for(wrong: &[String]) -> StatusCode {
    if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// POST `/admin/users/new`; `invite` sends a link to a first password.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, NEW).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let (values, invites) = (Values::read(&form), form.get("invite").is_some());
    let new = values.new_user();
    let made = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            let user = users::create(tx, ctx, actor, new)?;
            let link = match invites {
                true => Some(password_link::make(tx, ctx, actor, &user.id.to_string())?),
                false => None,
            };
            Ok((user, link))
        })
        .await;
    match made {
        Ok((_, (user, link))) => {
            let told = told(&desk, &user, link.as_ref());
            desk.go_and_tell(&page_of(&user.id.to_string()), &told)
        }
        Err(refusal) => again(&desk, refusal, NEW, |shell, wrong| {
            draw_new(&desk, shell, values.clone(), wrong)
        }),
    }
}

fn told(desk: &Desk, user: &User, link: Option<&LinkToSend>) -> String {
    match link {
        Some(link) => {
            steps::send(desk, link);
            format!(
                "{} was added, and a link to a first password was sent.",
                user.username
            )
        }
        None => format!(
            "{} was added. They cannot sign in before they have a password.",
            user.username
        ),
    }
}

/// What was typed once more, with what is wrong about it; other refusals as usual.
fn again(
    desk: &Desk,
    refusal: Refusal,
    back: &str,
    draw: impl FnOnce(Shell<'_>, Vec<String>) -> HttpResponse,
) -> HttpResponse {
    match refusal {
        Refusal::Fault(here, AdminFault::Invalid(wrong)) => draw(desk.shell(&here, Section::People), wrong),
        Refusal::Fault(here, AdminFault::Conflict(wrong)) => {
            draw(desk.shell(&here, Section::People), vec![wrong])
        }
        refusal => desk.refuse(refusal, back),
    }
}

fn action(sub: &str) -> String {
    format!("{}/edit", page_of(sub))
}

/// GET `/admin/users/{sub}/edit`.
pub(super) async fn ask(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    sub: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let wanted = sub.clone();
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(admin::Permission::ManagePeople)?;
            users::find(tx, actor, &wanted)
        })
        .await;
    match found {
        Ok((here, user)) => {
            let shell = desk.shell(&here, Section::People);
            draw(&desk, shell, &sub, Values::of(&user), Vec::new())
        }
        Err(refusal) => desk.refuse_look(refusal),
    }
}

fn draw(desk: &Desk, shell: Shell<'_>, sub: &str, values: Values, wrong: Vec<String>) -> HttpResponse {
    let (action, status) = (action(sub), status_for(&wrong));
    let view = Edit {
        shell,
        csrf: desk.token(&action),
        action,
        back: page_of(sub),
        new: false,
        delivers: false,
        values,
        wrong,
    };
    desk.page(status, &view)
}

/// POST `/admin/users/{sub}/edit`.
pub(super) async fn save(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    sub: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, &action(&sub)).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let values = Values::read(&form);
    let (change, wanted, stood) = (values.change(), sub.clone(), values.stood.clone());
    let saved = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            let user = users::find(tx, actor, &wanted)?;
            edition::is_still(&UserView::from(&user), &stood)?;
            users::update(tx, ctx, actor, &wanted, change)
        })
        .await;
    match saved {
        Ok((_, user)) => desk.go_and_tell(&page_of(&sub), &format!("{} was saved.", user.username)),
        Err(refusal) => again(&desk, refusal, &action(&sub), |shell, wrong| {
            draw(&desk, shell, &sub, values.clone(), wrong)
        }),
    }
}
