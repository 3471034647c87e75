//! A PostgreSQL that one story has to itself, to stop, to freeze and to start again, with TLS where the story wants it.
//!
//! As with the shared one, a shell stands between: when nobody holds the other end of its input any more, the server ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use kernel::SystemEntropy;
use kernel::id::Sid;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::nobody::{command, give};
use super::postgres_server::{OWNER, directory, free_port, make, pause, programs, tell};

/// Starts, stops at once and starts again the server as told; says when it has stopped.
const KEEPER: &str = r#"
    trap '' HUP INT TERM
    programs=$1 dir=$2 port=$3
    shift 3
    start() {
        "$programs/postgres" -D "$dir/data" -k "$dir" -p "$port" -c listen_addresses=127.0.0.1 -c fsync=off \
            -c autovacuum=off "$@" >>"$dir/log" 2>&1 &
    }
    start "$@"
    while read -r order; do
        case $order in
            stop) kill -INT $!; wait $!; echo stopped ;;
            start) start "$@"; echo started ;;
        esac
    done
    kill -QUIT $!
    wait
    rm -rf "$dir"
"#;

/// Over the network only with TLS; to the database `guarded` only with a certificate besides.
const RULES: &str = "
    local all all scram-sha-256
    hostssl guarded all all scram-sha-256 clientcert=verify-ca
    hostssl all all all scram-sha-256
";

/// What is spoken over the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Clear,
    Tls,
}

/// The server; it ends with this value.
pub struct OwnPostgres {
    pub dir: PathBuf,
    pub port: u16,
    pub password: String,
    keeper: Child,
    answers: BufReader<ChildStdout>,
}

impl OwnPostgres {
    /// Started with these settings; for [`Wire::Tls`] its directory has `ca.pem` and a client's `client.pem` and `client.key`.
    pub fn start(wire: Wire, settings: &[&str]) -> Self {
        let (programs, dir) = (programs(), directory());
        let password = Sid::generate(&SystemEntropy).to_string();
        make(&programs, &dir, &password);
        let mut arguments: Vec<String> = Vec::new();
        let own = settings.iter().map(|setting| (*setting).to_owned());
        let tls = match wire {
            Wire::Clear => Vec::new(),
            Wire::Tls => certificates(&dir),
        };
        for setting in own.chain(tls) {
            arguments.extend(["-c".to_owned(), setting]);
        }
        let port = free_port();
        let mut keeper = command(Path::new("/bin/sh"))
            .args(["-c", KEEPER, "sh"])
            .args([programs.as_path(), &dir])
            .arg(port.to_string())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let answers = BufReader::new(keeper.stdout.take().unwrap());
        let server = Self {
            dir,
            port,
            password,
            keeper,
            answers,
        };
        server.wait_until_up();
        server
    }

    /// Its URL with this host and what else there is to say.
    pub fn url(&self, host: &str, database: &str, parameters: &str) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://{OWNER}:{password}@{host}:{port}/{database}?{parameters}")
    }

    /// Past the network.
    pub fn socket_url(&self, database: &str) -> String {
        let Self {
            port, password, dir, ..
        } = self;
        let dir = dir.display();
        format!("postgres://{OWNER}:{password}@/{database}?host={dir}&port={port}")
    }

    /// A file of its directory, as a parameter's value.
    pub fn file(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    /// SQL past the house.
    pub fn tell(&self, database: &str, sql: &str) {
        tell(&self.socket_url(database), sql).unwrap();
    }

    /// Ends it; whoever was connected is cut off.
    pub fn stop(&mut self) {
        self.order("stop");
    }

    /// Starts it again.
    pub fn start_again(&mut self) {
        self.order("start");
        self.wait_until_up();
    }

    fn order(&mut self, order: &str) {
        writeln!(self.keeper.stdin.as_mut().unwrap(), "{order}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
    }

    fn wait_until_up(&self) {
        let up = (0..1500).any(|_| tell(&self.socket_url("postgres"), "").is_ok() || pause());
        let log = || std::fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        assert!(up, "PostgreSQL does not answer: {}", log());
    }

    /// Sends a signal to the processes that serve connections to `database`.
    pub fn signal(&self, signal: &str, database: &str) {
        // Its own alone: other stories' servers are called the same.
        let own = std::fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap();
        let own = own.lines().next().unwrap();
        let processes = Command::new("ps")
            .args(["-o", "pid,args", "--ppid", own])
            .output()
            .unwrap();
        let processes = String::from_utf8(processes.stdout).unwrap();
        let meant = format!("postgres: {OWNER} {database} 127.0.0.1");
        let pids: Vec<&str> = processes
            .lines()
            .filter(|line| line.contains(&meant))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert!(!pids.is_empty(), "somebody is connected to {database}");
        assert!(
            Command::new("kill")
                .arg(signal)
                .args(pids)
                .status()
                .unwrap()
                .success()
        );
    }
}

/// An authority and, signed by it, the certificate of a server called `localhost` and that of a client; what the server has
/// to be told of them.
fn certificates(dir: &Path) -> Vec<String> {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority
        .distinguished_name
        .push(DnType::CommonName, "the authority");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let write = |name: &str, text: String| {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        give(&path);
        path.display().to_string()
    };
    let made = |name: &str, host: &str| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &authority).unwrap();
        (
            write(&format!("{name}.pem"), certificate.pem()),
            write(&format!("{name}.key"), key.serialize_pem()),
        )
    };
    let (certificate, key) = made("server", "localhost");
    made("client", "signet");
    let ca = write("ca.pem", authority.pem());
    let rules = write("rules", RULES.to_owned());
    vec![
        "ssl=on".to_owned(),
        format!("ssl_cert_file={certificate}"),
        format!("ssl_key_file={key}"),
        format!("ssl_ca_file={ca}"),
        format!("hba_file={rules}"),
    ]
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // What it waits for to end the server.
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
    }
}
