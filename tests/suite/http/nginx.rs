//! An nginx of one's own, as an operator would put it in front: on free ports, in a directory that goes away. What Debian's
//! package may have started is neither asked nor touched.

use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use tempfile::TempDir;

use crate::cli::installation::{free_port, until};
use crate::cli::nobody::{command, give};

/// From here the first proxy calls the provider, so that nobody is taken for it.
pub const PROXY: &str = "127.0.0.9";
/// From here one proxy calls the other.
const OUTER: &str = "127.0.0.10";
/// Both, and no other address of these stories.
pub const PROXIES: &str = "127.0.0.8/29";

/// What a proxy hands on, whichever it is.
const HEADERS: &str =
    "proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_next_upstream off;";

/// The proxy. Dropping it is `kill -9`.
pub struct Nginx {
    running: Child,
    /// The issuer's: takes a whole body before it hands it on. Keeps one connection to the provider.
    pub front: String,
    /// Hands on what of a body has come, over the same connection.
    pub streaming: String,
    /// A proxy in front of the proxy.
    pub outer: String,
    _dir: TempDir,
}

impl Nginx {
    /// Starts one on this port, before the provider on that one.
    pub fn start(port: u16, provider: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |port| format!("127.0.0.1:{port}");
        let (front, streaming, outer) = (at(port), at(free_port()), at(free_port()));
        let inner = format!("{HEADERS} proxy_pass http://signet; proxy_bind {PROXY};");
        let sites = [
            (&front, inner.clone()),
            (&streaming, format!("{inner} proxy_request_buffering off;")),
            (
                &outer,
                format!("{HEADERS} proxy_pass http://{front}; proxy_bind {OUTER};"),
            ),
        ];
        let mut text = head(dir.path(), provider);
        for (address, location) in sites {
            writeln!(text, "server {{ listen {address}; location / {{ {location} }} }}").unwrap();
        }
        let file = dir.path().join("nginx.conf");
        std::fs::write(&file, text + "}\n").unwrap();
        give(dir.path());
        let running = command(&program())
            .arg("-p")
            .arg(dir.path())
            .arg("-c")
            .arg(&file)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is installed (tests/run installs it)");
        let made = Self {
            running,
            front,
            streaming,
            outer,
            _dir: dir,
        };
        until("nginx answers", || TcpStream::connect(&made.front).ok());
        made
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.running.kill().unwrap();
        self.running.wait().unwrap();
    }
}

/// `$NGINX`, or where Debian puts it.
pub fn program() -> PathBuf {
    std::env::var_os("NGINX").map_or_else(|| "/usr/sbin/nginx".into(), PathBuf::from)
}

/// Everything but the sites: one process, which writes into its directory alone.
fn head(dir: &Path, provider: u16) -> String {
    let dir = dir.display();
    let mut text = format!(
        "daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 256; }}
http {{
access_log off;
upstream signet {{ server 127.0.0.1:{provider}; keepalive 1; }}
"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(text, "{kind}_temp_path {dir}/{kind};").unwrap();
    }
    text
}
