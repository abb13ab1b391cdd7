//! The browsers of a run: those that idle, and where more come from. A driver that has ended is replaced, and its browsers
//! go with it when they are given back. A run that is a part of a larger one opens its browsers in that one's Chromium, and
//! starts a driver only when it cannot. A server elsewhere has its own mind about how many there may be: as long as it has
//! no more, those that there are go from hand to hand.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use harness_capture::{Browser, CaptureError, Invitation, Source, World};
use harness_model::{Environment, Viewport};
use tokio::sync::Notify;
use url::Url;

use crate::{company::Company, live::Live};

/// How often a server without a free browser is asked again.
const ASKED_AGAIN: Duration = Duration::from_secs(2);

/// Whom a browser shows the app to, and through which window.
pub(crate) type Dress = (String, Viewport);

/// A browser, whom it shows the app to, and the source that it hangs on.
pub(crate) struct Worker {
    pub(crate) browser: Browser,
    pub(crate) dressed: Option<Dress>,
    /// Whether nobody else's browser shares its process.
    alone: bool,
    /// `None` for one in another process's Chromium.
    source: Option<Arc<Source>>,
    _counted: Counted,
}

impl Worker {
    fn new(browser: Browser, source: Option<Arc<Source>>, alone: bool, counted: Counted) -> Self {
        Self { browser, dressed: None, alone, source, _counted: counted }
    }
}

/// The browsers of a run.
pub(crate) struct Pool {
    server: Option<Url>,
    world: World,
    invitation: Option<Invitation>,
    source: tokio::sync::Mutex<Option<Arc<Source>>>,
    idle: Mutex<Vec<Worker>>,
    count: Arc<Count>,
    asking: tokio::sync::Mutex<()>,
    live: Arc<Live>,
}

/// How many browsers there are, and the bell that rings when one is given back or lost.
#[derive(Default)]
struct Count {
    there: AtomicUsize,
    changed: Notify,
}

/// One browser among those that are counted.
struct Counted(Arc<Count>);

impl Counted {
    fn among(count: &Arc<Count>) -> Self {
        count.there.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.there.fetch_sub(1, Ordering::Relaxed);
        self.0.changed.notify_waiters();
    }
}

impl Pool {
    /// Joins the company or starts a driver; browsers follow when they are needed. Of a server elsewhere one browser is
    /// taken at once, for it alone says which version it is. It goes again: the server's only place may be needed for a
    /// log-in first.
    pub(crate) async fn start(
        server: Option<Url>,
        world: World,
        company: Option<&Company>,
        live: Arc<Live>,
    ) -> Result<Self, CaptureError> {
        // What can be shared is a Chromium of this machine.
        let company = company.filter(|_| server.is_none());
        let mut pool = Self {
            server,
            world,
            invitation: None,
            source: tokio::sync::Mutex::default(),
            idle: Mutex::default(),
            count: Arc::default(),
            asking: tokio::sync::Mutex::default(),
            live,
        };
        match company.map(Company::join) {
            Some(Ok(invitation)) => pool.invitation = Some(invitation),
            Some(Err(error)) => pool.live.says(&format!("no browser is shared in this run: {error}")),
            None => {}
        }
        if pool.invitation.is_none() {
            let source = pool.living_source().await?;
            if source.is_remote() {
                pool.open(source, false).await?.browser.close().await;
            }
        }
        Ok(pool)
    }

    /// What the pictures are taken in; the app and its windows are the suite's to tell.
    pub(crate) async fn environment(&self) -> Environment {
        match (&self.invitation, &*self.source.lock().await) {
            (Some(invitation), _) => invitation.environment().clone(),
            (None, source) => source.as_ref().map(|source| source.environment()).unwrap_or_default(),
        }
    }

    /// A browser: best one that shows the app to this viewer already, else any that idles, else a new one. One that is to be
    /// `alone` has a process of its own, and goes when it is given back; those of a server elsewhere all have.
    pub(crate) async fn take(&self, wanted: &Dress, alone: bool) -> Result<Worker, CaptureError> {
        if self.has_lost_its_driver().await {
            self.living_source().await?;
        }
        if self.server.is_some() {
            return self.take_in_turn(wanted).await;
        }
        if !alone {
            if let Some(worker) = self.idle_for(wanted) {
                return Ok(worker);
            }
            if let Some(invitation) = &self.invitation {
                match invitation.open(&self.world).await {
                    Ok(browser) => return Ok(Worker::new(browser, None, alone, Counted::among(&self.count))),
                    Err(error) => {
                        self.live.says(&format!("the run's browser is not to be had, one is started: {error}"));
                    }
                }
            }
        }
        self.open(self.living_source().await?, alone).await
    }

    /// One of the server's browsers: whoever has one already does not wait in the server's queue for more.
    async fn take_in_turn(&self, wanted: &Dress) -> Result<Worker, CaptureError> {
        loop {
            // Listened to before looking, so that none that is given back in between is missed.
            let changed = self.count.changed.notified();
            if let Some(worker) = self.idle_for(wanted) {
                return Ok(worker);
            }
            let source = self.living_source().await?;
            // One asks at a time, so that no two ask for one place.
            let asking = self.asking.lock().await;
            if self.count.there.load(Ordering::Relaxed) == 0 || source.has_room().await {
                match self.open(source, false).await {
                    // Somebody else's run was faster.
                    Err(error) if error.is_of_capacity() && self.count.there.load(Ordering::Relaxed) > 0 => {}
                    opened => return opened,
                }
            }
            drop(asking);
            // Either way there is another look.
            let _changed = tokio::time::timeout(ASKED_AGAIN, changed).await;
        }
    }

    fn idle_for(&self, wanted: &Dress) -> Option<Worker> {
        let mut idle = self.lock_idle();
        idle.retain(|worker| !worker.browser.is_lost());
        let dressed = idle.iter().position(|worker| worker.dressed.as_ref() == Some(wanted));
        dressed.map(|at| idle.swap_remove(at)).or_else(|| idle.pop())
    }

    async fn open(&self, source: Arc<Source>, alone: bool) -> Result<Worker, CaptureError> {
        let counted = Counted::among(&self.count);
        let browser = if alone { source.open_alone().await? } else { source.open().await? };
        Ok(Worker::new(browser, Some(source), alone, counted))
    }

    /// Gives a browser back that is still of use.
    pub(crate) async fn give_back(&self, worker: Worker) {
        let source = self.source.lock().await;
        let is_current = |own: &Arc<Source>| source.as_ref().is_some_and(|source| Arc::ptr_eq(own, source));
        if !worker.alone && worker.source.as_ref().is_none_or(is_current) {
            self.lock_idle().push(worker);
            self.count.changed.notify_waiters();
        }
    }

    /// Whether the driver has ended since a browser was last taken.
    pub(crate) async fn has_lost_its_driver(&self) -> bool {
        match &*self.source.lock().await {
            Some(source) => source.has_ended().await,
            None => false,
        }
    }

    /// Closes every idle browser.
    pub(crate) async fn end(&self) {
        let idle = std::mem::take(&mut *self.lock_idle());
        for worker in idle {
            worker.browser.close().await;
        }
        harness_capture::end_remote_sessions().await;
    }

    async fn living_source(&self) -> Result<Arc<Source>, CaptureError> {
        let mut source = self.source.lock().await;
        if let Some(source) = &*source {
            if !source.has_ended().await {
                return Ok(Arc::clone(source));
            }
            self.live.says("the browsers' driver has ended and is started again");
            self.lock_idle().clear();
        }
        let started = Source::start(self.server.as_ref(), self.world.clone()).await?;
        Ok(Arc::clone(source.insert(Arc::new(started))))
    }

    fn lock_idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().expect("no panic happens under this lock")
    }
}
