//! Rules about the server's settings and about APIs.

use std::time::Duration;

use kernel::Ctx;
use token::keys::KeyPlan;
use token::resource::{ApiResource, Catalogue};

use super::Severity::{Note, Warning};
use super::{Finding, Objection, Rule, judge, rule};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long verifiers may keep the JWK Set; `max-age` of its answer.
const JWKS_MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// What a rule about the server may ask.
pub(super) struct Server<'a> {
    ctx: &'a Ctx,
    plan: &'a KeyPlan,
}

/// The table.
fn rules<'a>() -> [Rule<Server<'a>>; 7] {
    [
        rule("issuer-without-tls", Note, "RFC 8414 2", issuer_without_tls),
        rule("long-access-token", Warning, "RFC 6750 5.3", long_access_tokens),
        rule("long-idle-refresh", Warning, "RFC 9700 4.14.2", long_idle_refresh),
        rule("endless-refresh", Note, "RFC 9700 4.14.2", endless_refresh),
        rule(
            "long-refresh-grace",
            Warning,
            "RFC 9700 4.14.2",
            long_refresh_grace,
        ),
        rule("hasty-keys", Warning, "OpenID Connect Core 10.1.1", hasty_keys),
        rule(
            "rare-rotation",
            Warning,
            "NIST SP 800-57 part 1, 5.3.6",
            rare_rotation,
        ),
    ]
}

const API: [Rule<ApiResource>; 1] = [rule(
    "long-access-token",
    Warning,
    "RFC 6750 5.3",
    long_access_tokens_of_api,
)];

/// Looks at the server and its APIs.
pub(super) fn look(ctx: &Ctx, plan: &KeyPlan, catalogue: &Catalogue) -> Vec<Finding> {
    let mut findings = judge(&rules(), "server", &Server { ctx, plan });
    for api in catalogue.resources() {
        findings.extend(judge(&API, &format!("api {}", api.identifier), api));
    }
    findings
}

fn issuer_without_tls(seen: &Server<'_>) -> Option<Objection> {
    (!seen.ctx.issuer.is_https()).then(|| {
        (
            "the issuer is http, which is for trials on one machine".to_owned(),
            "begin anew with an https issuer before anybody depends on this one".to_owned(),
        )
    })
}

fn long_access_tokens(seen: &Server<'_>) -> Option<Objection> {
    long_access_token(
        seen.ctx.policy.access_ttl,
        "set tokens.access_ttl to an hour or less",
    )
}

fn long_access_tokens_of_api(api: &ApiResource) -> Option<Objection> {
    let remedy = format!("signet resource update {} --access-ttl 1h", api.identifier);
    long_access_token(api.access_ttl?, &remedy)
}

fn long_access_token(life: Duration, remedy: &str) -> Option<Objection> {
    (life > HOUR).then(|| {
        let hours = life.as_secs().div_ceil(3600);
        let reason = format!("access tokens live {hours} hours, and an API that verifies by itself believes a stolen one so long");
        (reason, remedy.to_owned())
    })
}

fn long_idle_refresh(seen: &Server<'_>) -> Option<Objection> {
    let idle = seen.ctx.policy.refresh_idle;
    (idle > 90 * DAY).then(|| {
        let reason = format!(
            "a refresh token that nobody used for {} days is still good",
            days(idle)
        );
        (reason, "set tokens.refresh_idle to 90 days or less".to_owned())
    })
}

fn endless_refresh(seen: &Server<'_>) -> Option<Objection> {
    let longest = seen.ctx.policy.refresh_max;
    (longest > 366 * DAY).then(|| {
        let reason = format!("refreshing goes on for {} days without a sign-in", days(longest));
        (reason, "set tokens.refresh_max to a year or less".to_owned())
    })
}

fn long_refresh_grace(seen: &Server<'_>) -> Option<Objection> {
    let grace = seen.ctx.policy.refresh_grace;
    (grace > Duration::from_secs(300)).then(|| {
        let reason = format!(
            "a spent refresh token still brings its successor for {} s, to a thief as well",
            grace.as_secs()
        );
        (reason, "set tokens.refresh_grace to a minute".to_owned())
    })
}

fn hasty_keys(seen: &Server<'_>) -> Option<Objection> {
    (seen.ctx.policy.min_published < JWKS_MAX_AGE).then(|| {
        (
            "a new key may sign before verifiers have fetched it: they may keep the JWK Set for 15 minutes"
                .to_owned(),
            "set keys.min_published to an hour or more".to_owned(),
        )
    })
}

fn rare_rotation(seen: &Server<'_>) -> Option<Objection> {
    let every = seen.plan.rotate_every;
    (every > 366 * DAY).then(|| {
        let reason = format!("signing keys are replaced every {} days only", days(every));
        (reason, "set keys.rotate_every to a year or less".to_owned())
    })
}

fn days(duration: Duration) -> u64 {
    duration.as_secs() / DAY.as_secs()
}
