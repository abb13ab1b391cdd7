//! Who is to play next: due personas, claimed one at a time, so that several runners share them and none is played
//! twice.
//!
//! A claim outlives the longest day by a little. A runner that is killed loses its claims when their time is over; one
//! that ends its tick gives back what it still holds. Towards an auth that knows no claims, such as the original's, the
//! list of due personas is asked for once: there one runner plays alone.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use secrecy::SecretString;
use stack_api::personas::{CLAIM_MAX_MS, ClaimRequest, DuePersona};
use stack_client::{AuthClient, ClientError};
use tokio::sync::Mutex;
use uuid::Uuid;

/// The due personas of one tick.
pub(crate) struct Due<'a> {
    auth: &'a AuthClient,
    key: &'a SecretString,
    runner: String,
    claim_ms: i64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Everybody who was given out in this tick. Nobody plays twice in it, even after a claim that ran out.
    given: HashSet<String>,
    /// The list of an auth that knows no claims.
    listed: Option<VecDeque<DuePersona>>,
    /// Whether a claim was asked for: it may hold although its answer was not waited for.
    claims: bool,
    ended: bool,
}

impl<'a> Due<'a> {
    /// Claims last as long as a day may, and a tenth more.
    pub(crate) fn new(auth: &'a AuthClient, key: &'a SecretString, day_max: Duration) -> Self {
        let claim = day_max + (day_max / 10).max(Duration::from_secs(1));
        let claim_ms = i64::try_from(claim.as_millis()).unwrap_or(CLAIM_MAX_MS).min(CLAIM_MAX_MS);
        Self { auth, key, runner: Uuid::now_v7().to_string(), claim_ms, state: Mutex::default() }
    }

    /// The next persona; none when nobody is due any more.
    pub(crate) async fn next(&self) -> Result<Option<DuePersona>, ClientError> {
        let mut state = self.state.lock().await;
        let next = if state.ended { None } else { self.ask(&mut state).await? };
        let next = next.filter(|persona| state.given.insert(persona.user_id.clone()));
        state.ended = next.is_none();
        Ok(next)
    }

    async fn ask(&self, state: &mut State) -> Result<Option<DuePersona>, ClientError> {
        if state.listed.is_none() {
            state.claims = true;
            let claim = ClaimRequest { runner: self.runner.clone(), most: 1, for_ms: self.claim_ms };
            match self.auth.claim_personas(self.key, &claim).await? {
                Some(claimed) => return Ok(claimed.personas.into_iter().next()),
                None => {
                    state.claims = false;
                    state.listed = Some(self.auth.due_personas(self.key).await?.personas.into());
                }
            }
        }
        Ok(state.listed.as_mut().and_then(VecDeque::pop_front))
    }

    /// How many personas were given out.
    pub(crate) async fn given(&self) -> usize {
        self.state.lock().await.given.len()
    }

    /// Gives back what is still claimed: who failed may be tried again by the next tick, whosever it is.
    pub(crate) async fn release(&self) {
        if !self.state.lock().await.claims {
            return;
        }
        if let Err(error) = self.auth.release_personas(self.key, &self.runner).await {
            tracing::warn!(%error, "the claims of this tick end by themselves");
        }
    }
}
