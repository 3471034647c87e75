//! Ports a web server may have.

/// Ports from 1024 up that belong to other protocols; browsers refuse them too (Fetch 2.9, "bad port").
const TAKEN: [u16; 22] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 8021, 9100, 10_080, 11_211,
];

/// Whether something other than a web server lives at the port. Below 1024 only 80 and 443 are the web's, so the rule is
/// stricter there than a browser's: a mail or shell server has no reason to hear from a provider of sign-in, and its
/// greeting must not tell a stranger that it is there.
pub(crate) fn is_foreign(port: u16) -> bool {
    match port {
        80 | 443 => false,
        0..1024 => true,
        port => TAKEN.contains(&port),
    }
}

#[cfg(test)]
mod tests {
    use super::is_foreign;

    #[test]
    fn web_servers_keep_their_ports() {
        for port in [80, 443, 1024, 3000, 4443, 8000, 8080, 8443, 9443, 65_535] {
            assert!(!is_foreign(port), "{port}");
        }
        for port in [
            0, 1, 21, 22, 23, 25, 53, 110, 143, 389, 445, 465, 587, 993, 1023, 5060, 6000, 6667, 10_080,
        ] {
            assert!(is_foreign(port), "{port}");
        }
    }
}
