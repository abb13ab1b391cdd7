//! What a pull request and a job on GitHub show.

use std::fs;

use harness_model::{PictureReport, VerdictName};
use reports_render::{github, markdown};

use crate::{
    hostile,
    sample::{caused_by, differs, picture, run},
};

fn changed(key: &str, cause: &str) -> PictureReport {
    let mut picture = picture(key, VerdictName::Changed);
    caused_by(&mut picture, &[cause]);
    picture
}

/// The annotations of a job on GitHub.
fn annotations(pictures: Vec<PictureReport>) -> String {
    github(&run(pictures), |name| (name == "GITHUB_ACTIONS").then(|| "true".to_owned())).unwrap()
}

#[test]
fn a_comment_tells_groups_and_not_pictures() {
    let text = markdown(&run(vec![
        changed("home/start/anna-mobile", "button: colour red → blue"),
        changed("home/start/ben-mobile", "button: colour red → blue"),
        picture("home/start/ben-desktop", VerdictName::Identical),
        picture("todo/list/ben-desktop", VerdictName::New),
    ]));
    assert_eq!(
        text,
        "\
<!-- beholder -->
### 3 of 4 pictures to look at

2 changed · 1 new · 1 identical · 24.3 s

<details><summary><b>changed</b>: <code>button&#58; colour red → blue</code><br>2 pictures, all viewers, mobile only, home only</summary>

- `home/start/anna-mobile`
- `home/start/ben-mobile`

</details>

<details><summary><b>new</b>: <code>todo/list&#58; a page without a baseline</code><br>1 picture, ben only, desktop only, todo only</summary>

- `todo/list/ben-desktop`

</details>

"
    );
}

#[test]
fn a_comment_on_nothing_says_so() {
    let calm = markdown(&run(vec![picture("home/start/anna-desktop", VerdictName::Identical)]));
    assert!(calm.contains("### 1 picture as they were") && !calm.contains("<details>"), "{calm}");
    assert!(markdown(&run(vec![])).contains("No picture was taken"));
    let mut short = run(vec![]);
    short.not_run = vec!["home/start/anna-desktop".parse().unwrap()];
    assert!(markdown(&short).contains("**The run was cut short: 1 picture not run.**"));
}

#[test]
fn a_comment_is_never_longer_than_github_takes() {
    let pictures = (0..3_000).map(|n| {
        changed(&format!("flow-{n}/{}/anna-desktop", "s".repeat(200)), &format!("p{n}: {}", "<&>".repeat(400)))
    });
    let text = markdown(&run(pictures.collect()));
    assert!(text.len() < 65_000, "{}", text.len());
    assert!(text.contains("more groups in the report"), "{}", &text[text.len() - 100..]);
}

#[test]
fn words_of_an_app_mark_up_nothing() {
    for attack in hostile::ATTACKS {
        let text = markdown(&run(hostile::pictures(attack)));
        let plain = markdown(&run(hostile::pictures("plain")));
        let own = |text: &str, mark: &str| text.matches(mark).count();
        for mark in ["<", "\n", "@", "[", "](", "`", "**", "#", "|"] {
            let entities = if mark == "#" { text.matches("&#").count() } else { 0 };
            assert_eq!(own(&text, mark) - entities, own(&plain, mark), "{mark:?} of {attack:?} in {text}");
        }
    }
}

#[test]
fn a_group_is_one_annotation_and_no_text_is_another_command() {
    let lines = annotations(vec![
        changed("home/start/anna-mobile", "button: colour red → blue"),
        changed("home/start/ben-mobile", "button: colour red → blue"),
        picture("todo/list/ben-desktop", VerdictName::PassedWithChange),
    ]);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(
        lines[0],
        "::error title=changed%3A 2 pictures%2C all viewers%2C mobile only%2C home only::button: colour red → blue%0Afor instance home/start/anna-mobile"
    );
    assert!(lines[1].starts_with("::warning title=passed with a change%3A 1 picture"), "{lines:?}");
    for attack in hostile::ATTACKS {
        let told = annotations(hostile::pictures(attack));
        assert!(
            told.lines().all(|line| line.starts_with("::error title=") || line.starts_with("::warning title=")),
            "{told}"
        );
        assert!(!told.contains(['\r', '\u{1b}', '\u{202e}']), "{told:?}");
    }
}

#[test]
fn there_are_at_most_ten_annotations() {
    let pictures =
        |n: usize| (0..n).map(|n| changed(&format!("home/s{n}/anna-desktop"), &format!("p{n}: gone"))).collect();
    assert_eq!(annotations(pictures(40)).lines().count(), 10);
    let mut short = run(pictures(40));
    short.not_run = vec!["home/start/anna-desktop".parse().unwrap()];
    let told = github(&short, |name| (name == "GITHUB_ACTIONS").then(|| "true".to_owned())).unwrap();
    assert_eq!(told.lines().count(), 10);
    assert!(told.starts_with("::error title=the run was cut short::1 picture not run\n"), "{told}");
}

#[test]
fn the_summary_is_added_to_what_other_steps_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("summary.md");
    fs::write(&file, "said before\n").unwrap();
    let mut small = picture("home/start/anna-desktop", VerdictName::Passed);
    differs(&mut small, 3);
    let found = run(vec![small]);
    let told = github(&found, |name| (name == "GITHUB_STEP_SUMMARY").then(|| file.display().to_string())).unwrap();
    assert_eq!(told, "", "no job, no annotation");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("said before\n{}", markdown(&found)));
    let missing = folder.path().join("no/such/file");
    let error = github(&found, |_| Some(missing.display().to_string())).unwrap_err();
    assert!(error.to_string().contains("no/such/file"), "{error}");
    assert_eq!(github(&found, |_| None).unwrap(), "");
}

#[test]
fn a_leak_is_an_error_of_the_job() {
    let mut leak = picture("spaces/list/ben-desktop", VerdictName::Leak);
    leak.message = Some("`#invite` is for anna alone, and another viewer's page holds it".into());
    let told = annotations(vec![leak.clone()]);
    assert!(told.starts_with("::error title=leak%3A 1 picture"), "{told}");
    assert!(markdown(&run(vec![leak])).contains("<b>leak</b>"));
}
