//! The verbs of `stack`, one file each.

pub(crate) mod admin;
pub(crate) mod migrate;
pub(crate) mod personas;
pub(crate) mod serve;
pub(crate) mod tick;
pub(crate) mod up;
pub(crate) mod vault;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use stack_cli::{ADMIN_EMAIL, DataFolder};
use stack_client::AuthClient;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The data folder, for every verb that may need it.
#[derive(Args)]
pub(crate) struct Data {
    /// Folder of databases, secrets and addresses
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

impl Data {
    pub(crate) fn folder(&self) -> DataFolder {
        DataFolder::new(&self.data)
    }
}

/// Which stack to talk to, and as whom.
#[derive(Args)]
pub(crate) struct AsAdmin {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Base URL of auth [default: that of the stack running on the data folder, else http://localhost:3001]
    #[arg(long, value_name = "URL", env = "MANA_AUTH_URL")]
    auth: Option<Url>,
    /// An administrator's access token [default: logs in with the data folder's administrator]
    #[arg(long, value_name = "TOKEN", env = "MANA_ADMIN_JWT", hide_env_values = true)]
    jwt: Option<String>,
}

impl AsAdmin {
    pub(crate) fn client(&self) -> anyhow::Result<AuthClient> {
        let running = self.data.folder().addresses().map(|addresses| addresses.auth);
        let url = match &self.auth {
            Some(url) => url.clone(),
            None => address(running, stack_api::ports::AUTH)?,
        };
        Ok(AuthClient::new(url, reqwest::Client::new()))
    }

    /// The given token, or one got by an ordinary log-in.
    pub(crate) async fn token(&self, auth: &AuthClient) -> anyhow::Result<String> {
        if let Some(token) = &self.jwt {
            return Ok(token.clone());
        }
        let secrets = self.data.folder().existing_secrets().context(
            "no administrator is known here\nhelp: name one by --jwt TOKEN or MANA_ADMIN_JWT, or the folder of a \
             stack that was started here by --data DIR",
        )?;
        let (login, _) = auth.login(ADMIN_EMAIL, &secrets.admin_password).await.with_context(|| {
            format!(
                "cannot log in as {ADMIN_EMAIL}\nhelp: start the stack with: stack up --data {}",
                self.data.data.display()
            )
        })?;
        Ok(login.access_token)
    }
}

/// The address of a running service, else its default.
pub(crate) fn address(running: Option<String>, port: u16) -> anyhow::Result<Url> {
    let text = running.unwrap_or_else(|| format!("http://localhost:{port}"));
    Url::parse(&text).with_context(|| format!("{text} is no URL"))
}

/// SIGXFSZ on Linux and macOS, on the processors that we are built for.
#[cfg(unix)]
const FILE_SIZE_EXCEEDED: i32 = 25;

/// Cancelled by Ctrl-C and by SIGTERM.
pub(crate) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut term = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        // Unheard, it ends a process that writes beyond its limit; heard, the write fails as on a full disk. Once it is
        // listened for it stays so.
        let _heard = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED)).context("cannot listen for SIGXFSZ")?;
        tokio::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            asked.cancel();
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        let _signal_or_no_way_to_hear_one = tokio::signal::ctrl_c().await;
        asked.cancel();
    });
    Ok(stop)
}
