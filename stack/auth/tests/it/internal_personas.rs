//! `/api/v1/internal/personas/*`.

use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use stack_api::{
    auth::SERVICE_KEY_HEADER,
    personas::{DueResponse, PersonaMemory, Written},
    routes,
};
use stack_http::Clock;

use crate::rig::{Answer, RequestExt, Rig};

async fn due(rig: &Rig) -> DueResponse {
    rig.get(routes::INTERNAL_DUE).service_key().answer().await.expect(StatusCode::OK).json()
}

async fn due_names(rig: &Rig) -> Vec<String> {
    due(rig)
        .await
        .personas
        .into_iter()
        .map(|persona| persona.email.replace("persona.", "").replace("@mana.test", ""))
        .collect()
}

async fn post(rig: &Rig, path: &str, id: &str, body: Value) -> Answer {
    rig.post(&routes::fill(path, id)).service_key().json(&body).answer().await
}

async fn post_actions(rig: &Rig, id: &str, actions: Value) -> Answer {
    post(rig, routes::INTERNAL_ACTIONS, id, json!({ "actions": actions })).await
}

async fn post_feedback(rig: &Rig, id: &str, feedback: Value) -> Answer {
    post(rig, routes::INTERNAL_FEEDBACK, id, json!({ "feedback": feedback })).await
}

fn action(tick: &str, tool: &str) -> Value {
    json!({ "tickId": tick, "toolName": tool, "result": "ok", "latencyMs": 3 })
}

pub(crate) async fn at(rig: &Rig, moment: &str) -> Rig {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    rig.again(|config| config.clock = Clock::starting_at(moment)).await.unwrap()
}

fn written(answer: Answer) -> u64 {
    let answer = answer.expect(StatusCode::OK);
    let written: Written = answer.json();
    assert_eq!(answer.body, json!({ "ok": true, "written": written.written }));
    written.written
}

#[tokio::test]
async fn a_new_persona_is_due_with_all_the_runner_needs() {
    let rig = Rig::start_at("2026-11-20T08:00:00Z").await; // a Friday
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "weekdays").await;
    let answer = rig.get(routes::INTERNAL_DUE).service_key().answer().await.expect(StatusCode::OK);
    let expected = json!({
        "userId": anna, "email": "persona.anna@mana.test", "archetype": "adhd-student",
        "systemPrompt": "Du bist eine Person, die vieles anfängt.", "moduleMix": { "notes": 0.25, "todo": 0.75 },
        "tickCadence": "weekdays", "lastActiveAt": null,
    });
    let server_time = answer.body["serverTime"].as_str().unwrap();
    assert_eq!(answer.body, json!({ "personas": [expected], "serverTime": server_time }));
    assert!(server_time.starts_with("2026-11-20T08:0"), "{server_time}");
}

#[tokio::test]
async fn each_persona_is_due_at_its_own_cadence() {
    let rig = Rig::start_at("2026-11-20T08:00:00Z").await; // a Friday
    let admin = rig.admin().await;
    for (name, cadence) in [("anna", "hourly"), ("ben", "daily"), ("julia", "weekdays")] {
        let id = rig.persona(&admin, name, cadence).await;
        written(post_actions(&rig, &id, json!([action("t1", "todo.create")])).await);
    }
    rig.persona(&admin, "maya", "weekdays").await;
    assert_eq!(due_names(&rig).await, ["maya"]);
    assert_eq!(due_names(&at(&rig, "2026-11-20T08:59:00Z").await).await, ["maya"]);
    assert_eq!(due_names(&at(&rig, "2026-11-20T09:10:00Z").await).await, ["maya", "anna"]);
    assert_eq!(due_names(&at(&rig, "2026-11-21T09:00:00Z").await).await, ["anna", "ben"], "Saturday");
    assert_eq!(due_names(&at(&rig, "2026-11-23T00:00:00Z").await).await, ["maya", "anna", "ben", "julia"], "Monday");
}

#[tokio::test]
async fn the_longest_idle_comes_first() {
    let rig = Rig::start_at("2026-11-20T08:00:00Z").await;
    let admin = rig.admin().await;
    let mut ids = Vec::new();
    for name in ["anna", "ben", "julia", "maya"] {
        ids.push(rig.persona(&admin, name, "daily").await);
    }
    for (id, moment) in [(&ids[2], "2026-11-20T09:00:00Z"), (&ids[0], "2026-11-20T10:00:00Z")] {
        written(post_actions(&at(&rig, moment).await, id, json!([action("t1", "todo.create")])).await);
    }
    assert_eq!(due_names(&at(&rig, "2026-11-22T12:00:00Z").await).await, ["ben", "maya", "julia", "anna"]);
}

#[tokio::test]
async fn a_retry_writes_nothing_twice() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let tick = json!([action("t1", "todo.create"), action("t1", "todo.create"), action("t1", "notes.create")]);
    assert_eq!(written(post_actions(&rig, &anna, tick.clone()).await), 3);
    assert_eq!(written(post_actions(&rig, &anna, tick.clone()).await), 0);
    let longer = json!([tick[0], tick[1], tick[2], action("t1", "todo.complete")]);
    assert_eq!(written(post_actions(&rig, &anna, longer).await), 1);
    assert_eq!(rig.count("SELECT COUNT(*) FROM persona_actions").await, 4);

    let ratings = json!([
        { "tickId": "t1", "module": "todo", "rating": 5, "notes": "hilft" },
        { "tickId": "t1", "module": "notes", "rating": 2 },
    ]);
    assert_eq!(written(post_feedback(&rig, &anna, ratings.clone()).await), 2);
    assert_eq!(written(post_feedback(&rig, &anna, ratings).await), 0);
    assert_eq!(rig.count("SELECT COUNT(*) FROM persona_feedback").await, 2);
}

#[tokio::test]
async fn two_personas_of_one_tick_do_not_get_in_each_others_way() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let rating = json!([{ "tickId": "t1", "module": "todo", "rating": 4 }]);
    for name in ["anna", "ben"] {
        let id = rig.persona(&admin, name, "daily").await;
        assert_eq!(written(post_actions(&rig, &id, json!([action("t1", "todo.create")])).await), 1);
        assert_eq!(written(post_feedback(&rig, &id, rating.clone()).await), 1);
    }
}

#[tokio::test]
async fn a_day_without_a_tool_call_was_a_day() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    assert_eq!(written(post_actions(&rig, &anna, json!([])).await), 0);
    assert_eq!(due(&rig).await.personas, []);
}

#[tokio::test]
async fn ratings_alone_do_not_end_the_day() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let rating = json!([{ "tickId": "t1", "module": "__parse", "rating": 1 }]);
    assert_eq!(written(post_feedback(&rig, &anna, rating).await), 1);
    assert_eq!(due(&rig).await.personas.len(), 1);
}

#[tokio::test]
async fn a_late_retry_does_not_turn_the_clock_back() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "hourly").await;
    let later = rig.later(TimeDelta::hours(2)).await;
    written(post_actions(&later, &anna, json!([action("t2", "todo.create")])).await);
    written(post_actions(&rig, &anna, json!([action("t1", "todo.create")])).await);
    assert_eq!(due(&later).await.personas, []);
}

#[tokio::test]
async fn a_bad_row_is_named_and_nothing_is_written() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let good = action("t1", "todo.create");
    let bad = json!({ "tickId": "t1", "toolName": "todo.create", "result": "maybe" });
    let answer = post_actions(&rig, &anna, json!([good, bad])).await.expect(StatusCode::BAD_REQUEST);
    let detail = answer.body["details"][0].as_str().unwrap();
    assert!(detail.starts_with("actions[1]: "), "{detail}");
    assert_eq!(answer.body, json!({ "error": "ValidationError", "details": [detail] }));
    let bad = json!([{ "tickId": "t1", "module": "todo", "rating": 6 }]);
    let answer = post_feedback(&rig, &anna, bad).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["details"], json!(["feedback[0]: rating must be from 1 to 5"]));
    assert_eq!(rig.count("SELECT COUNT(*) FROM persona_actions").await, 0);
    assert_eq!(rig.count("SELECT COUNT(*) FROM persona_feedback").await, 0);
    assert_eq!(due(&rig).await.personas.len(), 1, "and the day is still to come");
}

#[tokio::test]
async fn a_tick_that_is_too_long_is_refused() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let actions = |count: usize| json!(vec![action("t1", "todo.create"); count]);
    assert_eq!(written(post_actions(&rig, &anna, actions(500)).await), 500);
    post_actions(&rig, &anna, actions(501)).await.expect(StatusCode::BAD_REQUEST);
    let ratings = |count: usize| {
        let rows = (0..count).map(|n| json!({ "tickId": "t1", "module": format!("m{n}"), "rating": 3 }));
        Value::Array(rows.collect())
    };
    assert_eq!(written(post_feedback(&rig, &anna, ratings(100)).await), 100);
    post_feedback(&rig, &anna, ratings(101)).await.expect(StatusCode::BAD_REQUEST);
}

async fn claim(rig: &Rig, runner: &str, most: i64) -> Vec<String> {
    let body = json!({ "runner": runner, "most": most, "forMs": 660_000 });
    let answer = rig.post(routes::INTERNAL_CLAIMS).service_key().json(&body).answer().await.expect(StatusCode::OK);
    let response: DueResponse = answer.json();
    let short = |email: String| email.replace("persona.", "").replace("@mana.test", "");
    response.personas.into_iter().map(|persona| short(persona.email)).collect()
}

#[tokio::test]
async fn what_one_runner_claims_no_other_is_given() {
    let rig = Rig::start_at("2026-11-20T08:00:00Z").await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    for name in ["ben", "maya"] {
        rig.persona(&admin, name, "daily").await;
    }
    assert_eq!(claim(&rig, "r1", 2).await, ["anna", "ben"]);
    assert_eq!(due_names(&rig).await, ["maya"]);
    assert_eq!(claim(&rig, "r2", 9).await, ["maya"]);
    assert_eq!(claim(&rig, "r1", 9).await, Vec::<String>::new(), "not even the same runner again");

    written(post_actions(&rig, &anna, json!([action("t1", "todo.create")])).await);
    let path = routes::fill(routes::INTERNAL_CLAIM, "r1");
    let released = rig.request(Method::DELETE, &path).service_key().answer().await.expect(StatusCode::OK);
    assert_eq!(released.body, json!({ "ok": true, "released": 2 }));
    assert_eq!(due_names(&rig).await, ["ben"], "anna's day is lived, maya is claimed");
    assert_eq!(due_names(&at(&rig, "2026-11-20T08:12:00Z").await).await, ["ben", "maya"], "r2 was killed");

    let bad = json!({ "runner": "", "most": 0, "forMs": 1 });
    let answer = rig.post(routes::INTERNAL_CLAIMS).service_key().json(&bad).answer().await;
    assert_eq!(answer.expect(StatusCode::BAD_REQUEST).body["details"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn many_runners_at_once_claim_each_persona_once() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    for n in 0..12 {
        rig.persona(&admin, &format!("p{n:02}"), "daily").await;
    }
    // Two services on the same tables, as two machines would have them.
    let other = rig.again(|_| {}).await.unwrap();
    let runners = (0..8).map(|n| {
        let rig = if n % 2 == 0 { &rig } else { &other };
        async move {
            let mut mine = Vec::new();
            loop {
                let claimed = claim(rig, &format!("r{n}"), 1).await;
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed);
            }
        }
    });
    let mut all = futures::future::join_all(runners).await.concat();
    all.sort();
    assert_eq!(all, (0..12).map(|n| format!("p{n:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_persona_remembers_what_it_did_and_thought_lately_the_newest_first() {
    let rig = Rig::start_at("2026-11-20T08:00:00Z").await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let memory = async |rig: &Rig| -> PersonaMemory {
        let path = routes::fill(routes::INTERNAL_MEMORY, &anna);
        rig.get(&path).service_key().answer().await.expect(StatusCode::OK).json()
    };
    assert_eq!(memory(&rig).await, PersonaMemory::default());

    let calls = |tick: &str| json!(vec![action(tick, "todo.create"); 40]);
    written(post_actions(&rig, &anna, calls("t1")).await);
    let later = at(&rig, "2026-11-21T09:00:00Z").await;
    written(post_actions(&later, &anna, calls("t2")).await);
    let rating = |tick: &str| json!([{ "tickId": tick, "module": "todo", "rating": 2, "notes": "Zu viel." }]);
    written(post_feedback(&rig, &anna, rating("t1")).await);
    written(post_feedback(&later, &anna, rating("t2")).await);
    let memory = memory(&rig).await;
    let ticks: Vec<&str> = memory.recent_actions.iter().map(|row| row.action.tick_id.as_str()).collect();
    assert_eq!(ticks, [vec!["t2"; 40], vec!["t1"; 20]].concat());
    let ratings: Vec<_> =
        memory.recent_feedback.iter().map(|row| (&*row.feedback.tick_id, row.feedback.rating)).collect();
    assert_eq!(ratings, [("t2", 2), ("t1", 2)]);

    let nobody = rig.get(&routes::fill(routes::INTERNAL_MEMORY, "unknown")).service_key().answer().await;
    nobody.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rows_of_nobody_are_refused() {
    let rig = Rig::start().await;
    let ben = rig.newcomer("ben@mana.test").await;
    for id in ["unknown", ben.id.as_str()] {
        let expected = json!({ "error": "NotFound", "message": "there is no such persona" });
        let actions = post_actions(&rig, id, json!([action("t1", "todo.create")])).await;
        assert_eq!(actions.expect(StatusCode::NOT_FOUND).body, expected);
        let rating = json!([{ "tickId": "t1", "module": "todo", "rating": 3 }]);
        assert_eq!(post_feedback(&rig, id, rating).await.expect(StatusCode::NOT_FOUND).body, expected);
    }
}

#[tokio::test]
async fn only_a_service_comes_in() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let (actions, feedback) =
        (routes::fill(routes::INTERNAL_ACTIONS, &anna), routes::fill(routes::INTERNAL_FEEDBACK, &anna));
    let (memory, claims) = (routes::fill(routes::INTERNAL_MEMORY, &anna), routes::fill(routes::INTERNAL_CLAIM, "r1"));
    let calls = [
        (Method::GET, routes::INTERNAL_DUE),
        (Method::POST, routes::INTERNAL_CLAIMS),
        (Method::DELETE, &claims),
        (Method::GET, &memory),
        (Method::POST, &actions),
        (Method::POST, &feedback),
    ];
    for (method, path) in calls {
        let call = || rig.request(method.clone(), path);
        let wrong = call().header(SERVICE_KEY_HEADER, "another-key");
        for request in [call(), wrong, call().bearer_auth(&admin.access_token).cookie(&admin.cookie)] {
            let answer = request.answer().await.expect(StatusCode::UNAUTHORIZED);
            let expected = json!({ "error": "Unauthorized", "message": "missing or wrong service key" });
            assert_eq!(answer.body, expected);
        }
    }
}
