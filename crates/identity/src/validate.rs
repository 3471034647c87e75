//! What names, addresses and claims may look like. Pure rules; uniqueness is the store's.
//!
//! Line breaks and other control characters are refused everywhere: values end up in mails, headers and logs.

use kernel::id::UserId;
use serde_json::{Map, Value};

use crate::login_key::{LoginKey, is_invisible};
use crate::profile::{Address, Profile};

/// The longest username, group or role name, in characters.
pub const MAX_NAME_CHARS: usize = 255;
const MAX_EMAIL_BYTES: usize = 254;
const MAX_URL_BYTES: usize = 2000;
const MAX_ATTRIBUTES_BYTES: usize = 64 * 1024;

/// A value that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct InvalidValue {
    /// The member, under its registered name.
    pub field: &'static str,
    /// What is wrong with it, for the administrator.
    pub reason: String,
}

impl InvalidValue {
    fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }
}

/// A username: 1 to 255 visible characters, nothing that could be taken for a `sub`, and no mixture of alphabets whose
/// letters look alike (UTS 39 5.1).
///
/// # Errors
/// [`InvalidValue`].
pub fn username(name: &str) -> Result<(), InvalidValue> {
    visible_name("username", name)?;
    if LoginKey::of(name).as_str().is_empty() {
        return Err(InvalidValue::new("username", "has no visible characters"));
    }
    if name.to_ascii_lowercase().parse::<UserId>().is_ok() {
        return Err(InvalidValue::new(
            "username",
            "looks like a UUID, which is how people are named in tokens",
        ));
    }
    if mixes_lookalikes(LoginKey::of(name).as_str()) {
        return Err(InvalidValue::new(
            "username",
            "mixes letters of the Latin, Greek or Cyrillic alphabet, many of which look the same",
        ));
    }
    Ok(())
}

/// Whether letters of more than one of the alphabets stand in a name that share most of their shapes: `а` and `a`, `ο` and
/// `o`. Blocks are looked at, not single characters; a name wholly in one alphabet is somebody's real name.
fn mixes_lookalikes(name: &str) -> bool {
    let alphabet = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' if c.is_alphabetic() => {
            Some("Latin")
        }
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some("Greek"),
        '\u{400}'..='\u{52F}'
        | '\u{1C80}'..='\u{1C8F}'
        | '\u{2DE0}'..='\u{2DFF}'
        | '\u{A640}'..='\u{A69F}' => Some("Cyrillic"),
        _ => None,
    };
    let mut alphabets = name.chars().filter_map(alphabet);
    let first = alphabets.next();
    alphabets.any(|next| Some(next) != first)
}

/// A group's name: 1 to 255 visible characters.
///
/// # Errors
/// [`InvalidValue`].
pub fn group_name(name: &str) -> Result<(), InvalidValue> {
    visible_name("group", name)
}

/// A role's name: 1 to 255 visible characters.
///
/// # Errors
/// [`InvalidValue`].
pub fn role(name: &str) -> Result<(), InvalidValue> {
    visible_name("role", name)
}

/// A description for administrators: one line, at most 1000 characters.
///
/// # Errors
/// [`InvalidValue`].
pub fn description(text: &str) -> Result<(), InvalidValue> {
    line("description", text, 1000)
}

/// An e-mail address: something, one `@`, a host name. Whether it exists, only a mail can tell.
///
/// # Errors
/// [`InvalidValue`].
pub fn email(address: &str) -> Result<(), InvalidValue> {
    let refuse = |reason: &str| Err(InvalidValue::new("email", reason));
    if address.len() > MAX_EMAIL_BYTES {
        return refuse("is longer than the 254 bytes an address may have (RFC 5321 4.5.3.1.3)");
    }
    if address
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || "<>()[],;:\\\"".contains(c))
    {
        return refuse("contains a character that does not belong into an address");
    }
    match address.split_once('@') {
        Some((local, host)) if !local.is_empty() && is_host(host) => Ok(()),
        _ => refuse("is not of the form name@host"),
    }
}

/// Labels separated by single dots, without a second `@`.
fn is_host(host: &str) -> bool {
    host.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

/// Standard claims; everything wrong with them. `profile`, `picture` and `website` must be http(s) URLs, because they
/// become links.
///
/// # Errors
/// All that is wrong.
pub fn profile(profile: &Profile) -> Result<(), Vec<InvalidValue>> {
    type Rule = fn(&'static str, &str) -> Result<(), InvalidValue>;
    let name: Rule = |field, text| line(field, text, MAX_NAME_CHARS);
    let rules: [(&'static str, &Option<String>, Rule); 13] = [
        ("name", &profile.name, name),
        ("given_name", &profile.given_name, name),
        ("family_name", &profile.family_name, name),
        ("middle_name", &profile.middle_name, name),
        ("nickname", &profile.nickname, name),
        ("gender", &profile.gender, name),
        ("profile", &profile.profile, url),
        ("picture", &profile.picture, url),
        ("website", &profile.website, url),
        ("birthdate", &profile.birthdate, birthdate),
        ("zoneinfo", &profile.zoneinfo, |field, text| {
            only(field, text, "/_+-")
        }),
        ("locale", &profile.locale, |field, text| only(field, text, "-_")),
        ("phone_number", &profile.phone_number, |field, text| {
            only(field, text, "+-(). /;=")
        }),
    ];
    let mut wrong: Vec<InvalidValue> = rules
        .into_iter()
        .filter_map(|(field, value, rule)| value.as_deref().and_then(|text| rule(field, text).err()))
        .collect();
    wrong.extend(profile.address.iter().flat_map(address));
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Free-form values: at most 64 KiB of JSON.
///
/// # Errors
/// [`InvalidValue`].
pub fn attributes(attributes: &Map<String, Value>) -> Result<(), InvalidValue> {
    let bytes = serde_json::to_string(attributes).map_or(usize::MAX, |text| text.len());
    if bytes > MAX_ATTRIBUTES_BYTES {
        return Err(InvalidValue::new("attributes", "are larger than 64 KiB"));
    }
    attributes
        .keys()
        .try_for_each(|name| line("attributes", name, MAX_NAME_CHARS))
}

fn address(address: &Address) -> Vec<InvalidValue> {
    let parts = [
        ("address.street_address", &address.street_address),
        ("address.locality", &address.locality),
        ("address.region", &address.region),
        ("address.postal_code", &address.postal_code),
        ("address.country", &address.country),
    ];
    let lines = parts
        .into_iter()
        .filter_map(|(field, value)| line(field, value.as_deref()?, MAX_NAME_CHARS).err());
    // The one member that may have several lines (OpenID Connect Core 5.1.1).
    let formatted = address.formatted.iter().flat_map(|text| text.lines());
    lines
        .chain(formatted.filter_map(|text| line("address.formatted", text, MAX_NAME_CHARS).err()))
        .collect()
}

fn visible_name(field: &'static str, name: &str) -> Result<(), InvalidValue> {
    line(field, name, MAX_NAME_CHARS)?;
    if name.trim().is_empty() {
        return Err(InvalidValue::new(field, "is empty"));
    }
    if name.trim() != name {
        return Err(InvalidValue::new(field, "begins or ends with a space"));
    }
    if name.chars().any(is_invisible) {
        return Err(InvalidValue::new(field, "contains an invisible character"));
    }
    Ok(())
}

/// One line of text: no control characters, no line or paragraph separators.
fn line(field: &'static str, text: &str, max_chars: usize) -> Result<(), InvalidValue> {
    if text
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        return Err(InvalidValue::new(
            field,
            "contains a control character or line break",
        ));
    }
    if text.chars().nth(max_chars).is_some() {
        return Err(InvalidValue::new(
            field,
            format!("is longer than {max_chars} characters"),
        ));
    }
    Ok(())
}

fn url(field: &'static str, text: &str) -> Result<(), InvalidValue> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let has_host = host.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['));
    let clean = text
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && c != '\\');
    if has_host && clean && text.len() <= MAX_URL_BYTES {
        return Ok(());
    }
    Err(InvalidValue::new(
        field,
        "is not a URL that begins with https:// or http://",
    ))
}

/// `YYYY-MM-DD`, `0000-MM-DD` or `YYYY` (OpenID Connect Core 5.1).
fn birthdate(field: &'static str, text: &str) -> Result<(), InvalidValue> {
    let parts: Vec<&str> = text.split('-').collect();
    let in_range = |part: &str, digits: usize, most: u32| {
        let all_digits = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        all_digits && part.parse().is_ok_and(|number: u32| (1..=most).contains(&number))
    };
    let is_year = |part: &str| in_range(part, 4, 9999) || part == "0000";
    let fits = match parts[..] {
        [year] => is_year(year),
        [year, month, day] => is_year(year) && in_range(month, 2, 12) && in_range(day, 2, 31),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(InvalidValue::new(
            field,
            "is not of the form YYYY-MM-DD, 0000-MM-DD or YYYY",
        ))
    }
}

/// ASCII letters and digits and `others`, at most 64.
fn only(field: &'static str, text: &str, others: &str) -> Result<(), InvalidValue> {
    if text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
    {
        return Ok(());
    }
    Err(InvalidValue::new(
        field,
        format!("may have 64 characters at most: letters, digits and {others}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_visible_and_never_a_sub() {
        let longest = "x".repeat(255);
        for good in [
            "alice",
            "Alice Example",
            "zoë",
            "山田",
            "alice@example.org",
            "-",
            "Алиса",
            "Αλίκη",
            "алиса 山田 2",
            &longest,
        ] {
            assert_eq!(username(good), Ok(()), "{good}");
        }
        let too_long = "x".repeat(256);
        for bad in [
            "",
            " ",
            " alice",
            "alice ",
            "al\u{200B}ice",
            "al\u{202E}ice",
            "\u{FEFF}",
            "al\nice",
            "al\0ice",
            "x\r\nBcc: y@evil.test",
            "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
            "6BA7B810-9DAD-41D1-80B4-00C04FD430C8",
            "\u{430}lice",
            "alic\u{435}",
            "b\u{3BF}b",
            "\u{410}LICE",
            "\u{3B1}лиса",
            &too_long,
        ] {
            assert!(username(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_checked_lightly() {
        for good in [
            "alice@example.org",
            "a+b@x.test",
            "o'hara@münchen.example",
            "alice@localhost",
        ] {
            assert_eq!(email(good), Ok(()), "{good}");
        }
        let too_long = format!("{}@example.org", "x".repeat(250));
        for bad in [
            "",
            "alice",
            "@example.org",
            "alice@",
            "a@b@example.org",
            "alice@example..org",
            "alice@-example.org",
            "alice@example.org.",
            "al ice@example.org",
            "alice@example.org\r\nBcc: eve@evil.test",
            "alice@example.org,eve@evil.test",
            "Alice <alice@example.org>",
            "al\u{200B}ice@example.org",
            &too_long,
        ] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn everything_wrong_with_a_profile_is_told_at_once() {
        let good = Profile {
            name: Some("Alice Example".into()),
            website: Some("https://alice.example/".into()),
            birthdate: Some("0000-02-29".into()),
            zoneinfo: Some("America/Argentina/Buenos_Aires".into()),
            locale: Some("de-CH".into()),
            phone_number: Some("+1 (604) 555-1234;ext=5678".into()),
            address: Some(Address {
                formatted: Some("Street 1\nTown".into()),
                ..Address::default()
            }),
            ..Profile::default()
        };
        assert_eq!(profile(&good), Ok(()));
        let bad = Profile {
            name: Some("Alice\r\nBcc: eve@evil.test".into()),
            website: Some("JavaScript:alert(1)".into()),
            picture: Some("https:evil".into()),
            birthdate: Some("1999-13-01".into()),
            locale: Some("de<script>".into()),
            address: Some(Address {
                country: Some("A\nB".into()),
                ..Address::default()
            }),
            ..Profile::default()
        };
        let fields: Vec<_> = profile(&bad)
            .unwrap_err()
            .into_iter()
            .map(|wrong| wrong.field)
            .collect();
        assert_eq!(
            fields,
            [
                "name",
                "picture",
                "website",
                "birthdate",
                "locale",
                "address.country"
            ]
        );
    }
}
