//! The services as processes of their own, each of which can be killed and started again where it was.

use std::{
    collections::HashMap,
    fs::OpenOptions,
    net::TcpListener,
    process::{Child, Command},
    sync::atomic::{AtomicU16, Ordering},
    time::Instant,
};

use stack_api::Addresses;
use stack_cli::{ADMIN_EMAIL, DataFolder, Secrets, Service};
use stack_client::{AuthClient, SyncClient};
use stack_test_database::TestDatabase;

use crate::program::{PATIENCE, stack, told};

/// Services of one data folder, at ports that they keep.
pub(crate) struct Processes {
    pub(crate) database: TestDatabase,
    pub(crate) addresses: Addresses,
    running: HashMap<&'static str, Child>,
}

impl Processes {
    /// Starts these services, one after the other.
    pub(crate) async fn start(services: &[Service]) -> Self {
        let [auth, sync, mcp, runner, web] = [(); 5].map(|()| format!("http://localhost:{}", port()));
        let addresses = Addresses { auth, sync, mcp, runner, web };
        let mut processes = Self { database: TestDatabase::fresh(), addresses, running: HashMap::new() };
        for service in services {
            processes.run(*service).await;
        }
        processes
    }

    /// Starts a service and waits until it answers.
    pub(crate) async fn run(&mut self, service: Service) {
        self.run_with(service, |_| {}).await;
    }

    /// As [`Processes::run`], with other settings.
    pub(crate) async fn run_with(&mut self, service: Service, change: impl FnOnce(&mut Command)) {
        let name = service.name();
        let Addresses { auth, sync, mcp, runner, web } = &self.addresses;
        let base = self.base(service);
        let port = base.rsplit_once(':').unwrap().1.to_owned();
        let mut command = stack(&["serve", name, "--port", &port, "--auth", auth, "--sync", sync, "--mcp", mcp]);
        command.args(["--runner", runner, "--web", web, "--data"]).arg(self.data().path());
        if self.database.is_postgres() {
            command.env("DATABASE_URL", self.database.url());
        }
        change(&mut command);
        let log = OpenOptions::new().create(true).append(true).open(self.log_path(service)).unwrap();
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        self.running.insert(name, child);
        let began = Instant::now();
        while !reqwest::get(format!("{base}/health")).await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = self.running.get_mut(name).unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "{name} ended while it started: {}", self.log(service));
            assert!(began.elapsed() < PATIENCE, "{name} does not come up: {}", self.log(service));
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Ends a service as a machine that loses its power does.
    pub(crate) fn kill(&mut self, service: Service) {
        let mut child = self.running.remove(service.name()).expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The process of a service that runs.
    pub(crate) fn id(&self, service: Service) -> u32 {
        self.running[service.name()].id()
    }

    pub(crate) fn data(&self) -> DataFolder {
        DataFolder::new(self.database.folder().join("data"))
    }

    pub(crate) fn secrets(&self) -> Secrets {
        self.data().existing_secrets().unwrap()
    }

    /// Everything that a service wrote to its terminal so far.
    pub(crate) fn log(&self, service: Service) -> String {
        std::fs::read_to_string(self.log_path(service)).unwrap()
    }

    /// Where a service keeps its tables.
    pub(crate) fn tables(&self, service: Service) -> String {
        if self.database.is_postgres() {
            return self.database.url();
        }
        self.data().database_url(service.name()).unwrap()
    }

    /// A client of auth, and the administrator's access token.
    pub(crate) async fn admin(&self) -> (AuthClient, String) {
        let auth = AuthClient::new(self.addresses.auth.parse().unwrap(), reqwest::Client::new());
        let (login, _) = auth.login(ADMIN_EMAIL, &self.secrets().admin_password).await.unwrap();
        (auth, login.access_token)
    }

    /// Makes the catalogue's personas; gives the administrator's access token.
    pub(crate) async fn seed(&self) -> String {
        let (_, admin) = self.admin().await;
        let seeded = stack(&["personas", "seed", "--auth", &self.addresses.auth, "--jwt", &admin]).output().unwrap();
        assert!(seeded.status.success(), "{}", told(&seeded));
        admin
    }

    pub(crate) fn sync(&self) -> SyncClient {
        SyncClient::new(self.addresses.sync.parse().unwrap(), reqwest::Client::new(), "test")
    }

    fn base(&self, service: Service) -> String {
        match service {
            Service::Auth => self.addresses.auth.clone(),
            Service::Sync => self.addresses.sync.clone(),
            Service::Mcp => self.addresses.mcp.clone(),
            Service::Runner => self.addresses.runner.clone(),
            Service::Web => self.addresses.web.clone(),
        }
    }

    fn log_path(&self, service: Service) -> std::path::PathBuf {
        self.database.folder().join(format!("{}.log", service.name()))
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            let _already_gone = child.kill();
            let _already_reaped = child.wait();
        }
    }
}

/// A port that nobody has and nobody gets: below those that the system hands out, and, since a process has its number to
/// itself, another one in every test program that runs beside this one.
fn port() -> u16 {
    const FIRST: u16 = 12_000;
    const EACH: u16 = 40;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = u16::try_from(std::process::id() % 500).unwrap() * EACH;
    loop {
        let port = FIRST + own + NEXT.fetch_add(1, Ordering::Relaxed) % EACH;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
