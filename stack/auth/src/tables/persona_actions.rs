//! `persona_actions`: one row for each tool call of each tick.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::personas::{Action, ActionResult, ActionRow};

use super::{millis, moment, unreadable};

struct Stored(ActionRow);

impl FromRow<'_, AnyRow> for Stored {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let result: String = row.try_get("result")?;
        let action = Action {
            tick_id: row.try_get("tick_id")?,
            tool_name: row.try_get("tool_name")?,
            input_hash: row.try_get("input_hash")?,
            result: match result.as_str() {
                "ok" => ActionResult::Ok,
                "error" => ActionResult::Error,
                _ => return Err(unreadable(format!("unknown result {result:?}"))),
            },
            error_message: row.try_get("error_message")?,
            latency_ms: row.try_get("latency_ms")?,
        };
        Ok(Self(ActionRow { id: row.try_get("id")?, action, created_at: moment(row.try_get("created_at")?)? }))
    }
}

/// Stores one action, the `position`-th of its call, unless it is stored; `true` when it was not.
pub(crate) async fn insert_if_new<'c>(
    db: impl AnyExecutor<'c>,
    persona_id: &str,
    position: usize,
    action: &Action,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO persona_actions (persona_id, id, tick_id, position, tool_name, input_hash, result, \
         error_message, latency_ms, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (persona_id, id) DO NOTHING",
    );
    let id = format!("{}-{position}-{}", action.tick_id, action.tool_name);
    let position = i64::try_from(position).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let result = match action.result {
        ActionResult::Ok => "ok",
        ActionResult::Error => "error",
    };
    let insert = insert.bind(persona_id).bind(id).bind(&action.tick_id).bind(position).bind(&action.tool_name);
    let insert = insert.bind(&action.input_hash).bind(result).bind(&action.error_message).bind(action.latency_ms);
    Ok(insert.bind(millis(now)).execute(db).await?.rows_affected() == 1)
}

/// A persona's last actions, newest first.
pub(crate) async fn newest<'c>(
    db: impl AnyExecutor<'c>,
    persona_id: &str,
    limit: i64,
) -> Result<Vec<ActionRow>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>(
        "SELECT * FROM persona_actions WHERE persona_id = $1 ORDER BY created_at DESC, position DESC LIMIT $2",
    );
    Ok(select.bind(persona_id).bind(limit).fetch_all(db).await?.into_iter().map(|row| row.0).collect())
}
