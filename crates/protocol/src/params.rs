//! Request parameters: decoded strictly, each at most once (RFC 6749 3.1, 3.2).
//!
//! `resource` (RFC 8707 2) and `audience` (RFC 8693 2.1) alone may repeat. A parameter without a value counts as
//! omitted.

/// Names that may be given more than once.
const REPEATABLE: [&str; 2] = ["resource", "audience"];

/// The text is not `application/x-www-form-urlencoded` in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParamsFault {
    /// A `%` without two hex digits, or bytes that are no UTF-8.
    #[error("the parameters are not valid form encoding in UTF-8")]
    Malformed,
    /// More parameters than any honest request has.
    #[error("too many parameters")]
    TooMany,
}

/// Decoded parameters in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    const MAX_PAIRS: usize = 100;

    /// Decodes a query string or form body.
    ///
    /// # Errors
    /// [`ParamsFault`] when the encoding is broken or there are more than 100 parameters.
    pub fn parse(encoded: &[u8]) -> Result<Self, ParamsFault> {
        let mut pairs = Vec::new();
        for pair in encoded.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == Self::MAX_PAIRS {
                return Err(ParamsFault::TooMany);
            }
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let name = decode(&pair[..at])?;
            let value = decode(pair.get(at + 1..).unwrap_or_default())?;
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// From decoded pairs, for saved requests and tests.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self {
            pairs: pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect(),
        }
    }

    /// The value of `name`; an empty one counts as omitted. Of repeated ones the first: see [`Params::is_repeated`].
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(own, value)| own == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of `name` that are not empty.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(own, value)| own == name && !value.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// Whether `name` was given more than once, even with equal or empty values.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.pairs.iter().filter(|(own, _)| own == name).count() > 1
    }

    /// The first name that was repeated though it must not be.
    pub fn first_repeated(&self) -> Option<&str> {
        self.pairs
            .iter()
            .map(|(name, _)| name.as_str())
            .find(|name| !REPEATABLE.contains(name) && self.is_repeated(name))
    }

    /// The pairs whose names are among `names` and whose values are not longer than `max` bytes.
    pub fn keep(&self, names: &[&str], max: usize) -> Params {
        let wanted = |(name, value): &&(String, String)| names.contains(&name.as_str()) && value.len() <= max;
        Self {
            pairs: self.pairs.iter().filter(wanted).cloned().collect(),
        }
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }
}

/// Decodes one name or value; `+` is a space (WHATWG URL, application/x-www-form-urlencoded).
///
/// # Errors
/// [`ParamsFault::Malformed`].
pub fn decode(encoded: &[u8]) -> Result<String, ParamsFault> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (hex(rest.next())?, hex(rest.next())?);
                high << 4 | low
            }
            other => other,
        });
    }
    // Nothing we know has a zero byte in it, and not every database takes one.
    if bytes.contains(&0) {
        return Err(ParamsFault::Malformed);
    }
    String::from_utf8(bytes).map_err(|_| ParamsFault::Malformed)
}

fn hex(digit: Option<&u8>) -> Result<u8, ParamsFault> {
    digit
        .and_then(|d| char::from(*d).to_digit(16))
        .and_then(|d| u8::try_from(d).ok())
        .ok_or(ParamsFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_and_keeps_bytes() {
        let params = Params::parse(b"state=a%2Bb+c%3D&empty=&flag&x=1").unwrap();
        assert_eq!(params.get("state"), Some("a+b c="));
        assert_eq!(params.get("empty"), None);
        assert_eq!(params.get("flag"), None);
        assert_eq!(params.get("x"), Some("1"));
    }

    #[test]
    fn sees_repetition_even_of_empty_values() {
        let params = Params::parse(b"scope=a&scope=&resource=x&resource=y").unwrap();
        assert_eq!(params.first_repeated(), Some("scope"));
        assert_eq!(params.all("resource").count(), 2);
    }

    #[test]
    fn refuses_broken_encoding() {
        for bad in [
            &b"a=%"[..],
            b"a=%4",
            b"a=%zz",
            b"a=%ff",
            b"\xff=1",
            b"a=%00",
            b"\0=1",
        ] {
            assert_eq!(Params::parse(bad), Err(ParamsFault::Malformed));
        }
        assert_eq!(
            Params::parse("a&".repeat(101).as_bytes()),
            Err(ParamsFault::TooMany)
        );
    }
}
