//! How often connections to a server were lost: the loss of one is a warning to all that were made before it, so that not
//! each of them has to wait in vain for a server that has gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The losses so far, as everybody who connects to the server knows them.
#[derive(Clone, Default)]
pub struct Losses(Arc<AtomicU64>);

/// When a connection was made, counted in losses.
pub struct Era {
    losses: Losses,
    number: u64,
}

impl Losses {
    /// The present.
    pub fn era(&self) -> Era {
        Era {
            losses: self.clone(),
            number: self.0.load(Ordering::Acquire),
        }
    }
}

impl Era {
    /// A connection of this era was lost. Further ones of the same era tell nothing new.
    pub fn end(&self) {
        let (own, next) = (self.number, self.number + 1);
        let _ = self
            .losses
            .0
            .compare_exchange(own, next, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Whether a connection of this era was lost.
    pub fn is_over(&self) -> bool {
        self.losses.0.load(Ordering::Acquire) > self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_loss_warns_those_before_it_once() {
        let losses = Losses::default();
        let (first, second) = (losses.era(), losses.era());
        assert!(!first.is_over() && !second.is_over());
        first.end();
        assert!(first.is_over() && second.is_over());
        let third = losses.era();
        // What dies of the same cause, a little later.
        second.end();
        assert!(!third.is_over());
        third.end();
        assert!(third.is_over());
    }
}
