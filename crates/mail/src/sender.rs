//! Who letters are from: one mailbox (RFC 5322 3.4), checked before the first letter is written.

use lettre::Address;
use lettre::message::Mailbox;
use url::Host;

/// The sender of all letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// Why a text is not a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FromFault {
    /// Not `Name <name@host>` and not `name@host`.
    #[error("is not a mailbox")]
    NotAMailbox,
    /// A line break or another control character, which could begin a header of its own.
    #[error("contains a control character")]
    ControlCharacter,
}

impl Sender {
    /// Reads `Signet <no-reply@id.example.com>`, or the address alone.
    ///
    /// # Errors
    /// [`FromFault`].
    pub fn parse(text: &str) -> Result<Self, FromFault> {
        if text.chars().any(char::is_control) {
            return Err(FromFault::ControlCharacter);
        }
        let mailbox: Mailbox = text.parse().map_err(|_| FromFault::NotAMailbox)?;
        let email = address(mailbox.email.as_ref()).ok_or(FromFault::NotAMailbox)?;
        Ok(Self(Mailbox::new(mailbox.name, email)))
    }

    /// The sender of a provider that was not told one: `Signet <no-reply@HOST>`. Nothing when `host` cannot receive mail.
    pub fn of_host(host: &str) -> Option<Self> {
        let literal = match Host::parse(host).ok()? {
            Host::Domain(name) => name,
            // RFC 5321 4.1.3.
            Host::Ipv4(v4) => format!("[{v4}]"),
            Host::Ipv6(_) => return None,
        };
        let email = address(&format!("no-reply@{literal}"))?;
        Some(Self(Mailbox::new(Some("Signet".to_owned()), email)))
    }

    /// For the From header.
    pub(crate) fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

/// An address that fits into an envelope: no display name, no list, the host in ASCII (RFC 5891 5.5), so that a server
/// needs SMTPUTF8 (RFC 6531) only for what stands before the `@`.
pub(crate) fn address(text: &str) -> Option<Address> {
    let (user, host) = text.rsplit_once('@')?;
    // An address literal has no letters to convert.
    let host = if host.starts_with('[') {
        host.to_owned()
    } else {
        Host::parse(host).ok()?.to_string()
    };
    let suspicious = |c: char| c.is_control() || c.is_whitespace() || "<>,;:\"\\".contains(c);
    if user.contains(suspicious) {
        return None;
    }
    Address::new(user, host).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_with_or_without_a_name() {
        for (text, shown) in [
            (
                "Signet <no-reply@id.example.com>",
                "Signet <no-reply@id.example.com>",
            ),
            ("no-reply@id.example.com", "no-reply@id.example.com"),
            ("Post <post@bücher.example>", "Post <post@xn--bcher-kva.example>"),
        ] {
            assert_eq!(Sender::parse(text).unwrap().mailbox().to_string(), shown);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, fault) in [
            ("", FromFault::NotAMailbox),
            ("Signet", FromFault::NotAMailbox),
            ("Signet <>", FromFault::NotAMailbox),
            ("a@example.com, b@example.com", FromFault::NotAMailbox),
            ("no-reply@", FromFault::NotAMailbox),
            (
                "Signet\r\nBcc: eve@evil.example <a@example.com>",
                FromFault::ControlCharacter,
            ),
        ] {
            assert_eq!(Sender::parse(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn a_host_gives_a_sender() {
        let of = |host| Sender::of_host(host).map(|sender| sender.mailbox().to_string());
        assert_eq!(
            of("id.example.com").as_deref(),
            Some("Signet <no-reply@id.example.com>")
        );
        assert_eq!(of("localhost").as_deref(), Some("Signet <no-reply@localhost>"));
        assert_eq!(of("127.0.0.1").as_deref(), Some("Signet <no-reply@[127.0.0.1]>"));
        assert_eq!(of("[::1]"), None);
    }

    #[test]
    fn a_recipient_is_one_address() {
        assert!(address("alice@example.org").is_some());
        assert!(address("jürgen@example.org").is_some());
        for text in [
            "alice",
            "alice@example.org\r\nBcc: eve@evil.example",
            "alice\r\n@example.org",
            "alice@example.org, eve@evil.example",
            "\"a b\"@example.org",
            "<alice@example.org>",
            "alice@exa mple.org",
        ] {
            assert_eq!(address(text), None, "{text:?}");
        }
    }
}
