//! `signet key export-public`: public halves for those who cannot fetch them.

use admin::AdminFault;
use admin::keys::{self, export};
use clap::Args;
use serde_json::json;
use token::keys::spki;

use super::Place;
use crate::cli::output::Answer;
use crate::cli::verb::actor;
use crate::exit::{Exit, Failure};

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Only this key, as a JWK; whatever its state
    kid: Option<String>,
    /// As PEM instead
    #[arg(long, requires = "kid")]
    pem: bool,
}

impl ExportArgs {
    pub(super) fn run(self, place: &Place) -> Result<Answer, Failure> {
        let Some(kid) = self.kid else {
            let set = place.installation.read(|ports, _| export::set(ports, &actor()))?;
            return Ok(Answer::Text(format!("{set:#}\n"), set));
        };
        let found = place.installation.read(move |ports, ctx| {
            let key = keys::find(ports, ctx, &actor(), &kid)?.key;
            let jwk = export::jwk(&key)?;
            Ok::<_, AdminFault>((key, jwk))
        });
        let (key, jwk) = found?;
        if !self.pem {
            return Ok(Answer::Text(format!("{jwk:#}\n"), jwk));
        }
        let pem = spki::pem(&key).ok_or_else(|| Failure::new(Exit::Failed, "this key has no form in PEM"))?;
        Ok(Answer::Text(pem.clone(), json!({ "kid": key.kid, "pem": pem })))
    }
}
