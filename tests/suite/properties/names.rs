//! What people and things are called: normal forms, and what may not be a name.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr as _;

use identity::{LoginKey, validate};
use kernel::id::{Sid, TokenId, UserId};
use proptest::prelude::*;
use session::Revoked;
use web::peer::TrustedProxies;

use super::config;

proptest! {
    #![proptest_config(config())]

    /// A normal form is its own normal form: nobody is found under one name and stored under another.
    #[test]
    fn normal_forms_are_normal(text in "[\\PC\u{200b}\u{202e}\u{feff}\u{a0}\u{130} ]{0,16}") {
        let key = LoginKey::of(&text);
        prop_assert_eq!(LoginKey::of(key.as_str()), key);
    }

    /// Nor does it matter how it is written: upper case, wide letters, spaces around it.
    #[test]
    fn spelling_does_not_matter(name in "[a-z0-9._-]{1,12}") {
        let wide: String = name.chars().map(|c| if c.is_ascii_graphic() {
            char::from_u32(u32::from(c) + 0xFEE0).unwrap()
        } else { c }).collect();
        for spelt in [name.to_uppercase(), format!("  {name}\u{200b} "), format!("\u{200b} {name}"), wide] {
            prop_assert_eq!(LoginKey::of(&spelt), LoginKey::of(&name), "{}", spelt);
        }
    }

    /// An accepted username can be shown anywhere and looked up; it is nobody's `sub`.
    #[test]
    fn accepted_usernames_are_visible(name in "[\\PC\u{0}\u{a}\u{200b}\u{202e}]{0,20}") {
        if validate::username(&name).is_ok() {
            prop_assert!(!name.chars().any(char::is_control));
            prop_assert!(!LoginKey::of(&name).as_str().is_empty());
            prop_assert!(name.parse::<UserId>().is_err());
        }
    }

    /// An accepted address can stand in a mail header.
    #[test]
    fn accepted_addresses_are_one_address(text in "[a-z@.\\-\u{a}\r <>,;:\"é]{0,20}") {
        if validate::email(&text).is_ok() {
            prop_assert_eq!(text.matches('@').count(), 1);
            prop_assert!(!text.contains(['\r', '\n', ' ', '<', '>', ',', ';', ':', '"']));
        }
    }

    /// An id has one spelling.
    #[test]
    fn ids_have_one_spelling(text in "(\\PC{0,40}|[0-9a-fA-F]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-fA-F]{12}|\\{[0-9a-f-]{36}\\}|urn:uuid:[0-9a-f-]{36})") {
        for read in [UserId::from_str(&text).map(|id| id.to_string()), Sid::from_str(&text).map(|id| id.to_string()), TokenId::from_str(&text).map(|id| id.to_string())].into_iter().flatten() {
            prop_assert_eq!(&read, &text);
        }
    }

    /// Entries of the revocation list survive storage.
    #[test]
    fn revocations_survive_a_round_trip(kind in "(token|grant|session|user|client|key|[a-z]{1,6})", id in "(\\PC{0,20}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12})") {
        if let Some(revoked) = Revoked::parse(&kind, &id) {
            prop_assert_eq!((revoked.kind(), revoked.id()), (kind.as_str(), id));
        }
    }

    /// Ranges of proxies are ranges or refused.
    #[test]
    fn ranges_never_panic(text in "[0-9a-f:./]{0,24}") {
        let read = TrustedProxies::parse(&[&text]);
        if text.split('/').nth(1).and_then(|prefix| prefix.parse::<u32>().ok()).is_some_and(|prefix| prefix > 128) {
            prop_assert!(read.is_err());
        }
    }

    /// Whoever is behind our proxies can write what they like in front of what these add: it changes nothing.
    #[test]
    fn nobody_chooses_their_own_address(
        hops in proptest::collection::vec(any::<u32>(), 0..4),
        ours in proptest::collection::vec(0_u32..0x00FF_FFFF, 0..3),
        lie in "[0-9a-f:., ]{0,40}",
        peer in any::<u32>(),
    ) {
        let trusted = TrustedProxies::parse(&["10.0.0.0/8"]).unwrap();
        let is_ours = |address: &IpAddr| matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 10);
        let honest = hops.into_iter().map(Ipv4Addr::from);
        let proxies = ours.into_iter().map(|low| Ipv4Addr::from(0x0A00_0000 | low));
        let header: Vec<String> = honest.chain(proxies).map(|hop| hop.to_string()).collect();
        let header = header.join(", ");
        let peer = IpAddr::V4(peer.into());
        let told = trusted.origin(peer, &[&header]);
        if !is_ours(&peer) {
            prop_assert_eq!(told, peer);
        }
        if !is_ours(&told) {
            prop_assert_eq!(trusted.origin(peer, &[&format!("{lie},{header}")]), told);
            prop_assert_eq!(trusted.origin(peer, &[&lie, &header]), told);
        }
    }
}
