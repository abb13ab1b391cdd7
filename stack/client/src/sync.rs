//! The client of sync.

use reqwest::Client;
use stack_api::{
    routes,
    sync::{NewChange, PushRequest, RecordsResponse, SyncResponse},
};
use url::Url;

use crate::{
    ClientError,
    error::{json, send},
};

/// Calls one sync service under a client's name.
#[derive(Clone)]
pub struct SyncClient {
    http: Client,
    base: Url,
    client_id: String,
}

impl SyncClient {
    /// A client of the service at this base URL that names itself `client_id` when it writes.
    #[must_use]
    pub fn new(base: Url, http: Client, client_id: impl Into<String>) -> Self {
        Self { http, base, client_id: client_id.into() }
    }

    /// Stores changes, all or none. `since` is the cursor from which the answer tells others' changes.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn push(
        &self,
        token: &str,
        app_id: &str,
        since: &str,
        changes: Vec<NewChange>,
    ) -> Result<SyncResponse, ClientError> {
        let body = PushRequest { client_id: self.client_id.clone(), since: since.to_owned(), changes };
        let url = self.url(&routes::fill(routes::SYNC_PUSH, app_id));
        json(send(&self.base, self.http.post(url).bearer_auth(token).json(&body)).await?).await
    }

    /// Changes of a collection since a cursor, everybody's: a reader of state names no client.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn pull(
        &self,
        token: &str,
        app_id: &str,
        collection: &str,
        since: &str,
    ) -> Result<SyncResponse, ClientError> {
        let mut url = self.url(&routes::fill(routes::SYNC_PULL, app_id));
        url.query_pairs_mut().append_pair("collection", collection).append_pair("since", since);
        json(send(&self.base, self.http.get(url).bearer_auth(token)).await?).await
    }

    /// The present records of a collection in one space.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn records(
        &self,
        token: &str,
        app_id: &str,
        collection: &str,
        space: &str,
    ) -> Result<RecordsResponse, ClientError> {
        let mut url = self.url(&routes::fill(routes::SYNC_RECORDS, app_id));
        url.query_pairs_mut().append_pair("collection", collection).append_pair("space", space);
        json(send(&self.base, self.http.get(url).bearer_auth(token)).await?).await
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("routes are absolute paths")
    }
}
