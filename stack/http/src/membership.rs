//! Which spaces a caller is a member of, asked of auth with the caller's own token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use stack_api::{
    routes,
    spaces::{Space, SpaceType},
};
use url::Url;

/// How long an answer is believed. A member who is removed keeps access for at most this long.
const TTL: Duration = Duration::from_secs(10);
/// Answers kept at most; beyond it the stale ones go first, then all.
const CAPACITY: usize = 10_000;

/// Why membership could not be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MembershipError {
    /// Auth did not answer, or not as it should.
    #[error("auth at {url} does not answer: {source}")]
    Unavailable {
        /// What was asked.
        url: Url,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// Auth does not know the token's session any more.
    #[error("the session behind this token has ended")]
    SessionEnded,
}

/// A client of auth's list of spaces, with a short memory.
#[derive(Clone)]
pub struct Memberships {
    http: reqwest::Client,
    url: Url,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

struct Known {
    at: Instant,
    spaces: Arc<[Space]>,
}

impl Memberships {
    /// Asks the auth service at this base URL.
    ///
    /// # Panics
    /// When the base URL cannot have a path, such as `mailto:`.
    #[must_use]
    pub fn new(auth_url: &Url, http: reqwest::Client) -> Self {
        let url = auth_url.join(routes::ORGANIZATION_LIST).expect("a service's base URL takes a path");
        Self { http, url, known: Arc::default() }
    }

    /// The caller's spaces, at most a few seconds old.
    ///
    /// # Errors
    /// When auth does not answer or the session ended.
    pub async fn of(&self, user_id: &str, token: &str) -> Result<Arc<[Space]>, MembershipError> {
        if let Some(spaces) = self.remembered(user_id) {
            return Ok(spaces);
        }
        self.ask(user_id, token).await
    }

    /// Whether the caller is a member of this space. A space that is not remembered is asked for anew, so that a
    /// space made a moment ago is found.
    ///
    /// # Errors
    /// When auth does not answer or the session ended.
    pub async fn is_member(&self, user_id: &str, token: &str, space_id: &str) -> Result<bool, MembershipError> {
        Ok(self.type_of(user_id, token, space_id).await?.is_some())
    }

    /// What this space is for, where the caller is a member of it; asked as [`Memberships::is_member`] asks.
    ///
    /// # Errors
    /// When auth does not answer or the session ended.
    pub async fn type_of(
        &self,
        user_id: &str,
        token: &str,
        space_id: &str,
    ) -> Result<Option<SpaceType>, MembershipError> {
        let find =
            |spaces: &[Space]| spaces.iter().find(|space| space.id == space_id).map(|space| space.metadata.space_type);
        match self.remembered(user_id).and_then(|spaces| find(&spaces)) {
            Some(found) => Ok(Some(found)),
            None => Ok(find(&self.ask(user_id, token).await?)),
        }
    }

    /// Forgets every answer that names this space, because it is being deleted.
    pub fn forget_space(&self, space_id: &str) {
        let mut known = self.known.lock().expect("no panic happens under this lock");
        known.retain(|_, answer| answer.spaces.iter().all(|space| space.id != space_id));
    }

    fn remembered(&self, user_id: &str) -> Option<Arc<[Space]>> {
        let known = self.known.lock().expect("no panic happens under this lock");
        known.get(user_id).filter(|k| k.at.elapsed() < TTL).map(|k| Arc::clone(&k.spaces))
    }

    async fn ask(&self, user_id: &str, token: &str) -> Result<Arc<[Space]>, MembershipError> {
        let unavailable = |source| MembershipError::Unavailable { url: self.url.clone(), source };
        let answer =
            stack_trace::carry(self.http.get(self.url.clone()).bearer_auth(token)).send().await.map_err(unavailable)?;
        if answer.status() == reqwest::StatusCode::UNAUTHORIZED {
            return Err(MembershipError::SessionEnded);
        }
        let spaces: Vec<Space> = answer.error_for_status().map_err(unavailable)?.json().await.map_err(unavailable)?;
        let spaces: Arc<[Space]> = spaces.into();
        let mut known = self.known.lock().expect("no panic happens under this lock");
        if known.len() >= CAPACITY {
            known.retain(|_, k| k.at.elapsed() < TTL);
            if known.len() >= CAPACITY {
                known.clear();
            }
        }
        known.insert(user_id.to_owned(), Known { at: Instant::now(), spaces: Arc::clone(&spaces) });
        Ok(spaces)
    }
}
