//! One database behind its address, as all connections of this process know it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::dial::{self, Pace};
use super::line::Line;
use super::url::{Address, UrlFault};

/// An address, and what was learnt of it.
pub struct Server {
    address: Address,
    /// The host that answered last: asked first.
    good: AtomicUsize,
}

impl Server {
    /// Understands a URL; `None` if it is not one of PostgreSQL.
    pub fn parse(url: &str) -> Option<Result<Self, UrlFault>> {
        let address = Address::parse(url, Path::new("."))?;
        Some(address.map(|address| Self {
            address,
            good: AtomicUsize::new(0),
        }))
    }

    /// A new connection.
    ///
    /// # Errors
    /// One line that says of every host what is wrong with it.
    pub fn connect(&self, pace: Pace) -> Result<Line, String> {
        let (line, number) = dial::dial(&self.address, self.good.load(Ordering::Relaxed), pace)?;
        self.good.store(number, Ordering::Relaxed);
        Ok(line)
    }
}
