//! An issuer, a clock and a key server for tests. Keys are made once per process, because RSA is slow to make.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::{Clock, FetchFault, Guard, GuardBuilder, JwksSource};

pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";
/// What the clock shows at first.
pub(crate) const NOW: u64 = 1_763_000_000;

/// A private key and its public half.
pub(crate) struct SigningKey {
    alg: Algorithm,
    private: EncodingKey,
    kid: &'static str,
}

impl SigningKey {
    /// The key of an algorithm, the same one all the time.
    pub(crate) fn of(alg: Algorithm) -> &'static Self {
        let all = Self::all();
        all.iter().find(|key| key.alg == alg).unwrap()
    }

    fn all() -> &'static [Self] {
        static KEYS: OnceLock<Vec<SigningKey>> = OnceLock::new();
        KEYS.get_or_init(|| {
            let rsa: Pkcs8V1Der = RsaKeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
            let ed = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
            let key = |alg, kid, private| SigningKey { alg, private, kid };
            // jsonwebtoken reads private RSA keys in PKCS#1, which begins 26 bytes into PKCS#8 of this size.
            let rsa = &rsa.as_ref()[26..];
            vec![
                key(Algorithm::RS256, "rs", EncodingKey::from_rsa_der(rsa)),
                key(Algorithm::PS256, "ps", EncodingKey::from_rsa_der(rsa)),
                key(Algorithm::ES256, "es", ec(&ECDSA_P256_SHA256_FIXED_SIGNING)),
                key(Algorithm::ES384, "es384", ec(&ECDSA_P384_SHA384_FIXED_SIGNING)),
                key(Algorithm::EdDSA, "ed", EncodingKey::from_ed_der(ed.as_ref())),
            ]
        })
    }

    /// The public half as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.private, self.alg).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The header of an access token signed with it.
    pub(crate) fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": format!("{:?}", self.alg), "kid": self.kid })
    }

    /// Signs anything.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// Signs anything, JSON or not.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.private, self.alg).unwrap();
        format!("{message}.{signature}")
    }

    /// An access token with these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }
}

fn ec(alg: &'static EcdsaSigningAlgorithm) -> EncodingKey {
    let pair = EcdsaKeyPair::generate(alg).unwrap();
    EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
}

/// Claims that are in order.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "alice", "aud": [AUDIENCE, ISSUER], "client_id": "web", "jti": "t-1",
        "iat": NOW, "exp": NOW + 600, "scope": "openid notes.read", "sid": "s-1", "groups": ["staff"],
    })
}

/// A JWK Set.
pub(crate) fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// The set of all test keys.
pub(crate) fn full_set() -> String {
    let keys: Vec<Value> = SigningKey::all().iter().map(SigningKey::jwk).collect();
    set(&keys)
}

/// A clock that stands still until it is moved.
#[derive(Clone, Default)]
pub(crate) struct StillClock(Arc<Mutex<Duration>>);

impl StillClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StillClock {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(NOW) + self.uptime()
    }

    fn uptime(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// A key server whose answer can be changed, and which counts.
#[derive(Clone)]
pub(crate) struct KeyServer(Arc<(Mutex<Option<String>>, AtomicUsize)>);

impl KeyServer {
    pub(crate) fn answering(set: String) -> Self {
        Self(Arc::new((Mutex::new(Some(set)), AtomicUsize::new(0))))
    }

    /// From now on it answers this; `None` means it is out of order.
    pub(crate) fn answer(&self, set: Option<String>) {
        *self.0.0.lock().unwrap() = set;
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.0.1.load(Ordering::SeqCst)
    }
}

impl JwksSource for KeyServer {
    fn fetch(&self) -> Result<String, FetchFault> {
        self.0.1.fetch_add(1, Ordering::SeqCst);
        self.0
            .0
            .lock()
            .unwrap()
            .clone()
            .ok_or_else(|| FetchFault::new("out of order"))
    }
}

/// A guard in the making that lives by `clock`.
pub(crate) fn builder(clock: &StillClock) -> GuardBuilder {
    Guard::builder(ISSUER, AUDIENCE).clock(clock.clone())
}

/// A guard that knows all test keys.
pub(crate) fn guard() -> Guard {
    builder(&StillClock::default()).build(KeyServer::answering(full_set()))
}

/// Waits for what a guard does.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.build().unwrap().block_on(work)
}
