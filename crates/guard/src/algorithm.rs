//! The signature algorithms a token may be signed with: asymmetric ones only, so that who can verify cannot sign.

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm};

/// A signature algorithm (RFC 7518 3.1, RFC 8037 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// Ed25519.
    EdDSA,
}

impl SignatureAlgorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::RS256, Self::PS256, Self::ES256, Self::ES384, Self::EdDSA];

    /// The one algorithm of a key, which its type and curve must fit. A key that does not say is meant for the usual one
    /// of its type; for RSA that is RS256, which every issuer and resource server supports (RFC 9068 2.1, 4).
    ///
    /// `None` for keys that do not sign, or not with any of these.
    pub(crate) fn of(jwk: &Jwk) -> Option<Self> {
        let fitting: &[Self] = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => &[Self::RS256, Self::PS256],
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Self::ES256],
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Self::ES384],
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Self::EdDSA],
            _ => return None,
        };
        let Some(stated) = jwk.common.key_algorithm else {
            return fitting.first().copied();
        };
        fitting
            .iter()
            .copied()
            .find(|alg| KeyAlgorithm::from(alg.jose()) == stated)
    }

    /// The same for the library that verifies.
    pub(crate) fn jose(self) -> Algorithm {
        match self {
            Self::RS256 => Algorithm::RS256,
            Self::PS256 => Algorithm::PS256,
            Self::ES256 => Algorithm::ES256,
            Self::ES384 => Algorithm::ES384,
            Self::EdDSA => Algorithm::EdDSA,
        }
    }
}
