//! How a request is changed: bytes, parameters, whole pieces, and values that have broken others before.

use super::dice::Dice;

/// Values that mean something to somebody.
const ODD: [&[u8]; 40] = [
    b"",
    b"0",
    b"-1",
    b"1e999",
    b"9223372036854775808",
    b"18446744073709551616",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":{\"a\":",
    b"%00",
    b"%ff",
    b"%c0%af",
    b"%",
    b"%4",
    b"%zz",
    b"%0d%0aSet-Cookie:%20signet=x",
    b"%0d%0a%0d%0a",
    b"\x00",
    b"\x7f",
    b"\xff\xfe",
    "\u{202e}\u{feff}\u{1F511}".as_bytes(),
    "%E2%80%AE%F0%9F%94%91".as_bytes(),
    b"%22%3E%3Cscript%3Efuzz(1)%3C%2Fscript%3E",
    b"'%20OR%201=1%20--",
    b"..%2F..%2Fetc%2Fpasswd",
    b"{{7*7}}",
    b"https://evil.test/",
    b"//evil.test",
    b"https%3A%2F%2Fevil.test%2F%40rp.test%2Fcb",
    b"javascript:alert(1)",
    b"eyJhbGciOiJub25lIn0.e30.",
    b"eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uLyJ9.eyJzdWIiOiJ4In0.AA",
    b"Bearer",
    b"Basic Og==",
    b"openid openid openid",
    b"&&&&===",
    b";,;,\"",
];

/// Changes `text` once. `other` is another request, to take from.
pub fn mutate(text: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(text.len() + 1);
    match dice.below(10) {
        0 if at < text.len() => text[at] = dice.byte(),
        1 if at < text.len() => text[at] ^= 1 << dice.below(8),
        2 => text.insert(at, dice.byte()),
        3 => drop(text.drain(at..(at + dice.below(16)).min(text.len()))),
        4 => text.truncate(at),
        5 => replace_value(text, dice),
        6 => repeat_parameter(text, dice),
        7 => {
            let from = dice.below(other.len());
            let piece = other[from..(from + dice.below(80)).min(other.len())].to_vec();
            drop(text.splice(at..at, piece));
        }
        8 => {
            let odd = *dice.choose(&ODD);
            drop(text.splice(at..at, odd.iter().copied()));
        }
        _ => {
            let (byte, times) = (dice.byte(), dice.below(3_000));
            drop(text.splice(at..at, std::iter::repeat_n(byte, times)));
        }
    }
}

/// Where parameters are: between `?` or `&` and the next `&`, space or end.
fn parameter(text: &[u8], dice: &mut Dice) -> Option<(usize, usize)> {
    let starts: Vec<usize> = (0..text.len())
        .filter(|at| matches!(text[*at], b'?' | b'&'))
        .collect();
    if starts.is_empty() {
        return None;
    }
    let start = dice.choose(&starts) + 1;
    let length = text[start..]
        .iter()
        .position(|byte| matches!(byte, b'&' | b' ' | b'\n'));
    Some((start, length.map_or(text.len(), |length| start + length)))
}

fn replace_value(text: &mut Vec<u8>, dice: &mut Dice) {
    if let Some((start, end)) = parameter(text, dice) {
        let name = text[start..end].iter().position(|byte| *byte == b'=');
        let value = name.map_or(end, |name| start + name + 1);
        let odd = *dice.choose(&ODD);
        drop(text.splice(value..end, odd.iter().copied()));
    }
}

fn repeat_parameter(text: &mut Vec<u8>, dice: &mut Dice) {
    if let Some((start, end)) = parameter(text, dice) {
        let again = [&text[start..end], b"&"].concat();
        drop(text.splice(start..start, again));
    }
}
