//! The small things several pages show: whose account it is, a link, and the way on.

use i18n::{Filled, Form, Markup, Said, Say, Words, WordsFault};

/// The account a page speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account<'a> {
    /// The display name; the username again when the person has none, and the page then shows it once.
    pub name: &'a str,
    /// The name they sign in with.
    pub username: &'a str,
}

/// A link with its words.
///
/// The address is shown as given: callers pass a path of ours or an address proven to be registered, never raw input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// What the link leads to: the name of an app or a person.
    pub name: &'a str,
    /// Where it leads.
    pub url: &'a str,
}

/// Where a page leads on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onward<'a> {
    /// What is there.
    pub way: Way<'a>,
    /// Where it leads; given as [`Link::url`] is.
    pub url: &'a str,
}

/// What stands on the way on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// The same thing from its beginning.
    StartAgain,
    /// The accounts to choose from.
    Accounts,
    /// What an app asks for.
    Request,
    /// Another letter with a link.
    NewLink,
    /// An app, by name.
    BackTo(&'a str),
    /// A place of ours, by name.
    To(&'a str),
    /// Signing in.
    SignIn,
    /// Signing in to an app, by name.
    SignInTo(&'a str),
    /// In the caller's words, which are in one language only.
    Called(&'a str),
}

impl Said for Way<'_> {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        let say = match self {
            Way::StartAgain => Say::new("way-start"),
            Way::Accounts => Say::new("way-accounts"),
            Way::Request => Say::new("way-request"),
            Way::NewLink => Say::new("way-link"),
            Way::BackTo(app) => Say::new("way-back").with("app", app),
            Way::To(place) => Say::new("way-to").with("place", place),
            Way::SignIn => Say::new("sign-in"),
            Way::SignInTo(app) => Say::new("sign-in-to").with("app", app),
            Way::Called(name) => return name.said(words, form, markup),
        };
        say.said(words, form, markup)
    }
}

impl<'a> From<Link<'a>> for Onward<'a> {
    fn from(link: Link<'a>) -> Self {
        Self {
            way: Way::Called(link.name),
            url: link.url,
        }
    }
}
