//! What the service manager is told (sd_notify(3)), where there is one that asked to be told.

use sd_notify::NotifyState;

use crate::http::Pulses;

/// Both ports answer.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The configuration is being read again; [`ready`] ends that.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the service manager is not told of reloading"),
    }
}

/// The end has begun.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Goes on saying that the process can serve, as often as is asked for and as long as it is true: every thread that serves
/// gets on with its work. Whether the database answers is no part of that, since a new process would not change it.
pub(super) async fn keep_alive(pulses: Pulses) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    loop {
        tokio::time::sleep(limit / 2).await;
        if pulses.all_beat(limit / 2) {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!(
                "a thread that serves does not get on; the service manager is not told that all is well"
            );
        }
    }
}

fn tell(what: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(what) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
