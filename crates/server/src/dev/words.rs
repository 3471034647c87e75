//! A password that can be read aloud: two words and a number. Only for the sandbox, which listens on this machine alone
//! and forgets everything.

use kernel::Entropy;
use kernel::entropy::bytes;

const TREES: [&str; 16] = [
    "alder", "aspen", "beech", "birch", "cedar", "elm", "fir", "hazel", "juniper", "larch", "linden",
    "maple", "oak", "pine", "rowan", "willow",
];
const ANIMALS: [&str; 16] = [
    "badger", "beaver", "crane", "dormouse", "falcon", "finch", "hare", "heron", "lynx", "marten", "otter",
    "owl", "robin", "stoat", "swift", "wren",
];

/// A fresh one, such as `maple-otter-42`.
pub(crate) fn password(entropy: &dyn Entropy) -> String {
    let [tree, animal, number] = bytes::<3>(entropy);
    let word = |list: [&'static str; 16], byte: u8| list[usize::from(byte % 16)];
    format!(
        "{}-{}-{}",
        word(TREES, tree),
        word(ANIMALS, animal),
        10 + number % 90
    )
}
