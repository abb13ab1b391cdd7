//! `persona_feedback`: one row for each module that a persona rated after a tick.

use chrono::{DateTime, Utc};
use sqlx::AnyExecutor;
use stack_api::personas::{Feedback, ModuleFeedback};

use super::millis;

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
