//! The services under load: each a process of its own, ended on drop.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use http::header;
use stack_api::routes;
use url::Url;

use crate::{
    connection::{Connection, get},
    memory,
    report::Peak,
};

const UP_WITHIN: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// A service and where it is.
pub(crate) struct Service {
    name: &'static str,
    process: Child,
    pub(crate) url: Url,
}

/// Auth, sync, gateway and persona runner.
pub(crate) struct Services {
    program: PathBuf,
    data: PathBuf,
    pub(crate) auth: Service,
    pub(crate) sync: Service,
    pub(crate) mcp: Service,
    pub(crate) runner: Service,
}

impl Services {
    /// Starts them on free ports and waits until each is ready.
    pub(crate) async fn start(program: &Path, data: &Path, postgres: Option<&str>) -> anyhow::Result<Self> {
        let ports = free_ports()?;
        let mut services = Vec::new();
        for (position, name) in NAMES.into_iter().enumerate() {
            // One after the other: the first makes the secrets that all share.
            services.push(start(program, data, postgres, name, &ports, ports[position]).await?);
        }
        let [auth, sync, mcp, runner] =
            <[Service; 4]>::try_from(services).ok().expect("as many services as names were started");
        Ok(Self { program: program.to_owned(), data: data.to_owned(), auth, sync, mcp, runner })
    }

    /// A command of the stack's own that talks to these services.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--data").arg(&self.data).arg("--auth").arg(self.auth.url.as_str());
        command
    }

    /// The peak of each.
    pub(crate) fn peaks(&self, database: &'static str) -> Vec<Peak> {
        let all = [&self.auth, &self.sync, &self.mcp, &self.runner];
        all.map(|service| Peak { database, service: service.name, mib: service.peak_mib() }).into()
    }
}

const NAMES: [&str; 4] = ["auth", "sync", "mcp", "runner"];

impl Service {
    /// The most memory that it ever had.
    pub(crate) fn peak_mib(&self) -> Option<f64> {
        memory::peak_mib(self.process.id())
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            if let Ok(mut connection) = Connection::open(&self.url).await {
                let answer = connection.call(get(&self.url, routes::HEALTH, (header::ACCEPT, "*/*"))).await;
                if answer.is_ok_and(|answer| answer.status.is_success()) {
                    return Ok(());
                }
            }
            if let Some(status) = self.process.try_wait().context("cannot watch a service")? {
                bail!("{} ended while it started ({status})", self.name);
            }
            if began.elapsed() > UP_WITHIN {
                bail!("{} is not ready after {} s", self.name, UP_WITHIN.as_secs());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _already_reaped = self.process.wait();
    }
}

async fn start(
    program: &Path,
    data: &Path,
    postgres: Option<&str>,
    name: &'static str,
    ports: &[u16; 4],
    port: u16,
) -> anyhow::Result<Service> {
    let mut command = Command::new(program);
    command.args(["serve", name, "--port", &port.to_string()]).arg("--data").arg(data);
    for (other, port) in NAMES.into_iter().zip(ports) {
        command.arg(format!("--{other}")).arg(format!("http://localhost:{port}"));
    }
    // Ticks are asked for; and one user calls one tool more often in a minute than the gate lets anybody.
    command.env("RUNNER_PAUSED", "true").env("MCP_POLICY_MODE", "off");
    for variable in ["MANA_ENV", "PERSONA_PLAYER", "DATABASE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
        command.env_remove(variable);
    }
    if let Some(url) = postgres {
        command.env("DATABASE_URL", url);
    }
    let process = command.stdout(Stdio::null()).spawn();
    let process = process.with_context(|| format!("cannot run {}", program.display()))?;
    let url = Url::parse(&format!("http://localhost:{port}")).expect("a port makes a URL");
    let mut service = Service { name, process, url };
    service.ready().await?;
    Ok(service)
}

/// Ports that were free a moment ago. All are held until all are found, so that none is found twice.
fn free_ports() -> anyhow::Result<[u16; 4]> {
    let mut held = Vec::new();
    let mut ports = [0; 4];
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
