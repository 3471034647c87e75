//! What the API answers when it did what was asked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, LINK, LOCATION};
use serde::{Deserialize, Serialize};

use super::problem::{Kind, Problem};
use super::{Answer, etag};

/// An answer, as it can be kept for a retry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reply {
    status: u16,
    body: Option<String>,
    etag: Option<String>,
    location: Option<String>,
    #[serde(skip)]
    link: Option<String>,
    #[serde(skip)]
    replayed: bool,
}

impl Reply {
    /// 200 with something to read.
    ///
    /// # Errors
    /// 500, for what is no JSON.
    pub(super) fn ok(shown: &impl Serialize) -> Answer {
        let body = serde_json::to_string(shown).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::new(Kind::Internal, "the cause is in the log of this server")
        })?;
        Ok(Self {
            status: 200,
            body: Some(body),
            etag: None,
            location: None,
            link: None,
            replayed: false,
        })
    }

    /// The same with its ETag: something that can be changed.
    ///
    /// # Errors
    /// As [`ok`](Self::ok).
    pub(super) fn edition(shown: &impl Serialize) -> Answer {
        let mut reply = Self::ok(shown)?;
        reply.etag = Some(etag::of(shown));
        Ok(reply)
    }

    /// 204.
    pub(super) fn nothing() -> Self {
        Self {
            status: 204,
            body: None,
            etag: None,
            location: None,
            link: None,
            replayed: false,
        }
    }

    /// Something new, which is now at `path` below the API.
    #[must_use]
    pub(super) fn made(mut self, path: &str) -> Self {
        self.status = 201;
        self.location = Some(format!("{}{path}", admin::api::PATH));
        self
    }

    /// With the ETag of what is shown at its own address.
    #[must_use]
    pub(super) fn at_edition(mut self, shown: &impl Serialize) -> Self {
        self.etag = Some(etag::of(shown));
        self
    }

    /// A page of a list.
    pub(super) fn page<T: Serialize>(items: &[T], next: Option<String>, link: Option<String>) -> Answer {
        #[derive(Serialize)]
        struct Page<'a, T> {
            items: &'a [T],
            next: Option<String>,
        }
        let mut reply = Self::ok(&Page { items, next })?;
        reply.link = link;
        Ok(reply)
    }

    /// Given before, to the same request.
    #[must_use]
    pub(super) fn again(mut self) -> Self {
        self.replayed = true;
        self
    }

    /// As it leaves.
    pub(super) fn respond(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        let headers = [
            (ETAG, self.etag),
            (LOCATION, self.location),
            (LINK, self.link),
            (
                HeaderName::from_static("idempotency-replayed"),
                self.replayed.then(|| "true".to_owned()),
            ),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                response.insert_header((name, value));
            }
        }
        match self.body {
            Some(body) => response
                .insert_header((CONTENT_TYPE, "application/json"))
                .body(body),
            None => response.finish(),
        }
    }
}
