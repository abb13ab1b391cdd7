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

#[tokio::test]
async fn a_closed_or_dropped_browser_ends_alone() {
    let (driver, browser) = alone_in(World::default()).await;
    let dropped = driver.open().await.unwrap();
    let mut other = driver.open().await.unwrap();
    let gone = |process: u32| move || !Path::new(&format!("/proc/{process}")).exists();
    let (first, second) = (browser.process_id().unwrap(), dropped.process_id().unwrap());

    browser.close().await;
    assert!(eventually(gone(first)).await);
    drop(dropped);
    assert!(eventually(gone(second)).await);

    let site = Site::of("<p>noch da").await;
    other.enter(&Viewport::desktop(), &[]).await.unwrap();
    settled(&mut other, &PictureRequest::new(site.url("/"))).await;
}

#[tokio::test]
async fn a_dead_browser_is_known_and_can_be_replaced() {
    let site = Site::of("<p>Text").await;
    let (driver, mut browser) = alone_in(World::default()).await;
    let request = PictureRequest::new(site.url("/"));
    settled(&mut browser, &request).await;

    let process = browser.process_id().unwrap().to_string();
    assert!(Command::new("/bin/sh").args(["-c", "kill -KILL $0", &process]).status().unwrap().success());
    for _ in 0..2 {
        let error = browser.picture(&request).await.unwrap_err();
        assert!(error.browser_is_lost(), "{error}");
    }
    let mut browser = driver.open().await.unwrap();
    browser.enter(&Viewport::desktop(), &[]).await.unwrap();
    settled(&mut browser, &request).await;
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
