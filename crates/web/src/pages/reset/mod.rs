//! `/reset`: the forgotten password. Somebody asks for a link, gets it by mail, opens it, and sets a new one.
//!
//! Every page is the same for everybody until a link proves who somebody is. Nobody is signed in by a reset: the new
//! password is what signs in.

pub(crate) mod ask;
pub(crate) mod link;
pub(crate) mod set;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use crate::correlation::CorrelationId;
use crate::state::AppState;
use crate::views::{DeadLink, PageContext, PasswordProblem, page};

/// Where a link can be asked for.
pub(crate) const PATH: &str = "/reset";

/// The page for a link that is not good, whatever the reason.
fn dead(state: &AppState, id: &CorrelationId) -> HttpResponse {
    let view = DeadLink {
        again: PATH,
        correlation: id.as_str(),
    };
    let context = PageContext::of_account(state.transport());
    page(StatusCode::BAD_REQUEST, &view, &context)
}

/// A form with a password once more, under the status that tells programs what people read.
pub(crate) fn after_problem(mut response: HttpResponse, problem: PasswordProblem) -> HttpResponse {
    *response.status_mut() = match problem {
        PasswordProblem::FormTooOld => StatusCode::FORBIDDEN,
        PasswordProblem::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
        PasswordProblem::Busy => StatusCode::SERVICE_UNAVAILABLE,
        PasswordProblem::WrongCurrent | PasswordProblem::TooShort | PasswordProblem::TooLong => {
            StatusCode::BAD_REQUEST
        }
    };
    if problem == PasswordProblem::Busy {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}
