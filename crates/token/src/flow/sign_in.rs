//! Records of attempts to sign in that failed. The page tells nobody why; this is where it is told. What was typed as a name
//! stays out: now and then it is a password in the wrong field.

use identity::sign_in::Reason;
use kernel::id::UserId;

use super::{Refused, Step, step, walk};

const AUTHENTICATION: &str = "OpenID Connect Core 3.1.2.3";

/// In the order in which an attempt is judged.
const STEPS: [Step; 6] = [
    step("not too many attempts failed lately", "RFC 6749 10.10"),
    step("there is somebody of this name", AUTHENTICATION),
    step("their account is not locked", AUTHENTICATION),
    step("they have a password", AUTHENTICATION),
    step("the password is theirs", AUTHENTICATION),
    step("the account stayed as it was meanwhile", AUTHENTICATION),
];

/// An attempt, for a client's request where there was one.
pub fn refused(reason: Reason, user: Option<UserId>, client_id: Option<&str>) -> Refused {
    let (at, error) = row(reason);
    Refused {
        client_id: client_id.map(str::to_owned),
        error: error.to_owned(),
        reason: reason.as_str().to_owned(),
        told: Some("username or password is wrong".to_owned()),
        checks: walk(STEPS, Some(at)),
        ..Refused::default()
    }
    .about(user)
}

fn row(reason: Reason) -> (usize, &'static str) {
    match reason {
        Reason::ThrottledNow | Reason::StillThrottled => (0, "throttled"),
        Reason::Unknown => (1, "unknown_user"),
        Reason::Locked => (2, "locked"),
        Reason::NoPassword => (3, "no_password"),
        Reason::WrongPassword => (4, "wrong_password"),
        Reason::ChangedMeanwhile => (5, "changed_meanwhile"),
    }
}
