//! Editions of things: a strong ETag (RFC 9110 8.8.3) is made of what is shown, and whoever changes a thing says in `If-Match`
//! which edition they saw.

use actix_web::HttpRequest;
use actix_web::http::header::IF_MATCH;
use serde::Serialize;

use super::call::Stop;
use super::problem::{Kind, Problem};

/// The ETag of what is shown.
pub(super) fn of(shown: &impl Serialize) -> String {
    format!("\"{}\"", admin::edition::of(shown))
}

/// What `If-Match` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// `*`: whatever is there.
    Any,
    /// One of these.
    Tags(Vec<String>),
}

impl IfMatch {
    /// # Errors
    /// 428 without one, 400 for what cannot be read.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut tags = Vec::new();
        for header in request.headers().get_all(IF_MATCH) {
            let text = header.to_str().map_err(|_| unreadable())?.trim();
            if text == "*" {
                return Ok(Self::Any);
            }
            for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
                let opaque = tag.strip_prefix("W/").unwrap_or(tag);
                if opaque.len() < 2 || !opaque.starts_with('"') || !opaque.ends_with('"') {
                    return Err(unreadable());
                }
                tags.push(tag.to_owned());
            }
        }
        if tags.is_empty() {
            let detail = "this changes something: send the ETag you saw in If-Match";
            return Err(Problem::new(Kind::PreconditionRequired, detail));
        }
        Ok(Self::Tags(tags))
    }

    /// That what is there is what somebody saw. Asked in the unit of work of the change. The comparison is strong: a weak tag
    /// fits nothing (RFC 9110 13.1.1).
    ///
    /// # Errors
    /// [`Stop::Stale`].
    pub(super) fn fits(&self, shown: &impl Serialize) -> Result<(), Stop> {
        match self {
            Self::Any => Ok(()),
            Self::Tags(tags) if tags.contains(&of(shown)) => Ok(()),
            Self::Tags(_) => Err(Stop::Stale),
        }
    }
}

fn unreadable() -> Problem {
    Problem::bad("If-Match is no list of entity tags")
}
