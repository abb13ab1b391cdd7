//! On whose behalf a transaction runs, and the one place where the database is told.
//!
//! On PostgreSQL a request's transaction takes on a role that owns nothing and is no superuser, and carries the caller's
//! id and spaces in settings that end with the transaction; the tables' policies read them. So a query that forgets to
//! name its scopes still sees nothing but the caller's. SQLite has no such thing: there the queries' own scopes are the
//! only line.

use sqlx::AnyConnection;

/// Whose right a transaction has. Tables with row-level security open to nobody else, their owner included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal<'a> {
    /// A user, and the spaces whose member the user is.
    User {
        /// The user's id.
        id: &'a str,
        /// Ids of the spaces.
        spaces: Vec<&'a str>,
    },
    /// The service itself, where its work is about many users. Never for what a request asks for.
    Service,
}

/// The role of requests.
const REQUEST: &str = "stack_request";
/// The role of the service's own work.
const SERVICE: &str = "stack_service";

/// Makes the roles where they are missing, and lets this connection's user take them on. Whoever may not make roles
/// finds them made by an administrator.
const MAKE_ROLES: &str = "DO $$
    DECLARE wanted TEXT;
    BEGIN
        FOREACH wanted IN ARRAY ARRAY['stack_request', 'stack_service'] LOOP
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
                END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
            BEGIN
                IF NOT pg_has_role(session_user, wanted, 'MEMBER') THEN
                    EXECUTE format('GRANT %I TO %I', wanted, session_user);
                END IF;
            EXCEPTION WHEN unique_violation THEN NULL;
            END;
        END LOOP;
    END $$";

/// Makes the roles of PostgreSQL where they are missing.
pub(crate) async fn make_roles(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(MAKE_ROLES).execute(connection).await.map(drop)
}

/// Gives a PostgreSQL transaction this principal's right and no other, until it ends.
pub(crate) async fn assume(connection: &mut AnyConnection, principal: &Principal<'_>) -> Result<(), sqlx::Error> {
    let (role, id, spaces) = settings(principal);
    // `set_config('role', …, true)` is `SET LOCAL ROLE`; so one question to the server does it all.
    let set = sqlx::query(
        "SELECT set_config('role', $1, true), set_config('app.user_id', $2, true), set_config('app.spaces', $3, true)",
    );
    set.bind(role).bind(id).bind(spaces).execute(connection).await.map(drop)
}

/// What begins a PostgreSQL transaction that has this principal's right and no other: [`assume`] in the same question to
/// the server as the beginning. A statement that begins takes no parameters, so the values stand in it as hexadecimal
/// digits, out of which no text can break.
pub(crate) fn beginning(principal: &Principal<'_>) -> String {
    let (role, id, spaces) = settings(principal);
    let [role, id, spaces] = [role, id, &spaces].map(|value| {
        let digits: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("convert_from(decode('{digits}', 'hex'), 'UTF8')")
    });
    format!(
        "BEGIN; SELECT set_config('role', {role}, true), set_config('app.user_id', {id}, true), \
         set_config('app.spaces', {spaces}, true)"
    )
}

/// Role, user and spaces, the last as JSON.
fn settings<'a>(principal: &Principal<'a>) -> (&'static str, &'a str, String) {
    let (role, id, spaces) = match principal {
        Principal::User { id, spaces } => (REQUEST, *id, spaces.as_slice()),
        Principal::Service => (SERVICE, "", &[][..]),
    };
    (role, id, serde_json::to_string(spaces).expect("a list of words always serializes"))
}

#[cfg(test)]
mod tests {
    use stack_test_database::TestDatabase;

    use super::*;
    use crate::{Database, Migration, Schema};

    const NOTHING: Schema = Schema {
        service: "test",
        steps: &[Migration { version: 1, name: "nothing", sql: "CREATE TABLE nothing (id TEXT);" }],
    };

    /// Users whose ids would like to be something else.
    const IDS: [&str; 7] =
        ["anna", "", "an'na", "'; RESET ROLE; --", "\\'\"$$", "Änna 🙂", "', true); SELECT set_config('role', 'none"];

    #[test]
    fn nothing_of_a_value_stands_in_the_statement_but_its_digits() {
        let frame = |principal: &Principal<'_>| {
            let said = beginning(principal);
            let parts = said.split("decode('").map(|part| part.rsplit_once("', 'hex')"));
            let (values, around): (Vec<_>, Vec<_>) =
                parts.skip(1).map(|part| part.unwrap()).map(|(v, a)| (v.to_owned(), a.to_owned())).unzip();
            assert!(values.iter().all(|value| value.bytes().all(|byte| byte.is_ascii_hexdigit())), "{said}");
            around
        };
        for id in IDS {
            assert_eq!(frame(&Principal::User { id, spaces: vec![id] }), frame(&Principal::Service));
        }
    }

    #[tokio::test]
    async fn a_transaction_begins_as_whom_it_is_for_and_as_nobody_else() {
        let fresh = TestDatabase::fresh();
        let db = Database::open(&fresh.url()).await.unwrap();
        if db.is_sqlite() {
            return;
        }
        db.migrate(&NOTHING).await.unwrap();
        for id in IDS {
            let principal = Principal::User { id, spaces: vec![id, "team"] };
            let mut transaction = db.read_as(&principal).await.unwrap();
            let row: (String, String, String) = sqlx::query_as(
                "SELECT current_setting('role'), current_setting('app.user_id'), current_setting('app.spaces')",
            )
            .fetch_one(transaction.connection())
            .await
            .unwrap();
            let spaces = serde_json::to_string(&[id, "team"]).unwrap();
            assert_eq!(row, (REQUEST.to_owned(), id.to_owned(), spaces));
        }
        let role: String = sqlx::query_scalar("SELECT current_setting('role')").fetch_one(db.pool()).await.unwrap();
        assert_eq!(role, "none", "what a transaction took on ends with it");
    }
}
