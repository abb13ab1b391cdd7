//! Sessions that belong to the user who opened them.
//!
//! The SDK knows sessions by id alone: whoever learns an id could post into the session, read its stream and end it.
//! Here each is bound to its user before its first message is answered. A session leaves this table when it ends, for
//! whatever reason, because every end goes through [`SessionManager::close_session`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use futures::Stream;
use http::request::Parts;
use rmcp::{
    model::{ClientJsonRpcMessage, GetExtensions, ServerJsonRpcMessage},
    transport::streamable_http_server::{
        SessionId, SessionManager,
        session::{
            ServerSseMessage,
            local::{LocalSessionManager, LocalSessionManagerError},
        },
    },
};

use crate::gate::Caller;

/// The header that names a session.
pub(crate) const SESSION_HEADER: &str = "mcp-session-id";

/// When a client whose stream broke should come back.
pub(crate) const RETRY: Duration = Duration::from_secs(1);
/// How long an answer is kept for a client that comes back for it. The SDK looks through all kept answers of a session
/// at every message, and an answer may hold megabytes, so its default of a minute is too long for a busy session.
const ANSWER_KEPT: Duration = Duration::from_secs(5);

/// How many sessions there may be, and for how long. Beyond a number, the session longest unused ends; its client is
/// told 404 and opens another, as the protocol has it.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Of one user.
    pub per_user: usize,
    /// Of all users.
    pub in_all: usize,
    /// How long one lives without a message.
    pub idle: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { per_user: 32, in_all: 4096, idle: Duration::from_secs(300) }
    }
}

/// Whose a session is, seen from a caller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Caller,
    Other,
    Nobody,
}

pub(crate) struct BoundSessions {
    inner: Arc<LocalSessionManager>,
    limits: SessionLimits,
    bound: Mutex<HashMap<SessionId, Bound>>,
}

struct Bound {
    user_id: Arc<str>,
    used: Instant,
    /// When the SDK's session last got a message. It counts its idle time from there.
    heard: Instant,
}

impl BoundSessions {
    pub(crate) fn new(limits: SessionLimits) -> Self {
        let mut inner = LocalSessionManager::default();
        inner.session_config.keep_alive = Some(limits.idle);
        inner.session_config.sse_retry = Some(RETRY);
        inner.session_config.completed_cache_ttl = ANSWER_KEPT;
        Self { inner: Arc::new(inner), limits, bound: Mutex::default() }
    }

    /// Whose the session is; the caller's own counts as used now.
    pub(crate) fn use_as(&self, user_id: &str, id: &str) -> Owner {
        match self.lock().get_mut(id) {
            Some(bound) if &*bound.user_id == user_id => {
                bound.used = Instant::now();
                Owner::Caller
            }
            Some(_) => Owner::Other,
            None => Owner::Nobody,
        }
    }

    /// Whether a message to this session may be answered without the SDK's session: it is there, and does not come near
    /// the end of its idle time because it never hears of any.
    pub(crate) fn is_awake(&self, id: &str) -> bool {
        self.lock().get(id).is_some_and(|bound| bound.heard.elapsed() < self.limits.idle / 2)
    }

    fn hears(&self, id: &SessionId) {
        if let Some(bound) = self.lock().get_mut(id) {
            bound.heard = Instant::now();
        }
    }

    /// Binds a new session and names those that must end for it.
    fn bind(&self, id: &SessionId, user_id: &Arc<str>) -> Vec<SessionId> {
        let mut bound = self.lock();
        let mut over = Vec::new();
        let own = bound.values().filter(|session| session.user_id == *user_id).count();
        if own >= self.limits.per_user {
            over.extend(longest_unused(&bound, |session| session.user_id == *user_id));
        } else if bound.len() >= self.limits.in_all {
            over.extend(longest_unused(&bound, |_| true));
        }
        for id in &over {
            bound.remove(id);
        }
        let now = Instant::now();
        bound.insert(Arc::clone(id), Bound { user_id: Arc::clone(user_id), used: now, heard: now });
        over
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Bound>> {
        self.bound.lock().expect("no panic happens under this lock")
    }
}

fn longest_unused(bound: &HashMap<SessionId, Bound>, among: impl Fn(&Bound) -> bool) -> Option<SessionId> {
    let candidates = bound.iter().filter(|(_, session)| among(session));
    candidates.min_by_key(|(_, session)| session.used).map(|(id, _)| Arc::clone(id))
}

fn caller(message: &ClientJsonRpcMessage) -> Option<&Caller> {
    let ClientJsonRpcMessage::Request(request) = message else { return None };
    request.request.extensions().get::<Parts>()?.extensions.get::<Caller>()
}

impl SessionManager for BoundSessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        self.inner.create_session().await
    }

    /// The first message of a session carries its user; the id has left nobody's hands yet.
    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        let Some(user_id) = caller(&message).map(|caller| Arc::clone(&caller.user_id)) else {
            self.close_session(id).await?;
            return Err(LocalSessionManagerError::SessionNotFound(Arc::clone(id)));
        };
        for over in self.bind(id, &user_id) {
            // A session that is busy takes its time to end; the new one does not wait for it.
            let inner = Arc::clone(&self.inner);
            tokio::spawn(async move { inner.close_session(&over).await });
        }
        self.inner.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        Ok(self.lock().contains_key(id) && self.inner.has_session(id).await?)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.lock().remove(id);
        self.inner.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.hears(id);
        self.inner.create_stream(id, message).await
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.hears(id);
        self.inner.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.resume(id, last_event_id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(per_user: usize, in_all: usize) -> BoundSessions {
        BoundSessions::new(SessionLimits { per_user, in_all, ..SessionLimits::default() })
    }

    fn open(sessions: &BoundSessions, id: &str, user: &str) -> Vec<String> {
        sessions.bind(&id.into(), &user.into()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_session_is_its_users_alone() {
        let sessions = sessions(9, 9);
        open(&sessions, "s", "anna");
        assert_eq!(sessions.use_as("anna", "s"), Owner::Caller);
        assert_eq!(sessions.use_as("ben", "s"), Owner::Other);
        assert_eq!(sessions.use_as("anna", "t"), Owner::Nobody);
    }

    #[test]
    fn the_longest_unused_session_makes_room() {
        let sessions = sessions(2, 3);
        assert!(open(&sessions, "a1", "anna").is_empty());
        assert!(open(&sessions, "a2", "anna").is_empty());
        assert_eq!(sessions.use_as("anna", "a1"), Owner::Caller);
        assert_eq!(open(&sessions, "a3", "anna"), ["a2"], "anna's own, and not the one just used");
        assert!(open(&sessions, "b1", "ben").is_empty());
        assert_eq!(open(&sessions, "k1", "kai"), ["a1"], "in all there are too many now");
        assert_eq!(sessions.use_as("anna", "a1"), Owner::Nobody);
        assert_eq!(sessions.lock().len(), 3);
    }

    #[test]
    fn a_session_that_heard_nothing_for_half_of_its_idle_time_is_to_hear_the_next_message() {
        let sessions = sessions(9, 9);
        open(&sessions, "s", "anna");
        assert!(sessions.is_awake("s") && !sessions.is_awake("t"));
        sessions.lock().get_mut("s").unwrap().heard -= SessionLimits::default().idle / 2;
        assert_eq!(sessions.use_as("anna", "s"), Owner::Caller);
        assert!(!sessions.is_awake("s"), "that it is used is nothing that the SDK hears of");
        sessions.hears(&"s".into());
        assert!(sessions.is_awake("s"));
    }

    #[tokio::test]
    async fn a_closed_session_is_forgotten() {
        let sessions = sessions(9, 9);
        let (id, _transport) = sessions.create_session().await.unwrap();
        assert!(!sessions.has_session(&id).await.unwrap(), "nobody's yet");
        sessions.bind(&id, &"anna".into());
        assert!(sessions.has_session(&id).await.unwrap());
        sessions.close_session(&id).await.unwrap();
        assert!(!sessions.has_session(&id).await.unwrap());
        assert_eq!(sessions.lock().len(), 0);
    }
}
