//! `persona_feedback`: one row for each module that a persona rated after a tick.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::personas::{Feedback, FeedbackRow, ModuleFeedback, PARSE_MODULE, WeekFeedback};

use super::{millis, moment, unreadable};

/// Stores one rating, unless it is stored; `true` when it was not.
pub(crate) async fn insert_if_new<'c>(
    db: impl AnyExecutor<'c>,
    persona_id: &str,
    feedback: &Feedback,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO persona_feedback (persona_id, id, tick_id, module, rating, notes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (persona_id, id) DO NOTHING",
    );
    let id = format!("{}-{}", feedback.tick_id, feedback.module);
    let insert = insert.bind(persona_id).bind(id).bind(&feedback.tick_id).bind(&feedback.module);
    let insert = insert.bind(i64::from(feedback.rating)).bind(&feedback.notes).bind(millis(now));
    Ok(insert.execute(db).await?.rows_affected() == 1)
}

/// The average of a persona's ratings of each module, by module.
pub(crate) async fn by_module<'c>(
    db: impl AnyExecutor<'c>,
    persona_id: &str,
) -> Result<Vec<ModuleFeedback>, sqlx::Error> {
    let select = sqlx::query_as::<_, (String, f64, i64)>(
        "SELECT module, CAST(AVG(rating) AS DOUBLE PRECISION), COUNT(*) FROM persona_feedback \
         WHERE persona_id = $1 GROUP BY module ORDER BY module",
    );
    let rows = select.bind(persona_id).fetch_all(db).await?.into_iter();
    Ok(rows.map(|(module, avg_rating, count)| ModuleFeedback { module, avg_rating, count }).collect())
}

struct Stored(FeedbackRow);

impl FromRow<'_, AnyRow> for Stored {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let rating: i64 = row.try_get("rating")?;
        let feedback = Feedback {
            tick_id: row.try_get("tick_id")?,
            module: row.try_get("module")?,
            rating: u8::try_from(rating).map_err(|_| unreadable(format!("unknown rating {rating}")))?,
            notes: row.try_get("notes")?,
        };
        Ok(Self(FeedbackRow { feedback, created_at: moment(row.try_get("created_at")?)? }))
    }
}

/// A persona's ratings from a moment on, oldest first.
pub(crate) async fn since<'c>(
    db: impl AnyExecutor<'c>,
    persona_id: &str,
    since: DateTime<Utc>,
) -> Result<Vec<FeedbackRow>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>(
        "SELECT * FROM persona_feedback WHERE persona_id = $1 AND created_at >= $2 ORDER BY created_at, id",
    );
    let rows = select.bind(persona_id).bind(millis(since)).fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The averages of each week and module. What nobody could parse is no rating.
pub(crate) fn by_week(rows: &[FeedbackRow]) -> Vec<WeekFeedback> {
    let mut sums = BTreeMap::<(NaiveDate, &str), (i64, i64)>::new();
    for FeedbackRow { feedback, created_at } in rows.iter().filter(|row| row.feedback.module != PARSE_MODULE) {
        let (sum, count) = sums.entry((monday_of(*created_at), &feedback.module)).or_default();
        *sum += i64::from(feedback.rating);
        *count += 1;
    }
    let told = |((week, module), (sum, count)): ((NaiveDate, &str), (i64, i64))| WeekFeedback {
        week,
        module: module.to_owned(),
        avg_rating: sum as f64 / count as f64,
        count,
    };
    sums.into_iter().map(told).collect()
}

/// The Monday of the week that holds this moment, in UTC.
pub(crate) fn monday_of(moment: DateTime<Utc>) -> NaiveDate {
    let day = moment.date_naive();
    day - Days::new(day.weekday().num_days_from_monday().into())
}

/// A persona's last ratings, newest first.
pub(crate) async fn newest<'c>(
    db: impl AnyExecutor<'c>,
    persona_id: &str,
    limit: i64,
) -> Result<Vec<FeedbackRow>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>(
        "SELECT * FROM persona_feedback WHERE persona_id = $1 ORDER BY created_at DESC, module LIMIT $2",
    );
    Ok(select.bind(persona_id).bind(limit).fetch_all(db).await?.into_iter().map(|row| row.0).collect())
}
