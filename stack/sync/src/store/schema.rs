//! The tables.
//!
//! `sync_changes` is the history in commit order, each row with the text that readers get; `sync_records` is what the
//! history comes to, so that a list costs its records; `sync_clock` is the one row from which every cursor is given.

use stack_http::{Migration, Schema};

/// The service's tables.
pub const SCHEMA: Schema = Schema { service: "sync", steps: &[TABLES, ROW_LEVEL_SECURITY] };

const TABLES: Migration = Migration {
    version: 1,
    name: "changes and records",
    sql: "
        CREATE TABLE sync_clock (
            id BIGINT PRIMARY KEY,
            last BIGINT NOT NULL
        );
        INSERT INTO sync_clock (id, last) VALUES (1, 0);

        CREATE TABLE sync_changes (
            scope TEXT NOT NULL,
            app_id TEXT NOT NULL,
            seq BIGINT NOT NULL,
            table_name TEXT NOT NULL,
            record_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            client_id TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (scope, app_id, seq)
        );
        CREATE INDEX sync_changes_of_table ON sync_changes (scope, app_id, table_name, seq);
        CREATE INDEX sync_changes_of_user ON sync_changes (user_id);

        CREATE TABLE sync_records (
            app_id TEXT NOT NULL,
            table_name TEXT NOT NULL,
            record_id TEXT NOT NULL,
            scope TEXT NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            deleted BIGINT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (app_id, table_name, record_id, scope)
        );
        CREATE INDEX sync_records_of_table ON sync_records (scope, app_id, table_name, deleted, created);
    ",
};

/// On PostgreSQL rows are open through policies alone, to the owner too. A later step that changes rows there has to
/// `SET LOCAL ROLE stack_service` first.
const ROW_LEVEL_SECURITY: Migration = Migration {
    version: 2,
    name: "row-level security",
    sql: "
        -- postgresql only
        -- The scopes of the transaction's user; none where it has no user. A setting that once was set is '' afterwards.
        CREATE FUNCTION sync_scopes() RETURNS TEXT[] LANGUAGE SQL STABLE AS $$
            SELECT ARRAY['u:' || caller.id] || ARRAY(SELECT 's:' || jsonb_array_elements_text(caller.spaces))
            FROM (
                SELECT nullif(current_setting('app.user_id', true), '') AS id,
                       coalesce(nullif(current_setting('app.spaces', true), ''), '[]')::jsonb AS spaces
            ) AS caller
            WHERE caller.id IS NOT NULL
        $$;

        ALTER TABLE sync_clock ENABLE ROW LEVEL SECURITY;
        ALTER TABLE sync_clock FORCE ROW LEVEL SECURITY;
        GRANT SELECT, UPDATE ON sync_clock TO stack_request, stack_service;
        CREATE POLICY everybody ON sync_clock TO stack_request, stack_service
            USING (current_user IN ('stack_request', 'stack_service'));

        ALTER TABLE sync_changes ENABLE ROW LEVEL SECURITY;
        ALTER TABLE sync_changes FORCE ROW LEVEL SECURITY;
        GRANT SELECT, INSERT ON sync_changes TO stack_request;
        GRANT SELECT, DELETE ON sync_changes TO stack_service;
        CREATE POLICY own_scopes ON sync_changes FOR SELECT TO stack_request
            USING (scope = ANY ((SELECT sync_scopes())::TEXT[]));
        CREATE POLICY as_oneself ON sync_changes FOR INSERT TO stack_request
            WITH CHECK (scope = ANY ((SELECT sync_scopes())::TEXT[])
                        AND user_id = nullif(current_setting('app.user_id', true), ''));
        CREATE POLICY service ON sync_changes TO stack_service USING (current_user = 'stack_service');

        ALTER TABLE sync_records ENABLE ROW LEVEL SECURITY;
        ALTER TABLE sync_records FORCE ROW LEVEL SECURITY;
        GRANT SELECT, INSERT, UPDATE ON sync_records TO stack_request;
        GRANT SELECT, UPDATE, DELETE ON sync_records TO stack_service;
        CREATE POLICY own_scopes ON sync_records TO stack_request
            USING (scope = ANY ((SELECT sync_scopes())::TEXT[]));
        CREATE POLICY service ON sync_records TO stack_service USING (current_user = 'stack_service');
        -- both again
    ",
};
