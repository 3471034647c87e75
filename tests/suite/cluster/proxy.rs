//! The nginx in front of the nodes. It hands requests on as `deploy/nginx` says: what is safe to ask twice is asked at another
//! node; where nobody could answer, people are asked to come back.

use std::fmt::Write as _;
use std::net::TcpStream;
use std::process::{Child, Stdio};

use tempfile::TempDir;

use crate::cli::installation::until;
use crate::cli::nobody::{command, give};
use crate::http::nginx::program;

/// How requests are handed on, to the letter.
const HANDING_ON: &str = include_str!("../../../deploy/nginx/signet-proxy.conf");

/// The proxy. Dropping it is `kill -9`.
pub struct Proxy {
    running: Child,
    _dir: TempDir,
}

impl Proxy {
    /// Starts one on this port, before nodes on those.
    pub fn start(port: u16, nodes: &[u16]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("nginx.conf");
        std::fs::write(
            &file,
            configuration(&dir.path().display().to_string(), port, nodes),
        )
        .unwrap();
        give(dir.path());
        let running = command(&program())
            .arg("-p")
            .arg(dir.path())
            .arg("-c")
            .arg(&file)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx is installed (tests/run installs it)");
        until("nginx answers", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { running, _dir: dir }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.running.kill().unwrap();
        self.running.wait().unwrap();
    }
}

/// Everything but what `deploy/nginx` says about handing requests on, which is taken as it is.
fn configuration(dir: &str, port: u16, nodes: &[u16]) -> String {
    let mut upstream = String::new();
    for node in nodes {
        writeln!(upstream, "server 127.0.0.1:{node} max_fails=2 fail_timeout=5s;").unwrap();
    }
    let mut text = format!(
        "daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 512; }}
http {{
access_log off;
upstream signet {{ {upstream} keepalive 32; keepalive_timeout 5s; }}
server {{
    listen 127.0.0.1:{port};
    location / {{ {HANDING_ON} }}
    location @away {{ internal; add_header Retry-After 2 always; return 503; }}
}}
"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(text, "{kind}_temp_path {dir}/{kind};").unwrap();
    }
    text + "}\n"
}
