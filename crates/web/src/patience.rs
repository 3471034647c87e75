//! How long a connection may keep us waiting, in its four ways of doing so. Nothing here waits; the server and the readers
//! of bodies do.

use std::time::Duration;

use actix_web::HttpRequest;

/// Limits of one connection. Registered as application data; where it is not, the default holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// From there to the end of its body.
    pub body: Duration,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// In which a client must take some of its answer.
    pub answer: Duration,
}

impl Patience {
    /// That of the server this request came to.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.app_data::<Self>().copied().unwrap_or_default()
    }
}

impl Default for Patience {
    fn default() -> Self {
        let limit = Duration::from_secs(10);
        Self {
            head: limit,
            body: limit,
            idle: limit,
            answer: limit,
        }
    }
}
