//! Nothing outlives its driver, and a dead browser is known to be dead.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use harness_browser::Installation;
use harness_capture::{CaptureError, Driver, PictureRequest, World};
use harness_model::Viewport;

use crate::{alone_in, settled, site::Site};

/// The processes whose command line names a driver's folder: every Chromium of it does, and its reaper.
fn processes_of(folder: &Path) -> Vec<String> {
    let name = folder.display().to_string();
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&name)).collect()
}

/// Waits until `condition` holds, and tells whether it ever did.
async fn eventually(condition: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if condition() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_driver() {
    let (driver, browser) = alone_in(World::default()).await;
    let second = driver.open().await.unwrap();
    let folder = driver.folder().to_owned();
    assert!(processes_of(&folder).iter().any(|line| line.contains("--type=renderer")));

    drop(driver);
    assert!(!folder.exists(), "{}", folder.display());
    let left = || processes_of(&folder);
    assert!(eventually(|| left().is_empty()).await, "{:#?}", left());
    drop((browser, second));
}

fn renderers_of(folder: &Path) -> usize {
    processes_of(folder).iter().filter(|line| line.contains("--type=renderer")).count()
}

#[tokio::test]
async fn a_closed_or_dropped_browser_ends_alone() {
    let site = Site::of("<p>noch da").await;
    let (driver, mut other) = alone_in(World::default()).await;
    settled(&mut other, &PictureRequest::new(site.url("/"))).await;
    let process = other.process_id();
    for close in [true, false] {
        let before = renderers_of(driver.folder());
        let mut browser = driver.open().await.unwrap();
        assert_eq!(browser.process_id(), process, "both are in the same Chromium");
        browser.enter(&Viewport::desktop(), &[]).await.unwrap();
        settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
        assert!(renderers_of(driver.folder()) > before);
        if close {
            browser.close().await;
        } else {
            drop(browser);
        }
        assert!(eventually(|| renderers_of(driver.folder()) <= before).await, "{:#?}", processes_of(driver.folder()));
    }
    settled(&mut other, &PictureRequest::new(site.url("/"))).await;

    let alone = driver.open_alone().await.unwrap();
    let process = alone.process_id().unwrap();
    assert_ne!(Some(process), other.process_id());
    drop(alone);
    assert!(eventually(|| !Path::new(&format!("/proc/{process}")).exists()).await);
    settled(&mut other, &PictureRequest::new(site.url("/"))).await;
}

#[tokio::test]
async fn a_dead_browser_is_known_and_can_be_replaced() {
    let site = Site::of("<p>Text").await;
    let (driver, mut browser) = alone_in(World::default()).await;
    let request = PictureRequest::new(site.url("/"));
    settled(&mut browser, &request).await;

    let mut beside = driver.open().await.unwrap();
    signal("KILL", browser.process_id().unwrap());
    for _ in 0..2 {
        let error = browser.picture(&request).await.unwrap_err();
        assert!(error.browser_is_lost(), "{error}");
    }
    assert!(beside.enter(&Viewport::desktop(), &[]).await.unwrap_err().browser_is_lost(), "they shared a Chromium");
    assert!(browser.is_lost() && beside.is_lost());
    let mut browser = driver.open().await.unwrap();
    browser.enter(&Viewport::desktop(), &[]).await.unwrap();
    settled(&mut browser, &request).await;
}

/// Sends a signal to a process that this test started.
fn signal(name: &str, process: u32) {
    let sent = Command::new("/bin/sh").args(["-c", "kill -s $0 $1", name, &process.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// That a Chromium hangs is known when a command has waited as long as one may on a busy machine, whatever the test asks
/// for.
#[tokio::test]
async fn a_chromium_that_hangs_is_known_and_replaced() {
    let site = Site::of("<p>Text").await;
    let (driver, mut browser) = alone_in(World::default()).await;
    let hanging = browser.process_id().unwrap();
    signal("STOP", hanging);
    let mut next = driver.open().await.unwrap();
    assert_ne!(next.process_id(), Some(hanging));
    let error = browser.enter(&Viewport::desktop(), &[]).await.unwrap_err();
    assert!(error.browser_is_lost(), "{error}");
    std::mem::swap(&mut browser, &mut next);
    browser.enter(&Viewport::desktop(), &[]).await.unwrap();
    settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    assert!(eventually(|| !Path::new(&format!("/proc/{hanging}")).exists()).await);
}

#[tokio::test]
async fn a_driver_that_cannot_start_says_why() {
    let mut installation = Installation::find().unwrap();
    let chromedriver = std::mem::replace(&mut installation.chromedriver, PathBuf::from("/bin/false"));
    let error = Driver::start(&installation, World::default()).await.unwrap_err();
    assert!(
        error.to_string().starts_with("ChromeDriver does not start: /bin/false: it ended before it named a port"),
        "{error}"
    );

    installation.chromedriver = chromedriver;
    installation.chromium = PathBuf::from("/bin/false");
    let driver = Driver::start(&installation, World::default()).await.unwrap();
    let error = driver.open().await.unwrap_err();
    assert!(matches!(error, CaptureError::BrowserStart { .. }), "{error}");
    assert!(error.to_string().starts_with("Chromium does not start: /bin/false"), "{error}");
}

/// What ChromeDriver does when another program gets its port on IPv6 between its two binds.
#[tokio::test]
async fn a_driver_whose_port_was_taken_starts_again() {
    let mut installation = Installation::find().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (script, tries) = (folder.path().join("chromedriver"), folder.path().join("tries"));
    let text = format!(
        "#!/bin/sh\necho x >> {tries}\n\
         if [ $(wc -l < {tries}) -lt 3 ]; then\n\
         echo '[1.130][SEVERE]: bind() failed: Address already in use (98)' >&2; exit 1; fi\n\
         exec {driver} \"$@\"\n",
        tries = tries.display(),
        driver = installation.chromedriver.display(),
    );
    // A shell writes it: a file that this program holds open for writing, even for a moment, could be inherited by
    // another test's child and would then not be executable.
    let write = "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\"";
    assert!(Command::new("/bin/sh").args(["-c", write]).arg(&script).arg(text).status().unwrap().success());

    installation.chromedriver = script;
    let driver = Driver::start(&installation, World::default()).await.unwrap();
    driver.open().await.unwrap();
    assert_eq!(fs::read_to_string(&tries).unwrap().lines().count(), 3);
}

/// Set for the child that this test starts of itself.
const CHILD: &str = "HARNESS_CAPTURE_TEST_CHILD";

#[tokio::test]
async fn nothing_is_left_of_a_program_that_is_killed() {
    const NAME: &str = "processes::nothing_is_left_of_a_program_that_is_killed";
    if std::env::var_os(CHILD).is_some() {
        let (driver, _browser) = alone_in(World::default()).await;
        println!("\nfolder {}", driver.folder().display());
        return std::future::pending().await;
    }
    // By this name it is found even when a build has replaced it meanwhile.
    let mut child = Command::new("/proc/self/exe")
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let folder = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("folder ").map(PathBuf::from));
    let folder = folder.expect("the child tells its folder");
    assert!(!processes_of(&folder).is_empty());

    child.kill().unwrap();
    child.wait().unwrap();
    let left = || processes_of(&folder);
    assert!(eventually(|| left().is_empty() && !folder.exists()).await, "{:#?}", left());
}
