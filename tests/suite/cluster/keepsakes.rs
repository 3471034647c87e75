//! What an installation was told right before something breaks, and was heard to have understood: a new password, a key that
//! took over, a session that was ended. Afterwards it still holds, on every node.

use super::call::Door;
use super::site::{Cluster, NODES, cookies};
use crate::actors::Browser;
use crate::actors::attacker::CHALLENGE;
use crate::actors::browser::encode;
use crate::cast::{CALLBACK, PASSWORD};

/// What was acknowledged.
pub struct Keepsakes {
    /// Whose password was changed.
    username: String,
    password: String,
    /// Which key signs with ES256.
    kid: String,
    /// A session that was ended.
    cookies: String,
}

impl Keepsakes {
    /// Says it all. Told apart from others of the story by their number.
    pub fn deposit(cluster: &Cluster, number: usize) -> Self {
        let installation = &cluster.installation;
        let username = format!("person{number}");
        let email = format!("{username}@example.org");
        let create = [
            "user",
            "create",
            "--username",
            &username,
            "--email",
            &email,
            "--password-stdin",
        ];
        installation.json(&create, &format!("{PASSWORD}\n"));
        let mut browser = cluster.browser(&username);
        let kept = Self {
            password: format!("pass phrase number {number}"),
            cookies: cookies(&browser),
            kid: String::new(),
            username,
        };
        sign_out(cluster, &mut browser);
        let rotate = [
            "key", "rotate", "--alg", "ES256", "--force", "--reason", "a story",
        ];
        let rotated = installation.signet(&rotate);
        assert!(rotated.status.success(), "{rotated:?}");
        let kid = active(cluster);
        let update = ["user", "update", &kept.username, "--password-stdin"];
        let updated = installation.fed(&update, &format!("{}\n", kept.password));
        assert!(updated.status.success(), "{updated:?}");
        Self { kid, ..kept }
    }

    /// It all holds.
    #[track_caller]
    pub fn are_there(&self, cluster: &Cluster) {
        assert_eq!(active(cluster), self.kid);
        assert!(self.opens(cluster, &self.password), "the new password was lost");
        assert!(!self.opens(cluster, PASSWORD), "the old password is back");
        let query = encode(&[
            ("client_id", "web"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("prompt", "none"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        for node in 0..NODES {
            let caller = &cluster.caller;
            let told = caller.get(Door::Node(node), &format!("/authorize?{query}"), &self.cookies);
            assert!(told.location.contains("error=login_required"), "{told:?}");
            let keys = caller.get(Door::Node(node), "/jwks", "").json.to_string();
            assert!(keys.contains(&self.kid), "node {node} does not publish the key");
        }
    }

    /// Whether that password signs them in.
    fn opens(&self, cluster: &Cluster, password: &str) -> bool {
        let mut browser = Browser::at(&cluster.installation.issuer);
        let door = browser
            .open(&format!("{}/login", cluster.installation.issuer))
            .page();
        let credentials = [("username", &*self.username), ("password", password)];
        let landed = browser.submit(&door, &credentials).page();
        assert!(landed.status < 500, "{} {}", landed.status, landed.body);
        landed.title().starts_with("Home")
    }
}

/// Signs out at the provider, and is told that it is done.
fn sign_out(cluster: &Cluster, browser: &mut Browser) {
    let asked = browser
        .open(&format!("{}/logout", cluster.installation.issuer))
        .page();
    let done = browser.submit(&asked, &[]).page();
    assert!(done.title().starts_with("Signed out"), "{}", done.title());
}

/// The identifier of the key that signs with ES256.
fn active(cluster: &Cluster) -> String {
    let keys = cluster.installation.json(&["key", "list"], "");
    let mut keys = keys.as_array().unwrap().iter();
    let found = keys.find(|key| key["alg"] == "ES256" && key["state"] == "active");
    found.unwrap()["kid"].as_str().unwrap().to_owned()
}
