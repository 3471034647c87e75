//! The words things are found by: the beginnings of these, in the normal form of [`LoginKey`], are what a search matches.
//!
//! The store writes them beside the rows and reads them in order. They are kept, so a change of what is a word here needs a
//! migration that writes them anew.

use std::collections::BTreeSet;
use std::ops::Bound;

use identity::{LoginKey, Profile};
use token::ClientMetadata;
use url::{Host, Url};

/// In characters. Longer words are cut, in the row and in the search alike.
const LONGEST: usize = 64;
/// More words than any name has.
const MOST: usize = 32;
/// Words of a search that count.
const WANTED: usize = 5;

/// By what a person is sorted.
pub fn person_key(username: &str) -> String {
    LoginKey::of(username).as_str().to_owned()
}

/// The words a person is found by: user name, address, and each word of their names.
pub fn of_person(username: &str, email: Option<&str>, profile: &Profile) -> BTreeSet<String> {
    let mut terms = BTreeSet::from([cut(&person_key(username))]);
    terms.extend(email.map(|email| cut(LoginKey::of(email).as_str())));
    let names = [
        Some(username),
        profile.name.as_deref(),
        profile.given_name.as_deref(),
        profile.family_name.as_deref(),
        profile.nickname.as_deref(),
    ];
    for name in names.into_iter().flatten() {
        add_words(&mut terms, name);
    }
    terms
}

/// By what a client is sorted.
pub fn client_key(client_id: &str, metadata: &ClientMetadata) -> String {
    LoginKey::of(metadata.client_name.as_deref().unwrap_or(client_id))
        .as_str()
        .to_owned()
}

/// The words a client is found by: its id, each word of its name, and the hosts of its redirect URIs with their parents.
pub fn of_client(client_id: &str, metadata: &ClientMetadata) -> BTreeSet<String> {
    let mut terms = BTreeSet::from([cut(LoginKey::of(client_id).as_str())]);
    add_words(&mut terms, metadata.client_name.as_deref().unwrap_or_default());
    for uri in &metadata.redirect_uris {
        let Ok(url) = Url::parse(uri) else { continue };
        match url.host() {
            Some(Host::Domain(name)) => terms.extend(with_parents(name)),
            Some(address) => drop(terms.insert(cut(&address.to_string()))),
            None => {}
        }
    }
    terms
}

/// The words of a search, the longest first: it narrows most.
pub fn wanted(text: &str) -> Vec<String> {
    let normal = LoginKey::of(text);
    let separates = |c: char| c.is_whitespace() || c.is_control();
    let words = normal.as_str().split(separates).filter(|word| !word.is_empty());
    let words: BTreeSet<String> = words.map(cut).collect();
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.truncate(WANTED);
    words
}

/// The first of `terms` that begins with `prefix`: the one under which a search lists the row, so that it does so once.
pub fn first_with<'a>(terms: &'a BTreeSet<String>, prefix: &str) -> Option<&'a String> {
    let mut on = terms.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
    on.next().filter(|term| term.starts_with(prefix))
}

/// Whether every word of a search is the beginning of one of `terms`.
pub fn match_all(terms: &BTreeSet<String>, wanted: &[String]) -> bool {
    wanted.iter().all(|word| first_with(terms, word).is_some())
}

/// What stands behind everything that begins with `prefix`, byte by byte.
pub fn beyond(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// "Anna-Lena O'Brien" is found by "anna-lena", "lena", "o'brien" and "brien".
fn add_words(terms: &mut BTreeSet<String>, name: &str) {
    for word in LoginKey::of(name).as_str().split_whitespace() {
        let parts = word.split(|c: char| !c.is_alphanumeric());
        for term in std::iter::once(word).chain(parts) {
            if !term.is_empty() && terms.len() < MOST {
                terms.insert(cut(term));
            }
        }
    }
}

/// `a.b.example` and `b.example`, but not `example`, where half the world would be.
fn with_parents(host: &str) -> Vec<String> {
    let mut names = vec![cut(host)];
    let mut rest = host;
    while let Some((_, parent)) = rest.split_once('.').filter(|(_, parent)| parent.contains('.')) {
        names.push(cut(parent));
        rest = parent;
    }
    names
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(name: &str) -> BTreeSet<String> {
        let profile = Profile {
            name: Some(name.to_owned()),
            ..Profile::default()
        };
        of_person("Alice", Some("Alice@Example.org"), &profile)
    }

    #[test]
    fn people_are_found_by_name_address_and_each_word() {
        let terms = terms("Anna-Lena  O'Brien");
        for text in [
            "al",
            "ALICE@ex",
            "ａlice",
            "anna-l",
            "lena",
            "o'b",
            "brien",
            "brien lena",
        ] {
            assert!(match_all(&terms, &wanted(text)), "{text}");
        }
        assert_eq!(wanted(" al\u{0}\t "), ["al"]);
        for text in ["lice", "example", "lena carol", "alice@example.org.uk"] {
            assert!(!match_all(&terms, &wanted(text)), "{text}");
        }
    }

    #[test]
    fn a_row_is_listed_under_its_first_word() {
        let terms = terms("Alina");
        assert_eq!(first_with(&terms, "ali").map(String::as_str), Some("alice"));
        assert_eq!(first_with(&terms, "alin").map(String::as_str), Some("alina"));
        assert_eq!(first_with(&terms, "b"), None);
    }

    #[test]
    fn clients_are_found_by_id_name_and_host() {
        let metadata = ClientMetadata {
            client_name: Some("Team Wiki".into()),
            redirect_uris: vec![
                "https://wiki.eu.example.com/cb".into(),
                "http://127.0.0.1:8080/cb".into(),
                "com.example.app:/cb".into(),
            ],
            ..ClientMetadata::default()
        };
        let terms = of_client("Web-1", &metadata);
        for text in ["web", "wiki", "team wi", "wiki.eu.ex", "example.com", "127.0"] {
            assert!(match_all(&terms, &wanted(text)), "{text}");
        }
        assert!(!match_all(&terms, &wanted("com")));
        assert_eq!(client_key("Web-1", &metadata), "team wiki");
    }

    #[test]
    fn long_words_are_cut_alike_and_many_are_left_out() {
        let long = "é".repeat(200);
        assert!(match_all(&terms(&long), &wanted(&long)));
        let many: Vec<String> = (0..100).map(|n| format!("w{n}")).collect();
        assert!(terms(&many.join(" ")).len() <= MOST);
        assert_eq!(wanted(&many.join(" ")).len(), WANTED);
    }

    #[test]
    fn what_is_beyond_a_prefix_is_beyond_all_that_begins_with_it() {
        let beyond = beyond("al");
        for inside in ["al", "alz", "al\u{FFFF}", "al\u{10FFFE}"] {
            assert!(*inside < *beyond, "{inside}");
        }
        assert!(*"am" > *beyond);
    }
}
