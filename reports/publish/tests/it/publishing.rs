//! What arrives, what is tried again, and what is said when it does not arrive.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use harness_model::RunReport;
use harness_test_internet::{CREDENTIALS, Internet, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

const NAME: &str = "2026-03-02T18-00-00Z";

/// A run of one picture of this verdict in a folder of its own.
fn run(verdict: &str, cause: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = "home/start/anna-desktop";
    let size = json!({"width": 8, "height": 8});
    let pictures = json!([{
        "key": key, "verdict": verdict, "diff_pixels": 9, "ratio": 0.5, "settled": "matched", "retries": 0, "ms": 9, "url": "",
        "images": {"actual": format!("report/pictures/{key}.actual.png")},
        "comparison": {"expected": size, "actual": size, "diff_pixels": 9, "ratio": 0.5, "regions": []},
        "causes": [{"kind": "text", "text": cause, "boxes": []}],
    }]);
    let run: RunReport = serde_json::from_value(json!({
        "version": 1, "started_at": "2026-03-02T18:00:00Z", "duration_ms": 5, "pictures": pictures,
        "environment": {"base_url": "", "browser": "", "driver": "", "frozen": [], "viewports": []},
        "summary": harness_model::Summary::default(),
    }))
    .unwrap();
    let file = folder.path().join(format!("report/pictures/{key}.actual.png"));
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, "a picture").unwrap();
    reports_render::write(&run, folder.path()).unwrap();
    folder
}

async fn publish(run: &Path, server: &str, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_publish"));
    command.arg("--run").arg(run).args(["--pause-ms", "1"]).args(more).env_remove("NIGHTLY_WEBHOOK");
    command.env("AWS_ENDPOINT", server).envs(CREDENTIALS);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let Output { status, stdout, stderr } = done;
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn a_folder_holds_the_whole_run_and_names_the_newest() {
    let run = run("changed", "p: gone");
    let there = tempfile::tempdir().unwrap();
    let to = format!("file://{}", there.path().join("reports").display());
    let (code, said) = publish(run.path(), "", &["--to", &to, "--link", "https://reports.example/"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("published 6 files: https://reports.example/{NAME}/report/index.html")), "{said}");
    let at = |path: &str| there.path().join("reports").join(path);
    assert_eq!(
        fs::read_to_string(at(&format!("{NAME}/report/pictures/home/start/anna-desktop.actual.png"))).unwrap(),
        "a picture"
    );
    for file in ["report/index.html", "run.json", "junit.xml", "comment.md"] {
        assert!(at(NAME).join(file).is_file(), "{file}");
    }
    let latest: Value = serde_json::from_slice(&fs::read(at("latest.json")).unwrap()).unwrap();
    assert_eq!(
        (&latest["page"], &latest["summary"]["changed"]),
        (&json!(format!("{NAME}/report/index.html")), &json!(1))
    );
}

#[tokio::test]
async fn a_bucket_gets_every_file_with_its_kind_though_it_fails_at_first() {
    let run = run("changed", "p: gone");
    let (internet, server) = Internet::start().await;
    internet.fails(3, StatusCode::SERVICE_UNAVAILABLE);
    let (code, said) = publish(run.path(), &server, &["--to", "s3://bucket/night"]).await;
    assert_eq!(code, Some(0), "{said}");
    let objects = internet.objects();
    let kind = |path: &str| objects[&format!("night/{path}")].0.clone();
    assert_eq!(kind(&format!("{NAME}/report/index.html")), "text/html; charset=utf-8");
    assert_eq!(kind(&format!("{NAME}/report/pictures/home/start/anna-desktop.actual.png")), "image/png");
    assert_eq!((kind("latest.json").as_str(), objects.len()), ("application/json", 6));
    let order = internet.asked();
    assert_eq!(order.last().unwrap(), "PUT night/latest.json", "nothing points at half a run");
    assert!(order[order.len() - 2].ends_with("report/index.html"), "{order:?}");
}

#[tokio::test]
async fn a_bucket_that_refuses_is_a_clear_failure_and_nothing_is_posted() {
    let run = run("changed", "p: gone");
    let (internet, server) = Internet::start().await;
    internet.fails(1000, StatusCode::FORBIDDEN);
    let hook = format!("{server}/hook");
    let (code, said) = publish(run.path(), &server, &["--to", "s3://bucket", "--webhook", &hook]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot store") && said.contains("s3://bucket") && said.contains("help: "), "{said}");
    assert!(internet.posted().is_empty());
}

#[tokio::test]
async fn a_message_tells_counts_groups_and_the_link_and_is_tried_again() {
    let attack = "<!channel> *bold* & @here \u{202e}txt <https://evil.test|click>";
    let run = run("changed", attack);
    let there = tempfile::tempdir().unwrap();
    let (internet, server) = Internet::start().await;
    internet.fails(2, StatusCode::BAD_GATEWAY);
    let (to, hook) = (format!("file://{}", there.path().display()), format!("{server}/hook"));
    let (code, said) =
        publish(run.path(), "", &["--to", &to, "--link", "https://reports.example", "--webhook", &hook]).await;
    assert_eq!(code, Some(0), "{said}");
    let posted = internet.posted();
    let [message] = posted.as_slice() else { panic!("{posted:?}") };
    assert_eq!(message["text"], "1 of 1 pictures need a look");
    let told: Vec<_> =
        message["blocks"].as_array().unwrap().iter().map(|block| block["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(told[0], "*1 of 1 pictures need a look*\n1 changed");
    assert!(
        !told[1].contains(['<', '>', '\u{202e}']) && !told[1].contains("*bold") && !told[1].contains("@here"),
        "{told:?}"
    );
    assert_eq!(told[2], format!("<https://reports.example/{NAME}/report/index.html|Open the report>"));
}

#[tokio::test]
async fn a_quiet_night_posts_nothing() {
    let run = run("identical", "");
    let there = tempfile::tempdir().unwrap();
    let (internet, server) = Internet::start().await;
    let (to, hook) = (format!("file://{}", there.path().display()), format!("{server}/hook"));
    let (code, said) = publish(run.path(), "", &["--to", &to, "--webhook", &hook]).await;
    assert!(code == Some(0) && said.contains("nothing needs a look"), "{said}");
    assert!(internet.posted().is_empty());
}

#[tokio::test]
async fn a_webhook_that_fails_is_said_without_its_secret() {
    let run = run("changed", "p: gone");
    let there = tempfile::tempdir().unwrap();
    let (internet, server) = Internet::start().await;
    let to = format!("file://{}", there.path().display());
    let hook = format!("{server}/hook?secret=xyzzy");
    for (status, tries) in [(StatusCode::NOT_FOUND, "after 1 tries"), (StatusCode::TOO_MANY_REQUESTS, "after 4 tries")]
    {
        internet.fails(1000, status);
        let (code, said) = publish(run.path(), "", &["--to", &to, "--webhook", &hook]).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("127.0.0.1") && said.contains(tries) && said.contains(status.as_str()), "{said}");
        assert!(!said.contains("xyzzy"), "{said}");
    }
    let (code, said) =
        publish(run.path(), "", &["--to", &to, "--webhook", "http://127.0.0.1:9/hook?secret=xyzzy"]).await;
    assert!(code == Some(1) && said.contains("after 4 tries") && !said.contains("xyzzy"), "{said}");
}

#[tokio::test]
async fn a_wrong_place_or_no_run_is_named() {
    let run = run("changed", "p: gone");
    for (to, part) in
        [("ftp://x/y", "ftp is no kind of place"), ("reports", "file:///srv/reports"), ("s3:///x", "names no bucket")]
    {
        let (code, said) = publish(run.path(), "", &["--to", to]).await;
        assert!(code == Some(2) && said.contains(part) && said.contains("s3://bucket/prefix"), "{to}: {said}");
    }
    let (code, said) = publish(&run.path().join("nowhere"), "", &["--to", "file:///tmp/x"]).await;
    assert!(code == Some(2) && said.contains("run.json"), "{said}");
}
