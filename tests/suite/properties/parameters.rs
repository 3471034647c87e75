//! Parameters, scopes, `claims`, `prompt`: read, or refused.

use proptest::prelude::*;
use protocol::{Params, Scope};
use token::authorize::{ClaimsRequest, Prompt};

use super::config;

fn encoded(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Any JSON, not too deep.
pub(super) fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::btree_map("[a-z_]{1,10}", inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(config())]

    /// Any body is either understood or refused.
    #[test]
    fn parameters_of_any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(params) = Params::parse(&bytes) {
            let _ = (params.first_repeated(), params.get("state"), params.all("resource").count());
        }
    }

    /// What we understand, everybody understands alike: an independent reader sees the same pairs.
    #[test]
    fn another_reader_sees_the_same(text in "[a-z=&%+0-9A-F;]{0,60}") {
        if let Ok(params) = Params::parse(text.as_bytes()) {
            let theirs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            prop_assert_eq!(params.pairs(), theirs.as_slice());
        }
    }

    /// What is written is read again, in its order.
    #[test]
    fn parameters_survive_a_round_trip(pairs in proptest::collection::vec(("[^\u{0}]{0,12}", "[^\u{0}]{0,24}"), 0..100)) {
        let read = Params::parse(encoded(&pairs).as_bytes()).unwrap();
        prop_assert_eq!(read.pairs(), pairs.as_slice());
    }

    /// A name that comes twice is noticed, wherever and with whatever value, unless it may.
    #[test]
    fn no_repetition_goes_unnoticed(
        mut pairs in proptest::collection::vec(("[a-z]{1,8}", "[a-z]{0,8}"), 1..20),
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        value in "[a-z]{0,8}",
    ) {
        let name = which.get(&pairs).0.clone();
        prop_assume!(name != "resource" && name != "audience");
        pairs.insert(at.index(pairs.len() + 1), (name.clone(), value));
        let params = Params::parse(encoded(&pairs).as_bytes()).unwrap();
        prop_assert!(params.is_repeated(&name));
        prop_assert!(params.first_repeated().is_some());
    }

    /// No encoding carries a zero byte or broken UTF-8 inside.
    #[test]
    fn decoded_text_is_clean(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let escaped: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
        match Params::parse(format!("a={escaped}").as_bytes()) {
            Ok(params) => prop_assert_eq!(params.pairs()[0].1.as_bytes(), bytes.as_slice()),
            Err(_) => prop_assert!(bytes.contains(&0) || std::str::from_utf8(&bytes).is_err()),
        }
    }

    /// A scope that parses prints as it is read again.
    #[test]
    fn scopes_survive_a_round_trip(text in "[ -~]{0,80}") {
        if let Ok(scope) = Scope::parse(&text) {
            prop_assert_eq!(Scope::parse(&scope.to_string()), Ok(scope));
        }
    }

    /// Sets behave as sets do.
    #[test]
    fn scopes_are_sets(a in "([a-f]{1,2} ){0,8}", b in "([a-f]{1,2} ){0,8}") {
        let (a, b) = (Scope::parse(&a).unwrap(), Scope::parse(&b).unwrap());
        let both = a.union(&b);
        prop_assert!(a.is_subset_of(&both) && b.is_subset_of(&both));
        prop_assert!(both.iter().all(|token| a.contains(token) || b.contains(token)));
        prop_assert_eq!(both.union(&a), both.clone());
        let common = a.filter(|token| b.contains(token));
        prop_assert!(common.is_subset_of(&a) && common.is_subset_of(&b));
    }

    /// `none` stands alone (OpenID Connect Core 3.1.2.1), and only known words are understood.
    #[test]
    fn prompts_are_known_words(text in "(none|login|consent|select_account|create|[a-z]{1,6}| ){0,6}") {
        if let Ok(prompt) = Prompt::parse(&text) {
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert!(words.iter().all(|word| Prompt::VALUES.contains(word)));
            prop_assert_eq!(prompt.is_silent(), words.contains(&"none"));
            prop_assert!(!prompt.is_silent() || words.iter().all(|word| *word == "none"));
        }
    }

    /// Any JSON is a `claims` parameter or none; what was understood is stored and understood alike again.
    #[test]
    fn claims_survive_a_round_trip(value in json(), part in "(userinfo|id_token|other)") {
        for text in [value.to_string(), serde_json::json!({ part: value }).to_string()] {
            if let Ok(claims) = ClaimsRequest::parse(&text) {
                let stored = serde_json::to_string(&claims).unwrap();
                prop_assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), claims.clone());
                prop_assert_eq!(ClaimsRequest::parse(&stored), Ok(claims));
            }
        }
    }

    #[test]
    fn claims_of_any_text_never_panic(text in "\\PC{0,80}") {
        let _ = ClaimsRequest::parse(&text);
    }
}
