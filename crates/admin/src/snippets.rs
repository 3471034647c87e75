//! Ready settings for libraries and apps, filled with the values of a client.
//!
//! They stand in one data file, `snippets.txt`, which feeds the console, `signet snippet` and the pages of `docs/connect`. An
//! entry begins with `== NAME`; then come lines `key: value`, and parts, each under `-- where it goes, language`. Words in double
//! braces are filled in.

use std::sync::OnceLock;

use kernel::Issuer;
use token::client::AuthMethod;
use token::{Catalogue, Client};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::blueprint::Blueprint;
use crate::fault::AdminFault;

const DATA: &str = include_str!("snippets.txt");
/// What stands where a secret would, for everybody it is not new to: nobody can read it again.
pub const SECRET_KNOWN: &str = "the secret you were given";

/// Settings for one library or app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// As it is asked for.
    pub name: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// For which kinds of application.
    pub kinds: Vec<Blueprint>,
    /// Where it takes its answers, below its own address.
    pub redirect: &'static str,
    /// Where a browser goes after signing out, likewise.
    pub after: &'static str,
    /// The scopes it makes use of.
    pub scope: &'static str,
    /// Whether it sends a code challenge, so that PKCE can be required of it.
    pub pkce: Pkce,
    /// How it sends its secret, where not by the usual method.
    pub method: Option<AuthMethod>,
    /// Its page in `docs/connect`.
    pub page: &'static str,
    /// The client and the address of the app on that page.
    pub example: (&'static str, &'static str),
    /// What else one should know.
    pub note: Option<&'static str>,
    parts: Vec<Part>,
}

/// Whether an app sends a code challenge (RFC 7636).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pkce {
    /// It does.
    #[default]
    Sent,
    /// It does not.
    Unknown,
}

/// A piece of text that goes to one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// A file, or another place.
    pub place: &'static str,
    /// Its language, for whoever colours it; empty for plain text.
    pub language: &'static str,
    /// Its text; values filled in where it comes from [`Snippet::filled`].
    pub text: String,
}

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// Without a slash at its end.
    pub issuer: String,
    /// Of the client.
    pub client_id: String,
    /// Its secret, or words that stand for it.
    pub client_secret: String,
    /// Where it takes its answers.
    pub redirect_uri: String,
    /// Where a browser goes after signing out.
    pub after: String,
    /// The address of the app, without a path.
    pub app: String,
    /// What it asks for when people sign in.
    pub scope: String,
    /// What it asks for on its own.
    pub api_scope: String,
}

/// All of them, in the order of the file.
pub fn all() -> &'static [Snippet] {
    static ALL: OnceLock<Vec<Snippet>> = OnceLock::new();
    ALL.get_or_init(|| read(DATA))
}

/// The one of that name.
///
/// # Errors
/// `NotFound`.
pub fn find(name: &str) -> Result<&'static Snippet, AdminFault> {
    let found = all().iter().find(|snippet| snippet.name == name);
    found.ok_or_else(|| AdminFault::not_found("snippet", name))
}

/// Those that suit a client, what fits its redirect URIs first.
pub fn for_client(client: &Client) -> Vec<&'static Snippet> {
    let kind = Blueprint::of(client);
    let suits = |snippet: &&Snippet| {
        let kinds = &snippet.kinds;
        // What signs people in at a server may be an application or a proxy before one.
        kinds.contains(&kind) || (kind == Blueprint::Web && kinds.contains(&Blueprint::Proxy))
    };
    let mut suitable: Vec<_> = all().iter().filter(suits).collect();
    suitable.sort_by_key(|snippet| own_redirect(snippet, client).is_none());
    suitable
}

/// Those for a kind of application.
pub fn for_kind(kind: Blueprint) -> impl Iterator<Item = &'static Snippet> {
    all().iter().filter(move |snippet| snippet.kinds.contains(&kind))
}

/// The registered redirect URI that ends where this app takes its answers.
fn own_redirect<'a>(snippet: &Snippet, client: &'a Client) -> Option<&'a String> {
    let fits = |uri: &&String| snippet.redirect.len() > 1 && path_of(uri) == snippet.redirect;
    client.metadata.redirect_uris.iter().find(fits)
}

fn path_of(uri: &str) -> String {
    Url::parse(uri)
        .map(|url| url.path().to_owned())
        .unwrap_or_default()
}

impl Values {
    /// Those of a client, with its secret where that is new.
    pub fn of(
        client: &Client,
        snippet: &Snippet,
        issuer: &Issuer,
        catalogue: &Catalogue,
        secret: Option<&str>,
    ) -> Self {
        let uris = &client.metadata.redirect_uris;
        let redirect_uri = own_redirect(snippet, client).or(uris.first()).cloned();
        let redirect_uri =
            redirect_uri.unwrap_or_else(|| format!("https://app.example.com{}", snippet.redirect));
        let app = origin(&redirect_uri);
        let mut afters = client.metadata.post_logout_redirect_uris.iter();
        let after = afters.find(|uri| origin(uri) == app).cloned();
        let allowed = client.allowed_scope(catalogue);
        let wanted = snippet.scope.split(' ').filter(|token| allowed.contains(token));
        let of_apis = allowed.iter().filter(|token| !catalogue.is_about_people(token));
        let without = match client.is_public() {
            true => "none: it is a public client",
            false => SECRET_KNOWN,
        };
        Self {
            issuer: issuer.as_str().trim_end_matches('/').to_owned(),
            client_id: client.client_id.clone(),
            client_secret: secret.unwrap_or(without).to_owned(),
            after: after.unwrap_or_else(|| format!("{app}{}", snippet.after)),
            redirect_uri,
            app,
            scope: wanted.collect::<Vec<_>>().join(" "),
            api_scope: of_apis.collect::<Vec<_>>().join(" "),
        }
    }

    /// Those of the pages in `docs/connect`.
    pub fn example(snippet: &Snippet) -> Self {
        let (client_id, app) = snippet.example;
        Self {
            issuer: "https://id.example.com".to_owned(),
            client_id: client_id.to_owned(),
            client_secret: "...".to_owned(),
            redirect_uri: format!("{app}{}", snippet.redirect),
            after: format!("{app}{}", snippet.after),
            app: app.to_owned(),
            scope: snippet.scope.to_owned(),
            api_scope: "reports:read".to_owned(),
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        let host = || self.issuer.split_once("://").map_or("", |(_, host)| host);
        let flag = |token: &str| format!("--scopes {token}");
        Some(match name {
            "issuer" => self.issuer.clone(),
            "issuer_host" => host().to_owned(),
            "client_id" => self.client_id.clone(),
            "client_secret" => self.client_secret.clone(),
            "redirect_uri" => self.redirect_uri.clone(),
            "after" => self.after.clone(),
            "after_encoded" => byte_serialize(self.after.as_bytes()).collect(),
            "app" => self.app.clone(),
            "scope" => self.scope.clone(),
            "scope_commas" => self.scope.replace(' ', ", "),
            "scope_flags" => self.scope.split(' ').map(flag).collect::<Vec<_>>().join(" "),
            "api_scope" => self.api_scope.clone(),
            _ => return None,
        })
    }
}

/// Scheme, host and port of a URI; of one that has no host, the whole.
fn origin(uri: &str) -> String {
    let web = Url::parse(uri).ok().filter(Url::has_host);
    web.map_or_else(|| uri.to_owned(), |url| url.origin().ascii_serialization())
}

impl Snippet {
    /// Its parts with these values.
    pub fn filled(&self, values: &Values) -> Vec<Part> {
        let fill = |part: &Part| Part {
            text: fill(&part.text, values),
            ..part.clone()
        };
        self.parts.iter().map(fill).collect()
    }

    fn say(&mut self, key: &str, value: &'static str) {
        match key {
            "title" => self.title = value,
            "kinds" => self.kinds = value.split(' ').filter_map(Blueprint::named).collect(),
            "redirect" => self.redirect = value,
            "after" => self.after = value,
            "scope" => self.scope = value,
            "pkce" => self.pkce = Pkce::Unknown,
            "method" => self.method = (value == "client_secret_post").then_some(AuthMethod::ClientSecretPost),
            "page" => self.page = value,
            "example" => self.example = value.split_once(' ').unwrap_or((value, "")),
            "note" => self.note = Some(value),
            _ => {}
        }
    }
}

fn fill(text: &str, values: &Values) -> String {
    let mut pieces = text.split("{{");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece
            .split_once("}}")
            .map(|(name, rest)| (values.get(name), rest))
        {
            Some((Some(value), rest)) => {
                out.push_str(&value);
                out.push_str(rest);
            }
            _ => {
                out.push_str("{{");
                out.push_str(piece);
            }
        }
    }
    out
}

fn read(data: &'static str) -> Vec<Snippet> {
    let entries = data.split("\n== ").skip(1);
    entries.map(entry).collect()
}

fn entry(text: &'static str) -> Snippet {
    let mut blocks = text.split("\n-- ");
    let mut lines = blocks.next().unwrap_or_default().lines();
    let mut snippet = Snippet {
        name: lines.next().unwrap_or_default(),
        ..Snippet::default()
    };
    for line in lines {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        snippet.say(key, value.trim());
    }
    snippet.parts = blocks.map(part).collect();
    snippet
}

fn part(block: &'static str) -> Part {
    let (head, text) = block.split_once('\n').unwrap_or((block, ""));
    let (place, language) = head.rsplit_once(", ").unwrap_or((head, ""));
    Part {
        place,
        language,
        text: text.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_says_all_that_it_must() {
        assert!(all().len() >= 12, "{}", all().len());
        for snippet in all() {
            let values = Values::example(snippet);
            assert!(
                !snippet.title.is_empty() && !snippet.kinds.is_empty(),
                "{snippet:?}"
            );
            assert!(
                snippet.page.ends_with(".md") && !snippet.example.1.is_empty(),
                "{snippet:?}"
            );
            let parts = snippet.filled(&values);
            assert!(!parts.is_empty(), "{}", snippet.name);
            for part in &parts {
                assert!(!part.text.contains("{{") && !part.text.is_empty(), "{part:?}");
            }
            let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
            assert!(
                whole.contains(&values.issuer) && whole.contains(&values.client_id),
                "{whole}"
            );
            let people = snippet.kinds.iter().any(|kind| kind.signs_people_in());
            assert_eq!(people, snippet.redirect.starts_with('/'), "{}", snippet.name);
            assert_eq!(
                find(snippet.name).map(|found| found.name).ok(),
                Some(snippet.name)
            );
        }
        for kind in Blueprint::ALL {
            assert!(for_kind(kind).next().is_some(), "{kind:?}");
        }
    }

    #[test]
    fn what_is_not_a_value_stays_as_it_is() {
        let values = Values::example(&all()[0]);
        assert_eq!(
            fill("a {{b}} {{issuer}} {{", &values),
            "a {{b}} https://id.example.com {{"
        );
        // A value is not looked through again.
        let sly = Values {
            client_id: "{{client_secret}}".to_owned(),
            ..values
        };
        assert_eq!(fill("{{client_id}}", &sly), "{{client_secret}}");
    }

    #[test]
    fn origins_have_no_path() {
        assert_eq!(origin("https://a.test:8443/x?y"), "https://a.test:8443");
        assert_eq!(origin("com.example.app:/cb"), "com.example.app:/cb");
    }
}
