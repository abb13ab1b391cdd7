//! Where a picture comes from, and what to think of one that comes from elsewhere.

use std::{path::Path, process::Command};

use harness_model::{Environment, PictureReport, Provenance};

/// The origin of the pictures that this run takes; the scale is each picture's own.
pub(crate) fn of(environment: &Environment, snapshots: &Path) -> Provenance {
    Provenance {
        browser: environment.browser.clone(),
        fonts: fonts(environment).unwrap_or_default(),
        scale: 1.0,
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        commit: commit(snapshots),
    }
}

/// What text is drawn with, frozen or not.
fn fonts(environment: &Environment) -> Option<String> {
    let mut lines = environment.frozen.iter().chain(&environment.not_frozen);
    lines.find(|line| line.starts_with("fonts")).cloned()
}

/// The commit that is checked out around this folder; nothing where there is no repository.
fn commit(folder: &Path) -> Option<String> {
    // The folder of baselines may not exist before the first of them.
    let folder = folder.ancestors().find(|folder| folder.is_dir())?;
    let asked = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    let said = String::from_utf8(asked.stdout).ok()?;
    asked.status.success().then(|| said.trim().to_owned())
}

/// A line for each other browser that baselines were taken with.
pub(crate) fn warnings(environment: &Environment, pictures: &[PictureReport]) -> Vec<String> {
    let mut others: Vec<(&str, usize)> = Vec::new();
    // What this run accepted is its own now.
    for origin in pictures.iter().filter(|picture| !picture.accepted).filter_map(|picture| picture.baseline.as_ref()) {
        if origin.browser == environment.browser {
            continue;
        }
        match others.iter_mut().find(|(browser, _)| *browser == origin.browser) {
            Some((_, count)) => *count += 1,
            None => others.push((&origin.browser, 1)),
        }
    }
    let told = others.into_iter().map(|(browser, count)| {
        let baselines = if count == 1 { "1 baseline was" } else { &format!("{count} baselines were") };
        format!(
            "{baselines} taken with {browser}, this run's pictures with {}: what differs may be the browser's doing",
            environment.browser
        )
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_browser_is_told_once_with_how_many_baselines() {
        let environment = Environment { browser: "Chromium 2".into(), ..Environment::default() };
        let picture = |browser: &str, accepted: bool| -> PictureReport {
            serde_json::from_value(serde_json::json!({
                "key": "a/b/c-d", "verdict": "identical", "diff_pixels": 0, "ratio": 0.0, "settled": "matched",
                "retries": 0, "ms": 1, "url": "", "accepted": accepted,
                "baseline": {"browser": browser, "fonts": "", "scale": 1.0, "harness": "0"},
            }))
            .unwrap()
        };
        let pictures = [picture("Chromium 1", false), picture("Chromium 2", false), picture("Chromium 1", false)];
        let told = warnings(&environment, &pictures);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("2 baselines were taken with Chromium 1, this run's pictures with Chromium 2"));
        assert_eq!(warnings(&environment, &[picture("Chromium 1", true)]), [""; 0]);
    }

    #[test]
    fn the_commit_is_the_one_around_the_folder_even_before_it_exists() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(commit(&here.join("not/yet/there")), commit(here));
    }
}
