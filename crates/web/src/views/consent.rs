//! The consent page: who asks, for what, and a way to say no.

use askama::Template;
use i18n::With as _;

use super::reading::said as filters;
use super::{Account, ScopeLine};

/// Asks whether an app may use the account. The form sends `csrf` and `decision`, which is `allow` or `deny`; what is
/// being allowed stays on the server, so that a changed form cannot widen it.
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// The app's name.
    pub app: &'a str,
    /// How far that name may be believed.
    pub introduction: Introduction,
    /// The host of the proven redirect URI, or its scheme for an app that has only that.
    pub redirect_host: &'a str,
    /// The account that would be used.
    pub account: Account<'a>,
    /// What the app asks to see and do, one line each.
    pub scopes: Vec<ScopeLine>,
    /// The APIs the access would count at (RFC 8707).
    pub resources: Vec<Api<'a>>,
    /// Where another account can be chosen; none where the app has named the person.
    pub choose: Option<&'a str>,
}

/// An API, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Api<'a> {
    /// What the operator calls it.
    pub name: Option<&'a str>,
    /// Its address, which is its identity.
    pub identifier: &'a str,
}

/// How a page introduces an app: by what can be believed about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Introduction {
    /// An administrator registered it: its name is large.
    ByName,
    /// Its name is its own claim, as for public clients: the host it returns to is large, the name small.
    ByHost,
    /// It returns to this device, by loopback address or a scheme of its own (RFC 8252 7): no host vouches for it, and
    /// any program here could have asked in its name.
    ByDevice,
}
