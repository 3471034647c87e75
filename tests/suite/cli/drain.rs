//! The end of a server: it says that it wants no more, finishes what was begun, and tells whoever manages it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::Value;

use super::installation::{DRAIN, Installation, Serving, until};
use crate::actors::browser::{encode, http};

/// Longer than any story waits: the pause ends by a signal or is the reason why something fails.
const LONG: &str = "30m";

/// An installation whose server goes on serving for so long after SIGTERM.
fn draining(pause: &str) -> Installation {
    let mut installation = Installation::new();
    installation.set(DRAIN, pause);
    installation
}

/// A request whose body is still to come.
struct Begun {
    stream: TcpStream,
    body: String,
}

impl Begun {
    fn at(installation: &Installation) -> Self {
        let body = encode(&[("grant_type", "client_credentials"), ("client_id", "nobody")]);
        let address = installation.issuer.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let length = body.len();
        let head = format!(
            "POST /token HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        Self { stream, body }
    }

    /// Sends the rest; all that comes until the server closes.
    fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// How many requests are being answered.
fn active(installation: &Installation) -> usize {
    let metrics = http()
        .get(installation.management("/metrics"))
        .send()
        .unwrap()
        .text()
        .unwrap();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("http_server_active_requests "));
    line.unwrap().parse().unwrap()
}

/// What `/health/ready` says.
fn ready(installation: &Installation) -> (u16, Value) {
    let answer = http()
        .get(installation.management("/health/ready"))
        .send()
        .unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().unwrap()).unwrap())
}

#[track_caller]
fn until_draining(installation: &Installation) {
    until("it is no longer ready", || {
        (ready(installation).0 == 503).then_some(())
    });
}

fn is_refused(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 401") && answer.contains("invalid_client")
}

#[test]
fn it_goes_on_serving_while_others_notice_and_then_finishes_what_was_begun() {
    let installation = draining(LONG);
    let serving = installation.serve();
    let (status, told) = ready(&installation);
    assert_eq!(
        (status, &told["status"], &told["database"]),
        (200, &"ready".into(), &"ok".into()),
        "{told}"
    );
    assert_eq!(
        (&told["cache"], &told["keys"], &told["lacks"]),
        (&"none".into(), &"ok".into(), &Value::Array(vec![]))
    );
    let begun = Begun::at(&installation);
    until("the request is being answered", || {
        (active(&installation) == 1).then_some(())
    });

    serving.terminate();
    until_draining(&installation);
    let (_, told) = ready(&installation);
    assert_eq!(
        (&told["status"], &told["database"]),
        (&"draining".into(), &"ok".into()),
        "{told}"
    );
    let live = http()
        .get(installation.management("/health/live"))
        .send()
        .unwrap();
    assert_eq!(live.status(), 200);
    // Who has not noticed yet is served, each on a connection that ends with the answer.
    let late = http()
        .get(format!("{}/jwks", installation.issuer))
        .send()
        .unwrap();
    assert_eq!(
        (late.status().as_u16(), &late.headers()["connection"]),
        (200, &"close".parse().unwrap())
    );

    // A second signal: the pause is over, and nobody new is let in.
    serving.terminate();
    let address = installation.issuer.trim_start_matches("http://");
    until("nobody listens", || {
        TcpStream::connect(address).is_err().then_some(())
    });
    let answer = begun.finish();
    assert!(
        is_refused(&answer) && answer.to_lowercase().contains("connection: close"),
        "{answer}"
    );
    assert_eq!(serving.ended(), Some(0));
}

/// The pause would be longer than this story waits for the end.
#[test]
fn who_stops_it_by_hand_does_not_wait() {
    let installation = draining(LONG);
    let serving = installation.serve();
    let begun = Begun::at(&installation);
    until("the request is being answered", || {
        (active(&installation) == 1).then_some(())
    });
    serving.signal("INT");
    until_draining(&installation);
    assert!(is_refused(&begun.finish()));
    assert_eq!(serving.ended(), Some(0));
}

/// Somebody writes to the database, so that the start has to wait for its turn to migrate.
#[test]
fn a_signal_during_the_start_ends_it_and_a_hangup_does_not() {
    let installation = Installation::new();
    let database = installation.path("data/signet.db");
    let mut writer = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    writer.batch_execute("BEGIN IMMEDIATE").unwrap();
    let serving = installation.begin();
    for (number, signal) in [(1, "HUP"), (15, "TERM")] {
        until("the signal is taken", || serving.takes(number).then_some(()));
        serving.signal(signal);
    }
    writer.batch_execute("ROLLBACK").unwrap();
    assert_eq!(serving.ended(), Some(0));
}

/// Sixty, over as many connections, begun before the end and finished in any order after it: some while it still serves, some
/// once nobody new is let in.
#[test]
fn of_many_requests_under_way_not_one_is_cut() {
    let installation = draining(LONG);
    let serving = installation.serve();
    let mut early: Vec<Begun> = (0..60).map(|_| Begun::at(&installation)).collect();
    until("all are being answered", || {
        (active(&installation) == 60).then_some(())
    });
    serving.terminate();
    let late = early.split_off(20);
    until_draining(&installation);
    for one in early {
        assert!(is_refused(&one.finish()));
    }
    serving.terminate();
    let address = installation.issuer.trim_start_matches("http://");
    until("nobody listens", || {
        TcpStream::connect(address).is_err().then_some(())
    });
    thread::scope(|scope| {
        for one in late.into_iter().rev() {
            scope.spawn(|| {
                let answer = one.finish();
                assert!(is_refused(&answer), "{answer:?}");
            });
        }
    });
    assert_eq!(serving.ended(), Some(0));
}

/// Connections that are used again and again while it drains: each answer says when it is the last on its connection, and what
/// was asked before has its answer. Once nobody listens, asking ends.
#[test]
fn who_keeps_a_connection_is_told_that_it_ends() {
    let installation = draining("1s");
    let serving = installation.serve();
    let address = installation.issuer.trim_start_matches("http://").to_owned();
    thread::scope(|scope| {
        let askers: Vec<_> = (0..8).map(|_| scope.spawn(|| ask_on_and_on(&address))).collect();
        serving.terminate();
        for asker in askers {
            assert!(asker.join().unwrap() > 0);
        }
    });
    assert_eq!(serving.ended(), Some(0));
}

/// Asks until nobody listens; how often it was answered.
fn ask_on_and_on(address: &str) -> usize {
    let mut answered = 0;
    while let Ok(mut stream) = TcpStream::connect(address) {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        loop {
            let request = format!("GET /jwks HTTP/1.1\r\nHost: {address}\r\n\r\n");
            let head = stream
                .write_all(request.as_bytes())
                .ok()
                .and_then(|()| head_and_body(&mut stream));
            let Some(head) = head else {
                // A connection that nobody had accepted when the door was closed; on one that was, there is an answer.
                assert!(
                    TcpStream::connect(address).is_err(),
                    "cut after {answered} answers"
                );
                return answered;
            };
            answered += 1;
            if head.to_lowercase().contains("connection: close") {
                break;
            }
        }
    }
    answered
}

/// The head of the next answer, and its body thrown away; nothing if the connection ends before.
fn head_and_body(stream: &mut TcpStream) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).ok()?;
    Some(head)
}

/// A service manager that listens.
struct Manager(UnixDatagram);

impl Manager {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self(socket)
    }

    /// The next thing it is told, other than that all is well.
    #[track_caller]
    fn hears(&self) -> String {
        loop {
            let told = self.hears_any();
            if told != "WATCHDOG=1\n" {
                return told;
            }
        }
    }

    #[track_caller]
    fn hears_any(&self) -> String {
        let mut buffer = [0; 512];
        let length = self.0.recv(&mut buffer).expect("told in time");
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }
}

fn managed() -> (Installation, Manager) {
    let mut installation = draining("0s");
    let path = installation.path("notify");
    let manager = Manager::at(&path);
    installation.set("NOTIFY_SOCKET", path.to_str().unwrap());
    (installation, manager)
}

#[test]
fn the_service_manager_is_told_of_beginning_reloading_and_end() {
    let (installation, manager) = managed();
    let serving = installation.serve();
    assert_eq!(manager.hears(), "READY=1\n");
    assert_eq!(ready(&installation).0, 200);
    serving.signal("HUP");
    let reloading = manager.hears();
    let at = reloading
        .strip_prefix("RELOADING=1\nMONOTONIC_USEC=")
        .unwrap_or_else(|| panic!("{reloading}"));
    assert!(at.trim_end().parse::<u64>().unwrap() > 0);
    assert_eq!(manager.hears(), "READY=1\n");
    serving.terminate();
    assert_eq!(manager.hears(), "STOPPING=1\n");
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn the_watchdog_is_fed_while_threads_get_on_and_not_when_they_are_stopped() {
    let (mut installation, manager) = managed();
    installation.set("WATCHDOG_USEC", "2000000");
    let serving = installation.serve();
    assert_eq!(manager.hears(), "READY=1\n");
    for _ in 0..3 {
        assert_eq!(manager.hears_any(), "WATCHDOG=1\n");
    }
    stopped_is_silent(&serving, &manager);
    serving.terminate();
    assert_eq!(manager.hears(), "STOPPING=1\n");
}

/// A process that gets no time says nothing.
fn stopped_is_silent(serving: &Serving, manager: &Manager) {
    serving.signal("STOP");
    manager.0.set_nonblocking(true).unwrap();
    // What was said before it stopped.
    let mut buffer = [0; 512];
    while manager.0.recv(&mut buffer).is_ok() {}
    manager.0.set_nonblocking(false).unwrap();
    manager.0.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    assert!(manager.0.recv(&mut buffer).is_err());
    manager.0.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    serving.signal("CONT");
    assert_eq!(manager.hears_any(), "WATCHDOG=1\n");
}
