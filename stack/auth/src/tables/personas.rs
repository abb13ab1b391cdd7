//! `personas`: what makes an account a persona.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::personas::{Cadence, DuePersona, ModuleMix, PersonaProfile, PersonaSummary, PersonaUpsert};

use super::{millis, moment, optional_moment, unreadable};

/// A persona with its account and its activity of late; whether it is due is the caller's to say; [`FromRow`] reads what [`select!`] selects.
struct Profile(PersonaProfile);

/// `$1` is the moment from which actions are counted; the text after it narrows and orders.
macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT personas.*, users.email, users.name, COALESCE(counted.actions, 0) AS actions, ",
            "COALESCE(counted.errors, 0) AS errors FROM personas ",
            "JOIN users ON users.id = personas.user_id LEFT JOIN (SELECT persona_id, COUNT(*) AS actions, ",
            "COUNT(CASE WHEN result = 'error' THEN 1 END) AS errors FROM persona_actions WHERE created_at > $1 GROUP BY persona_id) counted ",
            "ON counted.persona_id = personas.user_id ",
            $tail
        )
    };
}

impl FromRow<'_, AnyRow> for Profile {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let summary = PersonaSummary {
            user_id: row.try_get("user_id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            archetype: row.try_get("archetype")?,
            tick_cadence: cadence(row)?,
            last_active_at: optional_moment(row.try_get("last_active_at")?)?,
            created_at: moment(row.try_get("created_at")?)?,
            actions_7d: row.try_get("actions")?,
            errors_7d: row.try_get("errors")?,
            due: false,
        };
        let system_prompt = row.try_get("system_prompt")?;
        Ok(Self(PersonaProfile { summary, system_prompt, module_mix: module_mix(row)? }))
    }
}

/// A persona as the runner asks for it.
struct Candidate(DuePersona);

impl FromRow<'_, AnyRow> for Candidate {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(DuePersona {
            user_id: row.try_get("user_id")?,
            email: row.try_get("email")?,
            archetype: row.try_get("archetype")?,
            system_prompt: row.try_get("system_prompt")?,
            module_mix: module_mix(row)?,
            tick_cadence: cadence(row)?,
            last_active_at: optional_moment(row.try_get("last_active_at")?)?,
        }))
    }
}

fn cadence(row: &AnyRow) -> Result<Cadence, sqlx::Error> {
    let word: String = row.try_get("tick_cadence")?;
    let known = [Cadence::Hourly, Cadence::Daily, Cadence::Weekdays].into_iter().find(|c| c.as_str() == word);
    known.ok_or_else(|| unreadable(format!("unknown cadence {word:?}")))
}

fn module_mix(row: &AnyRow) -> Result<ModuleMix, sqlx::Error> {
    serde_json::from_str(&row.try_get::<String, _>("module_mix")?).map_err(unreadable)
}

/// Stores what makes a persona, in place of what was stored before. Its activity stays.
pub(crate) async fn upsert<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    persona: &PersonaUpsert,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mix = serde_json::to_string(&persona.module_mix).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let upsert = sqlx::query(
        "INSERT INTO personas (user_id, archetype, system_prompt, module_mix, tick_cadence, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO UPDATE SET archetype = excluded.archetype, \
         system_prompt = excluded.system_prompt, module_mix = excluded.module_mix, \
         tick_cadence = excluded.tick_cadence",
    );
    let upsert = upsert.bind(user_id).bind(&persona.archetype).bind(&persona.system_prompt).bind(mix);
    upsert.bind(persona.tick_cadence.as_str()).bind(millis(now)).execute(db).await.map(drop)
}

/// All personas by e-mail, with their actions since `since` counted.
pub(crate) async fn all<'c>(
    db: impl AnyExecutor<'c>,
    since: DateTime<Utc>,
) -> Result<Vec<PersonaSummary>, sqlx::Error> {
    let select = sqlx::query_as::<_, Profile>(select!("ORDER BY users.email"));
    Ok(select.bind(millis(since)).fetch_all(db).await?.into_iter().map(|row| row.0.summary).collect())
}

/// One persona, with its actions since `since` counted.
pub(crate) async fn by_id<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    since: DateTime<Utc>,
) -> Result<Option<PersonaProfile>, sqlx::Error> {
    let select = sqlx::query_as::<_, Profile>(select!("WHERE personas.user_id = $2"));
    Ok(select.bind(millis(since)).bind(user_id).fetch_optional(db).await?.map(|row| row.0))
}

/// Whether this user is a persona.
pub(crate) async fn exists<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<bool, sqlx::Error> {
    let select = sqlx::query_scalar::<_, String>("SELECT user_id FROM personas WHERE user_id = $1");
    Ok(select.bind(user_id).fetch_optional(db).await?.is_some())
}

/// Personas that have been idle for longer than `idle`: never-run ones first, then the longest idle.
pub(crate) async fn idle_for<'c>(
    db: impl AnyExecutor<'c>,
    idle: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<DuePersona>, sqlx::Error> {
    let select = sqlx::query_as::<_, Candidate>(
        "SELECT personas.*, users.email FROM personas JOIN users ON users.id = personas.user_id \
         WHERE last_active_at IS NULL OR last_active_at < $1 \
         ORDER BY CASE WHEN last_active_at IS NULL THEN 0 ELSE 1 END, last_active_at, users.email",
    );
    Ok(select.bind(millis(now - idle)).fetch_all(db).await?.into_iter().map(|row| row.0).collect())
}

/// Notes that a persona was active; a moment before the noted one changes nothing.
pub(crate) async fn touch<'c>(db: impl AnyExecutor<'c>, user_id: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE personas SET last_active_at = $2 WHERE user_id = $1 \
         AND (last_active_at IS NULL OR last_active_at < $2)",
    );
    update.bind(user_id).bind(millis(now)).execute(db).await.map(drop)
}
