//! Reading primitives back into the words of the house, and the precise complaint when a row makes no sense.

use std::fmt::Display;
use std::str::FromStr;

use kernel::{Digest, StorageFault, Timestamp};
use protocol::Scope;
use serde::Serialize;
use serde::de::DeserializeOwned;
use session::{Amr, Authentication};

/// One value's place: table, column and the row's key.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// The row's key, as text.
    pub id: &'a str,
}

impl Column<'_> {
    /// The complaint.
    pub fn corrupt(self, reason: impl Display) -> StorageFault {
        StorageFault::Corrupt {
            table: self.table,
            column: self.column,
            id: self.id.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// An identifier or a word of a closed list.
    pub fn parse<T: FromStr<Err: Display>>(self, text: &str) -> Result<T, StorageFault> {
        text.parse().map_err(|error| self.corrupt(error))
    }

    /// A JSON document.
    pub fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, StorageFault> {
        serde_json::from_str(text).map_err(|error| self.corrupt(error))
    }

    /// A space-separated scope.
    pub fn scope(self, text: &str) -> Result<Scope, StorageFault> {
        Scope::parse(text).map_err(|error| self.corrupt(error))
    }

    /// The 32 bytes of a digest.
    pub fn digest<K>(self, bytes: &[u8]) -> Result<Digest<K>, StorageFault> {
        let bytes =
            <[u8; 32]>::try_from(bytes).map_err(|_| self.corrupt(format_args!("{} bytes", bytes.len())))?;
        Ok(Digest::from_bytes(bytes))
    }

    /// A number that is never negative.
    pub fn count(self, number: i64) -> Result<u32, StorageFault> {
        u32::try_from(number).map_err(|_| self.corrupt(format_args!("{number} is out of range")))
    }

    /// When and how somebody authenticated; `self` is the column of the methods.
    pub fn authentication(self, at: i64, methods: &str) -> Result<Authentication, StorageFault> {
        let methods: Vec<Amr> = self.json(methods)?;
        Ok(Authentication {
            at: Timestamp::from_millis(at),
            methods,
        })
    }
}

/// Names the columns of one row: `columns("users", &row.id)("state")`.
pub fn columns<'a>(table: &'static str, id: &'a str) -> impl Fn(&'static str) -> Column<'a> {
    move |column| Column { table, column, id }
}

/// A document as JSON text.
pub fn to_json<T: Serialize + ?Sized>(table: &'static str, value: &T) -> Result<String, StorageFault> {
    // Fails for maps whose keys are not text only; no stored type has one.
    serde_json::to_string(value).map_err(|error| StorageFault::Unavailable(format!("{table}: {error}")))
}
