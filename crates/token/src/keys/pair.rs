//! A parsed key pair: made, read from PKCS#8, its public half as a JWK, raw signatures.
//!
//! Parsing costs as much as signing, so pairs are parsed once and kept (see the key ring). Key generation and signing
//! draw from aws-lc's own generator: its interface takes no other source of randomness.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use openidconnect::JsonWebKeyId;
use openidconnect::core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::client::SigningAlg;

/// A private key ready to sign. Prints nothing of itself.
pub(super) enum Pair {
    /// RSA with 2048 bits, RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 3.3).
    Rsa(RsaKeyPair),
    /// P-256; signatures are the 64 bytes of r and s (RFC 7518 3.4), never DER.
    Ec(EcdsaKeyPair),
    /// Ed25519 (RFC 8037 3.1).
    Ed(Ed25519KeyPair),
}

impl Pair {
    /// A fresh pair. RSA takes a noticeable fraction of a second.
    pub(super) fn generate(alg: SigningAlg) -> Result<Self, Unspecified> {
        Ok(match alg {
            SigningAlg::RS256 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?),
            SigningAlg::ES256 => Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?),
            SigningAlg::EdDSA => Pair::Ed(Ed25519KeyPair::generate()?),
        })
    }

    /// Parses a PKCS#8 private key (RFC 5208), checking that its halves fit.
    pub(super) fn from_pkcs8(alg: SigningAlg, pkcs8: &[u8]) -> Result<Self, KeyRejected> {
        Ok(match alg {
            SigningAlg::RS256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8)?),
            SigningAlg::ES256 => Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)?),
            SigningAlg::EdDSA => Pair::Ed(Ed25519KeyPair::from_pkcs8(pkcs8)?),
        })
    }

    /// The private key as PKCS#8.
    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        Ok(Zeroizing::new(match self {
            Pair::Rsa(pair) => {
                let der: Pkcs8V1Der = pair.as_der()?;
                der.as_ref().to_vec()
            }
            Pair::Ec(pair) => pair.to_pkcs8v1()?.as_ref().to_vec(),
            Pair::Ed(pair) => pair.to_pkcs8v1()?.as_ref().to_vec(),
        }))
    }

    /// The public half as JSON of a JWK with `kty`, `use`, `kid` and `alg` (RFC 7517 4, RFC 7518 6, RFC 8037 2).
    ///
    /// openidconnect's constructors leave `alg` out, and a key without `alg` invites a verifier to believe a token's
    /// header instead.
    pub(super) fn public_jwk(&self, kid: &str) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        struct WithAlg {
            #[serde(flatten)]
            key: CoreJsonWebKey,
            alg: &'static str,
        }
        serde_json::to_string(&WithAlg {
            key: self.public_key(kid),
            alg: self.alg().as_str(),
        })
    }

    fn public_key(&self, kid: &str) -> CoreJsonWebKey {
        let kid = Some(JsonWebKeyId::new(kid.to_owned()));
        match self {
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                CoreJsonWebKey::new_rsa(public.n, public.e, kid)
            }
            Pair::Ec(pair) => {
                // SEC 1 2.3.3: 0x04, then both coordinates with 32 bytes each.
                let point = pair.public_key().as_ref();
                let (x, y) = point[1..].split_at(32);
                CoreJsonWebKey::new_ec(x.to_vec(), y.to_vec(), CoreJsonCurveType::P256, kid)
            }
            Pair::Ed(pair) => CoreJsonWebKey::new_okp(
                pair.public_key().as_ref().to_vec(),
                CoreJsonCurveType::Ed25519,
                kid,
            ),
        }
    }

    fn alg(&self) -> SigningAlg {
        match self {
            Pair::Rsa(_) => SigningAlg::RS256,
            Pair::Ec(_) => SigningAlg::ES256,
            Pair::Ed(_) => SigningAlg::EdDSA,
        }
    }

    /// The JWS signature over `message` (RFC 7515 5.1, step 5).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        match self {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec()),
            Pair::Ed(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }
}

/// The algorithm as openidconnect names it.
pub(crate) fn openid_alg(alg: SigningAlg) -> CoreJwsSigningAlgorithm {
    match alg {
        SigningAlg::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        SigningAlg::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        SigningAlg::EdDSA => CoreJwsSigningAlgorithm::EdDsa,
    }
}

/// The algorithm as jsonwebtoken names it.
pub(super) fn jose_alg(alg: SigningAlg) -> jsonwebtoken::Algorithm {
    match alg {
        SigningAlg::RS256 => jsonwebtoken::Algorithm::RS256,
        SigningAlg::ES256 => jsonwebtoken::Algorithm::ES256,
        SigningAlg::EdDSA => jsonwebtoken::Algorithm::EdDSA,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn jwk(alg: SigningAlg) -> Value {
        serde_json::from_str(&Pair::generate(alg).unwrap().public_jwk("k-1").unwrap()).unwrap()
    }

    fn decoded(jwk: &Value, member: &str) -> Vec<u8> {
        kernel::digest::from_base64url(jwk[member].as_str().unwrap()).unwrap()
    }

    #[test]
    fn public_halves_have_the_registered_members_and_sizes() {
        let rsa = jwk(SigningAlg::RS256);
        assert_eq!(
            (rsa["kty"].as_str(), decoded(&rsa, "n").len()),
            (Some("RSA"), 256)
        );
        assert_eq!(rsa["e"], "AQAB");
        let ec = jwk(SigningAlg::ES256);
        assert_eq!(
            (ec["kty"].as_str(), ec["crv"].as_str()),
            (Some("EC"), Some("P-256"))
        );
        assert_eq!((decoded(&ec, "x").len(), decoded(&ec, "y").len()), (32, 32));
        let ed = jwk(SigningAlg::EdDSA);
        assert_eq!(
            (ed["kty"].as_str(), ed["crv"].as_str()),
            (Some("OKP"), Some("Ed25519"))
        );
        assert_eq!(decoded(&ed, "x").len(), 32);
        for (jwk, alg) in [(rsa, "RS256"), (ec, "ES256"), (ed, "EdDSA")] {
            assert_eq!(
                (jwk["use"].as_str(), jwk["kid"].as_str()),
                (Some("sig"), Some("k-1"))
            );
            assert_eq!(jwk["alg"], alg);
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(jwk.get(private).is_none(), "{private}");
            }
        }
    }

    #[test]
    fn signatures_have_fixed_lengths() {
        for (alg, length) in [
            (SigningAlg::RS256, 256),
            (SigningAlg::ES256, 64),
            (SigningAlg::EdDSA, 64),
        ] {
            let pair = Pair::generate(alg).unwrap();
            for n in 0..20_u8 {
                assert_eq!(pair.sign(&[n]).unwrap().len(), length, "{alg}");
            }
        }
    }

    #[test]
    fn pkcs8_keeps_the_pair() {
        for alg in SigningAlg::ALL {
            let pair = Pair::generate(alg).unwrap();
            let again = Pair::from_pkcs8(alg, &pair.to_pkcs8().unwrap()).unwrap();
            assert_eq!(pair.public_jwk("k").unwrap(), again.public_jwk("k").unwrap());
        }
    }
}
