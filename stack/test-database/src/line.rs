//! A way to a database that a test can cut and restore.

use std::{net::SocketAddr, path::PathBuf};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{OWNER, TestDatabase, at};

/// A way to a test's database.
///
/// To PostgreSQL it is a relay: cut, its connections break and new ones are hung up on, as by a proxy whose server is gone. A
/// SQLite file cannot be out of reach; cut, it is held by another writer, and who wants to write waits in vain.
#[derive(Debug)]
pub struct Line(Way);

#[derive(Debug)]
enum Way {
    File { path: PathBuf, holder: Option<SqliteConnection> },
    Server { url: Url, relay: Relay },
}

#[derive(Debug)]
struct Relay {
    address: SocketAddr,
    /// A folder of sockets, or host and port.
    target: String,
    running: Option<(CancellationToken, TaskTracker)>,
}

impl Line {
    /// A way to a SQLite file.
    #[must_use]
    pub fn to_file(path: PathBuf) -> Self {
        Self(Way::File { path, holder: None })
    }

    /// A way to a database on PostgreSQL.
    ///
    /// # Panics
    /// When it is none.
    pub async fn to_server(database: &TestDatabase) -> Self {
        let (admin, name) = database.server.as_ref().expect("a database on a server");
        let folder = admin.query_pairs().find_map(|(key, value)| (key == "host").then(|| value.into_owned()));
        let port = admin.port().unwrap_or(5432);
        let target = match folder {
            Some(folder) => format!("{folder}/.s.PGSQL.{port}"),
            None => format!("{}:{port}", admin.host_str().unwrap_or("localhost")),
        };
        let mut relay = Relay { address: ([127, 0, 0, 1], 0).into(), target, running: None };
        relay.run(true).await;
        let mut url = at(admin, name);
        url.set_query(Some("sslmode=disable"));
        url.set_username(OWNER).expect("a PostgreSQL address has room for a user");
        url.set_host(Some("127.0.0.1")).expect("a PostgreSQL address has room for a host");
        url.set_port(Some(relay.address.port())).expect("a PostgreSQL address has room for a port");
        Self(Way::Server { url, relay })
    }

    /// The database's address by this way.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.0 {
            Way::File { path, .. } => format!("sqlite://{}", path.display()),
            Way::Server { url, .. } => url.to_string(),
        }
    }

    /// Cuts it. Nothing gets through any more when this returns.
    ///
    /// # Panics
    /// When the SQLite file cannot be held.
    pub async fn cut(&mut self) {
        match &mut self.0 {
            Way::File { path, holder } => {
                let options = SqliteConnectOptions::new().filename(path);
                let mut connection = options.connect().await.expect("the database is there");
                sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.expect("nobody else holds it");
                *holder = Some(connection);
            }
            Way::Server { relay, .. } => {
                relay.end().await;
                relay.run(false).await;
            }
        }
    }

    /// Restores it, at the same address.
    ///
    /// # Panics
    /// When the address was taken meanwhile.
    pub async fn restore(&mut self) {
        match &mut self.0 {
            Way::File { holder, .. } => {
                if let Some(holder) = holder.take() {
                    holder.close().await.expect("a connection can be closed");
                }
            }
            Way::Server { relay, .. } => {
                relay.end().await;
                relay.run(true).await;
            }
        }
    }
}

impl Relay {
    /// Passes on what comes, or hangs up on it.
    async fn run(&mut self, open: bool) {
        let listener = TcpListener::bind(self.address).await.expect("the address is free");
        self.address = listener.local_addr().expect("a listener has an address");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (target, stopped, connections) = (self.target.clone(), stop.clone(), tasks.clone());
        tasks.spawn(async move {
            while let Some(Ok((client, _))) = stopped.run_until_cancelled(listener.accept()).await {
                if !open {
                    continue;
                }
                let (target, stopped) = (target.clone(), stopped.clone());
                connections.spawn(async move { stopped.run_until_cancelled(pass(client, &target)).await });
            }
        });
        self.running = Some((stop, tasks));
    }

    async fn end(&mut self) {
        if let Some((stop, tasks)) = self.running.take() {
            stop.cancel();
            tasks.close();
            tasks.wait().await;
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some((stop, _)) = &self.running {
            stop.cancel();
        }
    }
}

/// A connection that breaks is what this is for.
async fn pass(mut client: TcpStream, target: &str) {
    if target.starts_with('/') {
        if let Ok(mut server) = UnixStream::connect(target).await {
            let _ended = copy_bidirectional(&mut client, &mut server).await;
        }
    } else if let Ok(mut server) = TcpStream::connect(target).await {
        let _ended = copy_bidirectional(&mut client, &mut server).await;
    }
}
