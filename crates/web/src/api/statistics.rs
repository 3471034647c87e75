//! `/statistics`: how much is going on, by the hour.

use std::collections::BTreeMap;

use admin::statistics::{Hour, MOST_HOURS, Measure, series};
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Form, Operation, field, get};
use super::problem::Problem;
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/statistics",
            ("getStatistics", "Numbers by the hour, the oldest first"),
            &[],
            look,
        )
        .query(&[field(
            "hours",
            Form::Number(1, MOST_HOURS),
            "How many hours; 24 where nothing is said",
        )])
        .gives::<Series>()
        .more("For everybody who may see anything."),
    ]
}

/// Hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statistics)]
struct Series {
    hours: Vec<Numbers>,
}

/// The numbers of one hour.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsHour)]
struct Numbers {
    /// When it began.
    at: String,
    /// Attempts to sign in, by outcome.
    logins: BTreeMap<String, u64>,
    /// Access tokens, by grant type.
    tokens: BTreeMap<String, u64>,
    /// Letters, by outcome.
    letters: BTreeMap<String, u64>,
    /// Refresh tokens that two parties had.
    refresh_reuse: u64,
    /// Sessions that lived; nothing where nobody counted.
    sessions: Option<u64>,
    /// Within so many milliseconds 95 of 100 answers came.
    p95_milliseconds: Option<u64>,
}

impl From<&Hour> for Numbers {
    fn from(hour: &Hour) -> Self {
        let kinds = |measure| {
            hour.kinds(measure)
                .map(|(label, count)| (label.to_owned(), count))
                .collect()
        };
        Self {
            at: hour.at.to_rfc3339(),
            logins: kinds(Measure::Logins),
            tokens: kinds(Measure::Tokens),
            letters: kinds(Measure::Letters),
            refresh_reuse: hour.total(Measure::RefreshReuse),
            sessions: hour.sessions(),
            p95_milliseconds: hour
                .p95()
                .map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

async fn look(call: Call) -> Answer {
    let hours = match call.query.get("hours") {
        None => 24,
        Some(text) => text
            .parse()
            .ok()
            .filter(|hours| (1..=MOST_HOURS).contains(hours))
            .ok_or_else(|| Problem::bad(format!("hours: a number from 1 to {MOST_HOURS}")))?,
    };
    let hours = call
        .read(move |tx, ctx, actor| Ok(series(tx, ctx, actor, hours)?))
        .await?;
    Reply::ok(&Series {
        hours: hours.iter().map(Numbers::from).collect(),
    })
}
