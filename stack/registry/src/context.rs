//! Who calls, where and when; and the services a tool reaches.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Client;
use secrecy::SecretString;
use stack_client::{AuthClient, SyncClient};
use url::Url;

use crate::{MasterKeys, Policy};

/// The name under which tools write; the original's gateway has the same.
const CLIENT_ID: &str = "mana-mcp";

/// The services that tools call, shared by all calls.
pub struct Services {
    pub(crate) auth: AuthClient,
    pub(crate) sync: SyncClient,
    /// The keys of users who called lately.
    pub master_keys: MasterKeys,
}

impl Services {
    /// Calls the services at these base URLs.
    #[must_use]
    pub fn new(auth_url: Url, sync_url: Url, http: Client) -> Self {
        Self {
            auth: AuthClient::new(auth_url, http.clone()),
            sync: SyncClient::new(sync_url, http, CLIENT_ID),
            master_keys: MasterKeys::default(),
        }
    }
}

/// One call: checked by the gateway before a tool sees it.
#[derive(Clone)]
pub struct ToolContext {
    /// Who calls.
    pub user_id: Arc<str>,
    /// The caller's own access token; tools reach auth and sync with no other.
    pub token: SecretString,
    /// The space to act in; the caller is a member.
    pub space_id: Arc<str>,
    /// Whether others are in it too: what it holds is under its own key then, and not under the caller's.
    pub shared: bool,
    /// The moment of the call, by the stack's clock.
    pub now: DateTime<Utc>,
    /// What this caller may use.
    pub policy: Policy,
    /// Auth, sync and keys.
    pub services: Arc<Services>,
}

impl ToolContext {
    /// The moment of the call as records carry it.
    pub(crate) fn timestamp(&self) -> String {
        timestamp(self.now)
    }
}

/// RFC 3339, UTC, milliseconds.
pub(crate) fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
