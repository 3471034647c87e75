//! Forms that are sent many times at once, to three nodes: consent, a link by mail, a link for the first owner, a new account.
//! Each has one effect, and what was used up stays so when Redis forgets everything.

use super::races::race;
use super::site::{Cluster, Database, NODES};
use crate::actors::attacker::{CHALLENGE, redemption};
use crate::actors::browser::{encode, param};
use crate::actors::mail_server::{MailServer, Speaks};
use crate::actors::{Browser, Page};
use crate::cast::{CALLBACK, PASSWORD};
use crate::cluster::call::Door;

/// How often a form is sent. Of four passwords at a time none is turned away because too many are being hashed.
const CLICKS: usize = 6;

impl Cluster {
    /// Opens what is under this address of the issuer.
    fn open(&self, browser: &mut Browser, path: &str) -> Page {
        browser
            .open(&format!("{}{path}", self.installation.issuer))
            .page()
    }

    /// Sends the form of this page to each node twice, with these fields and what the click adds.
    fn click(
        &self,
        browser: &Browser,
        page: &Page,
        add: impl Fn(usize) -> Vec<(&'static str, String)> + Sync,
    ) -> Vec<Page> {
        let (action, hidden) = page.answer().expect("a form");
        race(CLICKS, |click| {
            let own = add(click);
            let fields: Vec<(&str, &str)> = hidden
                .iter()
                .map(|(name, value)| (&**name, &**value))
                .chain(own.iter().map(|(name, value)| (*name, &**value)))
                .collect();
            let url = format!("{}{action}", self.caller.nodes[click % NODES]);
            browser.clone().post(&url, &fields)
        })
    }
}

#[test]
fn of_many_clicks_one_counts_on_whatever_node() {
    let mail = MailServer::start(Speaks::Plain);
    let letters = format!("smtp://127.0.0.1:{}", mail.port);
    let cluster = Cluster::with(
        Database::Alone,
        &[
            ("SIGNET_MAIL__URL", &letters),
            ("SIGNET_MAIL__FROM", "Signet <no-reply@id.example.org>"),
        ],
    );
    somebody_allows(&cluster);
    somebody_forgot_their_password(&cluster, &mail);
    somebody_becomes_the_owner(&cluster);
    an_account_is_made(&cluster);
    cluster.caller.ledger.assert_clean();
}

fn somebody_allows(cluster: &Cluster) {
    let arguments = [
        "client",
        "create",
        "--client-id",
        "other",
        "--name",
        "Other",
        "--public",
        "--redirect-uri",
        CALLBACK,
        "--scope",
        "openid email",
        "--grant",
        "authorization_code",
    ];
    cluster.installation.json(&arguments, "");
    let request = encode(&[
        ("client_id", "other"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let mut browser = cluster.browser("alice");
    let page = cluster.open(&mut browser, &format!("/authorize?{request}"));
    assert!(page.title().starts_with("Allow access"), "{}", page.title());
    let answers = cluster.click(&browser, &page, |_| vec![("decision", "allow".to_owned())]);
    let codes: Vec<_> = answers
        .iter()
        .filter_map(|answer| param(&answer.location()?.parse().ok()?, "code"))
        .collect();
    assert_eq!(codes.len(), 1, "{answers:?}");
    assert_eq!(
        cluster
            .postgres
            .sql("SELECT count(*) FROM grants WHERE client_id = 'other'"),
        "1"
    );
    cluster.redis.ask("FLUSHALL");
    let mut redeem = redemption(&codes[0]).to_vec();
    redeem.push(("client_id", "other"));
    let statuses: Vec<_> = (0..NODES)
        .map(|node| {
            cluster
                .caller
                .post_plainly(Door::Node(node), "/token", &redeem)
                .status
        })
        .collect();
    assert_eq!(statuses, [200, 400, 400]);
}

fn somebody_forgot_their_password(cluster: &Cluster, mail: &MailServer) {
    let mut browser = Browser::at(&cluster.installation.issuer);
    let page = cluster.open(&mut browser, "/reset");
    browser.submit(&page, &[("username", "alice")]).page();
    let letter = mail.delivery().text();
    let beginning = format!("{}/reset/", cluster.installation.issuer);
    let link = letter
        .split_whitespace()
        .find(|word| word.starts_with(&beginning));
    let form = browser.open(link.unwrap()).page();
    let password = |click| format!("the password of click {click}");
    let answers = cluster.click(&browser, &form, |click| vec![("password", password(click))]);
    let won: Vec<_> = (0..CLICKS)
        .filter(|click| opens(cluster, "alice", &password(*click)))
        .collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert!(!opens(cluster, "alice", PASSWORD));
    cluster.redis.ask("FLUSHALL");
    let again = cluster.click(&browser, &form, |_| {
        vec![("password", "a password too late".to_owned())]
    });
    assert!(again.iter().all(|answer| answer.status < 500), "{again:?}");
    assert!(!opens(cluster, "alice", "a password too late"));
    assert!(opens(cluster, "alice", &password(won[0])));
}

fn somebody_becomes_the_owner(cluster: &Cluster) {
    let link = cluster.installation.json(&["admin", "setup-link"], "");
    let mut browser = Browser::at(&cluster.installation.issuer);
    let form = browser.open(link["setup_url"].as_str().unwrap()).page();
    let answers = cluster.click(&browser, &form, |click| {
        vec![
            ("username", format!("owner{click}")),
            ("password", PASSWORD.to_owned()),
        ]
    });
    let won = answers.iter().filter(|answer| answer.location().is_some());
    assert_eq!(won.count(), 1, "{answers:?}");
    let owners = cluster.installation.json(&["admin", "list"], "");
    assert_eq!(owners.as_array().unwrap().len(), 1, "{owners}");
    assert_eq!(
        cluster
            .postgres
            .sql("SELECT count(*) FROM users WHERE username LIKE 'owner%'"),
        "1"
    );
}

fn an_account_is_made(cluster: &Cluster) {
    let create = [
        "user",
        "create",
        "--username",
        "carol",
        "--email",
        "carol@example.org",
    ];
    let mut codes = race(4, |_| cluster.installation.exit_code(&create));
    codes.sort();
    assert_eq!(codes, [Some(0), Some(5), Some(5), Some(5)]);
}

/// Whether that password signs them in.
fn opens(cluster: &Cluster, username: &str, password: &str) -> bool {
    let mut browser = Browser::at(&cluster.installation.issuer);
    let door = cluster.open(&mut browser, "/login");
    let landed = browser.submit(&door, &[("username", username), ("password", password)]);
    landed.page().title().starts_with("Home")
}
