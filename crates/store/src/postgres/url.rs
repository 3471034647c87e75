//! `postgres://...` as operators write it: which servers, as whom, how sure of them.
//!
//! The grammar is that of libpq's URLs, read here so that nothing in it is silently ignored: a parameter that is not known
//! is refused by its name. docs/operate/postgresql.md is the same for people.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The port of a server that names none.
const PORT: u16 = 5432;
/// Connecting takes no longer, over all hosts together.
const CONNECTING: Duration = Duration::from_secs(3);
/// What an operator may make of it, in seconds.
const CONNECTING_SECS: std::ops::RangeInclusive<u64> = 1..=30;

/// Where a database is and how one gets in. Holds a password, so that it has no `Debug` but one that says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The servers, in the order in which they are tried.
    pub hosts: Vec<Host>,
    /// As whom; as the account the program runs under if silent.
    pub user: Option<String>,
    /// Never printed.
    pub password: Option<String>,
    /// Which database; the user's if silent.
    pub database: Option<String>,
    /// How sure of the server's identity one has to be; `None` leaves it to [`Host::trust`].
    pub trust: Option<Trust>,
    /// Who may sign the server's certificate: a PEM file, else the system's authorities.
    pub authorities: Option<PathBuf>,
    /// Our own certificate and its key, both PEM.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The bound of connecting, over all hosts together.
    pub patience: Duration,
    /// What the server's administrators see.
    pub application: String,
    /// Which servers will do.
    pub session: Session,
    /// Settings of the session, as the server's command line has them.
    pub options: Option<String>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// By its name or address.
    Tcp(String, u16),
    /// By the directory of its Unix socket.
    Socket(PathBuf, u16),
}

/// `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// `disable`: in the clear.
    Clear,
    /// `require`: encrypted, with whomever.
    Anybody,
    /// `verify-ca`: whose certificate an authority signed, whatever name is on it.
    Signed,
    /// `verify-full`: whose certificate an authority signed for this host's name.
    Named,
}

/// `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// One that may write: after the promotion of a replica, the new primary.
    Writable,
    /// Whoever answers.
    Any,
}

/// What is wrong with a URL. Repeats no value but those that cannot be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// A name that means nothing here.
    #[error("does not know the parameter `{0}`")]
    Parameter(String),
    /// What stands behind the `?` is hardly meant as parameters, and may be half a password.
    #[error("has something behind a ? that is not understood; in a password write %3F for a question mark")]
    Query,
    /// Said twice.
    #[error("has the parameter `{0}` twice")]
    Twice(String),
    /// A value that means nothing.
    #[error("{0} is {1}")]
    Value(&'static str, &'static str),
    /// A `%` that is not followed by two hexadecimal digits, or bytes that are not UTF-8.
    #[error("has a % that encodes nothing; write %25 for a percent sign")]
    Encoding,
    /// `sslcert` without `sslkey`, or the other way round.
    #[error("has one of sslcert and sslkey without the other")]
    HalfIdentity,
    /// As many ports as hosts, or one for all.
    #[error("names {ports} ports for {hosts} hosts")]
    Ports {
        /// How many hosts.
        hosts: usize,
        /// How many ports.
        ports: usize,
    },
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(name, port) if name.contains(':') => write!(f, "[{name}]:{port}"),
            Self::Tcp(name, port) => write!(f, "{name}:{port}"),
            Self::Socket(dir, port) => write!(f, "{} (port {port})", dir.display()),
        }
    }
}

impl Host {
    /// What is expected of a server when the URL does not say: nothing on this machine, everything elsewhere.
    pub fn trust(&self) -> Trust {
        match self {
            Self::Socket(..) => Trust::Clear,
            Self::Tcp(name, _) if is_loopback(name) => Trust::Clear,
            Self::Tcp(..) => Trust::Named,
        }
    }
}

fn is_loopback(name: &str) -> bool {
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Parameters that name files.
const FILES: [&str; 3] = ["sslrootcert", "sslcert", "sslkey"];

/// The same URL with the files it names in full, relative ones in `directory`; `None` if it is not one of PostgreSQL.
///
/// # Errors
/// What is wrong with it.
pub fn absolute_url(url: &str, directory: &Path) -> Option<Result<String, UrlFault>> {
    Some(Address::parse(url, directory)?.and_then(|_| with_files(url, directory)))
}

fn with_files(url: &str, directory: &Path) -> Result<String, UrlFault> {
    let Some((head, query)) = url.split_once('?') else {
        return Ok(url.to_owned());
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if FILES.contains(&name) && value != "system" => {
            let path = directory.join(decoded(value)?);
            Ok(format!("{name}={}", encoded(&path.display().to_string())))
        }
        _ => Ok(pair.to_owned()),
    });
    let pairs: Result<Vec<String>, UrlFault> = pairs.collect();
    Ok(format!("{head}?{}", pairs?.join("&")))
}

/// RFC 3986, section 2.1, for a path in a query.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// The parts of a URL before they are understood.
#[derive(Default)]
struct Parts {
    user: Option<String>,
    password: Option<String>,
    hosts: Vec<String>,
    ports: Vec<String>,
    database: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Address {
    /// Understands `postgres://[USER[:PASSWORD]@][HOST[:PORT],...][/DATABASE][?NAME=VALUE&...]`; `None` if it begins otherwise.
    /// Relative paths begin at `directory`.
    pub fn parse(url: &str, directory: &Path) -> Option<Result<Self, UrlFault>> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))?;
        let understood = Parts::of(rest).and_then(|parts| parts.understood(directory));
        Some(understood.map_err(|fault| discreet(fault, rest)))
    }
}

/// A fault that repeats a parameter's name, and nothing that only stands where one would: who writes a `?` into a password has
/// the rest of it there, and the `@` behind it.
fn discreet(fault: UrlFault, rest: &str) -> UrlFault {
    let is_odd = |name: &str| !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    match fault {
        UrlFault::Parameter(name) | UrlFault::Twice(name) if query.contains('@') || is_odd(&name) => {
            UrlFault::Query
        }
        fault => fault,
    }
}

impl Parts {
    fn of(rest: &str) -> Result<Self, UrlFault> {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let mut parts = Self::default();
        let hosts = match authority.rsplit_once('@') {
            None => authority,
            Some((who, hosts)) => {
                let (user, password) = match who.split_once(':') {
                    Some((user, password)) => (user, Some(password)),
                    None => (who, None),
                };
                parts.user = said(user)?;
                parts.password = password.map(decoded).transpose()?;
                hosts
            }
        };
        for host in hosts.split(',').filter(|_| !hosts.is_empty()) {
            let (name, port) = split_port(host);
            parts.hosts.push(decoded(name)?);
            parts.ports.push(port.to_owned());
        }
        parts.database = said(database)?;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            parts.take(decoded(name)?, decoded(value)?)?;
        }
        Ok(parts)
    }

    /// A parameter; those that only say elsewhere what may stand before the `?` are put there.
    fn take(&mut self, name: String, value: String) -> Result<(), UrlFault> {
        let list = || value.split(',').map(str::to_owned).collect();
        match name.as_str() {
            "host" if self.hosts.is_empty() => self.hosts = list(),
            "port" if self.ports.iter().all(String::is_empty) => self.ports = list(),
            "user" if self.user.is_none() => self.user = Some(value),
            "password" if self.password.is_none() => self.password = Some(value),
            "dbname" if self.database.is_none() => self.database = Some(value),
            "host" | "port" | "user" | "password" | "dbname" => return Err(UrlFault::Twice(name)),
            _ if self.parameters.iter().any(|(known, _)| *known == name) => {
                return Err(UrlFault::Twice(name));
            }
            _ => self.parameters.push((name, value)),
        }
        Ok(())
    }

    fn understood(self, directory: &Path) -> Result<Address, UrlFault> {
        let hosts = hosts(&self.hosts, &self.ports)?;
        let mut address = Address {
            hosts,
            user: self.user,
            password: self.password,
            database: self.database,
            trust: None,
            authorities: None,
            identity: None,
            patience: CONNECTING,
            application: "signet".to_owned(),
            session: Session::Writable,
            options: None,
        };
        let (mut certificate, mut key) = (None, None);
        for (name, value) in self.parameters {
            match name.as_str() {
                "sslmode" => address.trust = Some(trust(&value)?),
                "sslrootcert" if value == "system" => address.authorities = None,
                "sslrootcert" => address.authorities = Some(directory.join(value)),
                "sslcert" => certificate = Some(directory.join(value)),
                "sslkey" => key = Some(directory.join(value)),
                "connect_timeout" => address.patience = patience(&value)?,
                "application_name" => address.application = value,
                "target_session_attrs" => address.session = session(&value)?,
                "options" => address.options = Some(value),
                _ => return Err(UrlFault::Parameter(name)),
            }
        }
        address.identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(UrlFault::HalfIdentity),
        };
        Ok(address)
    }
}

/// Hosts with their ports: one each, one for all, or none.
fn hosts(names: &[String], ports: &[String]) -> Result<Vec<Host>, UrlFault> {
    let here = ["localhost".to_owned()];
    let names = if names.is_empty() { &here[..] } else { names };
    if ports.len() > 1 && ports.len() != names.len() {
        return Err(UrlFault::Ports {
            hosts: names.len(),
            ports: ports.len(),
        });
    }
    let one = |(index, name): (usize, &String)| {
        let port = match ports.get(index).or_else(|| ports.first()).map(String::as_str) {
            None | Some("") => PORT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or(UrlFault::Value("a port", "not a number from 1 to 65535"))?,
        };
        Ok(match name.as_str() {
            "" => Host::Tcp("localhost".to_owned(), port),
            path if path.starts_with('/') => Host::Socket(path.into(), port),
            name => Host::Tcp(name.to_owned(), port),
        })
    };
    names.iter().enumerate().map(one).collect()
}

/// A host and the port behind it, if any; an IPv6 address stands in brackets.
fn split_port(host: &str) -> (&str, &str) {
    if let Some((name, rest)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return (name, rest.strip_prefix(':').unwrap_or(rest));
    }
    host.rsplit_once(':').unwrap_or((host, ""))
}

fn trust(value: &str) -> Result<Trust, UrlFault> {
    match value {
        "disable" => Ok(Trust::Clear),
        "require" => Ok(Trust::Anybody),
        "verify-ca" => Ok(Trust::Signed),
        "verify-full" => Ok(Trust::Named),
        // Whoever stands on the way could answer that there is no TLS.
        "allow" | "prefer" => Err(UrlFault::Value(
            "sslmode",
            "allow or prefer, which protect nobody; choose verify-full, or disable on a trusted network",
        )),
        _ => Err(UrlFault::Value(
            "sslmode",
            "none of disable, require, verify-ca and verify-full",
        )),
    }
}

fn session(value: &str) -> Result<Session, UrlFault> {
    match value {
        "read-write" | "primary" => Ok(Session::Writable),
        "any" => Ok(Session::Any),
        _ => Err(UrlFault::Value(
            "target_session_attrs",
            "neither read-write nor any",
        )),
    }
}

fn patience(value: &str) -> Result<Duration, UrlFault> {
    let secs = value.parse().ok().filter(|secs| CONNECTING_SECS.contains(secs));
    secs.map(Duration::from_secs).ok_or(UrlFault::Value(
        "connect_timeout",
        "not a number of seconds from 1 to 30",
    ))
}

/// Decoded, unless it is empty.
fn said(text: &str) -> Result<Option<String>, UrlFault> {
    if text.is_empty() {
        return Ok(None);
    }
    decoded(text).map(Some)
}

/// RFC 3986, section 2.1.
fn decoded(text: &str) -> Result<String, UrlFault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(UrlFault::Encoding);
        };
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).map_err(|_| UrlFault::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Result<Address, UrlFault> {
        Address::parse(url, Path::new("/etc/signet")).unwrap()
    }

    fn tcp(name: &str, port: u16) -> Host {
        Host::Tcp(name.into(), port)
    }

    #[test]
    fn hosts_are_read_as_libpq_reads_them() {
        let several = parsed("postgres://u:p%40ss@h1:5432,h2:5433/db").unwrap();
        assert_eq!(several.hosts, [tcp("h1", 5432), tcp("h2", 5433)]);
        assert_eq!(several.user.as_deref(), Some("u"));
        assert_eq!(several.password.as_deref(), Some("p@ss"));
        assert_eq!(several.database.as_deref(), Some("db"));
        assert_eq!(
            parsed("postgresql:///db?host=/run/postgresql").unwrap().hosts,
            [Host::Socket("/run/postgresql".into(), 5432)]
        );
        assert_eq!(
            parsed("postgres://[2001:db8::1]:6000,h/").unwrap().hosts,
            [tcp("2001:db8::1", 6000), tcp("h", 5432)]
        );
        assert_eq!(
            parsed("postgres://?host=a,b&port=7").unwrap().hosts,
            [tcp("a", 7), tcp("b", 7)]
        );
        assert_eq!(parsed("postgres://").unwrap().hosts, [tcp("localhost", 5432)]);
        assert_eq!(
            parsed("postgres://%2Frun%2Fpg/db").unwrap().hosts,
            [Host::Socket("/run/pg".into(), 5432)]
        );
    }

    #[test]
    fn a_server_elsewhere_has_to_prove_its_name() {
        for (host, trust) in [
            ("localhost", Trust::Clear),
            ("127.0.0.1", Trust::Clear),
            ("[::1]", Trust::Clear),
            ("%2Frun", Trust::Clear),
            ("db.example", Trust::Named),
            ("10.0.0.5", Trust::Named),
            ("localhost.example", Trust::Named),
        ] {
            let address = parsed(&format!("postgres://u@{host}/db")).unwrap();
            assert_eq!((address.trust, address.hosts[0].trust()), (None, trust), "{host}");
        }
        let said = parsed("postgres://db.example/?sslmode=disable").unwrap();
        assert_eq!(said.trust, Some(Trust::Clear));
    }

    #[test]
    fn what_is_not_known_is_refused_by_its_name() {
        let refused = |url: &str| parsed(url).unwrap_err().to_string();
        assert_eq!(
            refused("postgres://h/?keepalives=1"),
            "does not know the parameter `keepalives`"
        );
        assert_eq!(
            refused("postgres://h/?sslmode=require&sslmode=disable"),
            "has the parameter `sslmode` twice"
        );
        assert_eq!(
            refused("postgres://u@h/?user=v"),
            "has the parameter `user` twice"
        );
        assert!(refused("postgres://h/?sslmode=prefer").contains("verify-full"));
        assert!(refused("postgres://h/?sslmode=on").contains("none of"));
        assert!(refused("postgres://h/?connect_timeout=0").contains("from 1 to 30"));
        assert!(refused("postgres://h/?target_session_attrs=standby").contains("read-write"));
        assert!(refused("postgres://h/?sslcert=a").contains("without the other"));
        assert_eq!(
            refused("postgres://?host=a,b&port=1,2,3"),
            "names 3 ports for 2 hosts"
        );
        assert!(refused("postgres://h:99999/").contains("65535"));
        assert!(refused("postgres://u:100%@h/").contains("%25"));
        assert!(Address::parse("mysql://h", Path::new(".")).is_none());
    }

    #[test]
    fn half_a_password_is_not_repeated() {
        for url in [
            "postgres://u:5?geheim@h/db",
            "postgres://u:5?gehe=im@h/db",
            "postgres://u:5?host=geheim@h/db",
            "postgres://u:5?gehe&im@h/db",
            "postgres://u@h/db?geheim7",
            "postgres://u@h/db?geheim%40h=1",
        ] {
            let said = parsed(url).unwrap_err().to_string();
            assert!(said.contains("%3F") && !said.contains("geh"), "{url}: {said}");
        }
        let whole = parsed("postgres://u:5%3Fgeheim@h/db").unwrap();
        assert_eq!(whole.password.as_deref(), Some("5?geheim"));
        let user = parsed("postgres://h/db?user=u@realm").unwrap();
        assert_eq!(user.user.as_deref(), Some("u@realm"));
    }

    #[test]
    fn files_are_named_from_the_configuration_and_passwords_are_not_shown() {
        let url = "postgres://u:geheim@h/db?sslrootcert=tls/my%20ca.pem&sslcert=/c.pem&sslkey=k.pem";
        let address = parsed(url).unwrap();
        assert_eq!(
            address.authorities.as_deref(),
            Some(Path::new("/etc/signet/tls/my ca.pem"))
        );
        let identity = (PathBuf::from("/c.pem"), PathBuf::from("/etc/signet/k.pem"));
        assert_eq!(address.identity, Some(identity));
        assert!(!format!("{address:?}").contains("geheim"));
        let absolute = absolute_url(url, Path::new("/etc/signet")).unwrap().unwrap();
        assert!(
            absolute.ends_with(
                "?sslrootcert=/etc/signet/tls/my%20ca.pem&sslcert=/c.pem&sslkey=/etc/signet/k.pem"
            )
        );
        let elsewhere = Address::parse(&absolute, Path::new("/tmp")).unwrap().unwrap();
        assert!(elsewhere == address, "it means the same from anywhere");
    }
}
