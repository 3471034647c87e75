//! Enormous and deeply nested input to everything that reads some: refused, without a crash, and what is far too long
//! without being read.

use identity::{LoginKey, Password, validate};
use kernel::Timestamp;
use protocol::{Params, Scope};
use token::authorize::{ClaimsRequest, Prompt};
use token::client::register::{parse_document, parse_operator_document};
use token::client::{Client, ClientMetadata, ClientPolicy, PresentedCredentials, ResponseTarget};

use crate::actors::{Attacker, Browser};
use crate::rig::Provider;

const MEGABYTE: usize = 1024 * 1024;

/// Lists in lists, objects in objects, a million members, one enormous member.
fn bombs() -> Vec<String> {
    let deep = 100_000;
    vec![
        "[".repeat(deep),
        "[".repeat(deep) + &"]".repeat(deep),
        r#"{"userinfo":"#.repeat(deep),
        r#"{"id_token":{"name":{"values":"#.to_owned() + &"[".repeat(deep),
        format!(
            "{{{}\"end\":1}}",
            (0..1_000_000).map(|n| format!("\"{n}\":1,")).collect::<String>()
        ),
        format!(
            "{{\"userinfo\":{{{}\"end\":null}}}}",
            (0..100_000).map(|n| format!("\"{n}\":null,")).collect::<String>()
        ),
        format!(
            "{{\"redirect_uris\":[{}\"\"]}}",
            "\"https://a.test/\",".repeat(100_000)
        ),
        format!("{{\"client_name\":\"{}\"}}", "x".repeat(MEGABYTE)),
        format!("{{\"jwks\":{{\"keys\":[{}{{}}]}}}}", "{},".repeat(200_000)),
    ]
}

#[test]
fn documents_that_explode_are_refused() {
    for bomb in bombs() {
        assert!(parse_document(&bomb).is_err(), "{}", &bomb[..40]);
        assert!(parse_operator_document(&bomb).is_err(), "{}", &bomb[..40]);
    }
    for bomb in bombs().iter().filter(|bomb| !bomb.starts_with("{\"0\"")) {
        let read = ClaimsRequest::parse(bomb);
        assert!(
            read.is_err() || read.is_ok_and(|claims| claims.is_empty()),
            "{}",
            &bomb[..40]
        );
    }
}

#[test]
fn a_megabyte_is_nothing_anybody_means() {
    let long = "a".repeat(MEGABYTE);
    assert!(Params::parse("a=1&".repeat(MEGABYTE / 4).as_bytes()).is_err());
    assert!(Scope::parse(&"a b c ".repeat(MEGABYTE / 6)).is_ok_and(|scope| scope.iter().count() == 3));
    let many: String = (0..100_000).map(|n| format!("{n} ")).collect();
    assert!(Scope::parse(&many).is_err());
    assert!(Prompt::parse(&long).is_err());
    assert!(Prompt::parse(&"login ".repeat(MEGABYTE / 6)).is_ok_and(|prompt| prompt.demands_login()));
    assert!(PresentedCredentials::read(Some(&format!("Basic {long}")), &Params::default()).is_err());
    assert!(validate::username(&long).is_err() && validate::email(&format!("{long}@example.org")).is_err());
    assert!(validate::group_name(&long).is_err() && validate::role(&long).is_err());
    assert!(validate::description(&long).is_err());
    assert!(Password::new(&long).is_err());
    let _ = LoginKey::of(&long);
    let client = Client {
        client_id: "web".into(),
        secrets: Default::default(),
        metadata: ClientMetadata {
            redirect_uris: vec!["https://rp.test/cb".into()],
            ..ClientMetadata::default()
        },
        policy: ClientPolicy::default(),
        enabled: true,
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    };
    assert!(ResponseTarget::prove(&client, &format!("https://rp.test/{long}"), None).is_none());
}

/// The same over HTTP, as much of it as fits into a form: nothing answers 5xx, nothing reaches the database.
#[test]
fn every_parameter_takes_what_fits_into_a_form() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let deep = "[".repeat(40_000);
    let audited = provider.rows("audit");
    let dots = format!(
        "{}.{}.{}",
        "e".repeat(20_000),
        "e".repeat(20_000),
        "e".repeat(20_000)
    );
    let percent = "%25".repeat(6_000);
    for value in [&deep, &dots, &percent] {
        for name in [
            "claims",
            "id_token_hint",
            "scope",
            "nonce",
            "prompt",
            "max_age",
            "acr_values",
            "resource",
            "login_hint",
        ] {
            let request = attacker.authorize_url("web", &[("prompt", Some("none")), (name, None)]);
            let query = url::Url::parse(&request).unwrap();
            let mut form: Vec<(String, String)> = query.query_pairs().into_owned().collect();
            form.push((name.to_owned(), value.clone()));
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
            let page = Browser::new(&provider).post(&provider.url("/authorize"), &form);
            assert!(page.status < 500, "{name}: {}", page.status);
        }
        for (path, name) in [
            ("/token", "code"),
            ("/token", "refresh_token"),
            ("/revoke", "token"),
            ("/introspect", "token"),
        ] {
            let form = [("grant_type", "authorization_code"), (name, value.as_str())];
            let answer = attacker.post(
                path,
                Some(&crate::actors::attacker::basic("web", crate::cast::SECRET)),
                &form,
            );
            assert!(answer.status < 500, "{path} {name}: {answer:?}");
        }
        assert_eq!(attacker.userinfo(&value[..12_000]).status, 401);
        let page = Browser::new(&provider).post(&provider.url("/logout"), &[("id_token_hint", value)]);
        assert!(page.status < 500);
    }
    assert!(
        provider.rows("interactions") <= 27,
        "what is understood may be kept, once each"
    );
    assert_eq!(provider.rows("sessions") + provider.rows("grants"), 0);
    assert_eq!(provider.rows("audit"), audited);
}
