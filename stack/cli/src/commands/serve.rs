//! `stack serve`: one service.

use std::process::ExitCode;

use clap::Args;
use stack_api::Addresses;
use stack_cli::{Config, Ports, Service, StackEnv, serve_one};

use super::{Data, stop_on_signal};

/// Runs one service on its default port, until Ctrl-C or SIGTERM. The flags say where the services it talks to are,
/// and under which address others reach this one.
#[derive(Args)]
pub(crate) struct Serve {
    /// Which service
    service: Service,
    #[command(flatten)]
    data: Data,
    /// Base URL of auth
    #[arg(long, value_name = "URL", env = "MANA_AUTH_URL", default_value = "http://localhost:3001")]
    auth: String,
    /// Base URL of sync
    #[arg(long, value_name = "URL", env = "MANA_SYNC_URL", default_value = "http://localhost:3050")]
    sync: String,
    /// Base URL of the MCP gateway
    #[arg(long, value_name = "URL", env = "MANA_MCP_URL", default_value = "http://localhost:3069")]
    mcp: String,
    /// Base URL of the persona runner
    #[arg(long, value_name = "URL", env = "MANA_RUNNER_URL", default_value = "http://localhost:3070")]
    runner: String,
    /// Base URL of the web app
    #[arg(long, value_name = "URL", env = "MANA_WEB_URL", default_value = "http://localhost:5173")]
    web: String,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let stop = stop_on_signal()?;
        let data = self.data.folder();
        // Services of one folder run beside each other: the claim only covers the making of the secrets.
        let secrets = data.claim().and_then(|_claim| data.secrets())?;
        let config = Config::new(data, secrets, Ports::default(), None, StackEnv::read())?;
        let addresses =
            Addresses { auth: self.auth, sync: self.sync, mcp: self.mcp, runner: self.runner, web: self.web };
        println!("{} starts; Ctrl-C ends it", self.service.name());
        serve_one(self.service, &config, &addresses, stop).await?;
        Ok(ExitCode::SUCCESS)
    }
}
