//! The fixed content of the two applications: just enough to tell them apart. Nobody's data, and nothing is stored.

use crate::app::AppName;

/// A note.
pub(crate) struct Note {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

/// An appointment.
pub(crate) struct Appointment {
    pub(crate) day: &'static str,
    pub(crate) time: &'static str,
    pub(crate) what: &'static str,
}

/// What an application shows besides the sign-in.
pub(crate) enum Content {
    Notes(&'static [Note]),
    Week(&'static [Appointment]),
}

/// The content of an application.
pub(crate) const fn content(app: AppName) -> Content {
    match app {
        AppName::Notes => Content::Notes(&NOTES),
        AppName::Calendar => Content::Week(&WEEK),
    }
}

const NOTES: [Note; 3] = [
    Note {
        title: "Reading list",
        text: "The Timeless Way of Building. Then the one about lighthouses.",
    },
    Note {
        title: "Packing for Lisbon",
        text: "Train tickets, rain jacket, the small camera, a book.",
    },
    Note {
        title: "Garden",
        text: "Cut back the roses before the first frost. Ask Ines for dahlia bulbs.",
    },
];

const WEEK: [Appointment; 5] = [
    Appointment {
        day: "Mon",
        time: "09:30",
        what: "Planning, the quiet room",
    },
    Appointment {
        day: "Tue",
        time: "12:15",
        what: "Lunch with Ines",
    },
    Appointment {
        day: "Wed",
        time: "16:00",
        what: "Dentist",
    },
    Appointment {
        day: "Thu",
        time: "10:00",
        what: "Design review",
    },
    Appointment {
        day: "Fri",
        time: "17:42",
        what: "Train to Lisbon",
    },
];
