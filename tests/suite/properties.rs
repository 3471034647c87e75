//! What must hold for any bytes, not only for those somebody thought of.

use kernel::Timestamp;
use proptest::prelude::*;
use protocol::{Params, Scope};
use token::client::{
    ApplicationType, Client, ClientMetadata, ClientPolicy, PresentedCredentials, ResponseTarget,
};

fn client(application_type: ApplicationType, redirect_uri: &str) -> Client {
    Client {
        client_id: "web".into(),
        secret: None,
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
    /// Any body is either understood or refused.
    #[test]
    fn parameters_of_any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(params) = Params::parse(&bytes) {
            let _ = (params.first_repeated(), params.get("state"), params.all("resource").count());
        }
    }

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

    /// Credentials of any shape are read or refused.
    #[test]
    fn authorization_headers_never_panic(header in "\\PC{0,120}") {
        let _ = PresentedCredentials::read(Some(&header), &Params::default());
        let _ = PresentedCredentials::read(Some(&format!("Basic {header}")), &Params::default());
    }

    /// A scope that parses prints as it is read again.
    #[test]
    fn scopes_survive_a_round_trip(text in "[ -~]{0,80}") {
        if let Ok(scope) = Scope::parse(&text) {
            prop_assert_eq!(Scope::parse(&scope.to_string()), Ok(scope));
        }
    }
}
