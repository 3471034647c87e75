//! What the command line can say about a person: flags, a document, and flags over the document.

use admin::users::{NewUser, UserChange};
use clap::Args;

use super::document::UserDocument;
use super::invalid;
use crate::cli::password::{PasswordArgs, Unsaid};
use crate::exit::Failure;

#[derive(Debug, Default, Args)]
pub(crate) struct UserFields {
    /// Name to sign in with
    #[arg(long)]
    username: Option<String>,
    /// E-mail address, to sign in with as well
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Vouch for the address
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    email_verified: Option<bool>,
    /// Full name
    #[arg(long)]
    name: Option<String>,
    /// Given name
    #[arg(long, value_name = "NAME")]
    given_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    family_name: Option<String>,
    /// Group to be in, made if missing; may be repeated. All of them: others are left
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Role; may be repeated. All of them: others are taken away
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// JSON with standard claims, groups, roles and attributes; - for standard input
    #[arg(long, value_name = "FILE")]
    metadata: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl UserFields {
    /// Somebody new.
    pub(crate) fn into_new(self, unsaid: Unsaid) -> Result<NewUser, Failure> {
        let password = &self.password;
        let document = self.document()?;
        let username = document
            .username
            .ok_or_else(|| Failure::usage("a new user needs --username"))?;
        Ok(NewUser {
            username,
            email: document.email,
            email_verified: document.email_verified.unwrap_or(false),
            profile: document.profile,
            groups: document.groups.unwrap_or_default(),
            roles: document.roles.unwrap_or_default(),
            attributes: document.attributes.unwrap_or_default(),
            password: password.hash(unsaid)?,
        })
    }

    /// A change of somebody.
    pub(crate) fn into_change(self) -> Result<UserChange, Failure> {
        let document = self.document()?;
        Ok(UserChange {
            username: document.username,
            email: document.email,
            email_verified: document.email_verified,
            profile: document.profile,
            groups: document.groups,
            roles: document.roles,
            attributes: document.attributes,
            password: self.password.hash(Unsaid::Leave)?,
        })
    }

    /// The document, if there is one, with what flags say put over it.
    fn document(&self) -> Result<UserDocument, Failure> {
        let mut document = match self.metadata.as_deref() {
            Some("-") if self.password.takes_stdin() => {
                return Err(Failure::usage(
                    "standard input cannot be both the document and the password",
                ));
            }
            Some(name) => UserDocument::parse(&crate::cli::document::read(name)?).map_err(invalid)?,
            None => UserDocument::default(),
        };
        let flags = [
            (&mut document.username, &self.username),
            (&mut document.email, &self.email),
            (&mut document.profile.name, &self.name),
            (&mut document.profile.given_name, &self.given_name),
            (&mut document.profile.family_name, &self.family_name),
        ];
        for (field, flag) in flags {
            *field = flag.clone().or_else(|| field.take());
        }
        document.email_verified = self.email_verified.or(document.email_verified);
        for (field, flag) in [
            (&mut document.groups, &self.groups),
            (&mut document.roles, &self.roles),
        ] {
            if !flag.is_empty() {
                *field = Some(flag.clone());
            }
        }
        Ok(document)
    }
}
