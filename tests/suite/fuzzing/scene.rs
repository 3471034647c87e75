//! What a mutated request may refer to: a session, tokens, a code, a page with a form.

use crate::actors::attacker::{CHALLENGE, VERIFIER, basic, redemption};
use crate::actors::browser::param;
use crate::actors::{Attacker, Browser};
use crate::cast::SECRET;
use crate::rig::Provider;

/// Names and what they stand for.
pub struct Scene(Vec<(&'static str, String)>);

impl Scene {
    /// Alice signs in at an app, which gets tokens, then another code; then somebody stops in front of a form.
    pub fn set(provider: &Provider) -> Self {
        let attacker = Attacker(provider);
        let mut browser = Browser::new(provider);
        let url = attacker.authorize_url("web", &[]);
        let code = |landed: &url::Url| param(landed, "code").unwrap();
        let spent = code(&browser.sign_in(&url, "alice"));
        let tokens = attacker.token("web", &redemption(&spent));
        let fresh = code(&browser.open(&url).app());
        provider.wait(1);
        let again = attacker.authorize_url("web", &[("prompt", Some("login"))]);
        let page = browser.open(&again).page();
        let (_, hidden) = page.answer().unwrap();
        let form = url.split_once('?').unwrap().1;
        let cookie = |name: &str| browser.cookies[name].clone();
        Self(vec![
            ("{{ISSUER}}", provider.issuer.clone()),
            ("{{AUTHORIZE}}", format!("/authorize?{form}")),
            ("{{AUTHORIZE_FORM}}", form.to_owned()),
            ("{{BROWSER}}", cookie("signet")),
            ("{{FLOW}}", cookie("signet-flow")),
            ("{{INTERACTION}}", page.url.rsplit('/').next().unwrap().to_owned()),
            ("{{CSRF}}", hidden["csrf"].clone()),
            ("{{CODE}}", fresh),
            ("{{ACCESS}}", tokens.granted().to_owned()),
            ("{{REFRESH}}", tokens.text("refresh_token").to_owned()),
            ("{{ID_TOKEN}}", tokens.text("id_token").to_owned()),
            ("{{BASIC}}", basic("web", SECRET)),
            ("{{SECRET}}", SECRET.to_owned()),
            ("{{VERIFIER}}", VERIFIER.to_owned()),
            ("{{CHALLENGE}}", CHALLENGE.to_owned()),
        ])
    }

    /// The text with everything filled in.
    pub fn fill(&self, text: &str) -> Vec<u8> {
        let filled = self
            .0
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        assert!(!filled.contains("}}"), "{filled}");
        filled.into_bytes()
    }
}
