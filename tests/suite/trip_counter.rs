//! A wire between a node and its database that counts round trips: how often the node says something and has to wait.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::rig::Provider;

/// The wire.
pub struct TripCounter {
    port: u16,
    trips: Arc<AtomicU64>,
}

impl TripCounter {
    /// To that port of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let counter = Self {
            port: listener.local_addr().unwrap().port(),
            trips: Arc::default(),
        };
        let trips = Arc::downgrade(&counter.trips);
        thread::spawn(move || {
            for near in listener.incoming() {
                let Some(trips) = trips.upgrade() else { return };
                carry(
                    near.unwrap(),
                    TcpStream::connect(("127.0.0.1", port)).unwrap(),
                    trips,
                );
            }
        });
        counter
    }

    /// The same database, through this wire.
    pub fn url(&self, direct: &str) -> String {
        let mut url = url::Url::parse(direct).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }

    /// What an act takes: units of work that read, those that may write, round trips. The least of several times, because the
    /// node also has things of its own to ask.
    pub fn least(&self, node: &Provider, times: u32, mut act: impl FnMut()) -> (u64, u64, u64) {
        let now = || {
            let (reads, writes) = node.storage.work();
            (reads, writes, self.trips.load(Ordering::SeqCst))
        };
        let mut once = || {
            let before = now();
            act();
            let after = now();
            (after.0 - before.0, after.1 - before.1, after.2 - before.2)
        };
        (0..times).map(|_| once()).min().unwrap()
    }
}

/// A trip begins when the node speaks after the server did.
fn carry(near: TcpStream, far: TcpStream, trips: Arc<AtomicU64>) {
    let waits = Arc::new(AtomicBool::new(false));
    let (from_node, to_server) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    let asked = Arc::clone(&waits);
    thread::spawn(move || {
        pump(from_node, to_server, || {
            if !asked.swap(true, Ordering::SeqCst) {
                trips.fetch_add(1, Ordering::SeqCst);
            }
        });
    });
    thread::spawn(move || pump(far, near, || waits.store(false, Ordering::SeqCst)));
}

fn pump(mut from: TcpStream, mut to: TcpStream, note: impl Fn()) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        note();
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
