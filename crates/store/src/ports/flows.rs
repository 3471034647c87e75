//! Records of refused requests.

use admin::flows::{Failure, Fix, Flows, Glance};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::flow::Flow;

use crate::column::columns;
use crate::conn::on;
use crate::rows::flow::FlowRow;
use crate::tables::{clients, flows};
use crate::tx::Tx;

/// The columns of a [`Glance`].
type Line = (String, i64, String, Option<String>, Option<String>, String);

fn glance((id, at, endpoint, client_id, user, error): Line) -> Result<Glance, StorageFault> {
    let user = user
        .map(|user| columns("flows", &id)("user_id").parse(&user))
        .transpose()?;
    Ok(Glance {
        user,
        at: Timestamp::from_millis(at),
        endpoint,
        client_id,
        error,
        id,
    })
}

/// The columns of a [`Failure`].
type Group = (String, Option<String>, i64, Option<i64>);

fn failure((error, foreign_uri, count, last): Group) -> Failure {
    Failure {
        error,
        foreign_uri,
        count: u64::try_from(count).unwrap_or(0),
        last: Timestamp::from_millis(last.unwrap_or(0)),
        fix: Fix::None,
    }
}

impl Flows for Tx {
    fn record_flows(&mut self, records: &[Flow]) -> Result<(), StorageFault> {
        for flow in records {
            let row = FlowRow::try_from(flow)?;
            on!(&mut self.conn, |c| diesel::insert_into(flows::table)
                .values(&row)
                .on_conflict_do_nothing()
                .execute(c))?;
        }
        Ok(())
    }

    fn flow(&mut self, id: &str, since: Timestamp) -> Result<Option<Flow>, StorageFault> {
        let own = flows::table.find(id).filter(flows::at.gt(since.as_millis()));
        let row: Option<FlowRow> = on!(&mut self.conn, |c| own
            .select(FlowRow::as_select())
            .get_result(c)
            .optional())?;
        row.map(Flow::try_from).transpose()
    }

    fn recent_flows(
        &mut self,
        client_id: Option<&str>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Glance>, StorageFault> {
        let columns = (
            flows::id,
            flows::at,
            flows::endpoint,
            flows::client_id,
            flows::user_id,
            flows::error,
        );
        let young = flows::table
            .filter(flows::at.gt(since.as_millis()))
            .order((flows::at.desc(), flows::id))
            .limit(i64::from(limit))
            .select(columns);
        let rows: Vec<Line> = match client_id {
            Some(client_id) => on!(&mut self.conn, |c| young
                .filter(flows::client_id.eq(client_id))
                .load(c))?,
            None => on!(&mut self.conn, |c| young.load(c))?,
        };
        rows.into_iter().map(glance).collect()
    }

    fn failures_of_client(
        &mut self,
        client_id: &str,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Failure>, StorageFault> {
        let groups = flows::table
            .filter(flows::client_id.eq(client_id))
            .filter(flows::at.gt(since.as_millis()))
            .group_by((flows::error, flows::foreign_uri))
            .select((flows::error, flows::foreign_uri, count_star(), max(flows::at)))
            .order((count_star().desc(), flows::error, flows::foreign_uri))
            .limit(i64::from(limit));
        let rows: Vec<Group> = on!(&mut self.conn, |c| groups.load(c))?;
        Ok(rows.into_iter().map(failure).collect())
    }

    fn failures_by_client(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, u64)>, StorageFault> {
        let registered = clients::table.select(clients::client_id.nullable());
        let groups = flows::table
            .filter(flows::at.gt(since.as_millis()))
            .filter(flows::client_id.eq_any(registered))
            .group_by(flows::client_id)
            .select((flows::client_id.assume_not_null(), count_star()))
            .order((count_star().desc(), flows::client_id))
            .limit(i64::from(limit));
        let rows: Vec<(String, i64)> = on!(&mut self.conn, |c| groups.load(c))?;
        let counted = rows
            .into_iter()
            .map(|(id, count)| (id, u64::try_from(count).unwrap_or(0)));
        Ok(counted.collect())
    }
}
