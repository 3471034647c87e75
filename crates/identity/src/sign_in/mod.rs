//! Signing in with a password, as two pure steps around the hash: no transaction is open while hashing.
//!
//! [`begin`] counts the attempt before anything is hashed, so that guesses made in parallel cannot outrun the limit.
//! Unknown, locked and throttled people get the same work and the same answer as a wrong password.

use std::net::IpAddr;

use kernel::audit::Way;
use kernel::digest::{base64url, sha256_parts};
use kernel::id::UserId;
use kernel::{Audit, AuditEvent, Ctx, StorageFault};

use crate::login_key::LoginKey;
use crate::ports::{Throttle, Users};
use crate::user::{PasswordHash, User};
use crate::validate::MAX_NAME_CHARS;

/// An attempt on its way to the hash. Give [`Attempt::hash`] and the password to the [`crate::Hasher`], and its answer
/// to [`finish`].
#[derive(Debug, Clone)]
pub struct Attempt {
    account_key: String,
    source_key: String,
    source: String,
    known: Option<UserId>,
    verdict: Verdict,
}

/// What is known before the password is looked at.
#[derive(Debug, Clone)]
enum Verdict {
    /// The password decides.
    Open(PasswordHash),
    /// Whatever the password, the answer is no.
    Closed(Reason),
}

/// Why nobody gets in; for the audit trail and for administrators alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nobody has this name.
    Unknown,
    /// An administrator locked the account.
    Locked,
    /// They sign in in another way, or not at all yet.
    NoPassword,
    /// It is not theirs.
    WrongPassword,
    /// It was theirs when the attempt began.
    ChangedMeanwhile,
    /// The first attempt beyond the limit.
    ThrottledNow,
    /// A later one, not worth another line in the trail.
    StillThrottled,
}

impl Reason {
    /// In a few words.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Unknown => "no such user",
            Reason::Locked => "account locked",
            Reason::NoPassword => "account has no password",
            Reason::WrongPassword => "wrong password",
            Reason::ChangedMeanwhile => "account changed meanwhile",
            Reason::ThrottledNow | Reason::StillThrottled => "too many failures",
        }
    }
}

impl Attempt {
    /// What to verify the password against; nothing means: hash all the same, for the work.
    pub fn hash(&self) -> Option<PasswordHash> {
        match &self.verdict {
            Verdict::Open(hash) => Some(hash.clone()),
            Verdict::Closed(_) => None,
        }
    }

    /// The person whose name was typed, if there is one.
    pub fn known(&self) -> Option<UserId> {
        self.known
    }

    /// Whether too many attempts failed lately, from here or on this account from here. For metrics and the log:
    /// the page says the same as for a wrong password.
    pub fn is_throttled(&self) -> bool {
        matches!(
            self.verdict,
            Verdict::Closed(Reason::ThrottledNow | Reason::StillThrottled)
        )
    }
}

/// The password could not be looked at: the attempt was none, and does not count.
///
/// # Errors
/// Storage.
pub fn abandon(tx: &mut (impl Throttle + ?Sized), attempt: &Attempt) -> Result<(), StorageFault> {
    tx.forgive(&attempt.account_key)?;
    tx.forgive(&attempt.source_key)
}

/// The answer to an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// This is the person.
    Welcome(Box<User>),
    /// No; the person is not told why.
    Refused(Reason),
}

/// Counts the attempt and finds what to compare the password with. `source` is the client's address.
///
/// # Errors
/// Storage.
pub fn begin(
    tx: &mut (impl Users + Throttle + ?Sized),
    ctx: &Ctx,
    username: &str,
    source: &str,
) -> Result<Attempt, StorageFault> {
    let key = (!is_overlong(username))
        .then(|| LoginKey::of(username))
        .filter(|key| !key.as_str().is_empty());
    let user = key
        .as_ref()
        .map(|key| tx.user_by_login(key))
        .transpose()?
        .flatten();
    let source = network_of(source);
    let account_key = account_key(user.as_ref(), key.as_ref(), &source);
    let source_key = counter_key("source", &[source.as_bytes()]);
    let throttled = count(tx, ctx, &account_key, &source_key)?;
    let known = user.as_ref().map(|user| user.id);
    Ok(Attempt {
        account_key,
        source_key,
        source,
        known,
        verdict: judge(user, throttled),
    })
}

/// Turns the hasher's answer into ours: forgets the failures of who got in, records either way.
///
/// # Errors
/// Storage.
pub fn finish(
    tx: &mut (impl Users + Throttle + Audit + ?Sized),
    ctx: &Ctx,
    attempt: &Attempt,
    verified: bool,
) -> Result<SignIn, StorageFault> {
    settle(tx, ctx, attempt, verified, Occasion::SignIn)
}

/// Like [`finish`], for somebody who is signed in and shows that they still know the password. A wrong one counts as
/// any guess does: a session that was left open is no way around the limit.
///
/// # Errors
/// Storage.
pub fn confirm(
    tx: &mut (impl Users + Throttle + Audit + ?Sized),
    ctx: &Ctx,
    attempt: &Attempt,
    verified: bool,
) -> Result<SignIn, StorageFault> {
    settle(tx, ctx, attempt, verified, Occasion::Confirmation)
}

/// Forgets a person's failures from `source`: they have proven who they are in another way, and the password they
/// failed with is no more.
///
/// # Errors
/// Storage.
pub fn forget_failures(
    tx: &mut (impl Throttle + ?Sized),
    user: &User,
    source: &str,
) -> Result<(), StorageFault> {
    tx.reset(&account_key(Some(user), None, &network_of(source)))
}

/// What the password was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    SignIn,
    Confirmation,
}

impl Occasion {
    fn success(self) -> &'static str {
        match self {
            Occasion::SignIn => "user.login",
            Occasion::Confirmation => "user.password.confirmed",
        }
    }

    fn failure(self) -> &'static str {
        match self {
            Occasion::SignIn => "user.login.failed",
            Occasion::Confirmation => "user.password.refused",
        }
    }
}

fn settle(
    tx: &mut (impl Users + Throttle + Audit + ?Sized),
    ctx: &Ctx,
    attempt: &Attempt,
    verified: bool,
    occasion: Occasion,
) -> Result<SignIn, StorageFault> {
    let user = match outcome(tx, attempt, verified)? {
        Ok(user) => user,
        Err(reason) => return refuse(tx, ctx, attempt, reason, occasion),
    };
    tx.reset(&attempt.account_key)?;
    tx.forgive(&attempt.source_key)?;
    let event = AuditEvent::new(ctx.now(), occasion.success())
        .actor(user.id)
        .subject(user.id);
    let event = event.source(Way::Browser, Some(&attempt.source));
    tx.record(event.detail("password"))?;
    Ok(SignIn::Welcome(Box::new(user)))
}

/// Whether the person may come in: the account is read again, because it may have changed during the hash.
fn outcome(
    tx: &mut (impl Users + ?Sized),
    attempt: &Attempt,
    verified: bool,
) -> Result<Result<User, Reason>, StorageFault> {
    let hash = match &attempt.verdict {
        Verdict::Closed(reason) => return Ok(Err(*reason)),
        Verdict::Open(_) if !verified => return Ok(Err(Reason::WrongPassword)),
        Verdict::Open(hash) => hash,
    };
    let user = attempt.known.map(|id| tx.user(id)).transpose()?.flatten();
    let unchanged = user.filter(|user| user.is_active() && user.password.as_ref() == Some(hash));
    Ok(unchanged.ok_or(Reason::ChangedMeanwhile))
}

fn refuse(
    tx: &mut (impl Audit + ?Sized),
    ctx: &Ctx,
    attempt: &Attempt,
    reason: Reason,
    occasion: Occasion,
) -> Result<SignIn, StorageFault> {
    if reason != Reason::StillThrottled {
        // The name that was typed stays out: now and then it is a password in the wrong field.
        let mut event = AuditEvent::new(ctx.now(), occasion.failure());
        event.subject = attempt.known.map(|id| id.to_string());
        let event = event.source(Way::Browser, Some(&attempt.source)).refused();
        tx.record(event.detail(reason.as_str()))?;
    }
    Ok(SignIn::Refused(reason))
}

/// Counts the attempt, first on its source, then on the account; the reason if one of them is beyond its limit now.
/// A source beyond its limit leaves no more counters for accounts, so that made-up names cannot fill the table.
fn count(
    tx: &mut (impl Throttle + ?Sized),
    ctx: &Ctx,
    account_key: &str,
    source_key: &str,
) -> Result<Option<Reason>, StorageFault> {
    let policy = &ctx.policy;
    let mut bump = |key, limit| {
        tx.bump(key, policy.throttle_window, ctx.now())
            .map(|count| match count.saturating_sub(limit) {
                0 => None,
                1 => Some(Reason::ThrottledNow),
                _ => Some(Reason::StillThrottled),
            })
    };
    match bump(source_key, policy.failures_per_source)? {
        None => bump(account_key, policy.failures_per_account_and_source),
        throttled => Ok(throttled),
    }
}

fn judge(user: Option<User>, throttled: Option<Reason>) -> Verdict {
    let reason = match (throttled, user) {
        (Some(reason), _) => reason,
        (None, None) => Reason::Unknown,
        (None, Some(user)) if !user.is_active() => Reason::Locked,
        (None, Some(user)) => match user.password {
            Some(hash) => return Verdict::Open(hash),
            None => Reason::NoPassword,
        },
    };
    Verdict::Closed(reason)
}

fn is_overlong(username: &str) -> bool {
    username.chars().nth(MAX_NAME_CHARS).is_some()
}

/// Known people are counted by `sub`, so that username and e-mail address share one counter; everybody else by the
/// normal form of what was typed. A digest, because that may be long.
fn account_key(user: Option<&User>, key: Option<&LoginKey>, source: &str) -> String {
    let account = match (user, key) {
        (Some(user), _) => user.id.to_string(),
        (None, Some(key)) => key.as_str().to_owned(),
        (None, None) => String::new(),
    };
    // Neither an address nor the length of one contains a zero byte: parts cannot be confused.
    counter_key("account", &[source.as_bytes(), b"\0", account.as_bytes()])
}

fn counter_key(kind: &str, parts: &[&[u8]]) -> String {
    format!("login:{kind}:{}", base64url(&sha256_parts(parts)[..16]))
}

/// The address as far as one customer cannot change it: all of IPv4, the first 64 bits of IPv6 (RFC 6177 2).
pub(crate) fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => {
            let mut segments = ip.segments();
            segments[4..].fill(0);
            format!("{}/64", std::net::Ipv6Addr::from(segments))
        }
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests;
