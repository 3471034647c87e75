//! A browser without a screen: keeps cookies, follows redirects within the provider, fills forms, and stops where it
//! would leave for an app.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use reqwest::Certificate;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, REFERER, SET_COOKIE};
use reqwest::redirect::Policy;
use url::Url;

use super::authority::Authority;
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// One HTTP client for all: it follows nothing and keeps nothing. Of all authorities it believes one.
pub fn http() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let authority = Certificate::from_pem(Authority::of_actors().pem().as_bytes()).unwrap();
        Client::builder()
            .tls_certs_only([authority])
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap()
    })
}

/// Form encoding.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// A person's browser at one provider.
#[derive(Clone)]
pub struct Browser {
    issuer: String,
    /// By name. Public, so that a story can steal or keep one.
    pub cookies: BTreeMap<String, String>,
    /// What it asks for in `Accept-Language`; at first nothing.
    pub speaks: &'static str,
}

/// Something the provider answered.
#[derive(Debug)]
pub struct Page {
    /// Where it was.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// HTTP headers.
    pub headers: HeaderMap,
    /// The text.
    pub body: String,
}

/// Where a walk ended.
#[derive(Debug)]
pub enum Landing {
    /// On a page of the provider.
    Page(Page),
    /// At the app, with these parameters.
    App(Url),
}

impl Browser {
    /// A browser that was never here.
    pub fn new(provider: &Provider) -> Self {
        Self::at(&provider.issuer)
    }

    /// The same, for a provider that runs elsewhere.
    pub fn at(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            cookies: BTreeMap::new(),
            speaks: "",
        }
    }

    /// Opens an address and follows redirects.
    pub fn open(&mut self, url: &str) -> Landing {
        let first = self.get(url);
        self.follow(first)
    }

    /// Opens an address and shows what comes, be it a redirect.
    pub fn get(&mut self, url: &str) -> Page {
        self.get_from(url, None)
    }

    /// Follows a link on a page, which it names, as browsers do among pages of one origin.
    pub fn click(&mut self, page: &Page, href: &str) -> Landing {
        assert!(page.body.contains(&format!("href=\"{href}\"")), "{}", page.body);
        let url = Url::parse(&page.url).unwrap().join(href).unwrap();
        let first = self.get_from(url.as_str(), Some(&page.url));
        self.follow(first)
    }

    /// Opens an address, coming from another.
    pub fn get_from(&mut self, url: &str, referrer: Option<&str>) -> Page {
        let mut request = self.speaking(http().get(url).header(COOKIE, self.cookie_header()));
        if let Some(referrer) = referrer {
            request = request.header(REFERER, referrer);
        }
        self.keep(url, request.send().unwrap())
    }

    fn speaking(&self, request: RequestBuilder) -> RequestBuilder {
        if self.speaks.is_empty() {
            return request;
        }
        request.header(ACCEPT_LANGUAGE, self.speaks)
    }

    /// Posts a form and shows what comes, be it a redirect.
    pub fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let own = self.issuer.clone();
        self.post_from(&own, url, fields)
    }

    /// The same from a page of `origin`.
    pub fn post_from(&mut self, origin: &str, url: &str, fields: &[(&str, &str)]) -> Page {
        let site = if origin == self.issuer {
            "same-origin"
        } else {
            "cross-site"
        };
        let request = http()
            .post(url)
            .header(COOKIE, self.cookie_header())
            .header("origin", origin)
            .header("sec-fetch-site", site)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encode(fields));
        self.keep(url, self.speaking(request).send().unwrap())
    }

    /// Fills in the page's form, sends it, and shows what comes.
    pub fn send_form(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let form = page.form().expect("the page has a form");
        let mut all: Vec<(&str, &str)> = form
            .hidden
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        all.extend(fields);
        let action = Url::parse(&page.url).unwrap().join(&form.action).unwrap();
        self.post(action.as_str(), &all)
    }

    /// The same, following redirects.
    pub fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Landing {
        let first = self.send_form(page, fields);
        self.follow(first)
    }

    /// Opens an authorization request, signs `username` in, and goes on to the app.
    pub fn sign_in(&mut self, url: &str, username: &str) -> Url {
        self.sign_in_as(url, username).app()
    }

    /// The same, wherever it leads.
    pub fn sign_in_as(&mut self, url: &str, username: &str) -> Landing {
        let page = self.open(url).page();
        assert!(page.title().starts_with("Sign in"), "{page:?}");
        self.submit(&page, &[("username", username), ("password", PASSWORD)])
    }

    /// Follows redirects from a page that was shown as it came.
    pub fn follow(&mut self, mut page: Page) -> Landing {
        for _ in 0..10 {
            let Some(location) = page.location() else {
                return Landing::Page(page);
            };
            let next = Url::parse(&page.url).unwrap().join(&location).unwrap();
            if next.origin() != Url::parse(&self.issuer).unwrap().origin() {
                return Landing::App(next);
            }
            page = self.get(next.as_str());
        }
        panic!("more than ten redirects, the last to {}", page.url);
    }

    fn cookie_header(&self) -> String {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, url: &str, response: Response) -> Page {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .unwrap();
            if text.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Page {
            url: url.to_owned(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().unwrap(),
        }
    }
}

impl Landing {
    /// The page, where it must be one.
    #[track_caller]
    pub fn page(self) -> Page {
        match self {
            Landing::Page(page) => page,
            Landing::App(url) => panic!("left for the app: {url}"),
        }
    }

    /// The app's address, where it must be one.
    #[track_caller]
    pub fn app(self) -> Url {
        match self {
            Landing::App(url) => url,
            Landing::Page(page) => panic!("stayed at {}: {} {}", page.url, page.status, page.body),
        }
    }
}

/// A parameter of the app's address.
pub fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

impl Page {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it sends the browser.
    pub fn location(&self) -> Option<String> {
        self.headers
            .get(LOCATION)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    /// The title.
    pub fn title(&self) -> &str {
        between(&self.body, "<title>", "</title>").unwrap_or_default()
    }

    /// Where the page's form goes and what is hidden in it.
    pub fn answer(&self) -> Option<(String, BTreeMap<String, String>)> {
        let form = self.form()?;
        Some((form.action, form.hidden.into_iter().collect()))
    }

    fn form(&self) -> Option<Form> {
        let form = between(&self.body, "<form ", "</form>")?;
        let hidden = form
            .split("<input ")
            .skip(1)
            .filter(|input| input.contains("type=\"hidden\""));
        let value =
            |text: &str, name: &str| unescape(between(text, &format!("{name}=\""), "\"").unwrap_or_default());
        Some(Form {
            action: value(form, "action"),
            hidden: hidden
                .map(|input| (value(input, "name"), value(input, "value")))
                .collect(),
        })
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?
        .1
        .split_once(end)
        .map(|(inside, _)| inside)
}

fn unescape(text: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (entity, meant)| {
        text.replace(entity, meant)
    })
}
