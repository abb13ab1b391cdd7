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
    let (role, id, spaces) = match principal {
        Principal::User { id, spaces } => (REQUEST, *id, spaces.as_slice()),
        Principal::Service => (SERVICE, "", &[][..]),
    };
    // `set_config('role', …, true)` is `SET LOCAL ROLE`; so one question to the server does it all.
    let set = sqlx::query(
        "SELECT set_config('role', $1, true), set_config('app.user_id', $2, true), set_config('app.spaces', $3, true)",
    );
    let spaces = serde_json::to_string(spaces).expect("a list of words always serializes");
    set.bind(role).bind(id).bind(spaces).execute(connection).await.map(drop)
}
