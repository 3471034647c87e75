//! Until when a certificate is good: the one thing we want to know of our own that TLS does not tell. No other part of it is
//! looked at, and nothing is verified.

use kernel::Timestamp;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]`, which wraps the version.
const VERSION: u8 = 0xa0;

/// From when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// `notBefore`.
    pub begins: Timestamp,
    /// `notAfter`.
    pub ends: Timestamp,
}

/// The validity of a certificate in DER (RFC 5280 4.1.2.5); nothing when it is none.
pub(super) fn of(certificate: &[u8]) -> Option<Validity> {
    let (inside, _) = expect(certificate, SEQUENCE)?;
    let (mut rest, _) = expect(inside, SEQUENCE)?;
    if let Some((_, after)) = expect(rest, VERSION) {
        rest = after;
    }
    let (_serial, rest) = expect(rest, INTEGER)?;
    let (_algorithm, rest) = expect(rest, SEQUENCE)?;
    let (_issuer, rest) = expect(rest, SEQUENCE)?;
    let (validity, _) = expect(rest, SEQUENCE)?;
    let (kind, text, rest) = element(validity)?;
    let begins = moment(kind, text)?;
    let (kind, text, _) = element(rest)?;
    let ends = moment(kind, text)?;
    Some(Validity { begins, ends })
}

/// The contents of an element of this kind, and what follows it.
fn expect(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (found, contents, rest) = element(bytes)?;
    (found == kind).then_some((contents, rest))
}

/// Kind and contents of the first element, and what follows it (X.690 8.1). Lengths of more than two bytes are none of a
/// certificate.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, bytes) = bytes.split_first()?;
    let (first, bytes) = bytes.split_first()?;
    let (length, bytes) = match first {
        0..=0x7f => (usize::from(*first), bytes),
        0x81 => (usize::from(*bytes.first()?), bytes.get(1..)?),
        0x82 => {
            let (high, low) = (bytes.first()?, bytes.get(1)?);
            (usize::from(u16::from_be_bytes([*high, *low])), bytes.get(2..)?)
        }
        _ => return None,
    };
    let (contents, rest) = bytes.split_at_checked(length)?;
    Some((*kind, contents, rest))
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` (RFC 5280 4.1.2.5.1 and 4.1.2.5.2).
fn moment(kind: u8, text: &[u8]) -> Option<Timestamp> {
    let digits = text.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
    };
    let (year, rest) = match (kind, digits.len()) {
        (UTC_TIME, 12) => {
            let year = number(&digits[..2]);
            (year + if year < 50 { 2000 } else { 1900 }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4]), &digits[4..]),
        _ => return None,
    };
    let two = |at: usize| number(&rest[at..at + 2]);
    let days = days_until(year, two(0), two(2));
    Some(Timestamp::from_secs(
        ((days * 24 + two(4)) * 60 + two(6)) * 60 + two(8),
    ))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. Years are counted from March, so that a leap day is the last.
fn days_until(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn ending(year: i32, month: u8, day: u8) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["id.example".to_owned()]).unwrap();
        params.not_before = date_time_ymd(1999, 12, 31);
        params.not_after = date_time_ymd(year, month, day);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_spellings() {
        for (year, month, day, told) in [
            (2000, 2, 29, "2000-02-29T00:00:00"),
            (2027, 3, 1, "2027-03-01T00:00:00"),
            (2049, 12, 31, "2049-12-31T00:00:00"),
            (2050, 1, 1, "2050-01-01T00:00:00"),
            (4096, 1, 1, "4096-01-01T00:00:00"),
        ] {
            let Validity { begins, ends: end } = of(&ending(year, month, day)).unwrap();
            assert!(begins.to_rfc3339().starts_with("1999-12-31T00:00:00"));
            assert!(end.to_rfc3339().starts_with(told), "{}", end.to_rfc3339());
        }
    }

    #[test]
    fn what_is_cut_anywhere_is_no_certificate() {
        let whole = ending(2027, 3, 1);
        for length in 0..whole.len() {
            assert_eq!(of(&whole[..length]), None, "{length}");
        }
    }
}
