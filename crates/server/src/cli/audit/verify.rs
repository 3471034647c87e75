//! `signet audit verify`.

use admin::AdminFault;
use admin::audit::{Progress, Verification};

use crate::cli::options::Options;
use crate::cli::output::Answer;
use crate::cli::verb::{actor, open};
use crate::exit::{Exit, Failure};

/// Verifies the whole trail, in steps that hold nobody up.
///
/// # Errors
/// Storage. That something does not fit is an answer.
pub(super) fn run(options: &Options) -> Result<Answer, Failure> {
    let installation = open(options)?;
    let mut verification = Verification::default();
    loop {
        let (taken, progress) = installation.read::<_, AdminFault>(move |ports, ctx| {
            let progress = verification.step(ports, ctx, &actor())?;
            Ok((verification, progress))
        })?;
        verification = taken;
        if progress == Progress::Finished {
            break;
        }
    }
    let value = serde_json::to_value(&verification).map_err(|error| Failure::new(Exit::Failed, error))?;
    let answer = Answer::Text(sentences(&verification), value);
    Ok(match verification.discord {
        None => answer,
        Some(_) => Answer::Objection(Box::new(answer)),
    })
}

fn sentences(verification: &Verification) -> String {
    let Verification {
        records,
        unchained,
        checkpoints,
        vouched_until,
        newest,
        hash,
        discord,
        ..
    } = verification;
    let mut text = format!("{records} records and {checkpoints} checkpoints fit.\n");
    if *unchained > 0 {
        text += &format!("{unchained} of the records are from before there was a chain.\n");
    }
    match discord {
        Some(discord) => text += &format!("Record {}: {}.\n", discord.seq, discord.reason),
        None => {
            let open = newest.saturating_sub(*vouched_until);
            text += &format!(
                "Signed up to record {vouched_until}; {open} came later.\nThe chain ends with record {newest} at {hash}\n"
            );
        }
    }
    text
}
