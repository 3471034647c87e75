//! Looks at the head of a request as it comes in, for lines that end in a line feed alone.
//!
//! RFC 9112 2.2 lets a reader take them for lines, and the HTTP library does. Another reader before us may not; between the
//! two a second request can hide. So such a line feed becomes a zero byte, which no head may contain (RFC 9110 5.5), and the
//! library refuses the request. Of requests sent along behind another one only the first is looked at: a proxy, the one
//! other reader there is, writes heads anew.

/// How far a head has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Head {
    last: u8,
    line: Line,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Line {
    /// Nothing but empty lines so far, which may come before a request (RFC 9112 2.2).
    #[default]
    None,
    /// Something is in this line.
    Begun,
    /// Nothing is in this line yet.
    Empty,
    /// The head has ended; what follows is a body.
    After,
}

impl Head {
    /// Goes through the next bytes, and spoils them where a line feed stands alone.
    pub(super) fn inspect(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            match (*byte, self.line) {
                (_, Line::After) => return,
                (b'\n', _) if self.last != b'\r' => {
                    *byte = 0;
                    self.line = Line::After;
                }
                (b'\n', Line::Begun) => self.line = Line::Empty,
                (b'\n', Line::Empty) => self.line = Line::After,
                (b'\r' | b'\n', _) => {}
                _ => self.line = Line::Begun,
            }
            self.last = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    /// What becomes of a text that comes in pieces of that size.
    fn inspected(text: &str, piece: usize) -> String {
        let mut bytes = text.as_bytes().to_vec();
        let mut head = Head::default();
        bytes.chunks_mut(piece).for_each(|piece| head.inspect(piece));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn only_a_line_feed_alone_is_spoilt() {
        let proper = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nbody\nwith\n\nlines";
        let cases = [
            (proper, proper),
            ("GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\0Host: a\n\n"),
            (
                "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\0X: 1\r\n\r\n",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\n\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\0",
            ),
            ("\nGET / HTTP/1.1\r\n", "\0GET / HTTP/1.1\r\n"),
        ];
        for (text, expected) in cases {
            for piece in 1..20 {
                assert_eq!(inspected(text, piece), expected, "in pieces of {piece}");
            }
        }
    }
}
