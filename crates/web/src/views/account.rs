//! The two small things several pages show: whose account it is, and a link that leads on.

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
    /// What the link leads to: the name of an app, or words such as "Start again".
    pub name: &'a str,
    /// Where it leads.
    pub url: &'a str,
}
