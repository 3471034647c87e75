//! The error page: what happened, what to do next, and the number that finds it in the log.

use actix_web::http::StatusCode;
use askama::Template;
use i18n::With as _;

use super::Onward;
use super::reading::said as filters;

/// Tells a person that something did not work.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// What happened; the page's words follow from it.
    pub trouble: Trouble<'a>,
    /// The protocol's error code, such as `invalid_request`, for those who can read it.
    pub code: Option<&'a str>,
    /// The protocol's description of it; untrusted text is fine.
    pub description: Option<&'a str>,
    /// The id that finds this request in the log, for passing on.
    pub correlation: &'a str,
    /// The way onwards; without one the page offers itself once more, or the front page, as its trouble passes.
    pub next: Option<Onward<'a>>,
}

impl<'a> ErrorPage<'a> {
    /// A page without technical details or a way onwards.
    pub fn new(trouble: Trouble<'a>, correlation: &'a str) -> Self {
        Self {
            trouble,
            code: None,
            description: None,
            correlation,
            next: None,
        }
    }
}

/// What can go wrong on a page, as far as a person needs it told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// `client_id` is missing or names no client.
    UnknownApp,
    /// `redirect_uri` is missing or not registered (RFC 6749 4.1.2.1): nothing may be sent there.
    UnregisteredReturn {
        /// The app, by name.
        app: &'a str,
    },
    /// The request breaks the protocol's rules before it is known where to return to.
    BadRequest,
    /// A sign-in, consent or sign-out that is finished, too old or unknown.
    Expired {
        /// The app it was for, if that is still known.
        app: Option<&'a str>,
    },
    /// The browser keeps no cookies of ours, or the page was begun in another one.
    CookieMissing,
    /// A form's token does not fit, or the form came from another site.
    FormRefused,
    /// No page has this address.
    NotFound,
    /// The address exists, but not for this method (RFC 9110 15.5.6).
    MethodNotAllowed,
    /// This browser or account asks too often.
    TooManyRequests,
    /// So many requests were begun from one network that no more are kept.
    TooManyFromNetwork,
    /// The provider has more to do than it can.
    Busy,
    /// A fault of ours.
    Internal,
    /// A request for a name this server does not go by.
    WrongName,
    /// More header fields than are read.
    HeadersTooLong,
    /// A longer address than is read.
    AddressTooLong,
    /// Parameters that cannot be read, and the status that says why.
    Unreadable(StatusCode),
    /// More in a field than anybody types.
    TooLong,
    /// Anything else, in the caller's words, which are in one language only.
    Other {
        /// The status to answer with.
        status: StatusCode,
        /// What happened, in one line without a full stop.
        headline: &'a str,
        /// What to do next, in a sentence or two.
        advice: &'a str,
    },
}

/// Whether the same page may work out when it is opened once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// In a moment, or with a fresh form.
    Soon,
    /// Not by waiting.
    Never,
}

impl Trouble<'_> {
    /// Whether opening the same page again helps.
    pub fn passes(&self) -> Passes {
        match self {
            Self::FormRefused | Self::TooManyRequests | Self::Busy | Self::Internal => Passes::Soon,
            Self::TooManyFromNetwork
            | Self::WrongName
            | Self::HeadersTooLong
            | Self::AddressTooLong
            | Self::Unreadable(_)
            | Self::TooLong => Passes::Never,
            Self::UnknownApp
            | Self::UnregisteredReturn { .. }
            | Self::BadRequest
            | Self::Expired { .. }
            | Self::CookieMissing
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::Other { .. } => Passes::Never,
        }
    }

    /// The status such a page goes out with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::UnknownApp | Self::UnregisteredReturn { .. } | Self::BadRequest | Self::CookieMissing => {
                StatusCode::BAD_REQUEST
            }
            Self::Expired { .. } => StatusCode::GONE,
            Self::FormRefused => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooManyRequests | Self::TooManyFromNetwork => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::WrongName => StatusCode::MISDIRECTED_REQUEST,
            Self::HeadersTooLong => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            // 400 rather than 413: to the person it is one more value that cannot be taken.
            Self::TooLong => StatusCode::BAD_REQUEST,
            Self::Unreadable(status) | Self::Other { status, .. } => *status,
        }
    }
}
