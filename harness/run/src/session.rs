//! Takes a run's pictures: with the browsers of its pool, and one log-in for each viewer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use harness_capture::{CaptureError, Cookie, Picture, PictureRequest};
use harness_model::Environment;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use crate::{
    RunError, Suite,
    company::Company,
    live::Live,
    plan::{self, Job},
    pool::{Dress, Pool, Worker},
    viewer::Entry,
};

/// How often a picture is tried again after its browser died, each time in a process that no other picture shares: a page
/// that is the death of browsers takes none of another's with it twice. One that kills two of its own is at fault.
const RETRIES: u32 = 2;

/// The browsers, and the cookies of the viewers who logged in.
pub(crate) struct Session {
    suite: Suite,
    environment: Environment,
    company: Option<Company>,
    pool: Pool,
    live: Arc<Live>,
    free: Semaphore,
    picture_within: Duration,
    cookies: Mutex<HashMap<String, Arc<OnceCell<Vec<Cookie>>>>>,
}

/// A picture with how it was got.
pub(crate) struct Shot {
    pub(crate) picture: Picture,
    pub(crate) url: String,
    pub(crate) retries: u32,
    pub(crate) ms: u64,
}

/// A picture that could not be taken.
pub(crate) struct Missed {
    pub(crate) message: String,
    pub(crate) url: String,
    pub(crate) retries: u32,
    pub(crate) ms: u64,
}

impl Session {
    /// Sees to it that there are browsers, of that server if one is named; they are opened when they are needed, `workers`
    /// at most.
    pub(crate) async fn start(
        suite: Suite,
        server: Option<Url>,
        company: Option<Company>,
        workers: usize,
        picture_within: Duration,
        live: Arc<Live>,
    ) -> Result<Self, RunError> {
        let viewports = plan::viewports(&suite.flows, &suite.viewports)?;
        let starting = Pool::start(server, suite.whole_world(), company.as_ref(), Arc::clone(&live));
        let pool = starting.await.map_err(|error| match error {
            CaptureError::World { .. } => RunError::Config(error.to_string()),
            error => RunError::BrowserUnavailable(error.to_string()),
        })?;
        let base_url = suite.base_url.to_string();
        let environment = Environment { base_url, viewports, ..pool.environment().await };
        Ok(Self {
            suite,
            environment,
            company,
            pool,
            live,
            free: Semaphore::new(workers),
            picture_within,
            cookies: Mutex::default(),
        })
    }

    pub(crate) fn environment(&self) -> Environment {
        self.environment.clone()
    }

    /// Takes one picture, which is expected to show its baseline; a browser or driver that dies is replaced and the
    /// picture taken again.
    pub(crate) async fn shoot(&self, job: &Job, expected: Option<Arc<[u8]>>) -> Result<Shot, Missed> {
        let began = Instant::now();
        let ms = || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let url = self.suite.base_url.join(&job.path).map_or_else(|_| job.path.clone(), String::from);
        let missed = |message, retries| Missed { message, url: url.clone(), retries, ms: ms() };
        let known = match job.viewer.entry {
            Entry::Known => self.cookies_of(&job.viewer.name).await.map_err(|message| missed(message, 0))?,
            Entry::Newcomer | Entry::Visitor => Vec::new(),
        };
        let _turn = self.free.acquire().await.expect("the semaphore is never closed");
        let wanted = (job.key.viewer().to_owned(), job.viewport.clone());
        for retries in 0.. {
            let own = job.viewer.cookies_of_its_own(&self.suite).await.transpose();
            let cookies = own.map_err(|message| missed(message, retries))?.unwrap_or_else(|| known.clone());
            let taken = match self.pool.take(&wanted, retries > 0).await {
                Ok(worker) => {
                    // A browser that is given up in the middle is dropped with the attempt, and ends.
                    let attempt = self.attempt(worker, &wanted, job, &url, &cookies, expected.clone());
                    let Ok(taken) = tokio::time::timeout(self.picture_within, attempt).await else {
                        return Err(missed(self.out_of_time(), retries));
                    };
                    taken
                }
                Err(error) => Err(error),
            };
            match taken {
                Ok(picture) => return Ok(Shot { picture, url: url.clone(), retries, ms: ms() }),
                Err(error) if retries < RETRIES && self.is_a_loss(&error).await => {
                    self.live.says(&format!("the browser failed at {} and is replaced: {error}", job.key));
                }
                Err(error) => return Err(missed(error.to_string(), retries)),
            }
        }
        unreachable!("the loop above returns once the retries are used up")
    }

    /// Whether a browser is lost, or could not be opened because its driver is.
    async fn is_a_loss(&self, error: &CaptureError) -> bool {
        error.browser_is_lost() || self.pool.has_lost_its_driver().await
    }

    fn out_of_time(&self) -> String {
        format!(
            "the picture was not taken within {} s\nhelp: see whether the page opens at all, or allow more with {}",
            self.picture_within.as_secs(),
            crate::settings::PICTURE_SECONDS_VARIABLE
        )
    }

    async fn attempt(
        &self,
        mut worker: Worker,
        wanted: &Dress,
        job: &Job,
        url: &str,
        cookies: &[Cookie],
        expected: Option<Arc<[u8]>>,
    ) -> Result<Picture, CaptureError> {
        if job.stands_alone() || worker.dressed.as_ref() != Some(wanted) {
            worker.dressed = None;
            worker.browser.enter(&job.viewport, cookies).await?;
            worker.dressed = (!job.stands_alone()).then(|| wanted.clone());
        }
        let request = PictureRequest {
            url: url.to_owned(),
            ready: job.ready.clone().or_else(|| self.suite.ready.clone()),
            actions: job.actions.clone(),
            unreachable: job.unreachable.clone(),
            sought: job.reserved.iter().map(|control| control.selector.clone()).collect(),
            masks: self.suite.masks_of(job),
            target: job.target.clone(),
            timeout: self.suite.settle_within,
            expected,
        };
        let taken = worker.browser.picture(&request).await;
        if !taken.as_ref().is_err_and(CaptureError::browser_is_lost) {
            self.pool.give_back(worker).await;
        }
        taken
    }

    /// One log-in per viewer and run, however many pictures they get.
    async fn cookies_of(&self, viewer: &str) -> Result<Vec<Cookie>, String> {
        let cell = {
            let mut cookies = self.cookies.lock().expect("no panic happens under this lock");
            Arc::clone(cookies.entry(viewer.to_owned()).or_default())
        };
        let log_in = || (self.suite.log_in)(viewer.to_owned());
        let logged_in = cell.get_or_try_init(|| async {
            match &self.company {
                Some(company) => company.cookies(viewer, log_in).await,
                None => log_in().await,
            }
        });
        logged_in.await.cloned()
    }

    /// Closes every idle browser.
    pub(crate) async fn end(&self) {
        self.pool.end().await;
    }
}
