//! A report on disk and Chromium to open it in.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use harness_model::{PictureReport, RunReport, VerdictName};
use reports_render::{Review, review_page, write};
use serde_json::Value;

use crate::sample::{picture, run};

/// A picture file of one grey pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

/// Chromium gives no window fewer CSS pixels.
const LEAST_WIDTH: u32 = 500;

/// `CHROME`, or the first Chromium in `PATH`.
fn chromium() -> OsString {
    if let Some(named) = std::env::var_os("CHROME") {
        return named;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
        .into_iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
        .expect("Chromium is in PATH or named by CHROME; `cargo xtask setup` installs it")
        .into_os_string()
}

/// A report on disk, with a file for each picture it names.
pub(crate) struct Report {
    pub(crate) folder: tempfile::TempDir,
    page: PathBuf,
}

impl Report {
    pub(crate) fn of(pictures: Vec<PictureReport>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for images in pictures.iter().map(|picture| &picture.images) {
            for file in [&images.expected, &images.actual, &images.diff].into_iter().flatten() {
                let file = folder.path().join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, BASE64_STANDARD.decode(PIXEL).unwrap()).unwrap();
            }
        }
        let page = write(&run(pictures), folder.path()).unwrap().page;
        Self { folder, page }
    }

    /// Reports another run in the same place.
    pub(crate) fn replace(&self, run: &RunReport) {
        write(run, self.folder.path()).unwrap();
    }

    /// Puts the page for reviewing the run in the place of the one for reading it.
    pub(crate) fn review(&self, review: &Review) {
        let run = reports_render::read(&self.folder.path().join("run.json")).unwrap();
        fs::write(&self.page, review_page(&run, review)).unwrap();
    }

    /// Opens the page at `#hash`, runs `script` in it and gives what the script answers.
    ///
    /// The script is the body of an async function; `press(key)` presses a key where the focus is, `text(selector)`
    /// gives the texts of the elements in sight, `until(condition)` waits. Errors of the page or the script fail the
    /// test.
    pub(crate) fn ask(&self, hash: &str, script: &str) -> Value {
        self.ask_in((1440, 2400), hash, script)
    }

    /// As [`Report::ask`], in a window of this size; in a frame of it, where Chromium has no window so narrow.
    pub(crate) fn ask_in(&self, window: (u32, u32), hash: &str, script: &str) -> Value {
        let page = fs::read_to_string(&self.page).unwrap();
        let (before, after) = page.rsplit_once("</body>").unwrap();
        let driven = self.page.with_file_name("driven.html");
        let listening = before.replacen(
            "<body>",
            "<body><script>const faults = []; addEventListener('error', (event) => \
             { if (event.message) faults.push(event.message); });</script>",
            1,
        );
        fs::write(
            &driven,
            format!("{listening}<script>{DRIVER}\nanswer(async () => {{ {script} }});</script></body>{after}"),
        )
        .unwrap();
        let opened = if window.0 < LEAST_WIDTH { framed(&driven, window) } else { driven.clone() };
        let dom = dump(&opened, hash, self.folder.path(), window);
        let (_, answer) = dom.split_once("ANSWER(").unwrap_or_else(|| panic!("no answer from {}", driven.display()));
        let answer = BASE64_STANDARD.decode(answer.split_once(')').unwrap().0).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["faults"], Value::Array(vec![]), "in {}", driven.display());
        answer["value"].clone()
    }
}

const DRIVER: &str = r#"
    const press = (key, more = {}) => (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
    const text = (selector) => [...document.querySelectorAll(selector)]
        .filter((element) => element.checkVisibility()).map((element) => element.textContent.trim());
    const until = async (condition) => {
        for (const begun = performance.now(); performance.now() - begun < 5000;) {
            if (condition()) return;
            await new Promise((done) => setTimeout(done, 10));
        }
        throw new Error(`never came: ${condition}`);
    };
    const answer = async (ask) => {
        let value = null;
        try { value = await ask(); } catch (error) { faults.push(String(error)); }
        const bytes = new TextEncoder().encode(JSON.stringify({ faults, value }));
        const told = `ANSWER(${btoa(String.fromCharCode(...bytes))})`;
        if (parent === window) document.body.textContent = told;
        else parent.postMessage(told, "*");
    };
"#;

/// A page beside this one that has it in a frame of this size and says what it answers.
fn framed(page: &Path, (width, height): (u32, u32)) -> PathBuf {
    let around = page.with_file_name("around.html");
    let name = page.file_name().unwrap().to_string_lossy();
    let html = format!(
        "<!doctype html><body><script>
         addEventListener('message', ({{ data }}) => {{ document.body.textContent = data; }});
         const frame = document.createElement('iframe');
         frame.style.cssText = 'width: {width}px; height: {height}px; border: 0';
         frame.src = '{name}' + location.hash;
         document.body.append(frame);
         </script>"
    );
    fs::write(&around, html).unwrap();
    around
}

/// The document after its scripts have run, as text.
fn dump(page: &Path, hash: &str, profile: &Path, (width, height): (u32, u32)) -> String {
    let output = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"])
        .args(["--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--user-data-dir={}", profile.join("profile").display()))
        .arg(format!("file://{}#{hash}", page.display()))
        .output()
        .expect("Chromium starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One picture of each verdict, of two viewers on two viewports.
pub(crate) fn one_of_each() -> Report {
    let viewers = ["anna-desktop", "anna-mobile", "ben-desktop", "ben-mobile"];
    let verdicts = VerdictName::ALL.into_iter().cycle().skip(1).take(VerdictName::ALL.len());
    let pictures = verdicts.zip(viewers.into_iter().cycle()).map(|(verdict, viewer)| {
        let flow = if verdict.passes() { "home" } else { "todo" };
        let mut picture = picture(&format!("{flow}/{}/{viewer}", verdict.as_str().replace('_', "-")), verdict);
        picture.message = (verdict == VerdictName::Changed).then(|| {
            "1440 pixels differ\nhelp: accept it with: UPDATE_SNAPSHOTS=changed cargo test -p flows -- x".into()
        });
        picture
    });
    Report::of(pictures.collect())
}
