//! SPDX licence expressions (SPDX 2.3, annex D): OR, AND, WITH and parentheses, AND binding closer than OR.
//! Also `/`, which older manifests write for OR. Owns the grammar; which licences are allowed is the caller's.

/// Whether some choice among the alternatives of `expression` uses only licences that are `allowed`. A licence with an
/// exception is asked for as one: `Apache-2.0 WITH LLVM-exception`. Errors say what the expression lacks.
pub(super) fn satisfied(expression: &str, allowed: impl Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut reader = Reader {
        words: spaced.split_whitespace().collect(),
        at: 0,
        allowed,
    };
    let verdict = reader.any_of()?;
    match reader.next() {
        None => Ok(verdict),
        Some(word) => Err(format!("{word:?} is one word too many")),
    }
}

struct Reader<'a, F> {
    words: Vec<&'a str>,
    at: usize,
    allowed: F,
}

impl<'a, F: Fn(&str) -> bool> Reader<'a, F> {
    /// `all_of ("OR" all_of)*`. Both sides are read before they are joined, whatever the first one said.
    fn any_of(&mut self) -> Result<bool, String> {
        let mut verdict = self.all_of()?;
        while self.took("OR") {
            verdict |= self.all_of()?;
        }
        Ok(verdict)
    }

    /// `one ("AND" one)*`
    fn all_of(&mut self) -> Result<bool, String> {
        let mut verdict = self.one()?;
        while self.took("AND") {
            verdict &= self.one()?;
        }
        Ok(verdict)
    }

    /// `"(" any_of ")"`, or a licence with or without an exception.
    fn one(&mut self) -> Result<bool, String> {
        if self.took("(") {
            let verdict = self.any_of()?;
            return if self.took(")") {
                Ok(verdict)
            } else {
                Err("a parenthesis stays open".to_owned())
            };
        }
        let licence = self.name()?;
        if self.took("WITH") {
            let exception = self.name()?;
            return Ok((self.allowed)(&format!("{licence} WITH {exception}")));
        }
        Ok((self.allowed)(licence))
    }

    fn name(&mut self) -> Result<&'a str, String> {
        match self.next() {
            Some(word) if !["(", ")", "AND", "OR", "WITH"].contains(&word) => Ok(word),
            Some(word) => Err(format!("{word:?} stands where a name should")),
            None => Err("it ends where a name should stand".to_owned()),
        }
    }

    fn took(&mut self, word: &str) -> bool {
        let here = self.words.get(self.at) == Some(&word);
        self.at += usize::from(here);
        here
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied();
        self.at += 1;
        word
    }
}

#[test]
fn expressions_mean_what_spdx_says() {
    let allowed = |licence: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("GPL-3.0 AND ISC OR MIT", true),
        ("MIT OR ISC AND GPL-3.0", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("ISC AND (GPL-3.0 OR MIT)", true),
        ("((MIT))", true),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0 WITH LLVM-exception AND ISC", true),
        ("MIT WITH LLVM-exception", false),
    ] {
        assert_eq!(satisfied(expression, allowed), Ok(expected), "{expression}");
    }
}

#[test]
fn broken_expressions_are_refused() {
    for expression in [
        "", "MIT OR", "AND MIT", "(MIT", "MIT)", "MIT ISC", "MIT WITH", "()",
    ] {
        assert!(satisfied(expression, |_| true).is_err(), "{expression:?}");
    }
}
