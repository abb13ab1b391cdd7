//! `stack serve`: one service.

use std::process::ExitCode;

use clap::Args;
use stack_api::{Addresses, ports};
use stack_cli::{Config, Service, ServiceWords, StackEnv, serve_one};

use super::{Data, stop_on_signal};

/// Runs one service on its port or a chosen one, until Ctrl-C or SIGTERM. The flags say where the services it talks to are,
/// and under which address others reach this one.
#[derive(Args)]
pub(crate) struct Serve {
    /// Which service
    service: Service,
    #[command(flatten)]
    data: Data,
    /// Listen on this port; 0 lets the system choose
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Base URL of auth [env: MANA_AUTH_URL; default: http://localhost:3001]
    #[arg(long, value_name = "URL")]
    auth: Option<String>,
    /// Base URL of sync [env: MANA_SYNC_URL; default: http://localhost:3050]
    #[arg(long, value_name = "URL")]
    sync: Option<String>,
    /// Base URL of the MCP gateway [env: MANA_MCP_URL; default: http://localhost:3069]
    #[arg(long, value_name = "URL")]
    mcp: Option<String>,
    /// Base URL of the persona runner [env: MANA_RUNNER_URL; default: http://localhost:3070]
    #[arg(long, value_name = "URL")]
    runner: Option<String>,
    /// Base URL of the web app [env: MANA_WEB_URL; default: http://localhost:5173]
    #[arg(long, value_name = "URL")]
    web: Option<String>,
}

impl Serve {
    pub(crate) async fn run(self, mut env: StackEnv) -> anyhow::Result<ExitCode> {
        let stop = stop_on_signal()?;
        let data = self.data.folder();
        // Services of one folder run beside each other: the claim only covers the making of the secrets.
        let secrets = data.claim().and_then(|_claim| data.secrets())?;
        if let Some(port) = self.port {
            *self.service.of(&mut env.ports) = Some(port.to_string());
        }
        let said = env.urls;
        env.urls = ServiceWords {
            auth: self.auth.or(said.auth),
            sync: self.sync.or(said.sync),
            mcp: self.mcp.or(said.mcp),
            runner: self.runner.or(said.runner),
            web: self.web.or(said.web),
        };
        let config = Config::new(data, secrets, None, env)?;
        let addresses = config.urls.or(defaults());
        println!("{} starts; Ctrl-C ends it", self.service.name());
        serve_one(self.service, &config, &addresses, stop).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Each service on this machine, at its usual port.
fn defaults() -> Addresses {
    let at = |port: u16| format!("http://localhost:{port}");
    Addresses {
        auth: at(ports::AUTH),
        sync: at(ports::SYNC),
        mcp: at(ports::MCP),
        runner: at(ports::RUNNER),
        web: at(ports::WEB),
    }
}
