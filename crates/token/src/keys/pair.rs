//! A parsed key pair: made, read from PKCS#8, its public half as a JWK, raw signatures.
//!
//! Parsing costs as much as signing, so pairs are parsed once and kept (see the key ring). Key generation and signing
//! draw from aws-lc's own generator: its interface takes no other source of randomness.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
    RsaPublicKeyComponents,
};
use openidconnect::JsonWebKeyId;
use openidconnect::core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::client::SigningAlg;

/// A private key ready to sign. Prints nothing of itself.
pub(super) enum Pair {
    /// RSA with 2048 bits.
    Rsa(RsaKeyPair, Padding),
    /// ECDSA; signatures are the bytes of r and s (RFC 7518 3.4), never DER.
    Ec(EcdsaKeyPair, Curve),
    /// Ed25519 (RFC 8037 3.1).
    Ed(Ed25519KeyPair),
}

/// How RSA signatures are padded. A key has one padding all its life, as its `alg` says.
#[derive(Clone, Copy)]
pub(super) enum Padding {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 3.3).
    Pkcs1,
    /// RSASSA-PSS with SHA-256 and a salt as long as the hash (RFC 7518 3.5).
    Pss,
}

/// The curves of ECDSA (RFC 7518 3.4).
#[derive(Clone, Copy)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        }
    }

    fn jwk(self) -> CoreJsonCurveType {
        match self {
            Curve::P256 => CoreJsonCurveType::P256,
            Curve::P384 => CoreJsonCurveType::P384,
        }
    }
}

impl Pair {
    /// A fresh pair. RSA takes a noticeable fraction of a second.
    pub(super) fn generate(alg: SigningAlg) -> Result<Self, Unspecified> {
        Ok(match alg {
            SigningAlg::RS256 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?, Padding::Pkcs1),
            SigningAlg::PS256 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?, Padding::Pss),
            SigningAlg::ES256 => Self::on(Curve::P256)?,
            SigningAlg::ES384 => Self::on(Curve::P384)?,
            SigningAlg::EdDSA => Pair::Ed(Ed25519KeyPair::generate()?),
        })
    }

    fn on(curve: Curve) -> Result<Self, Unspecified> {
        Ok(Pair::Ec(EcdsaKeyPair::generate(curve.signing())?, curve))
    }

    /// Parses a PKCS#8 private key (RFC 5208), checking that its halves fit.
    pub(super) fn from_pkcs8(alg: SigningAlg, pkcs8: &[u8]) -> Result<Self, KeyRejected> {
        let ec =
            |curve: Curve| EcdsaKeyPair::from_pkcs8(curve.signing(), pkcs8).map(|pair| Pair::Ec(pair, curve));
        Ok(match alg {
            SigningAlg::RS256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8)?, Padding::Pkcs1),
            SigningAlg::PS256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8)?, Padding::Pss),
            SigningAlg::ES256 => ec(Curve::P256)?,
            SigningAlg::ES384 => ec(Curve::P384)?,
            SigningAlg::EdDSA => Pair::Ed(Ed25519KeyPair::from_pkcs8(pkcs8)?),
        })
    }

    /// The private key as PKCS#8.
    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        Ok(Zeroizing::new(match self {
            Pair::Rsa(pair, _) => {
                let der: Pkcs8V1Der = pair.as_der()?;
                der.as_ref().to_vec()
            }
            Pair::Ec(pair, _) => pair.to_pkcs8v1()?.as_ref().to_vec(),
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
            Pair::Rsa(pair, _) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                CoreJsonWebKey::new_rsa(public.n, public.e, kid)
            }
            Pair::Ec(pair, curve) => {
                // SEC 1 2.3.3: 0x04, then both coordinates, equally long.
                let coordinates = &pair.public_key().as_ref()[1..];
                let (x, y) = coordinates.split_at(coordinates.len() / 2);
                CoreJsonWebKey::new_ec(x.to_vec(), y.to_vec(), curve.jwk(), kid)
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
            Pair::Rsa(_, Padding::Pkcs1) => SigningAlg::RS256,
            Pair::Rsa(_, Padding::Pss) => SigningAlg::PS256,
            Pair::Ec(_, Curve::P256) => SigningAlg::ES256,
            Pair::Ec(_, Curve::P384) => SigningAlg::ES384,
            Pair::Ed(_) => SigningAlg::EdDSA,
        }
    }

    /// The JWS signature over `message` (RFC 7515 5.1, step 5).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        match self {
            Pair::Rsa(pair, padding) => {
                let encoding: &'static dyn RsaEncoding = match padding {
                    Padding::Pkcs1 => &RSA_PKCS1_SHA256,
                    Padding::Pss => &RSA_PSS_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut signature)?;
                Ok(signature)
            }
            Pair::Ec(pair, _) => Ok(pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec()),
            Pair::Ed(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }
}

/// The algorithm as openidconnect names it.
pub(crate) fn openid_alg(alg: SigningAlg) -> CoreJwsSigningAlgorithm {
    match alg {
        SigningAlg::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        SigningAlg::PS256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        SigningAlg::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        SigningAlg::ES384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        SigningAlg::EdDSA => CoreJwsSigningAlgorithm::EdDsa,
    }
}

/// The algorithm as jsonwebtoken names it.
pub(super) fn jose_alg(alg: SigningAlg) -> jsonwebtoken::Algorithm {
    match alg {
        SigningAlg::RS256 => jsonwebtoken::Algorithm::RS256,
        SigningAlg::PS256 => jsonwebtoken::Algorithm::PS256,
        SigningAlg::ES256 => jsonwebtoken::Algorithm::ES256,
        SigningAlg::ES384 => jsonwebtoken::Algorithm::ES384,
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
        let wide = jwk(SigningAlg::ES384);
        assert_eq!(
            (wide["kty"].as_str(), wide["crv"].as_str()),
            (Some("EC"), Some("P-384"))
        );
        assert_eq!((decoded(&wide, "x").len(), decoded(&wide, "y").len()), (48, 48));
        let pss = jwk(SigningAlg::PS256);
        assert_eq!(
            (pss["kty"].as_str(), decoded(&pss, "n").len()),
            (Some("RSA"), 256)
        );
        let ed = jwk(SigningAlg::EdDSA);
        assert_eq!(
            (ed["kty"].as_str(), ed["crv"].as_str()),
            (Some("OKP"), Some("Ed25519"))
        );
        assert_eq!(decoded(&ed, "x").len(), 32);
        for (jwk, alg) in [
            (rsa, "RS256"),
            (pss, "PS256"),
            (ec, "ES256"),
            (wide, "ES384"),
            (ed, "EdDSA"),
        ] {
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
            (SigningAlg::PS256, 256),
            (SigningAlg::ES256, 64),
            (SigningAlg::ES384, 96),
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
