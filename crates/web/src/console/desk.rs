//! Somebody at the console: finding out who, in the same unit of work as what they want, and answering them.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use admin::console::{self, Absence, Presence};
use admin::{Actor, AdminFault, Ports};
use askama::Template;
use kernel::digest::base64url;
use kernel::secret::ConsoleSecret;
use kernel::{Ctx, Digest, StorageFault};
use protocol::Params;
use token::authorize::Visitor;

use super::PATH;
use super::entering::{self, Why};
use super::shell::{Refused, Section, Shell};
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::state::AppState;
use crate::views::{PageContext, Trouble, page};
use crate::{cookies, deliver, failure, forms, own_form, peer, unit};

/// As on other pages, and forms that go nowhere but here: no page of the console leads back to an app.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'";
/// The parameter that carries what a page says after something was done.
const TOLD: &str = "told";

/// The ports of one transaction.
type AllPorts = dyn Ports;

/// A request to the console.
pub(crate) struct Desk {
    state: web::Data<AppState>,
    request: HttpRequest,
    id: CorrelationId,
    visitor: Visitor,
    query: Params,
    secret: Option<Digest<ConsoleSecret>>,
}

/// Why a request to the console was not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is there, or not an administrator.
    Absent(Absence),
    /// What is asked needs a proof made a short while ago.
    Stale,
    /// The use-case said no.
    Fault(Box<Presence>, AdminFault),
    /// Storage failed before it was known who is there.
    Storage(StorageFault),
}

impl From<StorageFault> for Refusal {
    fn from(fault: StorageFault) -> Self {
        Refusal::Storage(fault)
    }
}

impl Desk {
    /// Reads what came. Nobody is known yet.
    pub(crate) fn of(request: &HttpRequest, state: &web::Data<AppState>, id: &CorrelationId) -> Self {
        let (visitor, _) = cookies::visitor(request, &state.ctx);
        Self {
            secret: cookies::console(request, &state.ctx).map(|secret| secret.digest()),
            query: forms::query(request).unwrap_or_default(),
            state: state.clone(),
            request: request.clone(),
            id: id.clone(),
            visitor,
        }
    }

    /// The form that was posted to `action`, from a page of ours that was drawn for this browser and this session.
    ///
    /// # Errors
    /// The page that refuses it.
    pub(crate) async fn form(&self, payload: web::Payload, action: &str) -> Result<Params, HttpResponse> {
        let form = own_form::read(&self.request, payload, &self.state, &self.id).await?;
        if self.is_genuine(form.get("csrf"), action) {
            Ok(form)
        } else {
            Err(failure::error_page(&self.state, &self.id, Trouble::FormRefused))
        }
    }

    /// Runs `work` against one consistent state, for whoever is there.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<(Presence, T), Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<T, AdminFault> + Send + 'static,
    {
        let terms = self.terms()?;
        unit::read(&self.state, move |tx| run(tx, terms, Proof::Any, work)).await
    }

    /// Runs `work` in a transaction, for whoever is there and has proved it as recently as `proof` wants.
    pub(crate) async fn write<T, F>(&self, proof: Proof, work: F) -> Result<(Presence, T), Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<T, AdminFault> + Send + 'static,
    {
        let terms = self.terms()?;
        unit::write(&self.state, move |tx| run(tx, terms, proof, work)).await
    }

    fn terms(&self) -> Result<Terms, Refusal> {
        let secret = self.secret.clone().ok_or(Refusal::Absent(Absence::SignedOut))?;
        let address = peer::address(&self.request, &self.state.trusted_proxies);
        Ok(Terms {
            ctx: self.state.ctx.clone(),
            address: address.map(|address| address.to_string()),
            secret,
        })
    }

    /// What handlers share.
    pub(crate) fn state(&self) -> &web::Data<AppState> {
        &self.state
    }

    /// The parameters in the address.
    pub(crate) fn query(&self) -> &Params {
        &self.query
    }

    /// The token for a form that is posted to `action`.
    pub(crate) fn token(&self, action: &str) -> String {
        csrf::token(&self.visitor.flow, Purpose::Console, &self.subject(action))
    }

    /// Whether `presented` is the token for the form posted to `action`.
    fn is_genuine(&self, presented: Option<&str>, action: &str) -> bool {
        csrf::is_genuine(
            presented,
            &self.visitor.flow,
            Purpose::Console,
            &self.subject(action),
        )
    }

    /// A form belongs to an action and to the session it was drawn in.
    fn subject(&self, action: &str) -> String {
        let session = self.secret.as_ref().map(|secret| base64url(secret.as_bytes()));
        format!("{}:{action}", session.unwrap_or_default())
    }

    /// What surrounds every page.
    pub(crate) fn shell<'a>(&self, here: &'a Presence, section: Section) -> Shell<'a> {
        Shell {
            name: here.user.display_name(),
            username: &here.user.username,
            may: here.actor.may(),
            section,
            told: self.told(),
        }
    }

    /// A page of the console.
    pub(crate) fn page(&self, status: StatusCode, view: &impl Template) -> HttpResponse {
        let mut response = page(status, view, &PageContext::of_account(self.state.transport()));
        of_console(response.headers_mut());
        response
    }

    /// On to a page of the console, `to`, after something was done.
    pub(crate) fn go(&self, to: &str) -> HttpResponse {
        deliver::to_path(&self.state, to)
    }

    /// On to a page of the console that says so. The sentence is sealed, so that no link can put words into its mouth.
    pub(crate) fn go_and_tell(&self, to: &str, sentence: &str) -> HttpResponse {
        let seal = csrf::token(&self.visitor.flow, Purpose::Told, sentence);
        let told = format!("{}.{seal}", base64url(sentence.as_bytes()));
        let (path, anchor) = to.split_once('#').unwrap_or((to, ""));
        let mark = if path.contains('?') { '&' } else { '?' };
        let anchor = if anchor.is_empty() {
            String::new()
        } else {
            format!("#{anchor}")
        };
        deliver::to_path(&self.state, &format!("{path}{mark}{TOLD}={told}{anchor}"))
    }

    fn told(&self) -> Option<String> {
        let (body, seal) = self.query.get(TOLD)?.split_once('.')?;
        let sentence = String::from_utf8(kernel::digest::from_base64url(body)?).ok()?;
        csrf::is_genuine(Some(seal), &self.visitor.flow, Purpose::Told, &sentence).then_some(sentence)
    }

    /// Asks the person to prove who they are, after which the browser comes back to `to`.
    pub(crate) fn prove(&self, to: &str) -> HttpResponse {
        entering::begin(&self.request, &self.state, Why::Proving, to)
    }

    /// Whether whoever is there has to [`prove`](Self::prove) themselves before what cannot be undone.
    pub(crate) fn is_fresh(&self, here: &Presence) -> bool {
        here.session.is_fresh(self.state.ctx.now())
    }

    /// What a refusal looks like. Whoever has to sign in comes back to the page they were at, or, after a form, to `back`.
    pub(crate) fn refuse(&self, refusal: Refusal, back: &str) -> HttpResponse {
        match refusal {
            Refusal::Absent(Absence::SignedOut) => {
                entering::begin(&self.request, &self.state, Why::Entering, back)
            }
            Refusal::Absent(Absence::NoAdministrator(user)) => self.no_administrator(&user),
            Refusal::Stale => self.prove(back),
            Refusal::Fault(here, fault) => self.explain(&here, &fault, back),
            Refusal::Storage(fault) => failure::storage_page(&self.state, &self.id, &fault),
        }
    }

    /// The same for a page that is only looked at: the way back is its own address.
    pub(crate) fn refuse_look(&self, refusal: Refusal) -> HttpResponse {
        let own = self.request.uri().path_and_query();
        let own = own.map_or(PATH, |path| path.as_str()).to_owned();
        self.refuse(refusal, &own)
    }

    fn no_administrator(&self, user: &identity::User) -> HttpResponse {
        let headline = "This page is for administrators";
        let advice = format!(
            "You are signed in as {}. Somebody who manages this server can make you an administrator.",
            user.username
        );
        let trouble = Trouble::Other {
            status: StatusCode::FORBIDDEN,
            headline,
            advice: &advice,
        };
        let next = crate::views::Link {
            name: "Use another account",
            url: entering::CHANGE,
        };
        failure::error_page_with_next(&self.state, &self.id, trouble, next)
    }

    fn explain(&self, here: &Presence, fault: &AdminFault, back: &str) -> HttpResponse {
        let (status, headline) = match fault {
            AdminFault::NotFound { .. } => (StatusCode::NOT_FOUND, "There is no such thing"),
            AdminFault::Conflict(_) => (StatusCode::CONFLICT, "That cannot be done now"),
            AdminFault::Forbidden(_) => (StatusCode::FORBIDDEN, "That is not yours to do"),
            AdminFault::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "That cannot be taken"),
            AdminFault::Storage(fault) => return failure::storage_page(&self.state, &self.id, fault),
        };
        let view = Refused {
            shell: self.shell(here, Section::of(back)),
            headline,
            reasons: fault.to_string().lines().map(super::flows::sentence).collect(),
            correlation: self.id.as_str(),
            back: if leads_here(back) && status != StatusCode::NOT_FOUND {
                back
            } else {
                PATH
            },
        };
        self.page(status, &view)
    }
}

/// What its pages say about themselves.
#[inline(never)]
fn of_console(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    // The console speaks English, whatever language the person's other pages are in.
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static("en"));
}

/// How recently somebody must have proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// As long ago as the session is old.
    Any,
    /// A short while ago: before what cannot be undone.
    Fresh,
}

/// What a unit of work has to know of a request.
struct Terms {
    ctx: Arc<Ctx>,
    /// Where the request came from.
    address: Option<String>,
    secret: Digest<ConsoleSecret>,
}

/// Who is there, and what they want, in one unit of work.
fn run<T>(
    tx: &mut AllPorts,
    terms: Terms,
    proof: Proof,
    work: impl FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<T, AdminFault>,
) -> Result<(Presence, T), Refusal> {
    let here = enter(tx, &terms, proof)?;
    match work(tx, &terms.ctx, &here.actor) {
        Ok(answer) => Ok((here, answer)),
        Err(AdminFault::Storage(fault)) => Err(Refusal::Storage(fault)),
        Err(fault) => Err(Refusal::Fault(Box::new(here), fault)),
    }
}

/// Who is there. Compiled once, not again for every use-case.
#[inline(never)]
fn enter(tx: &mut AllPorts, terms: &Terms, proof: Proof) -> Result<Presence, Refusal> {
    let mut here = console::present(tx, &terms.ctx, &terms.secret)?.map_err(Refusal::Absent)?;
    if proof == Proof::Fresh && !here.session.is_fresh(terms.ctx.now()) {
        return Err(Refusal::Stale);
    }
    here.actor = here.actor.at(terms.address.clone());
    Ok(here)
}

/// Whether a path is one of the console's. Anything a browser could read as another host is not.
pub(crate) fn leads_here(path: &str) -> bool {
    let below = path.strip_prefix(PATH).unwrap_or("x");
    path.len() <= 2000
        && (below.is_empty() || below.starts_with(['/', '?', '#']))
        && !path.starts_with(entering::CALLBACK)
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::leads_here;

    #[test]
    fn only_paths_of_the_console_lead_here() {
        for good in ["/admin", "/admin/keys", "/admin?x=1", "/admin/clients/a%20b#c"] {
            assert!(leads_here(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "//evil.example",
            "/adminx",
            "/admin\\x",
            "/admin/\nx",
            "https://evil.example/admin",
            "/account",
            "/admin/callback?code=1",
        ] {
            assert!(!leads_here(bad), "{bad}");
        }
    }
}
