//! What every route works with, and who is calling.

use std::sync::Arc;

use axum::http::HeaderMap;
use stack_api::sync::CLIENT_ID_HEADER;
use stack_http::{Clock, Memberships, ServiceKey, TokenVerifier, bearer};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, SyncError,
    compactor::Compactor,
    hub::Hub,
    incoming::{NAME_MAX, check_name},
    placing::{Reach, Scope},
    refusal::Refusal,
    store::{Author, Store},
    writer::Writer,
};

/// The running service.
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    pub(crate) hub: Hub,
    pub(crate) compactor: Arc<Compactor>,
    pub(crate) service_key: ServiceKey,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
    tokens: TokenVerifier,
    memberships: Memberships,
}

/// Who is calling: the bearer of a good token.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) user_id: String,
    /// The name that the caller gives its client in the header.
    pub(crate) client_id: Option<String>,
    /// When the token ends, in seconds since 1970.
    pub(crate) expires: i64,
    token: String,
}

impl Caller {
    /// The caller as the author of its writes, where its client has a name.
    pub(crate) fn author(&self) -> Option<Author> {
        let client_id = self.client_id.clone()?;
        Some(Author { user_id: self.user_id.clone(), client_id })
    }
}

impl Service {
    pub(crate) async fn start(config: Config, http: reqwest::Client) -> Result<Arc<Self>, SyncError> {
        let store = Store::open(&config.database_url).await?;
        let hub = Hub::default();
        let compactor = Arc::new(Compactor::new(store.clone()));
        let (passes, stop) = (Arc::clone(&compactor), config.stop.clone());
        tokio::spawn(async move { passes.run(stop).await });
        Ok(Arc::new(Self {
            writer: Writer::start(store.clone(), hub.clone(), config.clock),
            tokens: TokenVerifier::new(&config.auth_url, http.clone(), config.clock),
            memberships: Memberships::new(&config.auth_url, http),
            store,
            hub,
            compactor,
            service_key: config.service_key,
            clock: config.clock,
            stop: config.stop,
        }))
    }

    /// Who is calling.
    pub(crate) async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let caller = self.bearer_of(bearer(headers)?).await?;
        let client_id = headers.get(CLIENT_ID_HEADER).and_then(|value| value.to_str().ok());
        let client_id = client_id.filter(|id| !id.is_empty()).map(str::to_owned);
        if let Some(id) = &client_id {
            check_name("X-Client-Id", id, NAME_MAX).map_err(Refusal::Name)?;
        }
        Ok(Caller { client_id, ..caller })
    }

    /// Whose token this is.
    pub(crate) async fn bearer_of(&self, token: &str) -> Result<Caller, Refusal> {
        let claims = self.tokens.verify(token).await?;
        Ok(Caller { user_id: claims.sub.clone(), client_id: None, expires: claims.exp, token: token.to_owned() })
    }

    /// What the caller may see.
    pub(crate) async fn reach(&self, caller: &Caller) -> Result<Reach, Refusal> {
        let spaces = self.memberships.of(&caller.user_id, &caller.token).await?;
        Ok(Reach::new(&caller.user_id, spaces.iter().map(|space| space.id.as_str())))
    }

    /// What the caller may see, where it names spaces. The list of its spaces is some seconds old; a space that is not on
    /// it may be new, so auth is asked once more.
    pub(crate) async fn reach_naming<'a>(
        &self,
        caller: &Caller,
        mut space_ids: impl Iterator<Item = &'a str>,
    ) -> Result<Reach, Refusal> {
        let reach = self.reach(caller).await?;
        match space_ids.find(|id| !reach.holds(&Scope::space(id))) {
            None => Ok(reach),
            Some(unknown) => {
                self.memberships.is_member(&caller.user_id, &caller.token, unknown).await?;
                self.reach(caller).await
            }
        }
    }

    /// Forgets who is in this space: the next caller's membership is asked of auth.
    pub(crate) fn forget_space(&self, space_id: &str) {
        self.memberships.forget_space(space_id);
    }

    /// Whether the caller's token still holds.
    pub(crate) fn still_valid(&self, caller: &Caller) -> bool {
        self.clock.now().timestamp() < caller.expires
    }
}
