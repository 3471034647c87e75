//! A client that calls one of our endpoints for programs: its form is read and it is authenticated, the same way
//! everywhere (RFC 6749 2.3, RFC 7009 2.1, RFC 7662 2.1).

use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::StorageFault;
use protocol::{ErrorCode, OAuthError, Params};
use token::Client;
use token::client::{ClientFault, PresentedCredentials, authenticate};
use token::flow::Refused;
use token::flow::call::{self, Stopped};

use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::forms::{self, FormFault};
use crate::state::AppState;
use crate::{failure, flows, peer};

/// Who calls, with what.
#[derive(Clone)]
pub(crate) struct Caller {
    /// Authenticated; or, if public, as it says.
    pub(crate) client: Arc<Client>,
    /// The form.
    pub(crate) params: Arc<Params>,
}

/// What stops a call: the form cannot be read, the client is told, or storage is away.
pub(crate) enum Stop {
    Form(FormFault),
    Client(OAuthError),
    /// The same, with the record of why.
    Refused(OAuthError, Box<Refused>),
    Storage(StorageFault),
}

impl<E: Into<OAuthError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Client(error.into())
    }
}

impl Stop {
    /// A refusal, for a caller that claimed to be `client_id` and is `client`, if there is such a one.
    pub(crate) fn refused<E: Into<OAuthError>>(
        params: &Params,
        caller: (Option<&str>, Option<&Client>),
        stopped: Stopped,
        error: E,
    ) -> Self {
        let error = error.into();
        let refused = call::refused(params, caller, stopped, &error);
        Stop::Refused(error, Box::new(refused))
    }

    /// What the caller is told, as the specifications name it.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Stop::Form(_) => ErrorCode::InvalidRequest,
            Stop::Client(error) | Stop::Refused(error, _) => error.code,
            Stop::Storage(fault) => failure::storage_code(fault),
        }
    }

    pub(crate) fn respond(self, id: &CorrelationId) -> HttpResponse {
        match self {
            Stop::Form(fault) => {
                let error = OAuthError::new(ErrorCode::InvalidRequest, fault.description());
                let refused = Refused::plain("unreadable", fault.description());
                flows::explain(failure::json_error_with(fault.status(), &error), refused)
            }
            Stop::Client(error) => failure::json_error(&error),
            Stop::Refused(error, refused) => flows::explain(failure::json_error(&error), *refused),
            Stop::Storage(fault) => failure::storage_json(id, &fault),
        }
    }
}

impl Caller {
    /// Reads the request and believes its client, or does not.
    pub(crate) async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        state: &AppState,
    ) -> Result<Self, Stop> {
        let params = forms::form(request, payload).await.map_err(Stop::Form)?;
        let refused = |client_id: &str, client: Option<&Client>, fault: ClientFault| {
            let client_id = Some(client_id).filter(|id| !id.is_empty());
            Stop::refused(&params, (client_id, client), Stopped::Client(fault), fault)
        };
        let claimed = params.get("client_id").unwrap_or_default();
        refuse_query(request)
            .map_err(|error| Stop::refused(&params, (Some(claimed), None), Stopped::InUrl, error))?;
        let authorization = request
            .headers()
            .get(AUTHORIZATION)
            .map(|value| value.to_str().unwrap_or_default());
        let presented = PresentedCredentials::read(authorization, &params)
            .map_err(|fault| refused(claimed, None, fault))?;
        let client = client(state, &presented.client_id).await.map_err(Stop::Storage)?;
        let now = state.ctx.now();
        let used = authenticate(client.as_deref(), &presented, now)
            .map_err(|fault| refused(&presented.client_id, client.as_deref(), fault))?;
        if let Some(secret) = used {
            state.secret_uses.note(&presented.client_id, secret, now);
            // Only of those who proved it: anybody may call themselves a public client.
            let from = peer::address(request, &state.trusted_proxies);
            state.sightings.called(&presented.client_id, from);
        }
        Ok(Self {
            client: client.ok_or(ClientFault::Unknown)?,
            params: Arc::new(params),
        })
    }

    /// The token the call is about (RFC 7009 2.1, RFC 7662 2.1).
    pub(crate) fn token(&self) -> Result<&str, OAuthError> {
        let refuse = |description: &'static str| OAuthError::new(ErrorCode::InvalidRequest, description);
        if self.params.first_repeated().is_some() {
            return Err(refuse("a parameter was given more than once"));
        }
        self.params.get("token").ok_or_else(|| refuse("token is missing"))
    }
}

/// RFC 6749 2.3.1: credentials MUST NOT be in the URI; neither shall codes and tokens.
fn refuse_query(request: &HttpRequest) -> Result<(), OAuthError> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    Err(OAuthError::new(
        ErrorCode::InvalidRequest,
        "parameters belong into the body, not into the URL",
    ))
}
