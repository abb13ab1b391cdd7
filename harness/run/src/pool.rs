//! The browsers of a run: those that idle, and the driver that opens more. A driver that has ended is replaced, and its
//! browsers go with it when they are given back. A run that is a part of a larger one opens its browsers in that one's
//! Chromium, and starts a driver only when it cannot.

use std::sync::{Arc, Mutex};

use harness_browser::Installation;
use harness_capture::{Browser, CaptureError, Driver, Invitation, World};
use harness_model::Viewport;

use crate::{company::Company, live::Live};

/// Whom a browser shows the app to, and through which window.
pub(crate) type Dress = (String, Viewport);

/// A browser, whom it shows the app to, and the driver that it hangs on.
pub(crate) struct Worker {
    pub(crate) browser: Browser,
    pub(crate) dressed: Option<Dress>,
    /// Whether nobody else's browser shares its process.
    alone: bool,
    /// `None` for one in another process's Chromium.
    driver: Option<Arc<Driver>>,
}

/// The browsers of a run.
pub(crate) struct Pool {
    installation: Installation,
    world: World,
    invitation: Option<Invitation>,
    driver: tokio::sync::Mutex<Option<Arc<Driver>>>,
    idle: Mutex<Vec<Worker>>,
    live: Arc<Live>,
}

impl Pool {
    /// Joins the company or starts a driver; browsers follow when they are needed.
    pub(crate) async fn start(
        installation: Installation,
        world: World,
        company: Option<&Company>,
        live: Arc<Live>,
    ) -> Result<Self, CaptureError> {
        let (driver, idle) = (tokio::sync::Mutex::default(), Mutex::default());
        let mut pool = Self { installation, world, invitation: None, driver, idle, live };
        match company.map(Company::join) {
            Some(Ok(invitation)) => pool.invitation = Some(invitation),
            Some(Err(error)) => pool.live.says(&format!("no browser is shared in this run: {error}")),
            None => {}
        }
        if pool.invitation.is_none() {
            pool.living_driver().await?;
        }
        Ok(pool)
    }

    /// What is frozen in every browser, one line each.
    pub(crate) async fn frozen(&self) -> Vec<String> {
        match (&self.invitation, &*self.driver.lock().await) {
            (Some(invitation), _) => invitation.frozen().to_vec(),
            (None, driver) => driver.as_ref().map(|driver| driver.frozen()).unwrap_or_default(),
        }
    }

    /// A browser: best one that shows the app to this viewer already, else any that idles, else a new one.
    pub(crate) async fn take(&self, wanted: &Dress) -> Result<Worker, CaptureError> {
        if self.has_lost_its_driver().await {
            self.living_driver().await?;
        }
        let idle = {
            let mut idle = self.lock_idle();
            idle.retain(|worker| !worker.browser.is_lost());
            let dressed = idle.iter().position(|worker| worker.dressed.as_ref() == Some(wanted));
            dressed.map(|at| idle.swap_remove(at)).or_else(|| idle.pop())
        };
        match idle {
            Some(worker) => Ok(worker),
            None => self.open().await,
        }
    }

    async fn open(&self) -> Result<Worker, CaptureError> {
        let worker = |browser, driver| Worker { browser, dressed: None, alone: false, driver };
        if let Some(invitation) = &self.invitation {
            match invitation.open(&self.world).await {
                Ok(browser) => return Ok(worker(browser, None)),
                Err(error) => self.live.says(&format!("the run's browser is not to be had, one is started: {error}")),
            }
        }
        let driver = self.living_driver().await?;
        Ok(worker(driver.open().await?, Some(driver)))
    }

    /// A browser in a process of its own, which goes when it is given back.
    pub(crate) async fn take_alone(&self) -> Result<Worker, CaptureError> {
        let driver = self.living_driver().await?;
        Ok(Worker { browser: driver.open_alone().await?, dressed: None, alone: true, driver: Some(driver) })
    }

    /// Gives a browser back that is still of use.
    pub(crate) async fn give_back(&self, worker: Worker) {
        let driver = self.driver.lock().await;
        let is_current = |own: &Arc<Driver>| driver.as_ref().is_some_and(|driver| Arc::ptr_eq(own, driver));
        if !worker.alone && worker.driver.as_ref().is_none_or(is_current) {
            self.lock_idle().push(worker);
        }
    }

    /// Whether the driver has ended since a browser was last taken.
    pub(crate) async fn has_lost_its_driver(&self) -> bool {
        match &*self.driver.lock().await {
            Some(driver) => driver.has_ended().await,
            None => false,
        }
    }

    /// Closes every idle browser.
    pub(crate) async fn end(&self) {
        let idle = std::mem::take(&mut *self.lock_idle());
        for worker in idle {
            worker.browser.close().await;
        }
    }

    async fn living_driver(&self) -> Result<Arc<Driver>, CaptureError> {
        let mut driver = self.driver.lock().await;
        if let Some(driver) = &*driver {
            if !driver.has_ended().await {
                return Ok(Arc::clone(driver));
            }
            self.live.says("the browsers' driver has ended and is started again");
            self.lock_idle().clear();
        }
        let started = Driver::start(&self.installation, self.world.clone()).await?;
        Ok(Arc::clone(driver.insert(Arc::new(started))))
    }

    fn lock_idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().expect("no panic happens under this lock")
    }
}
