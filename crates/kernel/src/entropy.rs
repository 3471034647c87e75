//! Where random bytes come from.

use std::fmt::Debug;

/// A source of random bytes fit for keys and tokens.
pub trait Entropy: Send + Sync + Debug {
    /// Fills `bytes`.
    ///
    /// # Panics
    /// The system source aborts the operation by panicking when the operating system has no entropy to give: going on
    /// with guessable secrets would be worse.
    fn fill(&self, bytes: &mut [u8]);

    /// `N` fresh bytes. Not available on trait objects: use [`bytes`].
    fn array<const N: usize>(&self) -> [u8; N]
    where
        Self: Sized,
    {
        bytes(self)
    }
}

/// `N` fresh bytes from any source.
pub fn bytes<const N: usize>(source: &(impl Entropy + ?Sized)) -> [u8; N] {
    let mut out = [0; N];
    source.fill(&mut out);
    out
}

/// The operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(
        clippy::expect_used,
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system; without entropy, stopping is the only safe answer"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A repeatable sequence for tests: SHA-256 over seed and counter.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    counter: std::sync::atomic::AtomicU64,
}

#[cfg(feature = "testing")]
impl SeededEntropy {
    /// A sequence of its own for every seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            counter: std::sync::atomic::AtomicU64::new(0),
        }
    }
}

#[cfg(feature = "testing")]
impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let n = self.counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let block = crate::digest::sha256_parts(&[&self.seed.to_be_bytes(), &n.to_be_bytes()]);
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
