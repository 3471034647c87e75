//! A provider, browsers, clients that hold tokens, and APIs that ask about them.

use crate::actors::attacker::{Answer, VERIFIER, basic};
use crate::actors::browser::param;
use crate::actors::{ApiServer, Attacker, Browser, Landing};
use crate::apis::{self, NOTES};
use crate::audit::Event;
use crate::cast::{CALLBACK, PASSWORD, SECRET};
use crate::rig::Provider;

/// What a client holds of one authorization.
#[derive(Debug, Clone)]
pub struct Held {
    pub client_id: &'static str,
    pub access: String,
    refresh: Option<String>,
}

impl Held {
    /// What came of a token request.
    pub fn of(client_id: &'static str, answer: &Answer) -> Self {
        Self {
            client_id,
            access: answer.granted().to_owned(),
            refresh: answer.json["refresh_token"].as_str().map(str::to_owned),
        }
    }

    /// Whose it is.
    pub fn sub(&self) -> Option<String> {
        apis::part(&self.access, 1)["sub"].as_str().map(str::to_owned)
    }

    pub fn refresh(&self) -> &str {
        self.refresh.as_deref().expect("a refresh token")
    }
}

/// Where the stories happen.
pub struct Scene {
    pub provider: Provider,
    /// One asks the provider each time, one its list.
    apis: [ApiServer; 2],
}

impl Scene {
    /// `web`, `web2`, `spa` and `other`, which needs consent, may call the API of `notes`.
    pub fn new() -> Self {
        let provider = apis::provider();
        for client_id in ["web2", "other"] {
            apis::change(&provider, client_id, |client| {
                client.policy.resources = vec![NOTES.to_owned()];
            });
        }
        let apis = [ApiServer::asking(&provider), ApiServer::embedded(&provider)];
        Self { provider, apis }
    }

    /// A browser at which somebody signed in.
    pub fn browser_of(&self, username: &str) -> Browser {
        let mut browser = Browser::new(&self.provider);
        let door = browser.open(&self.provider.url("/account/add")).page();
        let home = browser.submit(&door, &[("username", username), ("password", PASSWORD)]);
        assert!(home.page().title().starts_with("Account"));
        // What happens next happens later, also by a clock of whole seconds.
        self.provider.wait(1);
        browser
    }

    /// Tokens of alice in a browser of their own.
    pub fn tokens(&self, client_id: &'static str) -> Held {
        self.tokens_in(&mut self.browser_of("alice"), client_id)
    }

    /// Tokens of whoever is signed in there, for the provider and the API.
    pub fn tokens_in(&self, browser: &mut Browser, client_id: &'static str) -> Held {
        let code = self.code_in(browser, client_id);
        Held::of(client_id, &self.redeem(client_id, &code))
    }

    /// The code before it.
    pub fn code_in(&self, browser: &mut Browser, client_id: &str) -> String {
        let landed = match browser.open(&self.request(client_id)) {
            Landing::Page(consent) => browser.submit(&consent, &[("decision", "allow")]).app(),
            Landing::App(url) => url,
        };
        param(&landed, "code").unwrap()
    }

    /// The request for it.
    pub fn request(&self, client_id: &str) -> String {
        let changes = [
            ("scope", Some("openid notes.read offline_access")),
            ("resource", Some(NOTES)),
        ];
        Attacker(&self.provider).authorize_url(client_id, &changes)
    }

    /// Redeems a code as its client does.
    pub fn redeem(&self, client_id: &str, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post("/token", client_id, &form)
    }

    /// Refreshes as the client does.
    pub fn refresh(&self, held: &Held) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", held.refresh())];
        self.post("/token", held.client_id, &form)
    }

    /// The client gives a token back (RFC 7009).
    pub fn give_back(&self, held: &Held, token: &str) {
        let answer = self.post("/revoke", held.client_id, &[("token", token)]);
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    fn post(&self, path: &str, client_id: &str, form: &[(&str, &str)]) -> Answer {
        let attacker = Attacker(&self.provider);
        match client_id {
            "spa" => attacker.post(path, None, &[&[("client_id", "spa")], form].concat()),
            _ => attacker.post(path, Some(&basic(client_id, SECRET)), form),
        }
    }

    /// Whether the access token opens everything it is for, or nothing.
    #[track_caller]
    fn assert_worth(&self, access: &str, opens: bool) {
        let attacker = Attacker(&self.provider);
        let userinfo = attacker.userinfo(access);
        assert_eq!(userinfo.status, if opens { 200 } else { 401 }, "userinfo");
        if !opens {
            assert_eq!(userinfo.text("error"), "invalid_token");
        }
        let told = attacker.introspect("notes", access);
        assert_eq!(told.json["active"], opens, "introspection");
        for (api, name) in self.apis.iter().zip(["an API that asks", "an embedded API"]) {
            assert_eq!(call(api, access), if opens { 200 } else { 401 }, "{name}");
        }
    }

    /// The access token counts everywhere.
    #[track_caller]
    pub fn assert_accepted(&self, held: &Held) {
        self.assert_worth(&held.access, true);
    }

    /// The access token counts nowhere.
    #[track_caller]
    pub fn assert_refused(&self, held: &Held) {
        self.assert_worth(&held.access, false);
    }

    /// Neither token counts any more.
    #[track_caller]
    pub fn assert_dead(&self, held: &Held) {
        self.assert_refused(held);
        self.refresh(held).refused("invalid_grant");
    }

    /// Both tokens count, and so does what the refresh token brings.
    #[track_caller]
    pub fn assert_alive(&self, held: &Held) {
        self.assert_accepted(held);
        self.assert_refreshes(held);
    }

    /// The refresh token brings tokens that count.
    #[track_caller]
    pub fn assert_refreshes(&self, held: &Held) {
        let answer = self.refresh(held);
        self.assert_worth(answer.granted(), true);
    }

    /// The last such event, which there must be.
    #[track_caller]
    pub fn told(&self, event: &str) -> Event {
        let all = self.provider.audit();
        let found = all.iter().rev().find(|it| it.event == event);
        found
            .unwrap_or_else(|| panic!("nothing tells of {event}: {all:?}"))
            .clone()
    }
}

/// After a leap of the clock a list has had no news for too long, and its API says 503 until it has.
fn call(api: &ApiServer, access: &str) -> u16 {
    let mut status = 503;
    apis::eventually(|| {
        status = api.call(access);
        status != 503
    });
    status
}
