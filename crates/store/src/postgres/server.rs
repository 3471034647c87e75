//! One database behind its address, as all connections of this process know it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::circuit::Circuit;
use super::dial::{self, Pace};
use super::era::Losses;
use super::line::Line;
use super::url::{Address, UrlFault};
use crate::timer;

/// An address, and what was learnt of it.
pub struct Server {
    address: Address,
    /// The host that answered last: asked first.
    good: AtomicUsize,
    circuit: Circuit,
    losses: Losses,
}

impl Server {
    /// Understands a URL; `None` if it is not one of PostgreSQL.
    pub fn parse(url: &str) -> Option<Result<Self, UrlFault>> {
        let address = Address::parse(url, Path::new("."))?;
        Some(address.map(|address| Self {
            address,
            good: AtomicUsize::new(0),
            circuit: Circuit::default(),
            losses: Losses::default(),
        }))
    }

    /// A new connection, or at once none where the server is known to be away.
    ///
    /// # Errors
    /// One line that says of every host what is wrong with it.
    pub fn connect(&self, pace: Pace) -> Result<Line, String> {
        self.circuit.enter(timer::now(), self.address.patience)?;
        // Before it is made: what is lost meanwhile may have been lost with it.
        let era = self.losses.era();
        match dial::dial(&self.address, self.good.load(Ordering::Relaxed), pace) {
            Ok((mut line, number)) => {
                line.belong_to(era);
                self.good.store(number, Ordering::Relaxed);
                self.circuit.close();
                Ok(line)
            }
            Err(reason) => {
                self.circuit.open(timer::now(), &reason);
                Err(reason)
            }
        }
    }
}
