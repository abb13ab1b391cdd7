//! `personas`: what makes an account a persona.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::personas::{Cadence, DuePersona, ModuleMix, PersonaProfile, PersonaSummary, PersonaUpsert};

use super::{millis, moment, optional_moment, unreadable};
use crate::cadence::due_before;

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

/// Personas whose day has come and whom nobody plays: never-run ones first, then the longest idle.
pub(crate) async fn due<'c>(
    db: impl AnyExecutor<'c>,
    now: DateTime<Utc>,
    most: i64,
) -> Result<Vec<DuePersona>, sqlx::Error> {
    let select = sqlx::query_as::<_, Candidate>(
        "SELECT * FROM (SELECT personas.*, users.email, \
         CASE tick_cadence WHEN $1 THEN $2 WHEN $3 THEN $4 WHEN $5 THEN $6 END AS due_before \
         FROM personas JOIN users ON users.id = personas.user_id) candidates \
         WHERE due_before IS NOT NULL AND (last_active_at IS NULL OR last_active_at < due_before) \
         AND (claimed_until IS NULL OR claimed_until <= $7) \
         ORDER BY CASE WHEN last_active_at IS NULL THEN 0 ELSE 1 END, last_active_at, email LIMIT $8",
    );
    let bound = [Cadence::Hourly, Cadence::Daily, Cadence::Weekdays]
        .into_iter()
        .fold(select, |select, cadence| select.bind(cadence.as_str()).bind(due_before(cadence, now).map(millis)));
    Ok(bound.bind(millis(now)).bind(most).fetch_all(db).await?.into_iter().map(|row| row.0).collect())
}

/// Claims a due persona for a runner, unless another was quicker, by claim or by a whole day; `true` when it is ours.
pub(crate) async fn claim<'c>(
    db: impl AnyExecutor<'c>,
    persona: &DuePersona,
    runner: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let update = sqlx::query(
        "UPDATE personas SET claimed_by = $2, claimed_until = $3 WHERE user_id = $1 \
         AND (claimed_until IS NULL OR claimed_until <= $4) AND COALESCE(last_active_at, -1) = $5",
    );
    let last = persona.last_active_at.map_or(-1, millis);
    let update = update.bind(&persona.user_id).bind(runner).bind(millis(until)).bind(millis(now)).bind(last);
    Ok(update.execute(db).await?.rows_affected() == 1)
}

/// Ends every claim of a runner; gives how many there were.
pub(crate) async fn release<'c>(db: impl AnyExecutor<'c>, runner: &str) -> Result<u64, sqlx::Error> {
    let update = sqlx::query("UPDATE personas SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = $1");
    Ok(update.bind(runner).execute(db).await?.rows_affected())
}

/// Notes that a persona was active; a moment before the noted one changes nothing.
pub(crate) async fn touch<'c>(db: impl AnyExecutor<'c>, user_id: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE personas SET last_active_at = $2 WHERE user_id = $1 \
         AND (last_active_at IS NULL OR last_active_at < $2)",
    );
    update.bind(user_id).bind(millis(now)).execute(db).await.map(drop)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use stack_http::Database;
    use stack_test_database::TestDatabase;

    use super::*;

    const HOUR: TimeDelta = TimeDelta::hours(1);
    const DAY: TimeDelta = TimeDelta::days(1);

    async fn tables(database: &TestDatabase) -> Database {
        let db = Database::open(&database.url()).await.unwrap();
        db.migrate(&crate::SCHEMA).await.unwrap();
        db
    }

    /// A persona without the rest of an account's life.
    async fn add(db: &Database, id: &str, cadence: Cadence, last_active_at: Option<DateTime<Utc>>) {
        sqlx::query(
            "INSERT INTO users (id, email, name, password_hash, role, kind, access_tier, email_verified, created_at, \
             updated_at) VALUES ($1, $2, $1, '', 'user', 'persona', 'founder', 1, 0, 0)",
        )
        .bind(id)
        .bind(format!("{id}@mana.test"))
        .execute(db.pool())
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO personas (user_id, archetype, system_prompt, module_mix, tick_cadence, last_active_at, \
             created_at) VALUES ($1, 'a', 's', '{}', $2, $3, 0)",
        )
        .bind(id)
        .bind(cadence.as_str())
        .bind(last_active_at.map(millis))
        .execute(db.pool())
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn a_persona_is_due_by_its_cadence() {
        let database = TestDatabase::fresh();
        let db = tables(&database).await;
        // 2026-11-20 is a Friday.
        let (friday, saturday) = ("2026-11-20T12:00:00Z", "2026-11-21T00:00:00Z");
        let (sunday, monday) = ("2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z");
        let ms = TimeDelta::milliseconds(1);
        let (hourly, daily, weekdays) = (Cadence::Hourly, Cadence::Daily, Cadence::Weekdays);
        let cases = [
            (hourly, None, friday, true),
            (daily, None, friday, true),
            (weekdays, None, friday, true),
            (hourly, Some(HOUR), friday, false),
            (hourly, Some(HOUR + ms), friday, true),
            (hourly, None, saturday, true),
            (daily, Some(HOUR + ms), friday, false),
            (daily, Some(DAY), friday, false),
            (daily, Some(DAY + ms), friday, true),
            (daily, None, sunday, true),
            (weekdays, Some(DAY), friday, false),
            (weekdays, Some(DAY + ms), friday, true),
            (weekdays, None, saturday, false),
            (weekdays, Some(DAY * 3), sunday, false),
            (weekdays, Some(DAY * 3), monday, true),
        ];
        for (n, (cadence, idle, now, expected)) in cases.into_iter().enumerate() {
            let (id, now) = (format!("p{n}"), now.parse::<DateTime<Utc>>().unwrap());
            add(&db, &id, cadence, idle.map(|idle| now - idle)).await;
            let due = due(db.pool(), now, 100).await.unwrap();
            let is_due = due.iter().any(|persona| persona.user_id == id);
            assert_eq!(is_due, expected, "{cadence:?} idle {idle:?} at {now}");
        }
        db.close().await;
    }

    #[tokio::test]
    async fn a_claim_holds_against_whoever_read_the_same_list() {
        let database = TestDatabase::fresh();
        let db = tables(&database).await;
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        add(&db, "anna", Cadence::Hourly, None).await;
        let anna = due(db.pool(), now, 1).await.unwrap().remove(0);
        let until = now + HOUR * 2;
        assert!(claim(db.pool(), &anna, "r1", now, until).await.unwrap());
        assert!(!claim(db.pool(), &anna, "r2", now, until).await.unwrap(), "r1 was quicker");
        assert_eq!(due(db.pool(), until - TimeDelta::milliseconds(1), 9).await.unwrap(), []);
        assert_eq!(due(db.pool(), until, 9).await.unwrap().len(), 1, "a claim is over when its time is");
        assert!(claim(db.pool(), &anna, "r2", until, until + HOUR).await.unwrap());
        assert_eq!(release(db.pool(), "r1").await.unwrap(), 0, "it is r2's now");
        assert_eq!(release(db.pool(), "r2").await.unwrap(), 1);
        touch(db.pool(), "anna", until).await.unwrap();
        assert!(!claim(db.pool(), &anna, "r3", until, until + HOUR).await.unwrap(), "her day was lived meanwhile");
        db.close().await;
    }
}
