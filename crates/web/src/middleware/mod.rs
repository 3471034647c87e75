//! What every request passes first.

mod gate;

pub use gate::gate;
