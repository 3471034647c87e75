//! `cache.url`: where Redis is and how one gets in.

use std::time::Duration;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisResult, TlsCertificates};

use super::link::Link;

/// The address of a Redis; may hold a password and is never printed.
#[derive(Clone)]
pub struct CacheUrl {
    connection: ConnectionInfo,
    authorities: Option<Vec<u8>>,
}

/// What is wrong with `cache.url`. Tells nothing of what may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheUrlFault {
    /// Known, and not built yet.
    #[error("does not know {0}:// yet")]
    Later(String),
    /// Another scheme, or none.
    #[error("begins neither with redis:// nor with rediss://")]
    Scheme,
    /// Something after the host that means nothing.
    #[error("is not of the form redis://[[user]:password@]host[:port][/number]")]
    Form,
}

impl CacheUrl {
    /// Understands `redis://[[user]:password@]host[:port][/number]`, and `rediss://` likewise, with TLS.
    ///
    /// # Errors
    /// What is wrong with it. Whether anybody answers there is not asked.
    pub fn parse(text: &str) -> Result<Self, CacheUrlFault> {
        match text.split_once("://") {
            Some(("redis" | "rediss", _)) => {}
            Some((scheme @ ("redis+cluster" | "redis+sentinel"), _)) => {
                return Err(CacheUrlFault::Later(scheme.to_owned()));
            }
            _ => return Err(CacheUrlFault::Scheme),
        }
        let url = redis::parse_redis_url(text).ok_or(CacheUrlFault::Form)?;
        // A driver's switches, such as one that turns the check of certificates off.
        if url.query().is_some() || url.fragment().is_some() {
            return Err(CacheUrlFault::Form);
        }
        let connection = url.into_connection_info().map_err(|_| CacheUrlFault::Form)?;
        Ok(Self {
            connection,
            authorities: None,
        })
    }

    /// Believes these certificate authorities, in PEM form, instead of the system's.
    #[must_use]
    pub fn believing(self, authorities: Vec<u8>) -> Self {
        Self {
            authorities: Some(authorities),
            ..self
        }
    }

    /// Whether a Redis answers there within `patience` and lets us in.
    ///
    /// # Errors
    /// What the driver says, which repeats no password.
    pub fn ask(&self, patience: Duration) -> Result<(), String> {
        let mut link = Link::new(self).map_err(|error| error.to_string())?;
        let asked = link.connect(patience);
        let asked = asked.and_then(|()| link.ask::<()>(redis::pipe().cmd("PING").ignore()));
        asked.map_err(|error| error.to_string())
    }

    /// Who connects there.
    pub(super) fn client(&self) -> RedisResult<Client> {
        let connection = self.connection.clone();
        match connection.addr() {
            ConnectionAddr::TcpTls { .. } => {
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: self.authorities.clone(),
                };
                Client::build_with_tls(connection, certificates)
            }
            _ => Client::open(connection),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_redis_with_or_without_a_password() {
        for good in [
            "redis://localhost",
            "redis://:s3cret@cache.example:6380/2",
            "redis://signet:s3cret@[::1]/0",
            "rediss://:s3cret@cache.example",
        ] {
            assert!(CacheUrl::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        for bad in [
            "",
            "localhost:6379",
            "http://s3cret@localhost",
            "redis://",
            "redis://:s3cret@localhost/zero",
            "redis://localhost?password=s3cret",
            "rediss://:s3cret@localhost#insecure",
            "redis+cluster://:s3cret@a,b",
            "redis+sentinel://:s3cret@a",
            "unix:///run/redis.sock",
        ] {
            let fault = CacheUrl::parse(bad).err().unwrap();
            assert!(!fault.to_string().contains("s3cret"), "{fault}");
        }
    }
}
