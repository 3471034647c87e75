//! Writes the list in Redis anew from SQL, when it is missing or nobody can say what it lacks.
//!
//! One node does it, holding a key that expires. The epoch comes last, and only if that key is still held: had Redis been
//! flushed meanwhile, or had another node begun, the list would not be whole.

use kernel::Timestamp;
use session::Revocation;

use super::link::Link;
use super::message::add_revocation;
use super::{CacheFault, Place};
use crate::location::Location;
use crate::revocation::Reading;
use kernel::Access;

/// How long others wait for a node that said it would do it.
const HELD_MS: u32 = 10_000;
/// Entries in one trip.
const CHUNK: usize = 500;

/// Takes the key and removes the old list, in one step: a late removal would empty what another node has begun to write.
const TAKE: &str = "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then \
     redis.call('DEL', KEYS[2], KEYS[3]); return 1 end; return 0";

/// Tells that the list is whole, if the writer still holds its key.
const FINISH: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then \
     redis.call('SET', KEYS[2], ARGV[2]); redis.call('DEL', KEYS[1]); return 1 end; return 0";

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rebuilt {
    /// The list is whole, with so many entries.
    Whole(usize),
    /// Another node is at it, or has to be.
    Left,
}

/// Writes the list and gives it `epoch`.
pub fn rebuild(
    link: &mut Link,
    place: &Place,
    location: &Location,
    epoch: &str,
    now: Timestamp,
) -> Result<Rebuilt, CacheFault> {
    if !take(link, place)? {
        return Ok(Rebuilt::Left);
    }
    // What is committed from here on is announced after the old list is gone; what was committed before is in SQL.
    let entries = Reading::default().go_on(&mut location.connect(Access::Read)?, now)?;
    for chunk in entries.chunks(CHUNK) {
        if !write(link, place, chunk)? {
            return Ok(Rebuilt::Left);
        }
    }
    let names = &place.names;
    let mut pipe = redis::pipe();
    pipe.cmd("EVAL").arg(FINISH).arg(2);
    pipe.arg(&names.rebuilding).arg(&names.epoch);
    pipe.arg(&*place.node).arg(epoch);
    let (whole,): (bool,) = link.ask(&pipe)?;
    Ok(if whole {
        Rebuilt::Whole(entries.len())
    } else {
        Rebuilt::Left
    })
}

/// Whether this node may write; if so, the old list is gone.
fn take(link: &mut Link, place: &Place) -> Result<bool, CacheFault> {
    let names = &place.names;
    let mut pipe = redis::pipe();
    pipe.cmd("EVAL").arg(TAKE).arg(3);
    pipe.arg(&names.rebuilding).arg(&names.epoch).arg(&names.list);
    pipe.arg(&*place.node).arg(HELD_MS);
    let (taken,): (bool,) = link.ask(&pipe)?;
    Ok(taken)
}

/// Whether the key was still there afterwards.
fn write(link: &mut Link, place: &Place, entries: &[Revocation]) -> Result<bool, CacheFault> {
    let names = &place.names;
    let mut pipe = redis::pipe();
    for entry in entries {
        add_revocation(&mut pipe, &names.list, &place.node, entry);
    }
    pipe.cmd("PEXPIRE").arg(&names.rebuilding).arg(HELD_MS);
    let (held,): (bool,) = link.ask(&pipe)?;
    Ok(held)
}
