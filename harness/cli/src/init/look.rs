//! Looks around a site with a real browser: each page twice, some time apart, and then as the config will picture it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use harness_browser::Installation;
use harness_capture::{Browser, CaptureError, Driver, Mask, MaskForm, Outcome, Picture, PictureRequest, Survey, World};
use harness_model::{Viewport, covered};
use harness_run::ExitCode as Code;
use url::Url;

use super::{
    Failed,
    findings::{self, Findings, FoundPage, Proposed},
};

/// How long a page may take to come to rest at the first looks; one that never does tells what it shows all the same.
const LOOK: Duration = Duration::from_secs(5);
/// The least time between the two looks at the first page: a clock with seconds has moved on by then.
const APART: Duration = Duration::from_millis(2500);
/// The time in which what moves on a restless page shows something else.
const MOVING: Duration = Duration::from_millis(1100);

/// What one visit tells.
struct Visit {
    survey: Survey,
    /// What was another some time later, on a page that did not come to rest.
    moving: Vec<Proposed>,
}

/// A page with what was seen of it.
struct Looked {
    page: FoundPage,
    survey: Survey,
    at: Instant,
}

/// Looks around the site that begins at `start`.
pub(super) async fn around(start: &Url, pages: usize) -> Result<Findings, Failed> {
    let mut eyes = Eyes::open(start, World::default()).await?;
    let mut first = eyes.visit(start).await?;
    if let Some(locale) = findings::locale_of(&first.survey.language, &eyes.world.locale) {
        // Dates and numbers are written as the page's readers write them.
        let world = World { locale, ..World::default() };
        eyes = Eyes::open(start, world).await?;
        first = eyes.visit(start).await?;
    }
    let site = Url::parse(&first.survey.url).ok().filter(|url| url.has_host()).unwrap_or_else(|| start.clone());
    let mut found = Findings { locale: eyes.world.locale.clone(), ..Findings::default() };
    let mut looked = walked(&mut eyes, &site, start, first, pages, &mut found).await?;
    second_looks(&mut eyes, &site, &mut looked, &mut found).await?;
    found.beyond = findings::bounded(&mut found.masks);
    let masked = |time: &Proposed| found.masks.iter().any(|mask| mask.selector == time.selector);
    found.times = found.times.iter().filter(|time| !masked(time)).cloned().collect();
    found.times.truncate(5);
    let calm = looked.first().and_then(|one| one.survey.calm.clone());
    found.calm = calm.filter(|calm| looked.iter().all(|one| one.survey.calm.as_ref() == Some(calm)));
    let base = site.join("/").map_err(|error| Failed(Code::Internal, error.to_string()))?;
    pictured(&mut eyes, &base, &mut looked, &mut found.masks).await?;
    found.closed_hosts = eyes.closed_hosts(&base);
    found.site = base.into();
    found.pages = looked.into_iter().map(|one| one.page).collect();
    eyes.browser.close().await;
    Ok(found)
}

/// Follows links until there are enough pages; what is left over is named.
async fn walked(
    eyes: &mut Eyes,
    site: &Url,
    start: &Url,
    first: Visit,
    pages: usize,
    found: &mut Findings,
) -> Result<Vec<Looked>, Failed> {
    let path = findings::path_of(start);
    let mut queue = findings::same_site(site, &first.survey.links);
    let mut seen = vec![path.clone(), findings::path_of(site)];
    let page = FoundPage { name: findings::name_of(&path, &[]), path, first: true, ..FoundPage::default() };
    let mut looked = vec![Looked::new(page, first, found)];
    let mut at = 0;
    while at < queue.len() {
        let path = queue[at].clone();
        at += 1;
        if seen.contains(&path) {
            continue;
        }
        seen.push(path.clone());
        if looked.len() == pages {
            found.more.push(path);
            continue;
        }
        let Ok(url) = site.join(&path) else { continue };
        // A page that cannot be opened, is none, or is another's by another name is no page to picture.
        let Ok(visit) = eyes.visit(&url).await else { continue };
        let survey = &visit.survey;
        let Ok(landed) = Url::parse(&survey.url) else { continue };
        let landed_on = findings::path_of(&landed);
        if landed.origin() != site.origin()
            || (landed_on != path && seen.contains(&landed_on))
            || !survey.kind.contains("html")
        {
            continue;
        }
        seen.push(landed_on);
        for link in findings::same_site(site, &survey.links) {
            if !queue.contains(&link) {
                queue.push(link);
            }
        }
        let taken: Vec<FoundPage> = looked.iter().map(|one| one.page.clone()).collect();
        let name = findings::name_of(&path, &taken);
        looked.push(Looked::new(FoundPage { name, path, ..FoundPage::default() }, visit, found));
    }
    found.log_in = looked.iter().find_map(|one| Some((one.page.path.clone(), one.survey.log_in.clone()?)));
    Ok(looked)
}

/// Looks at each page once more, and tells what is not as it was.
async fn second_looks(eyes: &mut Eyes, site: &Url, looked: &mut [Looked], found: &mut Findings) -> Result<(), Failed> {
    for one in looked {
        // Two moments are wanted, so this is the one wait that is one.
        tokio::time::sleep_until((one.at + APART).into()).await;
        let Ok(url) = site.join(&one.page.path) else { continue };
        let later = eyes.visit(&url).await?.survey;
        findings::add(&mut found.masks, findings::differing(&one.page.name, &one.survey, &later));
        findings::add(&mut found.times, findings::telling_time(&one.page.name, &later));
    }
    Ok(())
}

/// Takes each picture twice, as a run will, and notes what keeps a page from showing the same.
async fn pictured(eyes: &mut Eyes, base: &Url, looked: &mut [Looked], masks: &mut [Proposed]) -> Result<(), Failed> {
    for viewport in [Viewport::desktop(), Viewport::mobile()] {
        eyes.enter(viewport).await?;
        for one in looked.iter_mut().filter(|one| one.page.unrest.is_empty()) {
            let Ok(url) = base.join(&one.page.path) else { continue };
            let request = PictureRequest { masks: masks.iter().map(mask).collect(), ..PictureRequest::new(url) };
            let before = match eyes.picture(&request).await {
                Ok(picture) => picture,
                Err(error) => {
                    one.page.unrest.push(error.to_string().lines().next().unwrap_or_default().to_owned());
                    continue;
                }
            };
            allow(masks, &before);
            if let Outcome::NeverSettled { reasons } = before.outcome {
                one.page.unrest.extend(reasons.into_iter().take(3));
                continue;
            }
            let expecting = PictureRequest { expected: Some(Arc::from(before.png)), ..request };
            if eyes.picture(&expecting).await.is_ok_and(|after| after.looks > 1) {
                one.page.unrest.push("it looks different on each visit, and no element tells why".into());
            }
        }
    }
    Ok(())
}

fn mask(proposed: &Proposed) -> Mask {
    let mask = Mask::new(&proposed.selector).optional();
    match proposed.placeholder {
        Some([width, height]) => Mask { form: MaskForm::Placeholder { width, height }, ..mask },
        None => mask,
    }
}

/// Lets masks cover what they cover.
fn allow(masks: &mut [Proposed], picture: &Picture) {
    for (mask, found) in masks.iter_mut().zip(&picture.masks) {
        let percent = covered(&found.boxes) * 100 / picture.size.pixels().max(1) + 1;
        if percent > u64::from(harness_capture::MASK_LIMIT) {
            mask.at_most = mask.at_most.max(u32::try_from(percent + 5).ok()).map(|most| most.min(100));
        }
    }
}

/// A browser that is opened again when a page took it down.
struct Eyes {
    world: World,
    driver: Driver,
    browser: Browser,
    viewport: Viewport,
    /// What failed to load, in the browser's words.
    failed: Vec<String>,
}

impl Eyes {
    async fn open(start: &Url, world: World) -> Result<Self, Failed> {
        let unavailable = |error: &dyn std::fmt::Display| Failed(Code::BrowserUnavailable, error.to_string());
        let installation = Installation::find().map_err(|e| unavailable(&e))?;
        let hosts = start.host_str().map(str::to_owned).into_iter().collect();
        let driver = Driver::start(&installation, World { reachable_hosts: hosts, ..world.clone() }).await;
        let driver = driver.map_err(|e| unavailable(&e))?;
        let viewport = Viewport::desktop();
        let mut browser = driver.open().await.map_err(|e| unavailable(&e))?;
        browser.enter(&viewport, &[]).await.map_err(|e| unavailable(&e))?;
        Ok(Self { world, driver, browser, viewport, failed: Vec::new() })
    }

    async fn enter(&mut self, viewport: Viewport) -> Result<(), Failed> {
        self.viewport = viewport;
        let entered = self.browser.enter(&self.viewport, &[]).await;
        entered.map_err(|error| Failed(Code::BrowserUnavailable, error.to_string()))
    }

    async fn picture(&mut self, request: &PictureRequest) -> Result<Picture, CaptureError> {
        let taken = self.browser.picture(request).await;
        match taken {
            Ok(picture) => {
                self.failed.extend(picture.errors.failed_requests.iter().map(|error| error.text.clone()));
                Ok(picture)
            }
            Err(error) => {
                if error.browser_is_lost() {
                    self.browser = self.driver.open().await?;
                    self.browser.enter(&self.viewport, &[]).await?;
                }
                Err(error)
            }
        }
    }

    /// What a page is made of once it is at rest; of one that never is, also what goes on moving. Two visits would tell
    /// little of that: what counts from the page's beginning is as far at the same time of each.
    async fn visit(&mut self, url: &Url) -> Result<Visit, Failed> {
        let request = PictureRequest {
            timeout: LOOK,
            target: harness_capture::Target::Viewport,
            ..PictureRequest::new(url.as_str())
        };
        let failed = |error: CaptureError| Failed(Code::AppUnavailable, error.to_string());
        for _ in 0..3 {
            let picture = self.picture(&request).await.map_err(failed)?;
            if let Some(status) = picture.status.filter(|status| *status >= 400) {
                let why = format!("{url} answers {status}\nhelp: name a page that people see first");
                return Err(Failed(Code::AppUnavailable, why));
            }
            let Some(survey) = self.browser.survey().await.map_err(failed)? else { continue };
            let mut moving = Vec::new();
            if picture.outcome != Outcome::Settled {
                tokio::time::sleep(MOVING).await;
                let later = self.browser.survey().await.map_err(failed)?;
                moving = later.map(|later| findings::differing("", &survey, &later)).unwrap_or_default();
            }
            return Ok(Visit { survey, moving });
        }
        Err(Failed(
            Code::AppUnavailable,
            format!("{url} is replaced again and again\nhelp: name the page that it ends at"),
        ))
    }

    /// The hosts of what did not load because pages may not reach them.
    fn closed_hosts(&self, site: &Url) -> Vec<String> {
        let addresses = self.failed.iter().flat_map(|text| text.split_whitespace());
        let hosts = addresses.filter_map(|word| Url::parse(word).ok()?.host_str().map(str::to_owned));
        let mut hosts: Vec<String> = hosts.filter(|host| Some(host.as_str()) != site.host_str()).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

impl Looked {
    fn new(page: FoundPage, visit: Visit, found: &mut Findings) -> Self {
        let named = |mask| Proposed { page: page.name.clone(), ..mask };
        findings::add(&mut found.masks, visit.moving.into_iter().map(named).collect());
        Self { page, survey: visit.survey, at: Instant::now() }
    }
}
