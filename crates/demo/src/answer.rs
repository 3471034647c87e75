//! The provider's answer to an authorization request, as the browser brings it, and the checks it must pass before a
//! word of it is believed.

use openidconnect::AuthorizationCode;
use serde::Deserialize;

use crate::fault::Fault;
use crate::provider::ResponseIssuer;

/// Longest text of the provider's that is shown.
const SHOWN: usize = 300;

/// The query of the redirect (RFC 6749 4.1.2, 4.1.2.1; RFC 9207 2). A repeated parameter does not parse.
#[derive(Deserialize)]
pub(crate) struct AuthorizationAnswer {
    /// Which journey this ends.
    pub(crate) state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl AuthorizationAnswer {
    /// The code, if this answer is from the expected issuer and is not an error.
    ///
    /// # Errors
    /// [`Fault::Rejected`] for another issuer's answer, errors included (RFC 9207 2.4); [`Fault::Refused`] for an error
    /// of the right one.
    pub(crate) fn code(self, issuer: &str, promise: ResponseIssuer) -> Result<AuthorizationCode, Fault> {
        match (self.iss.as_deref(), promise) {
            (Some(iss), _) if iss == issuer => {}
            (None, ResponseIssuer::NotPromised) => {}
            (Some(_), _) => return Err(Fault::Rejected("it names another issuer".to_owned())),
            (None, ResponseIssuer::Promised) => return Err(Fault::Rejected("it names no issuer".to_owned())),
        }
        match (self.error, self.code) {
            (Some(error), _) => Err(Fault::Refused {
                code: shorten(&error),
                description: self.error_description.as_deref().map(shorten),
            }),
            (None, Some(code)) => Ok(AuthorizationCode::new(code)),
            (None, None) => Err(Fault::Rejected("it holds neither a code nor an error".to_owned())),
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::web::Query;

    use super::*;

    const ISSUER: &str = "http://localhost:8080";

    fn parse(query: &str) -> Option<AuthorizationAnswer> {
        Query::from_query(query).ok().map(Query::into_inner)
    }

    fn code(query: &str, promise: ResponseIssuer) -> Result<String, Fault> {
        parse(query)
            .unwrap()
            .code(ISSUER, promise)
            .map(AuthorizationCode::into_secret)
    }

    #[test]
    fn a_code_from_the_right_issuer() {
        let query = "code=c&state=s&iss=http%3A%2F%2Flocalhost%3A8080";
        assert_eq!(code(query, ResponseIssuer::Promised).unwrap(), "c");
    }

    #[test]
    fn another_issuer_is_rejected_to_the_letter() {
        for iss in [
            "http://localhost:8081",
            "http://localhost:8080/",
            "HTTP://localhost:8080",
            "",
        ] {
            for promise in [ResponseIssuer::Promised, ResponseIssuer::NotPromised] {
                let outcome = code(&format!("code=c&state=s&iss={iss}"), promise);
                assert!(matches!(outcome, Err(Fault::Rejected(_))), "{iss}");
            }
        }
    }

    #[test]
    fn a_missing_issuer_depends_on_the_promise() {
        assert!(matches!(
            code("code=c&state=s", ResponseIssuer::Promised),
            Err(Fault::Rejected(_))
        ));
        assert_eq!(code("code=c&state=s", ResponseIssuer::NotPromised).unwrap(), "c");
    }

    #[test]
    fn an_error_of_the_right_issuer_is_passed_on() {
        let query = "error=access_denied&error_description=no&state=s&iss=http://localhost:8080";
        let outcome = code(query, ResponseIssuer::Promised);
        assert!(
            matches!(outcome, Err(Fault::Refused { code, description: Some(text) }) if code == "access_denied" && text == "no")
        );
        let foreign = code(
            "error=access_denied&state=s&iss=http://evil.example",
            ResponseIssuer::Promised,
        );
        assert!(matches!(foreign, Err(Fault::Rejected(_))));
    }

    #[test]
    fn an_error_beats_a_code() {
        let outcome = code("error=server_error&code=c&state=s", ResponseIssuer::NotPromised);
        assert!(matches!(outcome, Err(Fault::Refused { .. })));
    }

    #[test]
    fn a_repeated_parameter_does_not_parse() {
        assert!(parse("code=a&code=b&state=s").is_none());
        assert!(parse("code=a&state=s&state=t").is_none());
    }
}
