//! An installation made by the real program, in a directory of its own.

use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use kernel::{Clock as _, SystemClock};
use serde_json::Value;
use tempfile::TempDir;

use crate::actors::browser::http;

/// How long a program may take for what it should do at once, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a server goes on after SIGTERM.
pub const DRAIN: &str = "SIGNET_SERVER__DRAIN";

/// The program: `$SIGNET_BIN`, or the one beside these tests.
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("SIGNET_BIN") {
        return path.into();
    }
    let this = std::env::current_exe().unwrap();
    let program = this.ancestors().nth(2).unwrap().join("signet");
    assert!(
        program.is_file(),
        "{} is not there; run `cargo build` first",
        program.display()
    );
    program
}

/// Asks until there is an answer.
#[track_caller]
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = SystemClock.now().plus(PATIENCE);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(SystemClock.now() < deadline, "waited in vain: {what}");
        thread::park_timeout(Duration::from_millis(20));
    }
}

/// What `signet init` made.
pub struct Installation {
    /// Its issuer.
    pub issuer: String,
    dir: TempDir,
    management: u16,
    /// Variables its programs see.
    environment: Vec<(String, String)>,
}

/// A running `signet serve`. Dropping it is `kill -9`.
pub struct Serving(Child);

impl Serving {
    /// Asks it to stop.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        signal(self.0.id(), name);
    }

    /// Waits for its end, as long as for anything; the exit code.
    #[track_caller]
    pub fn ended(mut self) -> Option<i32> {
        until("the server ended", || self.0.try_wait().unwrap()).code()
    }

    /// Whether it has taken a signal, by its number, from the system's hands.
    pub fn takes(&self, signal: u32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
        caught & (1 << (signal - 1)) != 0
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Sends a process a signal, by its name without `SIG`.
pub fn signal(pid: u32, name: &str) {
    let told = Command::new("kill").args(["-s", name, &pid.to_string()]).status();
    assert!(told.unwrap().success());
}

/// A port nobody listens on, most likely.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Installation {
    /// Runs `signet init`.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let issuer = format!("http://127.0.0.1:{}", free_port());
        let made = Self {
            issuer,
            dir,
            management: free_port(),
            environment: Vec::new(),
        };
        let output = made.init();
        assert!(output.status.success(), "{output:?}");
        made
    }

    /// `signet init` once more.
    pub fn init(&self) -> Output {
        let dir = self.dir.path().to_str().unwrap();
        run(
            Command::new(program()).args(["init", "--issuer", &self.issuer, "--dir", dir]),
            "",
        )
    }

    /// A file of it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs a verb, without a terminal.
    pub fn signet(&self, arguments: &[&str]) -> Output {
        run(&mut self.command(arguments), "")
    }

    /// Runs a verb that reads standard input.
    pub fn fed(&self, arguments: &[&str], input: &str) -> Output {
        run(&mut self.command(arguments), input)
    }

    /// The exit code of a verb.
    pub fn exit_code(&self, arguments: &[&str]) -> Option<i32> {
        self.signet(arguments).status.code()
    }

    /// Runs a verb that must succeed; its JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str], input: &str) -> Value {
        let output = run(self.command(arguments).arg("--json"), input);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// From now on its programs see this variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// From now on they do not.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// The port in its issuer.
    pub fn port(&self) -> u16 {
        self.issuer.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    /// The address of a path on its management port.
    pub fn management(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.management)
    }

    /// Runs `signet serve` until it answers.
    pub fn serve(&self) -> Serving {
        Self::start(self.server(), &self.issuer)
    }

    /// Runs `signet serve` and keeps what it says in two files of the installation, `said.out` and `said.err`.
    pub fn serve_aloud(&self) -> Serving {
        let mut command = self.server();
        for (name, end) in [
            (
                "said.out",
                Command::stdout as fn(&mut Command, Stdio) -> &mut Command,
            ),
            ("said.err", Command::stderr),
        ] {
            let file = File::options()
                .create(true)
                .append(true)
                .open(self.path(name))
                .unwrap();
            end(&mut command, file.into());
        }
        Self::spawn(&mut command, &self.issuer)
    }

    /// Runs one more on a port of its own.
    pub fn serve_at(&self, port: u16) -> Serving {
        let address = format!("127.0.0.1:{port}");
        let mut command = self.server();
        command
            .env("SIGNET_SERVER__LISTEN", &address)
            .env("SIGNET_SERVER__MANAGEMENT", format!("127.0.0.1:{}", free_port()));
        Self::start(command, &format!("http://{address}"))
    }

    /// The same with variables of its own, adding what it says to this file of the installation.
    pub fn serve_among(&self, port: u16, own: &[(&str, String)], said: &str) -> Serving {
        let address = format!("127.0.0.1:{port}");
        let file = File::options()
            .create(true)
            .append(true)
            .open(self.path(said))
            .unwrap();
        let mut command = self.server();
        command
            .envs(own.iter().map(|(name, value)| (name, value)))
            .env("SIGNET_SERVER__LISTEN", &address)
            .env("SIGNET_SERVER__MANAGEMENT", format!("127.0.0.1:{}", free_port()))
            .stdout(file.try_clone().unwrap())
            .stderr(file);
        Self::spawn(&mut command, &format!("http://{address}"))
    }

    /// Runs `signet serve`, and does not wait for an answer.
    pub fn begin(&self) -> Serving {
        let mut command = self.server();
        let silent = command.stdin(Stdio::null()).stdout(Stdio::null());
        Serving(silent.stderr(Stdio::null()).spawn().unwrap())
    }

    /// `signet serve`. Nobody distributes requests here, so that it need not wait for anybody to notice its end, unless the
    /// story is about that.
    fn server(&self) -> Command {
        let mut command = self.command(&["serve"]);
        if !self.environment.iter().any(|(name, _)| name == DRAIN) {
            command.env(DRAIN, "0s");
        }
        command
    }

    fn start(mut command: Command, url: &str) -> Serving {
        Self::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()), url)
    }

    fn spawn(command: &mut Command, url: &str) -> Serving {
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let serving = Serving(child);
        let url = format!("{url}/jwks");
        until("the server answers", || http().get(&url).send().ok());
        serving
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let listen = self.issuer.trim_start_matches("http://");
        let mut command = Command::new(program());
        command
            .args(arguments)
            .arg("--config")
            .arg(self.path("signet.toml"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("SIGNET_SERVER__LISTEN", listen)
            .env(
                "SIGNET_SERVER__MANAGEMENT",
                format!("127.0.0.1:{}", self.management),
            );
        command
    }
}

/// What a verb said on standard error.
pub fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether others may read a file.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn run(command: &mut Command, input: &str) -> Output {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A program that fails early does not read; that is for the exit code to say.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}
