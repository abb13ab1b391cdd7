//! Auth: accounts, sessions, spaces and the personas' audit trail.

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::json;
use stack_api::{
    personas::{Action, ActionResult},
    routes,
    spaces::{CreateSpace, SpaceType},
};
use stack_cli::{ADMIN_EMAIL, Service};
use stack_client::AuthClient;

use super::{Count, Written, acknowledged, rounds, tell, write_until_gone};
use crate::processes::Processes;

const PASSWORD: &str = "a password of nobody";
/// Rows of one persona's day: all are stored, or none.
const ROWS: u64 = 5;

/// Who writes; each call is one write.
#[derive(Clone)]
struct Writer {
    auth: AuthClient,
    admin: String,
    admin_password: String,
    service_key: SecretString,
    persona: String,
}

impl Writer {
    async fn at(processes: &Processes) -> Self {
        let (auth, admin) = processes.admin().await;
        let persona = auth.personas(&admin).await.unwrap().personas.remove(0).user_id;
        let secrets = processes.secrets();
        let (admin_password, service_key) = (secrets.admin_password, secrets.service_key.into());
        Self { auth, admin, admin_password, service_key, persona }
    }

    async fn register(self, email: String) -> Option<()> {
        let url = self.auth.base().join(routes::REGISTER).unwrap();
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = reqwest::Client::new().post(url).json(&body).send().await.ok()?;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.ok().map(drop)
    }

    async fn log_in(self) -> Option<String> {
        let (login, _) = self.auth.login(ADMIN_EMAIL, &self.admin_password).await.ok()?;
        Some(login.refresh_token)
    }

    async fn make_space(self, slug: String) -> Option<()> {
        let space = CreateSpace {
            name: slug.clone(),
            slug,
            logo: None,
            metadata: Some(json!({ "type": SpaceType::Team.as_str() })),
            keep_current_active_organization: None,
        };
        self.auth.create_space(&self.admin, &space).await.ok().map(drop)
    }

    /// Gives how many rows were new.
    async fn report(self, tick_id: String) -> Option<u64> {
        let action = Action {
            tick_id,
            tool_name: "todo.create".to_owned(),
            input_hash: None,
            result: ActionResult::Ok,
            error_message: None,
            latency_ms: Some(1),
        };
        let actions = (0..ROWS).map(|_| action.clone()).collect();
        Some(self.auth.post_actions(&self.service_key, &self.persona, actions).await.ok()?.written)
    }

    /// An account is there with its personal space, or it is not there.
    async fn check_account(&self, account: &Written<String>) {
        let email = &account.what;
        match self.auth.login(email, PASSWORD).await {
            Ok((login, _)) => assert_eq!(self.auth.spaces(&login.access_token).await.unwrap().len(), 1, "{email}"),
            Err(error) => {
                assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED), "{email}: {error}");
                assert!(account.answer.is_none(), "{email} was registered");
            }
        }
    }

    /// A session goes on whose beginning was told.
    async fn check_session(&self, session: &Written<(), String>) {
        if let Some(refresh_token) = &session.answer {
            self.auth.refresh(refresh_token).await.expect("the session was begun");
        }
    }

    /// A space is there with its owner, or its name is free.
    async fn check_space(&self, space: &Written<String>) {
        let slug = &space.what;
        let spaces = self.auth.spaces(&self.admin).await.unwrap();
        if spaces.iter().any(|space| space.slug == *slug) {
            return;
        }
        assert!(space.answer.is_none(), "{slug} was made");
        self.clone().make_space(slug.clone()).await.expect("nobody has a space of that name");
    }

    /// All rows of a day are there, or none: what is sent again adds what is missing.
    async fn check_day(&self, day: &Written<String, u64>) {
        let missing = self.clone().report(day.what.clone()).await.unwrap();
        match day.answer {
            Some(_) => assert_eq!(missing, 0, "{} was stored", day.what),
            None => assert!(missing == 0 || missing == ROWS, "{} lacks {missing} of {ROWS} rows", day.what),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_auth_acknowledged_is_there_and_nothing_is_half_there() {
    let mut processes = Processes::start(&[Service::Auth]).await;
    processes.seed().await;
    let mut all = 0;
    for round in 0..rounds() {
        let writer = Writer::at(&processes).await;
        let count = Count::new();
        let (one, another, third, fourth) = (writer.clone(), writer.clone(), writer.clone(), writer.clone());
        let accounts = tokio::spawn(write_until_gone(count.clone(), move |n| {
            let email = format!("crash-{round}-{n}@mana.test");
            (email.clone(), one.clone().register(email))
        }));
        let sessions = tokio::spawn(write_until_gone(count.clone(), move |_| ((), another.clone().log_in())));
        let spaces = tokio::spawn(write_until_gone(count.clone(), move |n| {
            let slug = format!("crash-{round}-{n}");
            (slug.clone(), third.clone().make_space(slug))
        }));
        let days = tokio::spawn(write_until_gone(count.clone(), move |n| {
            let tick = format!("crash-{round}-{n}");
            (tick.clone(), fourth.clone().report(tick))
        }));
        count.until_enough(round).await;
        processes.kill(Service::Auth);
        let (accounts, sessions) = (accounts.await.unwrap(), sessions.await.unwrap());
        let (spaces, days) = (spaces.await.unwrap(), days.await.unwrap());
        all += acknowledged(&accounts) + acknowledged(&sessions) + acknowledged(&spaces) + acknowledged(&days);

        processes.run(Service::Auth).await;
        let writer = Writer::at(&processes).await;
        for account in &accounts {
            writer.check_account(account).await;
        }
        for session in &sessions {
            writer.check_session(session).await;
        }
        for space in &spaces {
            writer.check_space(space).await;
        }
        for day in &days {
            writer.check_day(day).await;
        }
    }
    tell("auth", all);
}
