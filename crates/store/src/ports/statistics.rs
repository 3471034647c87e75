//! Numbers by the hour.

use admin::statistics::{Measure, Sample, Statistics};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{StorageFault, Timestamp};

use crate::conn::on;
use crate::tables::{sessions, statistics};
use crate::tx::Tx;

type Row = (i64, String, String, i64);

fn row(hour: Timestamp, sample: &Sample) -> Row {
    (
        hour.as_millis(),
        sample.measure.as_str().to_owned(),
        sample.label.clone(),
        i64::try_from(sample.value).unwrap_or(i64::MAX),
    )
}

/// Nothing for what a newer program counts.
fn sample((hour, name, label, value): Row) -> Option<(Timestamp, Sample)> {
    let sample = Sample {
        measure: Measure::parse(&name)?,
        label,
        value: u64::try_from(value).unwrap_or(0),
    };
    Some((Timestamp::from_millis(hour), sample))
}

const COLUMNS: (
    statistics::hour,
    statistics::name,
    statistics::label,
    statistics::value,
) = (
    statistics::hour,
    statistics::name,
    statistics::label,
    statistics::value,
);

impl Statistics for Tx {
    fn add_samples(&mut self, hour: Timestamp, samples: &[Sample]) -> Result<(), StorageFault> {
        for (hour, name, label, value) in samples.iter().map(|sample| row(hour, sample)) {
            let values = (
                statistics::hour.eq(hour),
                statistics::name.eq(name),
                statistics::label.eq(label),
                statistics::value.eq(value),
            );
            let sum = statistics::value + excluded(statistics::value);
            on!(&mut self.conn, |c| diesel::insert_into(statistics::table)
                .values(&values)
                .on_conflict((statistics::hour, statistics::name, statistics::label))
                .do_update()
                .set(statistics::value.eq(sum))
                .execute(c))?;
        }
        Ok(())
    }

    fn keep_sample(&mut self, hour: Timestamp, sample: &Sample) -> Result<(), StorageFault> {
        let (hour, name, label, value) = row(hour, sample);
        let values = (
            statistics::hour.eq(hour),
            statistics::name.eq(name),
            statistics::label.eq(label),
            statistics::value.eq(value),
        );
        on!(&mut self.conn, |c| diesel::insert_into(statistics::table)
            .values(&values)
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(())
    }

    fn samples(&mut self, from: Timestamp) -> Result<Vec<(Timestamp, Sample)>, StorageFault> {
        let rows: Vec<Row> = on!(&mut self.conn, |c| statistics::table
            .filter(statistics::hour.ge(from.as_millis()))
            .order((statistics::hour, statistics::name, statistics::label))
            .select(COLUMNS)
            .load(c))?;
        Ok(rows.into_iter().filter_map(sample).collect())
    }

    fn count_sessions(&mut self, seen: Timestamp, begun: Timestamp) -> Result<u64, StorageFault> {
        let live = sessions::table
            .filter(sessions::ended_at.is_null())
            .filter(sessions::last_seen_at.gt(seen.as_millis()))
            .filter(sessions::created_at.gt(begun.as_millis()));
        let count: i64 = on!(&mut self.conn, |c| live.count().get_result(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
