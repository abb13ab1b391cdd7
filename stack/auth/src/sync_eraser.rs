//! Asks sync to delete what a deleted user wrote and what a deleted space held.

use std::time::Duration;

use stack_api::{auth::SERVICE_KEY_HEADER, routes};
use stack_http::ServiceKey;
use url::Url;

use crate::AuthError;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A client of sync's internal route.
pub(crate) struct SyncEraser {
    http: reqwest::Client,
    base: Url,
    key: ServiceKey,
}

/// Why the records are not gone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EraseError {
    /// There is no key to show.
    #[error("no service key is set, and sync deletes for nobody without one")]
    NoKey,
    /// Sync does not answer, or says no.
    #[error("sync at {base} did not delete them: {source}")]
    Refused {
        /// Where sync is.
        base: Url,
        /// What went wrong.
        source: reqwest::Error,
    },
}

impl SyncEraser {
    /// A client of the sync service at this base URL.
    pub(crate) fn new(base: &Url, key: ServiceKey) -> Result<Self, AuthError> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(AuthError::HttpClient)?;
        Ok(Self { http, base: base.clone(), key })
    }

    /// Deletes everything that this user wrote. Doing it twice does no harm.
    pub(crate) async fn erase_user(&self, user_id: &str) -> Result<(), EraseError> {
        self.delete(&routes::fill(routes::SYNC_INTERNAL_USER, user_id)).await
    }

    /// Deletes everything that this space holds. Doing it twice does no harm.
    pub(crate) async fn erase_space(&self, space_id: &str) -> Result<(), EraseError> {
        self.delete(&routes::fill(routes::SYNC_INTERNAL_SPACE, space_id)).await
    }

    async fn delete(&self, path: &str) -> Result<(), EraseError> {
        let refused = |source| EraseError::Refused { base: self.base.clone(), source };
        let key = self.key.header_value().ok_or(EraseError::NoKey)?;
        let url = self.base.join(path);
        let url = url.expect("the base URL was checked on start, and ids are plain path segments");
        let answer =
            stack_trace::carry(self.http.delete(url).header(SERVICE_KEY_HEADER, key)).send().await.map_err(refused)?;
        answer.error_for_status().map_err(refused).map(drop)
    }
}
