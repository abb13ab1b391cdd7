//! What cannot be saved: each page opened, and one picture taken of it as soon as it has loaded.

use std::time::Instant;

use anyhow::Context as _;
use harness_capture::{Driver, World};
use tokio::{runtime::Runtime, sync::Mutex};

use super::{Site, Task, Took};

pub(super) fn pictures(task: &Task<'_>) -> anyhow::Result<Took> {
    let began = Instant::now();
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    let pages = task.viewports.iter().flat_map(|viewport| {
        (0..task.pages).map(move |page| (viewport.clone(), format!("{}{}", task.site.url(), Site::path(page))))
    });
    let queue = Mutex::new(pages);
    runtime.block_on(async {
        let driver = Driver::start(task.installation, World::default()).await?;
        let worker = || async {
            let mut browser = driver.open().await?;
            let mut seen_through = None;
            loop {
                let Some((viewport, url)) = queue.lock().await.next() else { break };
                if seen_through.as_ref() != Some(&viewport) {
                    browser.enter(&viewport, &[]).await?;
                    seen_through = Some(viewport);
                }
                browser.glance(&url).await?;
            }
            anyhow::Ok(())
        };
        futures::future::try_join_all((0..task.workers).map(|_| worker())).await
    })?;
    Ok(Took { whole: began.elapsed(), first: None })
}
