//! What is called, one case after the other.

use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};
use stack_api::{
    collections::{HABITS, NOTES},
    routes,
    sync::EPOCH,
};
use uuid::Uuid;

use crate::{
    connection::{get, post},
    history::{self, History, READ, ROWS},
    load::{self, Measured, Script, Until},
    mcp,
    services::Services,
    users::User,
};

/// Changes of a large push.
const MANY: usize = 100;
/// Where pushes go.
const WRITTEN: &str = "bench-written";

/// A kind of call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// An answer that takes no work: what a call costs on this machine at the least.
    Alive,
    LogIn,
    GetSession,
    PushOne,
    PushMany,
    Pull,
    ToolsList,
    InvalidCall,
    NotesCreate,
    Records,
    HabitsList,
}

impl Case {
    pub(crate) const ALL: [Self; 11] = [
        Self::Alive,
        Self::LogIn,
        Self::GetSession,
        Self::PushOne,
        Self::PushMany,
        Self::Pull,
        Self::ToolsList,
        Self::InvalidCall,
        Self::NotesCreate,
        Self::Records,
        Self::HabitsList,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Alive => "floor: /health/live",
            Self::LogIn => "log-in",
            Self::GetSession => "get-session",
            Self::PushOne => "push of one change",
            Self::PushMany => "pushes of 100, in changes",
            Self::Pull => "pull of 1,000 rows",
            Self::ToolsList => "tools/list",
            Self::InvalidCall => "invalid tool call",
            Self::NotesCreate => "notes.create",
            Self::Records => "records, 100,000 changes to 50",
            Self::HabitsList => "habits.list, 100,000 changes to 50",
        }
    }

    /// How many of what is counted one call is.
    pub(crate) fn counts(self) -> usize {
        if self == Self::PushMany { MANY } else { 1 }
    }

    /// What has to be there for the calls to read.
    pub(crate) fn reads(self) -> Option<History> {
        match self {
            Self::Pull => Some(History::Page),
            Self::Records | Self::HabitsList => Some(History::Long),
            _ => None,
        }
    }

    /// Lets these users call at the same time.
    pub(crate) async fn run(self, services: &Services, users: &[User], until: Until) -> anyhow::Result<Measured> {
        let service = match self {
            Self::LogIn | Self::GetSession => &services.auth,
            Self::PushOne | Self::PushMany | Self::Pull | Self::Records => &services.sync,
            Self::Alive | Self::ToolsList | Self::InvalidCall | Self::NotesCreate | Self::HabitsList => &services.mcp,
        };
        let scripts = users.iter().map(|user| self.script(&service.url, user)).collect();
        load::run(&service.url, scripts, until).await
    }

    fn script(self, base: &url::Url, user: &User) -> Script {
        let tool = |name: &str, arguments: Value| {
            let body = mcp::message("tools/call", &json!({ "name": name, "arguments": arguments }));
            mcp::call(base, &user.token, Some(&user.session), body)
        };
        match self {
            Self::Alive => {
                Script::same(get(base, routes::HEALTH_LIVE, (header::ACCEPT, "application/json")), |answer| {
                    answer.status == StatusCode::OK
                })
            }
            Self::LogIn => Script::same(post(base, routes::LOGIN, None, user.credentials.clone()), |answer| {
                answer.status == StatusCode::OK && answer.holds("accessToken")
            }),
            Self::GetSession => {
                Script::same(get(base, routes::GET_SESSION, (header::COOKIE, &user.cookie)), |answer| {
                    answer.status == StatusCode::OK && answer.holds("\"session\"")
                })
            }
            Self::PushOne => pushes(base, user, 1),
            Self::PushMany => pushes(base, user, MANY),
            Self::Pull => {
                let path = format!("{}?collection={READ}&since={EPOCH}", routes::fill(routes::SYNC_PULL, READ));
                Script::same(get(base, &path, (header::AUTHORIZATION, &bearer(user))), |answer| {
                    answer.status == StatusCode::OK && answer.body.len() > ROWS * 100
                })
            }
            Self::Records => {
                let path = routes::fill(routes::SYNC_RECORDS, HABITS.app_id);
                let path = format!("{path}?collection={}&space={}", HABITS.table, user.space);
                Script::same(get(base, &path, (header::AUTHORIZATION, &bearer(user))), |answer| {
                    answer.status == StatusCode::OK && answer.holds("\"records\":[{")
                })
            }
            Self::ToolsList => {
                let body = mcp::message("tools/list", &json!({}));
                Script::same(mcp::call(base, &user.token, Some(&user.session), body), |answer| {
                    answer.status == StatusCode::OK && answer.holds("habits.archive")
                })
            }
            Self::InvalidCall => Script::same(tool("todo.create", json!({ "priority": "high" })), |answer| {
                answer.status == StatusCode::OK && answer.holds("\"isError\":true")
            }),
            Self::NotesCreate => {
                let content = "Ein Absatz, wie ihn jemand an einem gewöhnlichen Tag aufschreibt. ".repeat(4);
                let title = format!("Notiz in {}", NOTES.module);
                Script::same(tool("notes.create", json!({ "title": title, "content": content })), |answer| {
                    answer.status == StatusCode::OK && answer.holds("\"structuredContent\"")
                })
            }
            Self::HabitsList => Script::same(tool("habits.list", json!({})), |answer| {
                answer.status == StatusCode::OK
                    && answer.holds("\"structuredContent\"")
                    && answer.holds(history::CHANGED)
            }),
        }
    }
}

impl Script {
    /// The same call again and again.
    fn same(call: crate::connection::Call, fits: fn(&crate::connection::Answer) -> bool) -> Self {
        Self { next: Box::new(move || call.clone()), fits }
    }
}

fn bearer(user: &User) -> String {
    format!("Bearer {}", user.token)
}

/// Pushes of new records.
fn pushes(base: &url::Url, user: &User, changes: usize) -> Script {
    let (base, token, space) = (base.clone(), user.token.clone(), user.space.clone());
    let client = Uuid::new_v4().to_string();
    let next = move || {
        let change = |_| history::insert(WRITTEN, &Uuid::new_v4().to_string(), &space);
        let body = history::push(&client, &(0..changes).map(change).collect::<Vec<_>>());
        post(&base, &routes::fill(routes::SYNC_PUSH, WRITTEN), Some(&token), Bytes::from(body))
    };
    Script { next: Box::new(next), fits: |answer| answer.status == StatusCode::OK && answer.holds("syncedUntil") }
}
