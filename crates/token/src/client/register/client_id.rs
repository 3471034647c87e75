//! Client identifiers (RFC 6749 2.2): which are taken, and new ones.

use kernel::Entropy;
use kernel::entropy::bytes;

use super::RegistrationFault;

/// Crockford's base 32 in lower case: no letter that could be read as another or as a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Judges an id an administrator chose: 1 to 255 printable ASCII characters without spaces, quotes, backslash or
/// angle brackets. An id that looks like a UUID, in any of its spellings, could be taken for a person's `sub` (RFC 9068 5),
/// one that is a URL for a client that publishes its own metadata.
///
/// # Errors
/// [`RegistrationFault`].
pub fn check_client_id(client_id: &str) -> Result<(), RegistrationFault> {
    let legal = client_id
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\"'`\\<>".contains(&b));
    let lower = client_id.to_ascii_lowercase();
    let reason = if client_id.is_empty() || client_id.len() > 255 {
        "must have 1 to 255 characters"
    } else if !legal {
        "may have printable ASCII characters only, without spaces, quotes, backslash and angle brackets"
    } else if looks_like_uuid(&lower) {
        "looks like a UUID, which is how people are named in tokens; choose another"
    } else if lower.starts_with("https://") || lower.starts_with("http://") {
        "is a URL; choose a name"
    } else if client_id.bytes().all(|b| b == b'.') {
        "consists of dots, which cannot stand in a URL; choose a name"
    } else {
        return Ok(());
    };
    Err(RegistrationFault::metadata("client_id", client_id, reason))
}

/// Whether it is 32 hexadecimal digits under the decoration a UUID may have (RFC 9562 4).
fn looks_like_uuid(lower: &str) -> bool {
    let bare = lower.strip_prefix("urn:uuid:").unwrap_or(lower);
    let digits = bare.trim_matches(['{', '}']).replace('-', "");
    digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A new id that can be read aloud: 80 random bits as `xxxx-xxxx-xxxx-xxxx`.
pub fn generate_client_id(entropy: &dyn Entropy) -> String {
    let random = bytes::<16>(entropy);
    let mut id = String::with_capacity(19);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            id.push('-');
        }
        id.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    id
}
