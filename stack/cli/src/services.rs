//! Binding, starting, watching and ending the five services.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::Router;
use stack_api::{Addresses, routes};
use stack_http::{Schema, ServiceKey, serve::serve};
use tokio::{net::TcpListener, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{ADMIN_EMAIL, Config, ServiceWords, StackError, Tables, tables::url_of};

/// How long the services may take to answer after their start.
const HEALTHY_WITHIN: Duration = Duration::from_secs(20);
/// How long the services may take to end. With the drain of the servers it keeps `stack up` below five seconds.
const END_WITHIN: Duration = Duration::from_millis(4500);

/// One of the five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Service {
    /// Accounts, sessions, tokens, spaces, vault, personas.
    Auth,
    /// The last-write-wins store.
    Sync,
    /// The MCP gateway.
    Mcp,
    /// The persona runner.
    Runner,
    /// The pages.
    Web,
}

impl Service {
    /// All of them, in the order in which they start.
    pub const ALL: [Self; 5] = [Self::Auth, Self::Sync, Self::Mcp, Self::Web, Self::Runner];

    /// Its word in addresses, messages and health answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Sync => "sync",
            Self::Mcp => "mcp",
            Self::Runner => "runner",
            Self::Web => "web",
        }
    }

    /// Its tables, if it keeps any.
    #[must_use]
    pub fn schema(self) -> Option<Schema> {
        match self {
            Self::Auth => Some(stack_auth::SCHEMA),
            Self::Sync => Some(stack_sync::SCHEMA),
            Self::Mcp | Self::Runner | Self::Web => None,
        }
    }

    /// Its word among one for each.
    pub fn of(self, words: &mut ServiceWords) -> &mut Option<String> {
        match self {
            Self::Auth => &mut words.auth,
            Self::Sync => &mut words.sync,
            Self::Mcp => &mut words.mcp,
            Self::Runner => &mut words.runner,
            Self::Web => &mut words.web,
        }
    }

    fn port(self, config: &Config) -> u16 {
        match self {
            Self::Auth => config.ports.auth,
            Self::Sync => config.ports.sync,
            Self::Mcp => config.ports.mcp,
            Self::Runner => config.ports.runner,
            Self::Web => config.ports.web,
        }
    }

    fn url(self, addresses: &Addresses) -> &str {
        match self {
            Self::Auth => &addresses.auth,
            Self::Sync => &addresses.sync,
            Self::Mcp => &addresses.mcp,
            Self::Runner => &addresses.runner,
            Self::Web => &addresses.web,
        }
    }
}

/// A stack whose services all answer. Dropping it cuts them off; [`RunningStack::stop`] ends them.
pub struct RunningStack {
    addresses: Addresses,
    stop: CancellationToken,
    tasks: JoinSet<io::Result<()>>,
    config: Config,
    copy: Option<PathBuf>,
    _claim: File,
}

/// Starts all services on their ports and waits until each is healthy. Then, and not before, their addresses are
/// written to the data folder and to `addresses`.
///
/// # Errors
/// When a port, the data folder or a service is not to be had; nothing is left running then.
pub async fn start(config: Config, addresses: Option<&Path>) -> Result<RunningStack, StackError> {
    let claim = config.data.claim()?;
    // All are looked at before one is touched: a stack that will not start must not have made half its tables newer.
    for tables in Tables::all(&config.data, config.database_url.as_deref())? {
        tables.pending().await?;
    }
    let mut listeners = Vec::new();
    for service in Service::ALL {
        listeners.push((service, listen(service, service.port(&config)).await?));
    }
    let port = |wanted: Service| {
        let (_, listener) = listeners.iter().find(|(service, _)| *service == wanted).expect("all five are bound");
        listener.local_addr().map(|address| format!("http://localhost:{}", address.port()))
    };
    let found = |service| {
        port(service).map_err(|source| StackError::Listen { service: "stack", address: String::new(), source })
    };
    let local = Addresses {
        auth: found(Service::Auth)?,
        sync: found(Service::Sync)?,
        mcp: found(Service::Mcp)?,
        runner: found(Service::Runner)?,
        web: found(Service::Web)?,
    };
    let urls = config.urls.or(local.clone());
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    for (service, listener) in listeners {
        let router = router(service, &config, &urls, &stop, &mut tasks).await?;
        tasks.spawn(serve(listener, router, stop.clone()));
    }
    for service in Service::ALL {
        healthy(service, service.url(&local)).await?;
    }
    config.data.write_addresses(&urls, addresses)?;
    Ok(RunningStack { addresses: urls, stop, tasks, config, copy: addresses.map(Path::to_owned), _claim: claim })
}

/// Runs one service on its port until `stop`; the others are where `addresses` says.
///
/// # Errors
/// When its port, its data or the service itself is not to be had.
pub async fn serve_one(
    service: Service,
    config: &Config,
    addresses: &Addresses,
    stop: CancellationToken,
) -> Result<(), StackError> {
    if let Some(tables) = Tables::of(service, &config.data, config.database_url.as_deref())? {
        tables.pending().await?;
    }
    let port = service.port(config);
    let listener = listen(service, port).await?;
    let mut tasks = JoinSet::new();
    let router = router(service, config, addresses, &stop, &mut tasks).await?;
    tasks.spawn(serve(listener, router, stop.clone()));
    stop.cancelled().await;
    end(&mut tasks).await;
    Ok(())
}

impl RunningStack {
    /// Where the services are.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Waits until a service ends by itself, which none should.
    pub async fn failed(&mut self) -> String {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => format!("a service ended: {error}"),
            Some(Err(error)) => format!("a service ended: {error}"),
            Some(Ok(Ok(()))) | None => "a service ended by itself".to_owned(),
        }
    }

    /// Ends every service; open answers have a few seconds to end by themselves.
    pub async fn stop(mut self) {
        self.config.data.forget_addresses(self.copy.as_deref());
        self.stop.cancel();
        end(&mut self.tasks).await;
    }
}

async fn end(tasks: &mut JoinSet<io::Result<()>>) {
    let deadline = Instant::now() + END_WITHIN;
    while let Ok(Some(_)) = tokio::time::timeout_at(deadline, tasks.join_next()).await {}
    tasks.shutdown().await;
}

async fn listen(service: Service, port: u16) -> Result<TcpListener, StackError> {
    let service = service.name();
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StackError::PortTaken { service, port },
        _ => StackError::Listen { service, address: format!("127.0.0.1:{port}"), source },
    })
}

/// A service's routes. What a service runs beside them joins `tasks`.
async fn router(
    service: Service,
    config: &Config,
    addresses: &Addresses,
    stop: &CancellationToken,
    tasks: &mut JoinSet<io::Result<()>>,
) -> Result<Router, StackError> {
    let failed = |reason: String| StackError::Start { service: service.name(), reason };
    let url = |text: &str| Url::parse(text).map_err(|e| failed(format!("{text} is no URL: {e}")));
    let (auth_url, sync_url, web_url) = (url(&addresses.auth)?, url(&addresses.sync)?, url(&addresses.web)?);
    let database_url = url_of(service, &config.data, config.database_url.as_deref())?;
    match service {
        Service::Auth => stack_auth::router(stack_auth::Config {
            database_url,
            public_url: auth_url,
            web_origins: vec![web_url],
            secret: config.auth_secret.clone(),
            service_key: ServiceKey::new(config.service_key.clone()),
            keys: config.keys.clone(),
            clock: config.clock,
            production: config.production,
            require_verification: config.production,
            sync_url: Some(sync_url),
            admin: Some(stack_auth::AdminAccount {
                email: ADMIN_EMAIL.to_owned(),
                password: config.admin_password.clone(),
            }),
        })
        .await
        .map_err(|e| failed(e.to_string())),
        Service::Sync => stack_sync::router(stack_sync::Config {
            database_url,
            auth_url,
            web_origins: vec![web_url],
            service_key: ServiceKey::new(config.service_key.clone()),
            clock: config.clock,
            stop: stop.clone(),
        })
        .await
        .map_err(|e| failed(e.to_string())),
        Service::Mcp => stack_mcp::router(stack_mcp::Config {
            auth_url,
            sync_url,
            allowed_origins: vec![web_url],
            public_url: url(&addresses.mcp)?,
            policy_mode: config.policy_mode,
            clock: config.clock,
            stop: stop.clone(),
        })
        .await
        .map_err(|e| failed(e.to_string())),
        Service::Web => {
            Ok(stack_web::router(stack_web::Config { auth_url, sync_url, files: config.web_files.clone() }))
        }
        Service::Runner => {
            let (router, task) = stack_persona_runner::router(stack_persona_runner::Config {
                auth_url,
                mcp_url: url(&addresses.mcp)?,
                service_key: Some(config.service_key.clone()),
                seed_secret: config.seed_secret.clone(),
                interval: config.tick_interval,
                concurrency: config.persona_concurrency,
                day_max: config.persona_day_max,
                paused: config.runner_paused,
                production: config.production,
                clock: config.clock,
                player: config.player.clone(),
                stop: stop.clone(),
            })
            .map_err(|e| failed(e.to_string()))?;
            tasks.spawn(async move {
                task.run().await;
                Ok(())
            });
            Ok(router)
        }
    }
}

/// Asks until the service answers; the pause between two questions only keeps the wait from spinning.
async fn healthy(service: Service, base: &str) -> Result<(), StackError> {
    let unhealthy = || StackError::Unhealthy {
        service: service.name(),
        url: Url::parse(base).expect("an address is a URL"),
        seconds: HEALTHY_WITHIN.as_secs(),
    };
    let http = reqwest::Client::new();
    let url = format!("{base}{}", routes::HEALTH);
    let ask = async {
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(HEALTHY_WITHIN, ask).await.map_err(|_| unhealthy())
}
