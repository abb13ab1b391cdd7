//! The last-write-wins store behind `/sync`.
//!
//! Clients push changes of records and pull the changes of others. What two clients write to the same field at the same
//! time is settled by the field's time, by a rule that gives every replica the same result (`merge`).
//!
//! Who sees what: a change belongs to one *scope*, a space or the user alone (`placing`); every query names the scopes
//! that its caller may see. What is stored is text that the server passes on; it holds no key and looks at no field but
//! `createdAt`, `updatedAt`, `deletedAt` and `spaceId`.
//!
//! What is never lost: a change's cursor is given inside the transaction that stores it, from one row which that
//! transaction locks. So the order of cursors is the order of commits, and a reader who was told "synced until c" will
//! never find a row at or below c that it was not given.
//!
//! What is forgotten: changes that no reader needs, wherever it stands (`compaction`).

mod compaction;
mod compactor;
mod cursor;
mod feed;
mod hub;
mod incoming;
mod merge;
mod notices;
mod placing;
mod refusal;
mod routes;
mod service;
mod shelf;
mod store;
mod writer;

use std::time::Duration;

use axum::Router;
use stack_http::{Clock, DatabaseError, Need, Operations, ServiceKey};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::service::Service;
pub use crate::store::SCHEMA;

/// How long auth may take to answer.
const AUTH_TIMEOUT: Duration = Duration::from_secs(10);

/// What the service needs to know.
pub struct Config {
    /// `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// Base URL of auth: its keys sign the tokens, its list says who is a member of which space.
    pub auth_url: Url,
    /// Pages that may call from a browser.
    pub web_origins: Vec<Url>,
    /// Opens the internal routes.
    pub service_key: ServiceKey,
    /// The stack's clock.
    pub clock: Clock,
    /// Ends the streams.
    pub stop: CancellationToken,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// Its database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The client that calls auth cannot be made.
    #[error("cannot make the client that calls auth at {url}: {source}")]
    HttpClient {
        /// Where auth is.
        url: Url,
        /// What went wrong.
        source: reqwest::Error,
    },
}

/// The service's routes, its tables brought up to date.
///
/// # Errors
/// When the database cannot be opened or its schema is newer than this program.
pub async fn router(config: Config) -> Result<Router, SyncError> {
    let http = reqwest::Client::builder()
        .timeout(AUTH_TIMEOUT)
        .build()
        .map_err(|source| SyncError::HttpClient { url: config.auth_url.clone(), source })?;
    let cors = stack_http::cors::cors(&config.web_origins);
    let auth = Need::service("auth", &config.auth_url, http.clone());
    let service = Service::start(config, http).await?;
    let operations = Operations::new("sync", vec![Need::database(service.store.database()), auth]);
    Ok(operations.watch(routes::router(service).merge(operations.routes()).layer(cors)))
}
