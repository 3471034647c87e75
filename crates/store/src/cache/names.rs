//! What the keys in Redis are called. `docs/operate/redis.md` describes them for operators.

/// Goes up when the meaning of a key changes, so that old and new programs do not read each other's.
const VERSION: u32 = 1;

/// The keys of one installation. Two installations on one Redis never meet; the braces keep all keys of one on the same
/// node of a cluster.
#[derive(Debug)]
pub struct Names {
    /// A stream: every revocation that still counts, and news for caches.
    pub list: String,
    /// Names the writing of the list; without it the list is not believed.
    pub epoch: String,
    /// Held by the node that writes the list.
    pub rebuilding: String,
}

impl Names {
    /// Of the installation with this id.
    pub fn of(installation: &str) -> Self {
        let key = |name| format!("signet:{{{installation}}}:{VERSION}:{name}");
        Self {
            list: key("list"),
            epoch: key("epoch"),
            rebuilding: key("rebuilding"),
        }
    }
}
