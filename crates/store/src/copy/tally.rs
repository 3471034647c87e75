//! How many rows, and a digest of them that does not depend on their order, in which databases differ.

use kernel::digest::sha256;

/// Of the rows seen so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub rows: i64,
    /// The sum of the rows' SHA-256, each as four numbers. Against mistakes; nobody here chooses rows to forge a sum.
    sum: [u64; 4],
}

impl Tally {
    /// One more.
    pub fn add(&mut self, row: &str) {
        self.rows += 1;
        let digest = sha256(row.as_bytes());
        for (sum, part) in self.sum.iter_mut().zip(digest.chunks_exact(8)) {
            *sum = part
                .iter()
                .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
                .wrapping_add(*sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&str]) -> Tally {
        let mut tally = Tally::default();
        rows.iter().for_each(|row| tally.add(row));
        tally
    }

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        assert_eq!(of(&["[1]", "[2]", "[3]"]), of(&["[3]", "[1]", "[2]"]));
        assert_ne!(of(&["[1]", "[2]"]), of(&["[1]", "[3]"]));
        assert_ne!(of(&["[1]", "[1]"]), of(&["[2]", "[2]"]));
        assert_ne!(of(&["[1]"]), of(&["[1]", "[1]"]));
    }
}
