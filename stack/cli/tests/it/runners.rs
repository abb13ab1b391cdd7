//! Several runner processes share the personas of one stack.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use stack_api::{Addresses, personas::PersonaList};
use stack_cli::DataFolder;
use stack_client::AuthClient;
use tempfile::TempDir;
use tokio::{io::AsyncReadExt as _, net::TcpListener, time::timeout};

use crate::program::{PATIENCE, Up, stack, terminate};

/// A runner of its own, whose loop plays.
struct Runner {
    process: Child,
    _folder: TempDir,
}

impl Runner {
    /// With this gateway, which need not be the stack's.
    fn start(up: &Up, mcp: &str, day_max: Duration) -> Self {
        Self::start_with(up, mcp, day_max, |_| {})
    }

    fn start_with(up: &Up, mcp: &str, day_max: Duration, change: impl FnOnce(&mut Command)) -> Self {
        let folder = TempDir::new().unwrap();
        let Addresses { auth, sync, web, runner, .. } = &up.addresses;
        let mut command = stack(&["serve", "runner", "--port", "0", "--auth", auth, "--sync", sync, "--web", web]);
        let command = command.args(["--mcp", mcp, "--runner", runner]).arg("--data").arg(folder.path());
        let command = command.env("RUNNER_PAUSED", "false").env("TICK_INTERVAL_MS", "50");
        let command = command.env("PERSONA_DAY_MAX_MS", day_max.as_millis().to_string());
        let command = command.env("MANA_SERVICE_KEY", service_key(up)).stdout(Stdio::null());
        change(command);
        Self { process: command.spawn().unwrap(), _folder: folder }
    }
}

impl Drop for Runner {
    /// As a machine that loses its power: nothing is given back.
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _already_reaped = self.process.wait();
    }
}

fn service_key(up: &Up) -> String {
    DataFolder::new(up.data()).secrets().unwrap().service_key
}

/// How many personas have lived a day, and that none has lived two.
async fn lived(up: &Up) -> usize {
    let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), reqwest::Client::new());
    let secrets = DataFolder::new(up.data()).secrets().unwrap();
    let (admin, _) = auth.login(stack_cli::ADMIN_EMAIL, &secrets.admin_password).await.unwrap();
    let PersonaList { personas } = auth.personas(&admin.access_token).await.unwrap();
    let key = secrets.service_key.into();
    let mut lived = 0;
    for persona in personas {
        let memory = auth.persona_memory(&key, &persona.user_id).await.unwrap();
        let mut ticks: Vec<_> = memory.recent_actions.into_iter().map(|row| row.action.tick_id).collect();
        ticks.dedup();
        assert!(ticks.len() <= 1, "{} was played twice: {ticks:?}", persona.email);
        lived += usize::from(!memory.recent_feedback.is_empty());
    }
    lived
}

/// How many personas wait for a runner.
async fn due(up: &Up) -> usize {
    let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), reqwest::Client::new());
    auth.due_personas(&service_key(up).into()).await.unwrap().personas.len()
}

/// Waits until so many have lived. The pause only keeps the wait from spinning.
async fn until_lived(up: &Up, all: usize) {
    let began = Instant::now();
    while lived(up).await < all {
        assert!(began.elapsed() < PATIENCE * 2, "the personas do not come to their day");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

const TEN_MINUTES: Duration = Duration::from_secs(600);

#[tokio::test]
async fn three_runners_play_each_persona_once() {
    let up = Up::start();
    assert!(up.verb(&["personas", "seed"]).status.success());
    let _runners = [(); 3].map(|()| Runner::start(&up, &up.addresses.mcp, TEN_MINUTES));
    until_lived(&up, 10).await;
}

#[tokio::test]
async fn what_a_killed_runner_has_claimed_is_played_by_another_when_the_claim_is_over() {
    let up = Up::start();
    assert!(up.verb(&["personas", "seed"]).status.success());
    // A gateway that accepts and never answers: the days of this runner do not end before it is killed.
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://localhost:{}", deaf.local_addr().unwrap().port());
    let killed = Runner::start(&up, &address, Duration::from_secs(20));
    let held = timeout(PATIENCE, deaf.accept()).await.expect("a day begins").unwrap();
    drop(killed);
    drop(held);

    let due = due(&up).await;
    assert!((8..=9).contains(&due), "one or two are the killed runner's: {due}");
    let _heir = Runner::start(&up, &up.addresses.mcp, TEN_MINUTES);
    until_lived(&up, 10).await;
}

#[tokio::test]
async fn a_runner_that_is_told_to_stop_in_mid_turn_ends_in_time_and_gives_its_personas_back() {
    let up = Up::start();
    assert!(up.verb(&["personas", "seed"]).status.success());
    // A model that takes the question and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/v1", silent.local_addr().unwrap().port());
    let mut runner = Runner::start_with(&up, &up.addresses.mcp, TEN_MINUTES, |command| {
        command.env("PERSONA_PLAYER", "openai").env("PERSONA_MODEL", "silent").env("OPENAI_BASE_URL", url);
    });
    let (mut question, _) = timeout(PATIENCE, silent.accept()).await.expect("the model is asked").unwrap();
    timeout(PATIENCE, question.read_exact(&mut [0; 16])).await.expect("a question comes").unwrap();
    let held = due(&up).await;
    assert!((8..=9).contains(&held), "one or two play: {held}");

    let (status, took) = terminate(&mut runner.process);
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(due(&up).await, 10, "nothing was done, and nobody is claimed any more");
}
