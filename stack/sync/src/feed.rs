//! What a stream delivers: first everything behind its cursor, then whatever comes, always read from the store.
//!
//! Each event's id is a cursor before which nothing is missing, so a client that comes back with the last id it saw goes
//! on where it was cut off.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use stack_api::sync::StreamEvent;

use crate::{
    cursor::Cursor,
    hub::{Interest, Subscription},
    placing::{Reach, Scope},
    refusal::Refusal,
    service::{Caller, Service},
    store::{Author, Page, PageQuery},
};

/// How often a quiet stream looks at the caller's memberships, and at the store: another process may have written.
const RECHECK: Duration = Duration::from_secs(10);

/// Changes of one collection, ready to be sent.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// A [`StreamEvent`] as JSON.
    pub(crate) json: String,
    /// Where a client goes on that saw this delivery and nothing after it.
    pub(crate) resume: Option<Cursor>,
}

/// One client's stream.
pub(crate) struct Feed {
    service: Arc<Service>,
    caller: Caller,
    app_id: String,
    tables: Vec<String>,
    except: Option<Author>,
    reach: Reach,
    subscription: Subscription,
    /// Everything up to here was delivered.
    cursor: Cursor,
    caught_up: bool,
    /// Spaces joined while streaming, and how far their history was delivered.
    joined: Option<(Vec<Scope>, Cursor)>,
    ready: VecDeque<Delivery>,
}

impl Feed {
    /// A stream of an app's collections (all of them when none is named) from a cursor on.
    pub(crate) async fn open(
        service: Arc<Service>,
        caller: Caller,
        app_id: String,
        tables: Vec<String>,
        cursor: Cursor,
    ) -> Result<Self, Refusal> {
        let reach = service.reach(&caller).await?;
        let except = caller.author();
        // Listening begins before the first read, so nothing falls between the two.
        let interest = Interest { app_id: Some(app_id.clone()), tables: tables.clone(), except: except.clone() };
        let subscription = service.hub.subscribe(interest, reach.scopes());
        let ready = VecDeque::new();
        Ok(Self {
            service,
            caller,
            app_id,
            tables,
            except,
            reach,
            subscription,
            cursor,
            caught_up: false,
            joined: None,
            ready,
        })
    }

    /// The next delivery, whenever it comes. `None` when the stream has to end; the client comes back with its cursor.
    pub(crate) async fn next(&mut self) -> Option<Delivery> {
        loop {
            if let Some(delivery) = self.ready.pop_front() {
                return Some(delivery);
            }
            if let Err(reason) = self.advance().await {
                tracing::info!(user = self.caller.user_id, %reason, "a stream ends");
                return None;
            }
        }
    }

    async fn advance(&mut self) -> Result<(), Refusal> {
        if self.caught_up && self.joined.is_none() {
            tokio::select! {
                () = self.subscription.woken() => {}
                () = tokio::time::sleep(RECHECK) => {}
            }
        }
        if !self.service.still_valid(&self.caller) {
            return Err(Refusal::SessionEnded);
        }
        self.refresh_reach().await?;
        match self.joined.take() {
            Some((scopes, since)) => self.read_joined(scopes, since).await,
            None => self.read_on().await,
        }
    }

    /// Spaces that were left are silent from now on; those that were joined deliver their history.
    async fn refresh_reach(&mut self) -> Result<(), Refusal> {
        let reach = self.service.reach(&self.caller).await?;
        if reach != self.reach {
            self.subscription.listen_to(reach.scopes());
            let mut joined: Vec<_> = reach.scopes().iter().filter(|scope| !self.reach.holds(scope)).cloned().collect();
            joined.extend(self.joined.take().into_iter().flat_map(|(scopes, _)| scopes).filter(|s| reach.holds(s)));
            self.joined = (!joined.is_empty()).then_some((joined, Cursor::START));
            self.reach = reach;
        }
        Ok(())
    }

    async fn read_on(&mut self) -> Result<(), Refusal> {
        let page = self.service.store.page(&self.query(self.reach.scopes(), self.cursor, None)).await?;
        (self.cursor, self.caught_up) = (page.until, !page.has_more);
        self.deliver(page, None);
        Ok(())
    }

    /// The history of joined spaces ends where the stream stands. It carries no id: a client cut off in the middle goes on
    /// from its own cursor.
    async fn read_joined(&mut self, scopes: Vec<Scope>, since: Cursor) -> Result<(), Refusal> {
        let page = self.service.store.page(&self.query(&scopes, since, Some(self.cursor))).await?;
        self.joined = page.has_more.then_some((scopes, page.until));
        self.deliver(page, Some(self.cursor));
        Ok(())
    }

    fn query<'a>(&'a self, scopes: &'a [Scope], since: Cursor, until: Option<Cursor>) -> PageQuery<'a> {
        let (app_id, tables, except) = (&self.app_id, &self.tables, self.except.as_ref());
        PageQuery { app_id, caller: self.reach.principal(), scopes, tables, since, until, except }
    }

    /// An event for each run of changes of one collection, in commit order: so whatever lies before an event's cursor has
    /// been sent, whichever collection it is in.
    fn deliver(&mut self, page: Page, standing: Option<Cursor>) {
        let mut runs = page.changes.chunk_by(|a, b| a.table == b.table).peekable();
        while let Some(run) = runs.next() {
            let last = &run[run.len() - 1];
            let until = standing.unwrap_or(last.cursor);
            let event = StreamEvent {
                app_id: self.app_id.clone(),
                table: last.table.clone(),
                changes: run.iter().map(|change| change.as_json()).collect(),
                synced_until: until.to_string(),
                has_more: page.has_more || runs.peek().is_some(),
            };
            let json = serde_json::to_string(&event).expect("an event always serializes into memory");
            self.ready.push_back(Delivery { json, resume: standing.is_none().then_some(until) });
        }
    }
}
