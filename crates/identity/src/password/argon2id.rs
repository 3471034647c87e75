//! Argon2id (RFC 9106): new hashes, and whether a password fits one.
//!
//! 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's recommendation. One hash costs about 20 ms of a core, so nobody
//! should call this on a thread that answers requests: [`crate::hasher::Hasher`] is for them.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use kernel::Entropy;
use kernel::entropy::bytes;
use subtle::ConstantTimeEq;

use super::Password;
use super::phc::{Cost, Phc};
use crate::user::PasswordHash;

const COST: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};
/// Room asked for, in blocks of 1 KiB; what is beyond the cost is never touched and so takes no memory. glibc maps what has 32
/// MiB or more and unmaps it when it is freed. It does so with less only until the first was freed: from then on it keeps
/// pieces of that size for itself (mallopt(3), `M_MMAP_THRESHOLD`), and the process never shrinks again.
const ROOM: usize = 33 * 1024;
const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 32;

/// There was no memory for the hash, which is a kind of being too busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not enough memory to hash a password")]
pub struct OutOfMemory;

/// The memory hashes are computed in: allocated when first needed, kept for the next, wiped in between.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// Whether it is allocated.
    pub fn is_held(&self) -> bool {
        self.0.capacity() > 0
    }

    /// At least `blocks` KiB of it.
    fn reserve(&mut self, blocks: usize) -> Result<&mut [Block], OutOfMemory> {
        let room = blocks.max(ROOM).saturating_sub(self.0.len());
        self.0.try_reserve_exact(room).map_err(|_| OutOfMemory)?;
        self.0.resize(self.0.len().max(blocks), Block::new());
        Ok(&mut self.0[..blocks])
    }

    /// Overwrites what the last hash left behind; gives back what only an unusually costly hash needed.
    fn wipe(&mut self) {
        self.0.fill(Block::new());
        // Keeps the optimiser from dropping stores nobody seems to read.
        std::hint::black_box(&mut self.0);
        let usual = COST.memory_kib as usize;
        if self.0.len() > usual {
            self.0.truncate(usual);
            self.0.shrink_to(ROOM);
        }
    }
}

/// A new hash with a fresh salt.
///
/// # Errors
/// [`OutOfMemory`].
pub fn hash(
    memory: &mut Memory,
    password: &Password,
    entropy: &dyn Entropy,
) -> Result<PasswordHash, OutOfMemory> {
    let salt = bytes::<SALT_BYTES>(entropy).to_vec();
    let tag = tag(memory, password, COST, &salt, TAG_BYTES)?;
    Ok(PasswordHash::new(
        Phc {
            cost: COST,
            salt,
            tag,
        }
        .to_text(),
    ))
}

/// Whether `password` fits `hash`. Without a hash to compare with, or with one that makes no sense, the answer is no
/// after the same work, so that time tells nothing about who has an account.
///
/// # Errors
/// [`OutOfMemory`].
pub fn verify(
    memory: &mut Memory,
    password: &Password,
    hash: Option<&PasswordHash>,
) -> Result<bool, OutOfMemory> {
    let stored = hash.and_then(|hash| Phc::parse(hash.as_str()));
    if hash.is_some() && stored.is_none() {
        tracing::warn!("a stored password hash is not a valid Argon2id string; its owner cannot sign in");
    }
    let is_real = stored.is_some();
    let stored = stored.unwrap_or_else(|| Phc {
        cost: COST,
        salt: vec![0; SALT_BYTES],
        tag: vec![0; TAG_BYTES],
    });
    let computed = tag(memory, password, stored.cost, &stored.salt, stored.tag.len())?;
    Ok(bool::from(computed.ct_eq(&stored.tag)) && is_real)
}

fn tag(
    memory: &mut Memory,
    password: &Password,
    cost: Cost,
    salt: &[u8],
    tag_bytes: usize,
) -> Result<Vec<u8>, OutOfMemory> {
    let mut tag = vec![0; tag_bytes];
    let outcome = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(tag_bytes)).and_then(|params| {
        let blocks = memory
            .reserve(params.block_count())
            .map_err(|_| argon2::Error::OutOfMemory)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut tag, blocks)
    });
    memory.wipe();
    // Lengths and costs are within Argon2's limits already: what is left to go wrong is memory.
    outcome.map(|()| tag).map_err(|_| OutOfMemory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededEntropy;

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    #[test]
    fn only_the_right_password_fits_in_either_form() {
        let mut memory = Memory::default();
        let hash = hash(
            &mut memory,
            &password("correct horse caf\u{e9}"),
            &SeededEntropy::new(1),
        )
        .unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let mut fits = |text: &str| verify(&mut memory, &password(text), Some(&hash)).unwrap();
        assert!(fits("correct horse caf\u{e9}"));
        assert!(fits("correct horse cafe\u{301}"));
        assert!(!fits("correct horse cafe"));
        assert!(!fits(""));
    }

    #[test]
    fn memory_is_wiped_and_kept() {
        let mut memory = Memory::default();
        assert!(!memory.is_held());
        assert!(!verify(&mut memory, &password("x"), None).unwrap());
        assert_eq!(memory.0.len(), 19 * 1024);
        assert!(
            memory
                .0
                .iter()
                .all(|block| block.as_ref().iter().all(|word| *word == 0))
        );
    }

    #[test]
    fn hashes_made_elsewhere_verify() {
        // From the reference implementation: echo -n password | argon2 somesalt -id -m 16 -t 2 -p 1
        let hash = PasswordHash::new(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        );
        let mut memory = Memory::default();
        assert!(verify(&mut memory, &password("password"), Some(&hash)).unwrap());
        assert_eq!(memory.0.len(), 19 * 1024, "the larger memory was given back");
        assert_eq!(memory.0.capacity(), ROOM);
    }

    #[test]
    fn the_system_gets_back_what_is_freed() {
        let mut memory = Memory::default();
        assert!(!verify(&mut memory, &password("x"), None).unwrap());
        let bytes = memory.0.capacity() * size_of::<Block>();
        assert!(bytes >= 32 * 1024 * 1024, "{bytes} would stay with the allocator");
    }

    #[test]
    fn nonsense_never_fits() {
        for nonsense in ["", "password", "$2b$10$abc", "$argon2id$v=19$m=1,t=1,p=1$$"] {
            let hash = PasswordHash::new(nonsense);
            assert!(
                !verify(&mut Memory::default(), &password("password"), Some(&hash)).unwrap(),
                "{nonsense}"
            );
        }
    }
}
