//! What a tick does.

use std::time::Duration;

use axum::http::StatusCode;
use stack_api::personas::{ActionResult, PARSE_MODULE};

use crate::rig::{Failing, Rig, email, token, until};

#[tokio::test]
async fn everybody_who_is_due_lives_a_day_in_the_personal_space() {
    let rig = Rig::start().await;
    let report = rig.tick().await;
    assert_eq!((report.player.as_str(), report.due, report.ran_successfully), ("scripted", 3, 3));
    assert_eq!(report.failed, []);
    assert_eq!(
        report.days.iter().map(|day| &day.persona).collect::<Vec<_>>(),
        [&email("anna"), &email("ben"), &email("maya")]
    );
    for name in ["anna", "ben", "maya"] {
        let calls = rig.gateway.calls_of(&token(name));
        assert!((3..=8).contains(&calls.len()), "{name}: {}", calls.len());
        assert!(calls.iter().all(|call| call.space == format!("personal-{name}")), "{calls:?}");
    }
    assert_eq!(rig.tick().await.due, 0, "nobody is due twice");
}

#[tokio::test]
async fn each_call_is_one_row_and_each_module_one_rating() {
    let rig = Rig::start().await;
    let report = rig.tick().await;
    for (name, day) in ["anna", "ben", "maya"].iter().zip(&report.days) {
        let (calls, rows) = (rig.gateway.calls_of(&token(name)), rig.actions(name));
        let tools = |row: &stack_api::personas::Action| row.tool_name.clone();
        assert_eq!(
            rows.iter().map(tools).collect::<Vec<_>>(),
            calls.iter().map(|c| c.tool.clone()).collect::<Vec<_>>()
        );
        assert!(rows.iter().all(|row| row.tick_id == rows[0].tick_id && row.tick_id.starts_with("scripted-")));
        assert!(rows.iter().all(|row| row.input_hash.as_ref().is_some_and(|hash| hash.len() == 16)));
        assert!(rows.iter().all(|row| row.latency_ms.is_some_and(|ms| ms >= 0)));
        let failed = rows.iter().filter(|row| row.result == ActionResult::Error).count();
        assert_eq!((day.actions, day.errors), (rows.len(), failed), "{name}");

        let mut modules: Vec<&str> = rows.iter().map(|row| row.tool_name.split('.').next().unwrap()).collect();
        modules.sort_unstable();
        modules.dedup();
        let feedback = rig.feedback(name);
        let mut rated: Vec<&str> = feedback.iter().map(|row| row.module.as_str()).collect();
        rated.sort_unstable();
        assert_eq!((rated, day.ratings), (modules, feedback.len()), "{name}");
        assert!(feedback.iter().all(|row| row.module != PARSE_MODULE && row.tick_id == rows[0].tick_id));
        assert!(feedback.iter().all(|row| row.notes.as_ref().is_some_and(|notes| notes.len() > 20)));
    }
}

#[tokio::test]
async fn a_tool_that_refuses_becomes_an_error_row_and_a_low_rating() {
    let rig = Rig::start().await;
    rig.gateway.refusing.lock().unwrap().push("journal.add".to_owned());
    let report = rig.tick().await;
    assert_eq!(report.failed, [], "a refusal is part of the day");
    let rows = rig.actions("anna");
    let journal: Vec<_> = rows.iter().filter(|row| row.tool_name == "journal.add").collect();
    assert!(!journal.is_empty());
    for row in &rows {
        let refused = row.tool_name == "journal.add";
        assert_eq!(row.result == ActionResult::Error, refused);
        assert_eq!(row.error_message.as_deref(), refused.then_some("journal.add: sync does not answer"));
    }
    let rating = |module: &str| rig.feedback("anna").into_iter().find(|row| row.module == module).unwrap().rating;
    assert_eq!(rating("journal"), 1);
    assert!(rating("notes") >= 3);
}

#[tokio::test]
async fn mayas_mistake_is_a_row_and_a_remark() {
    let rig = Rig::start().await;
    rig.tick().await;
    let errors: Vec<_> = rig.actions("maya").into_iter().filter(|row| row.result == ActionResult::Error).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let module = errors[0].tool_name.split('.').next().unwrap().to_owned();
    let remark = rig.feedback("maya").into_iter().find(|row| row.module == module).unwrap();
    assert_eq!(remark.rating, 2);
}

#[tokio::test]
async fn one_who_cannot_log_in_stops_no_other() {
    let rig = Rig::start().await;
    rig.auth.lock().unwrap().locked_out.push("ben".to_owned());
    let report = rig.tick().await;
    assert_eq!((report.due, report.ran_successfully, report.failed.len()), (3, 2, 1));
    assert_eq!(report.failed[0].persona, email("ben"));
    assert!(report.failed[0].error.starts_with("cannot log in: http://"), "{}", report.failed[0].error);
    assert!(rig.actions("ben").is_empty() && !rig.actions("maya").is_empty());
}

#[tokio::test]
async fn a_gateway_lost_on_the_way_ends_that_day_and_its_calls_are_stored() {
    let rig = Rig::start().await;
    rig.gateway.dying.lock().unwrap().push(token("ben"));
    let report = rig.tick().await;
    assert_eq!((report.ran_successfully, report.failed.len()), (2, 1));
    let failure = &report.failed[0];
    assert_eq!(failure.persona, email("ben"));
    assert!(
        failure.error.starts_with("the gateway was lost at ") && failure.error.contains("after 2 calls"),
        "{failure:?}"
    );
    let results: Vec<ActionResult> = rig.actions("ben").iter().map(|row| row.result).collect();
    assert_eq!(results, [ActionResult::Ok, ActionResult::Error]);
    assert_eq!(rig.feedback("ben"), [], "a day that broke off is not rated");
}

#[tokio::test]
async fn a_day_that_takes_too_long_is_cut_and_stops_no_other() {
    let rig = Rig::with(|config| config.day_max = Duration::from_millis(500)).await;
    rig.gateway.hanging.lock().unwrap().push(token("ben"));
    let report = rig.tick().await;
    let ben = report.failed.iter().find(|failure| failure.persona == email("ben")).expect("Ben's day is cut");
    assert!(ben.error.starts_with("the day was cut after "), "{ben:?}");
    assert_eq!(rig.feedback("ben"), [], "a day that was cut is not rated");
}

#[tokio::test]
async fn a_day_counts_though_its_ratings_are_refused() {
    let rig = Rig::with(|config| config.concurrency = 1).await;
    rig.auth.lock().unwrap().refusing_ratings = true;
    let report = rig.tick().await;
    assert_eq!((report.ran_successfully, report.failed.len()), (0, 3));
    for failure in &report.failed {
        assert!(failure.error.starts_with("cannot store the ratings: "), "{failure:?}");
    }
    assert!(
        ["anna", "ben", "maya"].iter().all(|name| !rig.actions(name).is_empty()),
        "else each would be played again"
    );
}

#[tokio::test]
async fn ratings_are_there_before_the_calls_that_end_the_day() {
    let rig = Rig::with(|config| config.concurrency = 1).await;
    rig.auth.lock().unwrap().failing =
        Some(Failing { times: 1, status: StatusCode::BAD_REQUEST, after_keeping: false });
    rig.tick().await;
    assert!(rig.actions("anna").is_empty() && !rig.feedback("anna").is_empty());
}

#[tokio::test]
async fn no_more_play_at_a_time_than_allowed() {
    let rig = Rig::with(|config| config.interval = Duration::from_millis(10)).await;
    rig.gateway.hanging.lock().unwrap().extend([token("anna"), token("ben")]);
    let has_called = |name: &str| !rig.gateway.calls_of(&token(name)).is_empty();
    until("Anna and Ben hang", || has_called("anna") && has_called("ben")).await;
    assert_eq!(rig.get("/health").await.0, 200);
    assert!(!has_called("maya"), "two at a time");
    rig.stop.cancel();
    rig.task.await.unwrap();
}

#[tokio::test]
async fn what_was_not_stored_is_sent_again_and_kept_once() {
    for after_keeping in [false, true] {
        let rig = Rig::with(|config| config.concurrency = 1).await;
        let failing = Failing { times: 2, status: StatusCode::SERVICE_UNAVAILABLE, after_keeping };
        rig.auth.lock().unwrap().failing = Some(failing);
        let report = rig.tick().await;
        assert_eq!((report.ran_successfully, report.failed.len()), (3, 0));
        assert_eq!(rig.auth.lock().unwrap().writes_tried, 5, "two failures, then one write each");
        for (name, day) in ["anna", "ben", "maya"].iter().zip(&report.days) {
            assert_eq!(rig.actions(name).len(), day.actions, "{name}");
            assert_eq!(rig.feedback(name).len(), day.ratings, "{name}");
        }
    }
}

#[tokio::test]
async fn a_lasting_no_is_not_argued_with() {
    let rig = Rig::with(|config| config.concurrency = 1).await;
    rig.auth.lock().unwrap().failing =
        Some(Failing { times: 1, status: StatusCode::BAD_REQUEST, after_keeping: false });
    let report = rig.tick().await;
    assert_eq!((report.ran_successfully, report.failed.len()), (2, 1));
    assert!(report.failed[0].error.starts_with("cannot store the calls: "), "{}", report.failed[0].error);
    assert_eq!(rig.auth.lock().unwrap().writes_tried, 3);
}

#[tokio::test]
async fn the_loop_ticks_by_itself() {
    let rig = Rig::with(|config| config.interval = Duration::from_millis(50)).await;
    // A day's calls are stored last.
    until("all three have lived", || rig.auth.lock().unwrap().lived.len() == 3).await;
    assert!(["anna", "ben", "maya"].iter().all(|name| !rig.feedback(name).is_empty()));
    assert_eq!(rig.auth.lock().unwrap().writes_tried, 3, "each once");
}

#[tokio::test]
async fn ticks_do_not_overlap() {
    let rig = Rig::start().await;
    let (first, second, third) = tokio::join!(rig.tick(), rig.tick(), rig.tick());
    let mut due = [first.due, second.due, third.due];
    due.sort_unstable();
    assert_eq!(due, [0, 0, 3], "those that waited found nobody due");
    assert_eq!(rig.auth.lock().unwrap().writes_tried, 3);
}
