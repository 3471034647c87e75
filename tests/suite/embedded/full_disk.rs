//! The disk is full: what reads goes on, what writes is told to come back, and with room everything works again.
//!
//! The disk is one of a few megabytes in memory, mounted where nobody but the server sees it, so that it goes away with it.
//! Root mounts it as such; anybody else as the root of a user namespace.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kernel::{Clock as _, SystemClock, Timestamp};
use reqwest::header::RETRY_AFTER;
use tempfile::TempDir;

use super::caller::{Caller, Cookies, heard};
use super::remains;
use crate::actors::attacker::Answer;
use crate::actors::browser::http;
use crate::audit::count;
use crate::cli::alice;
use crate::cli::installation::{Installation, program, until};

/// How soon everything works when there is room again.
const RECOVERED: Duration = Duration::from_secs(10);
/// How soon what can still work answers, in 99 of 100 cases.
const PROMPT: Duration = Duration::from_secs(1);

/// Makes the disk, puts the database there, and becomes the server.
const MOVE: &str = r#"
    mount -t tmpfs -o size=12m,mode=700 disk "$1" && cp "$2"/* "$1" || exit 1
    shift 2
    exec "$@"
"#;

/// A server whose database is on a small disk.
struct Cramped {
    installation: Installation,
    caller: Caller,
    cookies: Cookies,
    server: Child,
}

impl Drop for Cramped {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

impl Cramped {
    fn new() -> Self {
        let mut installation = Installation::new();
        let caller = Caller::new(&installation);
        alice(&installation);
        let disk = installation.path("disk");
        fs::create_dir(&disk).unwrap();
        let url = format!("sqlite://{}", disk.join("signet.db").display());
        let server = serve(&installation, &url);
        installation.set("SIGNET_DATABASE__URL", &url);
        let jwks = caller.url("/jwks");
        until("the server answers", || http().get(&jwks).send().ok());
        let cookies = caller.cookies("alice");
        Self {
            installation,
            caller,
            cookies,
            server,
        }
    }

    /// A file on the disk, as only its server sees it.
    fn on_disk(&self, name: &str) -> PathBuf {
        let path = self.installation.path("disk").join(name);
        PathBuf::from(format!("/proc/{}/root{}", self.server.id(), path.display()))
    }

    /// A copy of the database, where SQLite finds it: it would follow the way through the server to a place outside.
    fn copy(&self) -> (TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        for name in ["signet.db", "signet.db-wal"] {
            fs::copy(self.on_disk(name), dir.path().join(name)).unwrap();
        }
        let database = dir.path().join("signet.db");
        (dir, database)
    }

    /// Leaves no room.
    fn fill(&self) {
        let mut file = File::create(self.on_disk("something else")).unwrap();
        while file.write_all(&[7; 4096]).is_ok() {}
    }

    /// Makes room.
    fn clear(&self) {
        fs::remove_file(self.on_disk("something else")).unwrap();
    }

    /// Lines of its log with these words.
    fn log(&self, words: &str) -> usize {
        let said = fs::read_to_string(self.installation.path("said.err")).unwrap();
        said.lines().filter(|line| line.contains(words)).count()
    }

    fn get(&self, path: &str, bearer: &str) -> Answer {
        heard(http().get(self.caller.url(path)).bearer_auth(bearer)).unwrap()
    }
}

fn serve(installation: &Installation, url: &str) -> Child {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        command.args(["--user", "--map-root-user"]);
    }
    let said = File::create(installation.path("said.err")).unwrap();
    command
        .args(["sh", "-c", MOVE, "sh"])
        .args([installation.path("disk"), installation.path("data"), program()])
        .args(["serve", "--config"])
        .arg(installation.path("signet.toml"))
        .env("SIGNET_DATABASE__URL", url)
        .env(
            "SIGNET_SERVER__LISTEN",
            installation.issuer.trim_start_matches("http://"),
        )
        .env(
            "SIGNET_SERVER__MANAGEMENT",
            installation.management("").trim_start_matches("http://"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said);
    command.spawn().unwrap()
}

/// 503 and when to come back.
#[track_caller]
fn comes_back(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.headers.contains_key(RETRY_AFTER), "{answer:?}");
    assert!(!answer.body.contains("disk"), "{answer:?}");
}

/// 99 of 100 of these were answered so soon.
fn prompt(mut took: Vec<Duration>) {
    took.sort_unstable();
    let most = took[took.len() * 99 / 100];
    assert!(most < PROMPT, "{most:?}");
}

fn since(began: Timestamp) -> Duration {
    SystemClock.now().since(began)
}

#[test]
fn with_a_full_disk_reading_goes_on_and_nothing_acknowledged_is_lost() {
    let cramped = Cramped::new();
    let (caller, cookies) = (&cramped.caller, &cramped.cookies);
    let robot = caller.robot().unwrap();
    let given = caller.redeem(&caller.code(cookies).unwrap()).unwrap();
    let (access, refresh) = (given.granted(), given.text("refresh_token"));
    let code = caller.code(cookies).unwrap();

    cramped.fill();
    let mut people = Vec::new();
    let first = until("the disk is full", || {
        let name = format!("person{}", people.len());
        let answer = caller.create(&robot, &name).unwrap();
        if answer.status == 201 {
            people.push(name);
            return None;
        }
        Some(answer)
    });
    comes_back(&first);
    comes_back(&caller.redeem(&code).unwrap());
    comes_back(&caller.refresh(refresh).unwrap());
    comes_back(&caller.revoke(refresh).unwrap());
    comes_back(&caller.authorize(cookies).unwrap());
    comes_back(&caller.authorize(&Cookies::new()).unwrap());

    let mut took = Vec::new();
    for round in 0..100 {
        let began = SystemClock.now();
        for path in ["/.well-known/openid-configuration", "/jwks", "/userinfo"] {
            assert_eq!(cramped.get(path, access).status, 200, "{path}");
        }
        assert!(caller.is_active(access), "what could not be revoked is not");
        took.push(since(began));
        if round % 10 == 0 {
            comes_back(&caller.refresh(refresh).unwrap());
        }
    }
    prompt(took);

    let (_before, database) = cramped.copy();
    remains::are_whole(&database);
    cramped.clear();
    let began = SystemClock.now();
    let next = until("it writes again", || {
        let answer = caller.refresh(refresh).unwrap();
        (answer.status == 200).then_some(answer)
    });
    assert!(since(began) < RECOVERED);
    next.granted();
    // A while of ordinary life, until the log believes it, too.
    for _ in 0..12 {
        caller.code(cookies).unwrap();
    }
    caller.redeem(&code).unwrap().granted();
    let (_dir, database) = cramped.copy();
    for name in &people {
        assert_eq!(
            count(&database, &format!("users WHERE username = '{name}'")),
            1,
            "{name}"
        );
    }
    assert_eq!(
        count(
            &database,
            &format!("users WHERE username = 'person{}'", people.len())
        ),
        0
    );
    remains::are_whole(&database);
    assert_eq!(cramped.log("the database cannot be written"), 1);
    assert_eq!(cramped.log("the database can be written again"), 1);
}
