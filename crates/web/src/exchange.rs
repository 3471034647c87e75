//! What a connection knows of the requests that came over it. The server below counts bytes and waits for them; only the
//! gate above knows when they became a request, and when it was answered.

use std::cell::Cell;
use std::rc::Rc;

/// Shared by a connection and the requests on it: one thread serves both.
#[derive(Debug, Clone, Default)]
pub struct Exchange(Rc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    begun: Cell<u64>,
    open: Cell<u32>,
    is_over: Cell<bool>,
}

impl Exchange {
    /// How many requests have begun.
    pub fn begun(&self) -> u64 {
        self.0.begun.get()
    }

    /// Whether one of them still waits for its answer.
    pub fn is_open(&self) -> bool {
        self.0.open.get() > 0
    }

    /// The answer to this request is the last one (RFC 9112 9.6).
    pub(crate) fn end(&self) {
        self.0.is_over.set(true);
    }

    /// Whether nothing more is to be answered here, whatever was sent along.
    pub fn is_over(&self) -> bool {
        self.0.is_over.get()
    }

    /// A request has begun; it is open until the value is dropped.
    pub(crate) fn begin(&self) -> OpenRequest {
        self.0.begun.set(self.0.begun.get() + 1);
        self.0.open.set(self.0.open.get() + 1);
        OpenRequest(self.clone())
    }
}

/// A request that waits for its answer.
pub(crate) struct OpenRequest(Exchange);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        let open = &self.0.0.open;
        open.set(open.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::Exchange;

    #[test]
    fn requests_are_open_until_they_are_dropped() {
        let exchange = Exchange::default();
        let (first, second) = (exchange.begin(), exchange.begin());
        drop(first);
        assert!(exchange.is_open());
        drop(second);
        assert!(!exchange.is_open());
        assert_eq!(exchange.begun(), 2);
    }
}
