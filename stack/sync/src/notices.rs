//! What a WebSocket is told: where something was written, read from the store like everything else.
//!
//! A wake-up only says that it is time to look. So what another process wrote is found too, what came while a client was
//! away is told when it says where it stood, and many pushes melt into one notification.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use stack_api::notifications::ServerMessage;

use crate::{
    cursor::Cursor,
    hub::{Interest, Subscription},
    placing::{Reach, Scope},
    refusal::Refusal,
    service::{Caller, Service},
    store::News,
};

/// How often a quiet connection looks at the caller's token and memberships, and at the store.
const RECHECK: Duration = Duration::from_secs(10);

/// One client's notifications.
pub(crate) struct Notices {
    service: Arc<Service>,
    caller: Caller,
    app_id: Option<String>,
    reach: Reach,
    subscription: Subscription,
    /// Everything up to here was told.
    cursor: Cursor,
    /// Whether there may be something behind the cursor.
    behind: bool,
    ready: VecDeque<ServerMessage>,
}

impl Notices {
    /// Notifications of one app or of all; of what comes, or of what lies behind `since` too.
    pub(crate) async fn open(
        service: Arc<Service>,
        caller: Caller,
        app_id: Option<String>,
        since: Option<Cursor>,
    ) -> Result<Self, Refusal> {
        let reach = service.reach(&caller).await?;
        // Listening begins before the cursor is read, so nothing falls between the two.
        let interest = Interest { app_id: app_id.clone(), tables: Vec::new(), except: caller.author() };
        let subscription = service.hub.subscribe(interest, reach.scopes());
        let cursor = match since {
            Some(since) => since,
            None => service.store.committed(&reach.principal()).await?,
        };
        let ready = VecDeque::new();
        Ok(Self { service, caller, app_id, reach, subscription, cursor, behind: since.is_some(), ready })
    }

    /// The next notification, whenever it comes; an error when there will be no more.
    pub(crate) async fn next(&mut self) -> Result<ServerMessage, Refusal> {
        loop {
            if let Some(notice) = self.ready.pop_front() {
                return Ok(notice);
            }
            if !self.behind {
                tokio::select! {
                    () = self.subscription.woken() => {}
                    () = tokio::time::sleep(RECHECK) => {}
                }
            }
            self.look().await?;
        }
    }

    async fn look(&mut self) -> Result<(), Refusal> {
        // Another look is due should this one be cut off half-way: the caller of `next` may drop it at any time.
        self.behind = true;
        if !self.service.still_valid(&self.caller) {
            return Err(Refusal::SessionEnded);
        }
        let reach = self.service.reach(&self.caller).await?;
        if reach != self.reach {
            let joined: Vec<Scope> = reach.scopes().iter().filter(|scope| !self.reach.holds(scope)).cloned().collect();
            // All that a joined space holds is new to this client.
            let (news, _) = self.news(&reach, &joined, Cursor::START).await?;
            self.subscription.listen_to(reach.scopes());
            self.reach = reach;
            self.tell(news);
        }
        let (news, until) = self.news(&self.reach, self.reach.scopes(), self.cursor).await?;
        self.tell(news);
        (self.cursor, self.behind) = (until.max(self.cursor), false);
        Ok(())
    }

    async fn news(&self, reach: &Reach, scopes: &[Scope], since: Cursor) -> Result<(News, Cursor), Refusal> {
        Ok(self.service.store.news(&reach.principal(), self.app_id.as_deref(), scopes, since).await?)
    }

    fn tell(&mut self, news: News) {
        let notices = news
            .into_iter()
            .map(|(app_id, tables)| ServerMessage::SyncAvailable { app_id, tables: tables.into_iter().collect() });
        self.ready.extend(notices);
    }
}
