//! The notes: a board for each person, in memory, with room for so many notes. When it is full, the oldest falls off.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::Timestamp;
use serde::Serialize;

use crate::bounded::Bounded;

/// Most boards kept; the oldest goes first.
const BOARDS: usize = 1_000;
/// Most notes on a board.
const NOTES: usize = 20;
/// Longest note, in characters.
pub(crate) const LONGEST: usize = 280;

/// Who pins the notes that are there from the beginning.
const HOUSE: &str = "demo-api";
const FIRST_NOTES: [&str; 2] = [
    "Ask Ines for dahlia bulbs.",
    "Train to Lisbon: Friday, 17:42. Bring the rain jacket.",
];

/// A note on a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PinnedNote {
    /// Counts up on its board.
    id: u64,
    text: String,
    /// `client_id` of the program that did it.
    pinned_by: String,
    /// RFC 3339.
    pinned_at: String,
}

/// The text is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("text must have 1 to {LONGEST} characters")]
pub(crate) struct BadText;

/// All boards, by `sub`.
pub(crate) struct Pinboards(Bounded<Arc<Mutex<Board>>>);

struct Board {
    notes: VecDeque<PinnedNote>,
    next: u64,
}

impl Pinboards {
    /// No boards yet.
    pub(crate) fn new() -> Self {
        Self(Bounded::new(BOARDS))
    }

    /// Somebody's notes, oldest first.
    pub(crate) fn notes(&self, sub: &str, now: Timestamp) -> Vec<PinnedNote> {
        self.board(sub, now, |board| board.notes.iter().cloned().collect())
    }

    /// Pins a note to somebody's board.
    pub(crate) fn pin(
        &self,
        sub: &str,
        text: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<PinnedNote, BadText> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(BadText);
        }
        Ok(self.board(sub, now, |board| board.pin(text, client_id, now)))
    }

    fn board<R>(&self, sub: &str, now: Timestamp, act: impl FnOnce(&mut Board) -> R) -> R {
        let board = self
            .0
            .get_or_insert_with(sub, || Arc::new(Mutex::new(Board::begun(now))));
        act(&mut board.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Board {
    fn begun(now: Timestamp) -> Self {
        let mut board = Self {
            notes: VecDeque::new(),
            next: 1,
        };
        for text in FIRST_NOTES {
            board.pin(text, HOUSE, now);
        }
        board
    }

    fn pin(&mut self, text: &str, client_id: &str, now: Timestamp) -> PinnedNote {
        let note = PinnedNote {
            id: self.next,
            text: text.to_owned(),
            pinned_by: client_id.to_owned(),
            pinned_at: now.to_rfc3339(),
        };
        self.next += 1;
        if self.notes.len() == NOTES {
            self.notes.pop_front();
        }
        self.notes.push_back(note.clone());
        note
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_763_785_200);

    fn texts(boards: &Pinboards, sub: &str) -> Vec<String> {
        let notes = boards.notes(sub, NOW);
        notes.into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn everybody_has_a_board_of_their_own() {
        let boards = Pinboards::new();
        boards.pin("alice", " Water the dahlias\n", "notes", NOW).unwrap();
        assert_eq!(texts(&boards, "alice")[2], "Water the dahlias");
        assert_eq!(texts(&boards, "bob"), FIRST_NOTES);
    }

    #[test]
    fn the_oldest_note_falls_off_a_full_board() {
        let boards = Pinboards::new();
        for number in 0..NOTES {
            boards.pin("alice", &number.to_string(), "notes", NOW).unwrap();
        }
        let notes = boards.notes("alice", NOW);
        assert_eq!(
            (notes.len(), notes[0].text.as_str(), notes[0].id),
            (NOTES, "0", 3)
        );
    }

    #[test]
    fn a_note_has_a_length() {
        let boards = Pinboards::new();
        for (text, fits) in [
            ("", false),
            (" \n ", false),
            (&"é".repeat(LONGEST), true),
            (&"é".repeat(LONGEST + 1), false),
        ] {
            assert_eq!(boards.pin("alice", text, "notes", NOW).is_ok(), fits, "{text:.3}");
        }
    }
}
