//! Clients: where they are answered, what they say about themselves, how they prove who they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::Timestamp;
use proptest::prelude::*;
use protocol::Params;
use token::Catalogue;
use token::client::register::{Against, parse_document, parse_operator_document, validate};
use token::client::{
    ApplicationType, Client, ClientMetadata, ClientPolicy, PostLogoutTarget, PresentedCredentials,
    ResponseMode, ResponseTarget,
};

use super::config;
use super::parameters::json;
use crate::cast::Anywhere;

fn client(application_type: ApplicationType, redirect_uri: &str) -> Client {
    Client {
        client_id: "web".into(),
        secrets: Default::default(),
        metadata: ClientMetadata {
            application_type,
            redirect_uris: vec![redirect_uri.into()],
            ..ClientMetadata::default()
        },
        policy: ClientPolicy::default(),
        enabled: true,
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    }
}

proptest! {
    #![proptest_config(config())]

    /// `state` comes back byte for byte, whatever it is made of.
    #[test]
    fn state_returns_unchanged(state in "\\PC{1,200}") {
        let web = client(ApplicationType::Web, "https://rp.test/cb?kept=1");
        let target = ResponseTarget::prove(&web, "https://rp.test/cb?kept=1", Some(&state)).unwrap();
        let answer = target.with_query(&[("code", "c")]);
        let query = answer.split_once('?').unwrap().1;
        let read = Params::parse(query.as_bytes()).unwrap();
        prop_assert_eq!(read.get("state"), Some(state.as_str()));
        prop_assert_eq!(read.get("kept"), Some("1"));
        prop_assert!(answer.is_ascii() && !answer.contains(['\r', '\n']));
    }

    /// Neither does it matter how the answer travels, nor can a `state` become anything else in it.
    #[test]
    fn state_stays_one_parameter(state in "[&=#?%+ \"<>a-z\u{80}-\u{ff}]{1,60}") {
        let web = client(ApplicationType::Web, "https://rp.test/cb");
        let target = ResponseTarget::prove(&web, "https://rp.test/cb", Some(&state)).unwrap();
        for answer in [target.with_query(&[("error", "e")]), target.clone().in_mode(ResponseMode::Fragment).with_fragment(&[("error", "e")])] {
            let parameters = answer.strip_prefix("https://rp.test/cb").unwrap();
            let read = Params::parse(&parameters.as_bytes()[1..]).unwrap();
            prop_assert_eq!(read.pairs(), &[("error".to_owned(), "e".to_owned()), ("state".to_owned(), state.clone())]);
        }
    }

    /// For a web client only the registered string itself is a target.
    #[test]
    fn no_mutation_of_a_redirect_uri_is_accepted(at in 0_usize..19, with in "\\PC{0,3}", cut in 0_usize..3) {
        let registered = "https://rp.test/cb";
        let mut mutated = registered.to_owned();
        let at = at.min(mutated.len());
        let end = (at + cut).min(mutated.len());
        mutated.replace_range(at..end, &with);
        let proven = ResponseTarget::prove(&client(ApplicationType::Web, registered), &mutated, None).is_some();
        prop_assert_eq!(proven, mutated == registered);
    }

    /// For a native client only the port of the registered loopback URI is free.
    #[test]
    fn only_the_port_of_a_loopback_uri_is_free(authority in "[a-z0-9.:@\\[\\]%]{0,24}", path in "[/a-z?.%]{0,6}") {
        let presented = format!("http://{authority}{path}");
        let native = client(ApplicationType::Native, "http://127.0.0.1/cb");
        if ResponseTarget::prove(&native, &presented, None).is_some() {
            let url = url::Url::parse(&presented).unwrap();
            prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
            prop_assert_eq!(url.path(), "/cb");
            prop_assert_eq!((url.username(), url.password(), url.query()), ("", None, None));
        }
    }

    /// The same for addresses to return to after signing out.
    #[test]
    fn no_mutation_of_a_logout_address_is_accepted(at in 0_usize..20, with in "\\PC{0,3}") {
        let registered = "https://rp.test/bye";
        let mut web = client(ApplicationType::Web, "https://rp.test/cb");
        web.metadata.post_logout_redirect_uris = vec![registered.into()];
        let mut mutated = registered.to_owned();
        mutated.insert_str(at.min(mutated.len()), &with);
        let proven = PostLogoutTarget::prove(&web, &mutated, None).is_some();
        prop_assert_eq!(proven, mutated == registered);
    }

    /// Credentials of any shape are read or refused.
    #[test]
    fn authorization_headers_never_panic(header in "\\PC{0,120}") {
        let _ = PresentedCredentials::read(Some(&header), &Params::default());
        let _ = PresentedCredentials::read(Some(&format!("Basic {header}")), &Params::default());
    }

    /// Credentials written as RFC 6749 2.3.1 says are read as they were, whatever is in them.
    #[test]
    fn basic_credentials_survive_a_round_trip(id in "[^\u{0}]{1,30}", secret in "[^\u{0}]{1,30}") {
        let form = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let header = format!("Basic {}", STANDARD.encode(format!("{}:{}", form(&id), form(&secret))));
        let read = PresentedCredentials::read(Some(&header), &Params::default()).unwrap();
        prop_assert_eq!(&read.client_id, &id);
        let posted = Params::from_pairs([("client_id", id.as_str()), ("client_secret", secret.as_str())]);
        prop_assert!(PresentedCredentials::read(Some(&header), &posted).is_err(), "two methods at once");
    }

    /// Any JSON is a client's document or none.
    #[test]
    fn documents_never_panic(value in json(), member in "(redirect_uris|jwks|scope|client_name|grant_types|contacts|application_type|logo_uri|[a-z_#]{1,12})") {
        for text in [value.to_string(), serde_json::json!({ member: value }).to_string()] {
            let _ = (parse_document(&text).is_ok(), parse_operator_document(&text).is_ok());
        }
    }

    /// Whatever redirect URI is accepted can be used, has no fragment and no credentials, and is no script.
    #[test]
    fn accepted_redirect_uris_are_harmless(
        scheme in "(https|http|javascript|data|com\\.example\\.app|file|HTTPS|ht tp)",
        authority in "(//)?([a-z@:*%\\[\\]\\\\]{0,6})(rp\\.test|127\\.0\\.0\\.1|localhost|\\[::1\\]|)(:[0-9]{0,6})?",
        rest in "[/?#a-z.*%\\\\\u{0}\u{a}]{0,10}",
        native in any::<bool>(),
    ) {
        let uri = format!("{scheme}:{authority}{rest}");
        let application_type = if native { ApplicationType::Native } else { ApplicationType::Web };
        let own = client(application_type, &uri);
        let catalogue = Catalogue::default();
        let against = Against { urls: &Anywhere, catalogue: &catalogue };
        if validate(&own.metadata, &own.policy, against).is_ok() {
            let url = url::Url::parse(&uri).unwrap();
            prop_assert!(!matches!(url.scheme(), "javascript" | "data" | "file"), "{}", uri);
            prop_assert!(url.fragment().is_none() && !uri.contains('#'), "{}", uri);
            prop_assert!(url.username().is_empty() && url.password().is_none(), "{}", uri);
            prop_assert!(!uri.contains(['*', '\\', '\u{0}', '\n', ' ']), "{}", uri);
            let target = ResponseTarget::prove(&own, &uri, Some("s")).expect("what is registered is proven");
            let answer = url::Url::parse(&target.with_query(&[("code", "c")])).unwrap();
            prop_assert_eq!((answer.scheme(), answer.host_str(), answer.path()), (url.scheme(), url.host_str(), url.path()));
        }
    }
}
