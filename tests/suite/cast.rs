//! Who and what every story's provider knows from the beginning.

use admin::clients::{self, NewClient};
use admin::users::{self, NewUser};
use admin::{Actor, AdminFault, Ports};
use identity::{PasswordHash, Profile};
use kernel::secret::ClientSecret;
use kernel::{Ctx, Plain};
use token::client::register::JudgeUrl;
use token::client::{ApplicationType, AuthMethod, ClientMetadata};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// Every confidential client's secret.
pub const SECRET: &str = "a-client-secret-of-no-less-than-forty-three-chars";
/// Where most clients are answered.
pub const CALLBACK: &str = "https://rp.test/cb";
/// Where most clients are after signing out.
pub const SIGNED_OUT: &str = "https://rp.test/bye";

/// A client that authenticates with Basic; `web` and `web2` are this one by two names.
fn confidential(client_id: &str) -> NewClient {
    NewClient {
        client_id: Some(client_id.to_owned()),
        metadata: ClientMetadata {
            client_name: Some(format!("The {client_id} app")),
            redirect_uris: vec![CALLBACK.to_owned()],
            post_logout_redirect_uris: vec![format!("{SIGNED_OUT}/{client_id}")],
            grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
            ..ClientMetadata::default()
        },
        secret: Some(Plain::<ClientSecret>::from_presented(SECRET)),
        ..NewClient::default()
    }
}

fn ours(client_id: &str) -> NewClient {
    let mut new = confidential(client_id);
    new.policy.first_party = true;
    new
}

fn public(client_id: &str, application_type: ApplicationType, redirect_uri: &str) -> NewClient {
    let mut new = ours(client_id);
    new.secret = None;
    new.metadata.token_endpoint_auth_method = AuthMethod::None;
    new.metadata.application_type = application_type;
    new.metadata.redirect_uris = vec![redirect_uri.to_owned()];
    new
}

/// `web`, `web2`, `spa`, `native` need no consent; `other` does; `post` sends its secret in the body; `codes` may not
/// refresh; `query` has a query in its redirect URI.
fn all_clients() -> Vec<NewClient> {
    let mut post = ours("post");
    post.metadata.token_endpoint_auth_method = AuthMethod::ClientSecretPost;
    let mut codes = ours("codes");
    codes.metadata.grant_types = vec!["authorization_code".to_owned()];
    let mut query = ours("query");
    query.metadata.redirect_uris = vec![format!("{CALLBACK}?dummy1=lorem&dummy2=ipsum")];
    vec![
        ours("web"),
        ours("web2"),
        confidential("other"),
        public("spa", ApplicationType::Web, CALLBACK),
        public("native", ApplicationType::Native, "http://127.0.0.1/cb"),
        post,
        codes,
        query,
    ]
}

/// Stories talk to this machine only; every place in them may be called.
pub struct Anywhere;

impl JudgeUrl for Anywhere {
    fn judge(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

/// Stores them all.
pub fn install(ports: &mut dyn Ports, ctx: &Ctx, password: &PasswordHash) -> Result<(), AdminFault> {
    let actor = Actor::named("suite");
    for username in ["alice", "bob"] {
        let new = NewUser {
            username: username.to_owned(),
            email: Some(format!("{username}@example.org")),
            email_verified: true,
            profile: Profile {
                name: Some(format!("{username} Example")),
                ..Profile::default()
            },
            password: Some(password.clone()),
            ..NewUser::default()
        };
        users::create(ports, ctx, &actor, new)?;
    }
    for new in all_clients() {
        clients::create(ports, ctx, &actor, &Anywhere, new)?;
    }
    Ok(())
}
