//! The browsers of a run: those that idle, and the driver that opens more. A driver that has ended is replaced, and its
//! browsers go with it when they are given back.

use std::sync::{Arc, Mutex};

use harness_browser::Installation;
use harness_capture::{Browser, CaptureError, Driver, World};
use harness_model::Viewport;

use crate::live::Live;

/// Whom a browser shows the app to, and through which window.
pub(crate) type Dress = (String, Viewport);

/// A browser, whom it shows the app to, and the driver that it hangs on.
pub(crate) struct Worker {
    pub(crate) browser: Browser,
    pub(crate) dressed: Option<Dress>,
    /// Whether nobody else's browser shares its process.
    alone: bool,
    driver: Arc<Driver>,
}

/// The browsers of a run.
pub(crate) struct Pool {
    installation: Installation,
    world: World,
    driver: tokio::sync::Mutex<Arc<Driver>>,
    idle: Mutex<Vec<Worker>>,
    live: Arc<Live>,
}

impl Pool {
    /// Starts the driver; browsers follow when they are needed.
    pub(crate) async fn start(installation: Installation, world: World, live: Arc<Live>) -> Result<Self, CaptureError> {
        let driver = Driver::start(&installation, world.clone()).await?;
        let driver = tokio::sync::Mutex::new(Arc::new(driver));
        Ok(Self { installation, world, driver, idle: Mutex::default(), live })
    }

    /// What is frozen in every browser, one line each.
    pub(crate) async fn frozen(&self) -> Vec<String> {
        self.driver.lock().await.frozen()
    }

    /// A browser: best one that shows the app to this viewer already, else any that idles, else a new one.
    pub(crate) async fn take(&self, wanted: &Dress) -> Result<Worker, CaptureError> {
        let driver = self.living_driver().await?;
        let idle = {
            let mut idle = self.lock_idle();
            idle.retain(|worker| !worker.browser.is_lost());
            let dressed = idle.iter().position(|worker| worker.dressed.as_ref() == Some(wanted));
            dressed.map(|at| idle.swap_remove(at)).or_else(|| idle.pop())
        };
        match idle {
            Some(worker) => Ok(worker),
            None => Ok(Worker { browser: driver.open().await?, dressed: None, alone: false, driver }),
        }
    }

    /// A browser in a process of its own, which goes when it is given back.
    pub(crate) async fn take_alone(&self) -> Result<Worker, CaptureError> {
        let driver = self.living_driver().await?;
        Ok(Worker { browser: driver.open_alone().await?, dressed: None, alone: true, driver })
    }

    /// Gives a browser back that is still of use.
    pub(crate) async fn give_back(&self, worker: Worker) {
        let driver = self.driver.lock().await;
        if !worker.alone && Arc::ptr_eq(&driver, &worker.driver) {
            self.lock_idle().push(worker);
        }
    }

    /// Whether the driver has ended since a browser was last taken.
    pub(crate) async fn has_lost_its_driver(&self) -> bool {
        self.driver.lock().await.has_ended().await
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
        if driver.has_ended().await {
            self.live.says("the browsers' driver has ended and is started again");
            self.lock_idle().clear();
            *driver = Arc::new(Driver::start(&self.installation, self.world.clone()).await?);
        }
        Ok(Arc::clone(&driver))
    }

    fn lock_idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().expect("no panic happens under this lock")
    }
}
