//! One hand-over to a mail server (RFC 5321), over a connection of its own.

use std::error::Error as _;
use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::authentication;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Transport as _, transport::smtp};
use url::Host;

use crate::authority::Authority;
use crate::carrier::{Carry, Refusal};
use crate::relay::{Relay, Security};

/// How long to wait for the connection and for each answer. A server that is well takes a second; RFC 5321 4.5.3.2 has
/// minutes in mind for servers that deliver as they answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands messages to one server.
pub(crate) struct Smtp(SmtpTransport);

impl Smtp {
    /// Prepares connections; opens none. `own_host` is what to say at EHLO (RFC 5321 4.1.1.1): the name people know us
    /// by, not the machine's.
    ///
    /// # Errors
    /// When TLS cannot be prepared, because an authority is not one.
    pub(crate) fn new(
        relay: &Relay,
        authority: Option<&Authority>,
        own_host: &str,
    ) -> Result<Self, smtp::Error> {
        let mut builder = SmtpTransport::builder_dangerous(relay.host.as_str())
            .port(relay.port)
            .tls(tls(relay, authority)?)
            .timeout(Some(PATIENCE))
            .hello_name(hello(own_host));
        if let Some(own) = &relay.credentials {
            builder = builder.credentials(authentication::Credentials::new(
                own.user.clone(),
                own.password.clone(),
            ));
        }
        Ok(Self(builder.build()))
    }
}

impl Carry for Smtp {
    fn carry(&mut self, message: &Message) -> Result<(), Refusal> {
        self.0.send(message).map(drop).map_err(|error| refusal(&error))
    }
}

/// Never the library's `Opportunistic`: whoever sits between could switch that off.
fn tls(relay: &Relay, authority: Option<&Authority>) -> Result<Tls, smtp::Error> {
    let parameters = || {
        let builder = TlsParameters::builder(relay.host.clone());
        match authority {
            Some(authority) => builder.add_root_certificate(authority.certificate()),
            None => builder,
        }
        .build()
    };
    Ok(match relay.security {
        Security::Tls => Tls::Wrapper(parameters()?),
        Security::StartTls => Tls::Required(parameters()?),
        Security::Plain => Tls::None,
    })
}

fn hello(own_host: &str) -> ClientId {
    match Host::parse(own_host) {
        Ok(Host::Ipv4(address)) => ClientId::Ipv4(address),
        Ok(Host::Ipv6(address)) => ClientId::Ipv6(address),
        _ => ClientId::Domain(own_host.to_owned()),
    }
}

/// Whether trying again is worth it, and what to log. The server's own words are left out: they tend to repeat the
/// address.
fn refusal(error: &smtp::Error) -> Refusal {
    let reason = match (error.status(), error.source()) {
        (Some(status), _) => format!("the mail server answered {status}"),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.to_string(),
    };
    // "Client" is what we refuse by ourselves: no STARTTLS, no way to log in, an address this server cannot take.
    if error.is_permanent() || error.is_client() || error.is_tls() {
        Refusal::ForGood(reason)
    } else {
        Refusal::ForNow(reason)
    }
}
