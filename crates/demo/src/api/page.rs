//! What a person sees who opens the API in a browser.

use std::fmt;

use askama::Template;
use guard::actix::RequiredScope as _;

use super::DemoApi;
use super::access::{NotesRead, NotesWrite};
use super::pinboard::LONGEST;

/// The page at the root.
#[derive(Template)]
#[template(path = "api.html")]
pub(super) struct ApiPage {
    app: ApiName,
    issuer: String,
    identifier: String,
    notes_url: String,
    read: &'static str,
    write: &'static str,
    longest: usize,
}

impl ApiPage {
    pub(super) fn new(api: &DemoApi) -> Self {
        Self {
            app: ApiName,
            issuer: api.issuer.clone(),
            identifier: api.identifier(),
            notes_url: api.notes_url().into(),
            read: NotesRead::SCOPE,
            write: NotesWrite::SCOPE,
            longest: LONGEST,
        }
    }
}

/// The API's name, in the place where the applications' pages have theirs.
struct ApiName;

impl ApiName {
    /// In style classes.
    fn slug(&self) -> &'static str {
        "api"
    }
}

impl fmt::Display for ApiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Demo API")
    }
}
