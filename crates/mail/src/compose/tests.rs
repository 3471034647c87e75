//! Messages as they leave, headers and all.

use std::time::Duration;

use identity::notice::{ChangedBy, Notice, SecretLink};
use kernel::{FixedClock, Issuer, Policy, SeededEntropy};

use super::*;

const NOON: Timestamp = Timestamp::from_secs(1_785_679_380);

fn composer() -> Composer {
    let ctx = Ctx {
        clock: Arc::new(FixedClock::at(NOON)),
        entropy: Arc::new(SeededEntropy::new(7)),
        issuer: Issuer::new("https://id.example.com"),
        policy: Policy::default(),
    };
    Composer::new(
        Arc::new(ctx),
        Sender::parse("Signet <no-reply@id.example.com>").unwrap(),
    )
}

fn reset() -> Notice {
    Notice::PasswordReset {
        link: SecretLink::new("https://id.example.com/reset/Zk3-abc?x=1&y=2"),
        valid_for: Duration::from_secs(1800),
    }
}

fn reused(client: &str) -> Notice {
    Notice::TokenReused {
        at: NOON,
        client: client.into(),
    }
}

fn compose(name: &str, notice: Notice) -> Composed {
    compose_in(None, name, notice)
}

fn compose_in(language: Option<&str>, name: &str, notice: Notice) -> Composed {
    let letter = Letter {
        to: "alice@example.org".into(),
        name: name.into(),
        language: language.map(str::to_owned),
        notice,
    };
    composer().compose(&letter, NOON).unwrap()
}

/// As it goes over the wire, with line ends that files have.
fn sent(composed: &Composed) -> String {
    String::from_utf8(composed.message.formatted())
        .unwrap()
        .replace("\r\n", "\n")
}

fn head(composed: &Composed) -> String {
    sent(composed).split_once("\n\n").unwrap().0.to_owned()
}

#[test]
fn password_reset() {
    insta::assert_snapshot!(sent(&compose("Alice Example", reset())));
}

#[test]
fn password_changed() {
    let changed = |by| compose("Alice Example", Notice::PasswordChanged { at: NOON, by });
    insta::assert_snapshot!(sent(&changed(ChangedBy::ResetLink)));
    let own = changed(ChangedBy::Person);
    let others = changed(ChangedBy::Administrator);
    for part in [|it: &Composed| it.text.clone(), |it: &Composed| it.html.clone()] {
        assert!(part(&own).contains("somebody who was signed in and knew the old one"));
        assert!(part(&others).contains("An administrator changed it."));
    }
}

#[test]
fn token_reused() {
    insta::assert_snapshot!(sent(&compose("Alice Example", reused("Notes"))));
    assert!(
        compose("Alice", reused("{{7*7}}"))
            .text
            .contains("One of your apps")
    );
}

#[test]
fn names_beyond_ascii_are_encoded() {
    let composed = compose("Zoë 李", reset());
    let head = head(&composed);
    assert!(head.is_ascii(), "{head}");
    assert!(head.contains("To: =?utf-8?b?"), "{head}");
    assert!(composed.text.starts_with("Hello Zoë 李,\n"));
}

#[test]
fn names_begin_no_headers_and_no_markup() {
    for name in [
        "x\r\nBcc: y@evil.example",
        "x\nBcc: y@evil.example",
        "x%0aBcc: y@evil.example",
        "<a href=https://evil.example>Alice</a>",
        "{{7*7}} ${7*7}",
        "\" <y@evil.example>",
        &"\u{1F4E8}".repeat(5000),
    ] {
        for composed in [compose(name, reset()), compose("Alice", reused(name))] {
            let all = sent(&composed);
            assert!(
                !head(&composed).contains("evil") && !head(&composed).contains("\nBcc"),
                "{all}"
            );
            for part in [&composed.text, &composed.html] {
                for trace in ["evil", "49", "7*7", "\u{1F4E8}"] {
                    assert!(!part.contains(trace), "{name:?}: {part}");
                }
            }
            let to = composed.message.envelope().to();
            assert_eq!(to, ["alice@example.org".parse().unwrap()]);
        }
    }
}

#[test]
fn more_or_less_than_one_recipient_is_refused() {
    for to in [
        "",
        "alice",
        "alice@example.org, eve@evil.example",
        "alice@example.org\r\nBcc: eve@evil.example",
        "Alice <alice@example.org>",
    ] {
        let letter = Letter {
            to: to.into(),
            name: "Alice".into(),
            language: None,
            notice: reset(),
        };
        let fault = composer().compose(&letter, NOON).unwrap_err();
        assert!(matches!(fault, ComposeFault::Recipient), "{to:?}");
        assert!(!fault.to_string().contains("evil"));
    }
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    for notice in [
        reset(),
        reused("Notes"),
        Notice::PasswordChanged {
            at: NOON,
            by: ChangedBy::Person,
        },
    ] {
        let html = compose("Alice", notice).html;
        for forbidden in [
            "<img",
            "<link",
            "<script",
            "<style",
            "url(",
            " src=",
            " onclick=",
            "@import",
        ] {
            assert!(!html.contains(forbidden), "{forbidden}: {html}");
        }
    }
}

#[test]
fn two_letters_are_two_messages() {
    let composer = composer();
    let letter = Letter {
        to: "alice@example.org".into(),
        name: "Alice".into(),
        language: None,
        notice: reset(),
    };
    let ids = [(); 2].map(|()| composer.compose(&letter, NOON).unwrap().message_id);
    assert_ne!(ids[0], ids[1]);
    assert!(ids[0].ends_with("@id.example.com>"), "{}", ids[0]);
}

#[test]
fn a_letter_is_in_its_readers_language() {
    let german = compose_in(Some("de-CH"), "Ute Müller", reset());
    insta::assert_snapshot!(german.text);
    assert!(german.html.contains("<html lang=\"de\" dir=\"ltr\">"));
    assert!(head(&german).contains("Subject: =?utf-8?b?") || head(&german).contains("Subject: W"));
    let unknown = compose_in(Some("tlh"), "Alice", reset());
    assert_eq!(unknown.text, compose("Alice", reset()).text);
}

#[test]
fn a_letter_can_be_read_from_right_to_left() {
    let changed = Notice::PasswordChanged {
        at: NOON,
        by: ChangedBy::ResetLink,
    };
    let arabic = compose_in(Some("ar"), "ليلى", changed);
    insta::assert_snapshot!(arabic.text);
    assert!(arabic.html.contains("<html lang=\"ar\" dir=\"rtl\">"));
    // Readers of mail that throw away the document's own element keep those of its tables.
    assert!(
        arabic
            .html
            .contains("<table role=\"presentation\" lang=\"ar\" dir=\"rtl\"")
    );
    let reused = compose_in(Some("ar"), "ليلى", reused("Notes"));
    assert!(reused.text.contains("\u{2068}Notes\u{2069}"), "{}", reused.text);
    assert!(reused.html.contains("<strong><bdi>Notes</bdi></strong>"));
}

/// Every kind of letter in every language: no gap stays open, nothing is in two languages.
#[test]
fn every_letter_can_be_written_in_every_language() {
    let changed = |by| Notice::PasswordChanged { at: NOON, by };
    for language in Language::ALL {
        let mut bodies = std::collections::BTreeSet::new();
        for notice in [
            reset(),
            reused("Notes"),
            reused("{{7*7}}"),
            changed(ChangedBy::Person),
            changed(ChangedBy::ResetLink),
            changed(ChangedBy::Administrator),
        ] {
            let composed = compose_in(Some(language.tag()), "Alice", notice);
            assert!(!composed.text.contains(['{', '}', '$']), "{}", composed.text);
            bodies.insert(composed.text);
        }
        assert_eq!(bodies.len(), 6, "{language:?}");
    }
}
