//! The program as scripts call it.

use std::process::{Command, Output};

use harness_test_internet::{CREDENTIALS, Internet, StatusCode};

use crate::run::{ANNA, BEN, KAI, NEW, NEW_GREY, OLD_GREY, Run, SAME, key};

fn approve(run: &Run, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command(run).args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

fn command(run: &Run) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_approve"));
    command.env_remove("CI").env_remove("VISUAL_OUTPUT").stdin(std::process::Stdio::null());
    command.arg("--run").arg(run.output()).arg("--snapshots").arg(run.snapshots());
    command
}

#[test]
fn names_patterns_and_groups_are_accepted_and_refused() {
    let run = Run::new();
    let (code, said) = approve(&run, &["--group", "2", "--reason", "blue"]);
    assert_eq!((code, said.as_str()), (Some(0), "accepted: 2 pictures\n"));
    let (code, said) = approve(&run, &["--refuse", "home/*/kai-*"]);
    assert_eq!((code, said), (Some(0), format!("refused: {KAI}\n")));
    let (code, said) = approve(&run, &["todo/**"]);
    assert_eq!(code, Some(1), "one never settled: {said}");
    assert_eq!(
        [ANNA, BEN, KAI, NEW].map(|name| run.grey(name)),
        [Some(NEW_GREY), Some(NEW_GREY), Some(OLD_GREY), Some(NEW_GREY)]
    );
    let (code, said) = approve(&run, &["--list"]);
    assert!(code == Some(0) && said.contains("accepted by ") && said.ends_with("1 to look at\n"), "{said}");
}

#[test]
fn a_wrong_call_changes_nothing_and_says_what_to_type() {
    let run = Run::new();
    let before = run.baselines();
    for (arguments, part) in [
        (&["nowhere/**"][..], "fits none of the pictures that need a look"),
        (&["--group", "9"], "there is no group 9; the run has 4"),
        (&["--yes"], "--prune"),
        (&["--list", "--serve"], "cannot be used with"),
        (&[], "help: name pictures or a --group"),
    ] {
        let (code, said) = approve(&run, arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    let said = command(&run).env("CI", "true").arg("**").output().unwrap();
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.stderr).contains("accepted by someone who saw it"));
    assert_eq!(run.baselines(), before);
}

#[test]
fn baselines_that_no_flow_asks_for_are_named_and_removed_when_asked() {
    let run = Run::new();
    let script = run.folder.path().join("list");
    let list = |names: &[&str]| {
        std::fs::write(&script, names.iter().map(|name| format!("{name}: test\n")).collect::<String>()).unwrap()
    };
    let prune = |more: &[&str]| {
        approve(&run, &[&["--prune", "--list-command", &format!("cat {}", script.display())], more].concat())
    };
    list(&[]);
    let (code, said) = prune(&["--yes"]);
    assert!(
        code == Some(2) && said.contains("it lists no picture"),
        "a suite that lists nothing empties nothing: {said}"
    );
    assert!(approve(&run, &["--prune", "--yes", "--list-command", "false"]).1.contains("cannot list the pictures"));
    list(&[ANNA, BEN, KAI]);
    let (code, said) = prune(&[]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "no flow asks for todo/list/kai-mobile\n1 of 4 baselines are not asked for; --yes removes them\n")
    );
    assert!(run.store().path(&key(SAME)).exists());
    assert_eq!(prune(&["--yes"]).1, "removed todo/list/kai-mobile\n1 of 4 baselines are not asked for\n");
    assert!(!run.snapshots().join("todo").exists(), "with the folders that are empty now");
    assert_eq!(run.grey(ANNA), Some(OLD_GREY));
}

#[test]
fn a_flow_that_is_renamed_takes_its_baselines_along() {
    let run = Run::new();
    let before = run.baselines();
    let (code, said) = approve(&run, &["--rename", "home/start", "home/dashboard"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("{ANNA} is home/dashboard/anna-desktop\n")), "{said}");
    assert_eq!((run.grey(ANNA), run.grey("home/dashboard/anna-desktop")), (None, Some(OLD_GREY)));
    let bytes =
        |files: Vec<(std::path::PathBuf, Vec<u8>)>| files.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>();
    assert_eq!(bytes(run.baselines()), bytes(before), "moved files are the same files to git");
    for (from, to, part) in [
        ("home/start", "home/other", "no baseline is called"),
        ("home/dashboard", "home", "as many parts"),
        ("home", "../../etc", "as many parts"),
        ("home", "..", "may hold only"),
        ("todo/list/kai-mobile", "home/dashboard/ben-desktop", "there is a baseline of that name"),
    ] {
        let (code, said) = approve(&run, &["--rename", from, to]);
        assert!(code == Some(2) && said.contains(part), "{from} {to}: {said}");
    }
    assert!(!run.folder.path().join("etc").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_move_to_a_bucket_and_are_approved_there() {
    let run = Run::new();
    let (internet, server) = Internet::start().await;
    std::fs::write(run.snapshots().join(".store.toml"), "url = \"s3://bucket/baselines\"").unwrap();
    let approve = |arguments: &[&str]| {
        let mut command = command(&run);
        command.env("AWS_ENDPOINT", &server).envs(CREDENTIALS).env("BASELINES_CACHE", run.folder.path().join("cache"));
        let Output { status, stdout, stderr } = command.args(arguments).output().unwrap();
        (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    };
    let (code, said) = approve(&["--upload"]);
    assert!(code == Some(0) && said.starts_with("moved 4 pictures"), "{said}");
    assert_eq!(internet.objects().len(), 1, "equal pictures are one object");
    assert!(run.baselines().iter().all(|(path, _)| path.extension() != Some("png".as_ref())));
    assert_eq!(approve(&["--reason", "blue", "--group", "2"]).0, Some(0));
    assert_eq!(internet.objects().len(), 2);
    internet.fails(1000, StatusCode::FORBIDDEN);
    let before = run.baselines();
    let (code, said) = approve(&[KAI]);
    assert!(code == Some(2) && said.contains("cannot store the baseline of"), "{said}");
    assert_eq!(run.baselines(), before);
}
