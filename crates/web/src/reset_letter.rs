//! The letter with a link to a new password that an administrator asked for.

use identity::notice::{Letter, Notice, SecretLink};
use identity::recovery::LinkToSend;

use crate::language;
use crate::state::AppState;

/// Puts the link into the post, to the person's own address. It begins with the configured issuer, whatever host the request
/// named.
pub(crate) fn send(state: &AppState, link: &LinkToSend) {
    let Some(address) = &link.user.email else {
        return;
    };
    let url = state.ctx.issuer.url(&format!("/reset/{}", link.token.expose()));
    state.post.send(Letter {
        to: address.clone(),
        name: link.user.display_name().to_owned(),
        language: language::own(&link.user).map(|own| own.tag().to_owned()),
        notice: Notice::PasswordReset {
            link: SecretLink::new(url),
            valid_for: state.ctx.policy.reset_ttl,
        },
    });
}
