//! A wire between a node and a server, which a story can cut or make swallow everything without a word.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// What becomes of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// They arrive.
    Whole,
    /// They go nowhere, and nobody is told: connections stay open, new ones are taken.
    Silent,
    /// Connections end, new ones too.
    Cut,
}

/// The wire.
pub struct Relay {
    /// Where it begins on this machine.
    pub port: u16,
    state: Arc<State>,
}

struct State {
    target: u16,
    wire: Mutex<Wire>,
    changed: Condvar,
    open: Mutex<Vec<TcpStream>>,
}

impl Relay {
    /// To that port of this machine.
    pub fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            target,
            wire: Mutex::new(Wire::Whole),
            changed: Condvar::new(),
            open: Mutex::default(),
        });
        let own = Arc::downgrade(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(state) = own.upgrade() else { return };
                let near = stream.unwrap();
                thread::spawn(move || state.carry(near));
            }
        });
        Self { port, state }
    }

    /// From now on bytes fare like this.
    pub fn set(&self, wire: Wire) {
        *self.state.wire.lock().unwrap() = wire;
        self.state.changed.notify_all();
        if wire == Wire::Cut {
            for stream in self.state.open.lock().unwrap().drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.set(Wire::Cut);
        // Wakes who accepts, and finds nobody behind the wire any more.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    /// Waits while the wire is silent. Whether it still leads anywhere.
    fn leads(&self) -> bool {
        let wire = self.wire.lock().unwrap();
        let wire = self.changed.wait_while(wire, |wire| *wire == Wire::Silent);
        *wire.unwrap() == Wire::Whole
    }

    fn carry(self: Arc<Self>, near: TcpStream) {
        if !self.leads() {
            return;
        }
        let Ok(far) = TcpStream::connect(("127.0.0.1", self.target)) else {
            return;
        };
        for stream in [&near, &far] {
            stream.set_nodelay(true).unwrap();
        }
        let clone = |stream: &TcpStream| stream.try_clone().unwrap();
        self.open.lock().unwrap().extend([clone(&near), clone(&far)]);
        let (state, back) = (Arc::clone(&self), (clone(&far), clone(&near)));
        thread::spawn(move || state.pour(back.0, back.1));
        self.pour(near, far);
    }

    /// One direction, to its end.
    fn pour(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = from.read(&mut buffer).unwrap_or(0);
            if !self.leads() || read == 0 || to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        for stream in [from, to] {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
