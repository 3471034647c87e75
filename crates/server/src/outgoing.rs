//! Outgoing requests: opens the client as configured, and lets the domain ask its judge.

use outbound::{Allowed, Authorities, Judge, Outbound};
use token::client::register::JudgeUrl;

use crate::exit::{Exit, Failure};

/// The client for the open internet. Without certificate authorities it is of little use, which is worth a warning, but no
/// reason not to start: many providers never fetch anything.
///
/// # Errors
/// When TLS cannot be set up.
pub fn open(allowed: Allowed, authorities: &Authorities) -> Result<Outbound, Failure> {
    let client = client(allowed, authorities)?;
    if !client.believes_anybody() {
        tracing::warn!(
            "this system has no certificate authorities, so nothing can be fetched over https; \
             install them (ca-certificates), or set outbound.ca_file"
        );
    }
    Ok(client)
}

/// As [`open`], without a word about certificate authorities.
///
/// # Errors
/// When TLS cannot be set up.
pub(crate) fn client(allowed: Allowed, authorities: &Authorities) -> Result<Outbound, Failure> {
    Outbound::open(allowed, authorities).map_err(|error| Failure::new(Exit::Failed, error.in_full()))
}

/// Tells the domain whether a URL that a client registers could ever be fetched.
#[derive(Debug, Clone)]
pub struct UrlJudge(Judge);

impl UrlJudge {
    /// A judge by the rules of [`open`].
    pub fn new(allowed: Allowed) -> Self {
        Self(Judge::new(allowed))
    }
}

impl JudgeUrl for UrlJudge {
    fn judge(&self, url: &str) -> Result<(), String> {
        self.0.judge(url).map_err(|refusal| refusal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_ends_a_sentence_about_the_url() {
        let judge = UrlJudge::new(Allowed::default());
        assert_eq!(judge.judge("https://rp.example/logout"), Ok(()));
        let refusal = judge.judge("http://rp.example/logout");
        assert_eq!(refusal, Err("uses http; only https is fetched".to_owned()));
    }
}
