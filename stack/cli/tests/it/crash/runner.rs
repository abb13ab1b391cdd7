//! The persona runner: a day that counts is there with all its calls and its ratings.

use stack_cli::Service;
use stack_http::{Database, Principal};

use super::{rounds, tell};
use crate::{processes::Processes, program::until};

/// What the services hold of the personas' days.
struct Days {
    auth: Database,
    sync: Database,
}

impl Days {
    async fn of(processes: &Processes) -> Self {
        let open = async |service| Database::open(&processes.tables(service)).await.unwrap();
        Self { auth: open(Service::Auth).await, sync: open(Service::Sync).await }
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.auth.pool()).await.unwrap()
    }

    async fn lived(&self) -> usize {
        let days = "SELECT COUNT(*) FROM (SELECT DISTINCT persona_id, tick_id FROM persona_actions) days";
        usize::try_from(self.count(days).await).unwrap()
    }

    /// Everybody is due, and nobody is claimed by who is dead.
    async fn begin_anew(&self) {
        let all = sqlx::query("UPDATE personas SET last_active_at = NULL, claimed_by = NULL, claimed_until = NULL");
        all.execute(self.auth.pool()).await.unwrap();
    }

    async fn check(&self) {
        let broken = "SELECT COUNT(*) FROM (SELECT persona_id, tick_id FROM persona_actions \
            GROUP BY persona_id, tick_id HAVING COUNT(*) <> MAX(position) + 1) days";
        assert_eq!(self.count(broken).await, 0, "days with calls missing");
        let unrated = "SELECT COUNT(*) FROM persona_actions WHERE NOT EXISTS (SELECT 1 FROM persona_feedback \
            WHERE persona_feedback.persona_id = persona_actions.persona_id \
            AND persona_feedback.tick_id = persona_actions.tick_id)";
        assert_eq!(self.count(unrated).await, 0, "days without their ratings");
        let created = "SELECT COUNT(*) FROM persona_actions WHERE tool_name = 'todo.create' AND result = 'ok'";
        let told = self.count(created).await;
        let mut reading = self.sync.read_as(&Principal::Service).await.unwrap();
        let stored = sqlx::query_scalar("SELECT COUNT(*) FROM sync_records WHERE table_name = 'tasks'");
        let stored: i64 = stored.fetch_one(reading.connection()).await.unwrap();
        assert!(told <= stored, "the trail tells of {told} tasks, and there are {stored}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_a_killed_runner_stored_is_whole_and_rated() {
    let mut processes = Processes::start(&[Service::Auth, Service::Sync, Service::Mcp]).await;
    processes.seed().await;
    let days = Days::of(&processes).await;
    for round in 0..rounds() {
        days.begin_anew().await;
        let before = days.lived().await;
        processes
            .run_with(Service::Runner, |command| {
                command.env("RUNNER_PAUSED", "false").env("TICK_INTERVAL_MS", "50");
            })
            .await;
        // Another moment of the playing in each round; on every day of the week at least six personas are due.
        let enough = before + 1 + round % 5;
        until("a few days", async || days.lived().await >= enough).await;
        processes.kill(Service::Runner);
        days.check().await;
    }
    tell("runner", days.lived().await);
}
