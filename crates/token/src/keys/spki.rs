//! A public half as PEM, for tools that do not read JWKs: SubjectPublicKeyInfo (RFC 5280 4.1) in the algorithms' own form
//! (RFC 3279 2.3.1, RFC 5480 2, RFC 8410 4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::digest::from_base64url;
use serde_json::Value;

use super::StoredKey;

/// Everything before the point of a P-256 key: the lengths, `id-ecPublicKey`, `secp256r1`, an uncompressed point.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
/// The same for `secp384r1`.
const P384: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
    0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
];
/// Everything before the bytes of an Ed25519 key: the lengths and `id-Ed25519`.
const ED25519: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// `rsaEncryption`, with its NULL, as a SEQUENCE.
const RSA: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// The public half in PEM (RFC 7468 13); `None` for a row that holds no key of ours.
pub fn pem(key: &StoredKey) -> Option<String> {
    let jwk: Value = serde_json::from_str(&key.public_jwk).ok()?;
    let member = |name: &str| from_base64url(jwk.get(name)?.as_str()?);
    let der = match (jwk["kty"].as_str()?, jwk["crv"].as_str()) {
        ("RSA", None) => rsa(&member("n")?, &member("e")?),
        ("EC", Some("P-256")) => [P256, &member("x")?, &member("y")?].concat(),
        ("EC", Some("P-384")) => [P384, &member("x")?, &member("y")?].concat(),
        ("OKP", Some("Ed25519")) => [ED25519, &member("x")?].concat(),
        _ => return None,
    };
    let mut text = String::from("-----BEGIN PUBLIC KEY-----\n");
    let encoded = STANDARD.encode(der);
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END PUBLIC KEY-----\n");
    Some(text)
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [integer(modulus), integer(exponent)].concat();
    // A BIT STRING begins with the number of its unused bits.
    let bits = [&[0], element(0x30, &numbers).as_slice()].concat();
    element(0x30, &[RSA, &element(0x03, &bits)].concat())
}

/// A positive INTEGER: one whose first bit is set needs a zero before it.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let positive = match bytes.first() {
        Some(first) if *first >= 0x80 => [&[0], bytes].concat(),
        _ => bytes.to_vec(),
    };
    element(0x02, &positive)
}

/// Tag, length, content. The lengths of keys fit into two bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let head = match (high, low) {
        (0, low) if low < 0x80 => vec![tag, low],
        (0, low) => vec![tag, 0x81, low],
        (high, low) => vec![tag, 0x82, high, low],
    };
    [head.as_slice(), content].concat()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::signature::KeyPair as _;

    use super::*;
    use crate::client::SigningAlg;
    use crate::keys::pair::Pair;
    use crate::keys::testing::database;

    fn der_of(pem: &str) -> Vec<u8> {
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        STANDARD.decode(lines.collect::<String>()).unwrap()
    }

    /// The same from the library that made the pair.
    fn expected(pair: &Pair) -> Vec<u8> {
        let der = |bytes: &[u8]| bytes.to_vec();
        match pair {
            Pair::Rsa(pair, _) => der(pair.public_key().as_der().unwrap().as_ref()),
            Pair::Ec(pair, _) => der(pair.public_key().as_der().unwrap().as_ref()),
            Pair::Ed(pair) => der(pair.public_key().as_der().unwrap().as_ref()),
        }
    }

    #[test]
    fn every_algorithm_has_its_pem() {
        for alg in SigningAlg::ALL {
            let pair = Pair::generate(alg).unwrap();
            let key = StoredKey {
                public_jwk: pair.public_jwk("k").unwrap(),
                ..database().keys[0].clone()
            };
            assert_eq!(der_of(&pem(&key).unwrap()), expected(&pair), "{alg}");
        }
    }

    #[test]
    fn what_is_no_key_has_none() {
        for public_jwk in ["", "{}", r#"{"kty":"oct","k":"AA"}"#] {
            let key = StoredKey {
                public_jwk: public_jwk.into(),
                ..database().keys[0].clone()
            };
            assert_eq!(pem(&key), None);
        }
    }
}
