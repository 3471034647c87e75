//! Sealing at rest: private keys under the master key, a retry's successor under the refresh token it replaces.
//!
//! AES-256-GCM (NIST SP 800-38D). A sealed value is one version byte, a random 96-bit nonce, the ciphertext and the
//! 128-bit tag; what it belongs to is associated data, so that a value moved to another row does not open there.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf;
use kernel::Entropy;
use kernel::digest::{base64url, from_base64url, sha256};
use kernel::entropy::bytes;
use zeroize::Zeroizing;

use super::fault::KeyFault;

/// Format of sealed values; a later format gets a later number.
const VERSION: u8 = 1;
/// Length of the GCM tag.
const TAG_LEN: usize = 16;
/// Begins every master key in text, so that a wrong file is recognized before it is tried.
const PREFIX: &str = "signet-master-1:";
/// What an HKDF output for a successor is good for (RFC 5869 3.2), and its associated data.
const SUCCESSOR: &str = "signet refresh successor 1";

/// The key that seals all private keys. Kept outside the database; wiped from memory when dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A fresh key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(bytes::<32>(entropy)))
    }

    /// One line of text, without a newline: `signet-master-1:` and 43 characters of base64url.
    pub fn to_text(&self) -> Zeroizing<String> {
        let key = Zeroizing::new(base64url(&*self.0));
        Zeroizing::new(format!("{PREFIX}{}", *key))
    }

    /// Reads what [`MasterKey::to_text`] wrote; a newline after it is fine.
    ///
    /// # Errors
    /// [`KeyFault::MalformedMasterKey`] for any other text.
    pub fn from_text(text: &str) -> Result<Self, KeyFault> {
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let encoded = line.strip_prefix(PREFIX).ok_or(KeyFault::MalformedMasterKey)?;
        let decoded = Zeroizing::new(from_base64url(encoded).ok_or(KeyFault::MalformedMasterKey)?);
        let mut key = Zeroizing::new([0; 32]);
        if decoded.len() != key.len() {
            return Err(KeyFault::MalformedMasterKey);
        }
        key.copy_from_slice(&decoded);
        Ok(Self(key))
    }

    /// Seals `plaintext` for the place `aad` names; for private keys that is the `kid`.
    pub fn seal(&self, aad: &str, plaintext: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        seal(self.cipher(), aad, plaintext, entropy)
    }

    /// Opens what was sealed by this key for the same place; `None` for anything else.
    pub fn open(&self, aad: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open(self.cipher(), aad, sealed)
    }

    /// A key for one purpose alone (RFC 5869), the same on every node that has this key. `parts` name the purpose; no two lists
    /// of parts give the same key.
    #[allow(
        clippy::expect_used,
        reason = "HKDF fails only for lengths no key of ours has"
    )]
    pub fn derive(&self, parts: &[&str]) -> Self {
        self.try_derive(parts).expect("HKDF expands 32 bytes")
    }

    fn try_derive(&self, parts: &[&str]) -> Result<Self, Unspecified> {
        let digests: Vec<[u8; 32]> = parts.iter().map(|part| sha256(part.as_bytes())).collect();
        let info: Vec<&[u8]> = digests.iter().map(<[u8; 32]>::as_slice).collect();
        let mut key = Zeroizing::new([0; 32]);
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&*self.0);
        prk.expand(&info, KeyLength)?.fill(&mut *key)?;
        Ok(Self(key))
    }

    fn cipher(&self) -> Result<LessSafeKey, Unspecified> {
        UnboundKey::new(&AES_256_GCM, &*self.0).map(LessSafeKey::new)
    }
}

/// As long as a key of AES-256.
struct KeyLength;

impl hkdf::KeyType for KeyLength {
    fn len(&self) -> usize {
        32
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Seals the successor of a refresh token so that only a holder of the spent token can read it.
pub fn seal_successor(presented_token: &str, successor: &str, entropy: &dyn Entropy) -> Vec<u8> {
    seal(
        successor_cipher(presented_token),
        SUCCESSOR,
        successor.as_bytes(),
        entropy,
    )
}

/// The successor that was sealed for exactly this token; `None` for any other token or a damaged value.
pub fn open_successor(presented_token: &str, sealed: &[u8]) -> Option<Zeroizing<String>> {
    let opened = open(successor_cipher(presented_token), SUCCESSOR, sealed)?;
    std::str::from_utf8(&opened)
        .ok()
        .map(|text| Zeroizing::new(text.to_owned()))
}

/// HKDF-SHA256 (RFC 5869) without salt: the token itself has 256 random bits.
fn successor_cipher(token: &str) -> Result<LessSafeKey, Unspecified> {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(token.as_bytes());
    let info = [SUCCESSOR.as_bytes()];
    let key = prk.expand(&info, &AES_256_GCM)?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

#[allow(
    clippy::expect_used,
    reason = "GCM fails only for wrong lengths, and types or formats fix all of ours"
)]
fn seal(
    cipher: Result<LessSafeKey, Unspecified>,
    aad: &str,
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Vec<u8> {
    cipher
        .and_then(|cipher| try_seal(&cipher, aad, plaintext, bytes::<NONCE_LEN>(entropy)))
        .expect("AES-256-GCM seals short values")
}

fn try_seal(
    cipher: &LessSafeKey,
    aad: &str,
    plaintext: &[u8],
    nonce: [u8; NONCE_LEN],
) -> Result<Vec<u8>, Unspecified> {
    // Reserved at once: a growing vector would leave copies of the plaintext behind.
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plaintext.len() + TAG_LEN);
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = cipher.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut sealed[1 + NONCE_LEN..])?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn open(cipher: Result<LessSafeKey, Unspecified>, aad: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (version, rest) = sealed.split_first()?;
    if *version != VERSION {
        return None;
    }
    let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut opened = Zeroizing::new(ciphertext.to_vec());
    let length = cipher
        .ok()?
        .open_in_place(nonce, Aad::from(aad), &mut opened)
        .ok()?
        .len();
    opened.truncate(length);
    Some(opened)
}

#[cfg(test)]
mod tests {
    use kernel::{SeededEntropy, SystemEntropy};

    use super::*;

    #[test]
    fn a_master_key_survives_its_text() {
        let key = MasterKey::generate(&SeededEntropy::new(1));
        let text = key.to_text();
        assert!(text.starts_with("signet-master-1:"));
        assert_eq!(text.len(), PREFIX.len() + 43);
        let sealed = key.seal("here", b"secret", &SeededEntropy::new(2));
        for line in [text.to_string(), format!("{}\n", *text), format!("{}\r\n", *text)] {
            let read = MasterKey::from_text(&line).unwrap();
            assert_eq!(read.open("here", &sealed).unwrap().as_slice(), b"secret");
        }
    }

    #[test]
    fn other_texts_are_no_master_keys() {
        let text = MasterKey::generate(&SeededEntropy::new(1)).to_text();
        let short = &text[..text.len() - 4];
        let bad = [
            "",
            "signet-master-1:",
            &text[PREFIX.len()..],
            short,
            &format!("{}=", *text),
            &format!(" {}", *text),
        ];
        for text in bad {
            assert!(
                matches!(MasterKey::from_text(text), Err(KeyFault::MalformedMasterKey)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn nothing_is_printed() {
        let key = MasterKey::generate(&SystemEntropy);
        assert_eq!(format!("{key:?}"), "MasterKey(..)");
    }

    #[test]
    fn sealed_values_open_only_in_their_place_whole_and_under_their_key() {
        let (key, other) = (
            MasterKey::generate(&SeededEntropy::new(1)),
            MasterKey::generate(&SeededEntropy::new(2)),
        );
        let sealed = key.seal("k-1", b"secret", &SeededEntropy::new(3));
        assert_eq!(sealed.len(), 1 + 12 + 6 + 16);
        assert_eq!(key.open("k-1", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open("k-2", &sealed).is_none());
        assert!(other.open("k-1", &sealed).is_none());
        for cut in 0..sealed.len() {
            assert!(key.open("k-1", &sealed[..cut]).is_none(), "{cut}");
        }
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(key.open("k-1", &bent).is_none(), "{at}");
        }
    }

    #[test]
    fn derived_keys_are_for_their_purpose_alone() {
        let key = MasterKey::generate(&SeededEntropy::new(1));
        let same = MasterKey::from_text(&key.to_text()).unwrap();
        let sealed = key.derive(&["cursor", "a"]).seal("", b"x", &SystemEntropy);
        assert!(same.derive(&["cursor", "a"]).open("", &sealed).is_some());
        for other in [
            &["cursor"][..],
            &["cursora"],
            &["cursor", "b"],
            &["a", "cursor"],
            &[],
        ] {
            assert!(key.derive(other).open("", &sealed).is_none(), "{other:?}");
        }
        assert!(key.open("", &sealed).is_none());
    }

    #[test]
    fn nonces_differ() {
        let key = MasterKey::generate(&SystemEntropy);
        assert_ne!(
            key.seal("k", b"x", &SystemEntropy),
            key.seal("k", b"x", &SystemEntropy)
        );
    }

    #[test]
    fn only_the_spent_token_opens_its_successor() {
        let sealed = seal_successor("spent", "next", &SystemEntropy);
        assert_eq!(open_successor("spent", &sealed).unwrap().as_str(), "next");
        assert!(open_successor("Spent", &sealed).is_none());
        assert!(open_successor("next", &sealed).is_none());
        assert!(open_successor("spent", &[]).is_none());
    }
}
