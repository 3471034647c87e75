//! Chance that can be repeated.

/// SplitMix64: small, even, and the same on every machine.
pub struct Dice(u64);

impl Dice {
    /// Every round has dice of its own, so that one can be repeated without those before it.
    pub fn of(seed: u64, round: u64) -> Self {
        let mut dice = Self(seed);
        Self(
            dice.next()
                .wrapping_add(round.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or zero where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        match u64::try_from(end).unwrap() {
            0 => 0,
            end => usize::try_from(self.next() % end).unwrap(),
        }
    }

    /// One of them.
    pub fn choose<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}
