//! What a browser says about itself, in words: "Firefox on Linux".
//!
//! Good enough to recognise one's own devices by. Nothing is decided by it: anybody can say anything there.

use i18n::{Filled, Form, Markup, Said, Say, Words, WordsFault};

/// A browser on a system, as far as it says. Both are names of ours for what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceName {
    browser: Option<&'static str>,
    system: Option<&'static str>,
}

/// Browsers, the more particular first: most of them name those they descend from as well.
const BROWSERS: [(&str, &str); 14] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Systems, likewise: Android says Linux, an iPhone says Mac OS X.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("BSD", "BSD"),
];

impl DeviceName {
    /// Of a `User-Agent` header.
    pub fn of(user_agent: Option<&str>) -> Self {
        let told = user_agent.unwrap_or_default();
        let find = |known: &[(&str, &'static str)]| {
            let named = known.iter().find(|(mark, _)| told.contains(mark));
            named.map(|(_, name)| *name)
        };
        Self {
            browser: find(&BROWSERS),
            system: find(&SYSTEMS),
        }
    }
}

/// The names are isolated as names are; the words around them are the page's.
impl Said for DeviceName {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        match (&self.browser, &self.system) {
            (Some(browser), Some(system)) => Say::new("device")
                .with("browser", browser)
                .with("system", system)
                .said(words, form, markup),
            (Some(browser), None) => browser.said(words, form, markup),
            (None, Some(system)) => Say::new("device-of-system")
                .with("system", system)
                .said(words, form, markup),
            (None, None) => Say::new("device-unknown").said(words, form, markup),
        }
    }
}

#[cfg(test)]
mod tests {
    use i18n::Language;

    use super::*;

    fn named(user_agent: Option<&str>) -> Filled {
        let words = Words::of(Language::English);
        DeviceName::of(user_agent)
            .said(words, Form::Text, Markup::Bare)
            .expect("said")
    }

    #[test]
    fn common_browsers_are_named() {
        for (user_agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            ("curl/8.5.0", "curl"),
            ("Something (Windows)", "A browser on Windows"),
            ("<script>", "An unknown device"),
        ] {
            assert_eq!(named(Some(user_agent)), Filled::Text(words.to_owned()));
        }
        assert_eq!(named(None), Filled::Text("An unknown device".to_owned()));
    }
}
