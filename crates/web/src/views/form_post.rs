//! The page that takes an answer to an app in a form (OAuth 2.0 Form Post Response Mode 2).

use askama::Template;
use i18n::With as _;

use super::reading::said as filters;

/// Posts the answer by itself where scripts run, and at the press of a button where they do not.
#[derive(Debug, Clone, Template)]
#[template(path = "form_post.html")]
pub struct FormPost<'a> {
    /// The proven redirect URI, http or https.
    pub action: &'a str,
    /// Its host.
    pub place: &'a str,
    /// What is posted.
    pub fields: Vec<(&'a str, &'a str)>,
}
