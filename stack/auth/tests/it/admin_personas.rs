//! `/api/v1/admin/personas`.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::Path, routing::delete};
use chrono::TimeDelta;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use stack_api::{
    personas::{PersonaDetail, PersonaList},
    routes,
};

use crate::internal_personas::at;
use crate::rig::{ADMIN_EMAIL, Answer, PASSWORD, RequestExt, Rig, SERVICE_KEY, Visitor, listen, persona, serve};

async fn upsert(rig: &Rig, admin: &Visitor, body: &Value) -> Answer {
    rig.post(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).json(body).answer().await
}

async fn list(rig: &Rig, admin: &Visitor) -> PersonaList {
    let answer = rig.get(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).answer().await;
    answer.expect(StatusCode::OK).json()
}

async fn one(rig: &Rig, admin: &Visitor, method: Method, id: &str) -> Answer {
    let path = routes::fill(routes::ADMIN_PERSONA, id);
    rig.request(method, &path).bearer_auth(&admin.access_token).answer().await
}

async fn report(rig: &Rig, path: &str, id: &str, body: Value) {
    let answer = rig.post(&routes::fill(path, id)).service_key().json(&body).answer().await;
    answer.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_admin_makes_anna_who_then_logs_in_by_herself() {
    let rig = Rig::start_with(|config| config.require_verification = true).await;
    let admin = rig.admin().await;
    let answer = upsert(&rig, &admin, &persona("anna")).await.expect(StatusCode::OK);
    let id = answer.body["userId"].as_str().unwrap();
    assert_eq!(answer.body, json!({ "ok": true, "userId": id, "email": "persona.anna@mana.test" }));
    let login = rig.try_login("persona.anna@mana.test", PASSWORD).await.expect(StatusCode::OK);
    let user = &login.body["user"];
    assert_eq!(user["id"], id);
    assert_eq!((&user["kind"], &user["accessTier"]), (&json!("persona"), &json!("founder")));
    assert_eq!((&user["emailVerified"], &user["name"]), (&json!(true), &json!("anna")));
    let spaces = rig.get(routes::ORGANIZATION_LIST).cookie(&login.session_cookie()).answer().await;
    assert_eq!(spaces.body[0]["metadata"], json!({ "type": "personal", "tier": "founder" }));
}

#[tokio::test]
async fn a_second_upsert_updates_anna() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let id = rig.persona(&admin, "anna", "daily").await;
    let mut body = persona("anna");
    body["name"] = json!("Anna B.");
    body["archetype"] = json!("researcher");
    body["systemPrompt"] = json!("Du bist jetzt eine andere.");
    body["moduleMix"] = json!({ "journal": 1.0 });
    body["tickCadence"] = json!("hourly");
    body["password"] = json!("another password");
    let answer = upsert(&rig, &admin, &body).await.expect(StatusCode::OK);
    assert_eq!(answer.body["userId"], id.as_str());
    let detail = one(&rig, &admin, Method::GET, &id).await.expect(StatusCode::OK).body;
    for field in ["name", "archetype", "systemPrompt", "moduleMix", "tickCadence"] {
        assert_eq!(detail["persona"][field], body[field], "{field}");
    }
    assert_eq!(list(&rig, &admin).await.personas.len(), 1);
    rig.login("persona.anna@mana.test").await; // the password she signed up with
}

#[tokio::test]
async fn every_fault_is_named_at_once() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let body = json!({
        "email": "anna@example.com", "password": "short", "archetype": "", "systemPrompt": "", "moduleMix": {},
        "tickCadence": "yearly",
    });
    let answer = upsert(&rig, &admin, &body).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["error"], "ValidationError");
    let details: Vec<&str> = answer.body["details"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for field in ["email", "password", "archetype", "systemPrompt", "moduleMix", "tickCadence"] {
        assert!(details.iter().any(|fault| fault.starts_with(field)), "{field} in {details:?}");
    }
    let broken = rig.post(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).body("{").answer().await;
    assert_eq!(broken.expect(StatusCode::BAD_REQUEST).body["error"], "ValidationError");
    assert_eq!(list(&rig, &admin).await.personas.len(), 0);
}

#[tokio::test]
async fn who_took_a_personas_email_first_gains_nothing() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let body = json!({ "email": "persona.anna@mana.test", "password": "mallorys password" });
    rig.post(routes::REGISTER).json(&body).answer().await.expect(StatusCode::OK);
    let answer = upsert(&rig, &admin, &persona("anna")).await.expect(StatusCode::BAD_REQUEST);
    let expected = "email: persona.anna@mana.test belongs to an account that is no persona's";
    assert_eq!(answer.body, json!({ "error": "ValidationError", "details": [expected] }));
    let login = rig.try_login("persona.anna@mana.test", "mallorys password").await.expect(StatusCode::OK);
    assert_eq!(login.body["user"]["kind"], "human");
    assert_eq!(login.body["user"]["accessTier"], "free");
}

#[tokio::test]
async fn an_account_with_the_personas_password_becomes_the_persona() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.newcomer("persona.anna@mana.test").await;
    assert_eq!(rig.persona(&admin, "anna", "daily").await, anna.id);
}

#[tokio::test]
async fn an_admin_never_becomes_a_persona() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let mut body = persona("anna");
    body["email"] = json!(ADMIN_EMAIL);
    upsert(&rig, &admin, &body).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(list(&rig, &admin).await.personas.len(), 0);
}

#[tokio::test]
async fn the_list_tells_who_did_how_much_of_late() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let ben = rig.persona(&admin, "ben", "weekdays").await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let action = |tick: &str| json!({ "actions": [{ "tickId": tick, "toolName": "todo.create", "result": "ok" }] });
    let last_week = rig.again(|c| c.clock = stack_http::Clock::starting_at(chrono::Utc::now() - TimeDelta::days(8)));
    report(&last_week.await.unwrap(), routes::INTERNAL_ACTIONS, &ben, action("t0")).await;
    report(&rig, routes::INTERNAL_ACTIONS, &ben, action("t1")).await;
    let answer = rig.get(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).answer().await;
    let rows = answer.expect(StatusCode::OK).body["personas"].clone();
    assert_eq!(
        rows[0],
        json!({
            "userId": anna, "email": "persona.anna@mana.test", "name": "anna", "archetype": "adhd-student",
            "tickCadence": "daily", "lastActiveAt": null, "createdAt": rows[0]["createdAt"], "actions7d": 0,
            "errors7d": 0, "due": true,
        })
    );
    assert_eq!((&rows[1]["userId"], &rows[1]["actions7d"]), (&json!(ben), &json!(1)));
    assert!(rows[1]["lastActiveAt"].is_string());
}

#[tokio::test]
async fn one_persona_is_shown_with_its_last_actions_and_its_ratings() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    let actions: Vec<Value> = (0..25)
        .map(|n| {
            json!({
                "tickId": "t1", "toolName": format!("tool{n}"), "result": "error", "inputHash": "0123456789abcdef",
                "errorMessage": "no", "latencyMs": n,
            })
        })
        .collect();
    report(&rig, routes::INTERNAL_ACTIONS, &anna, json!({ "actions": actions })).await;
    for (tick, rating) in [("t1", 4), ("t2", 5)] {
        let feedback = json!([
            { "tickId": tick, "module": "todo", "rating": rating, "notes": "gut" },
            { "tickId": tick, "module": "notes", "rating": 1 },
        ]);
        report(&rig, routes::INTERNAL_FEEDBACK, &anna, json!({ "feedback": feedback })).await;
    }
    let answer = one(&rig, &admin, Method::GET, &anna).await.expect(StatusCode::OK);
    let detail: PersonaDetail = answer.json();
    assert_eq!(detail.persona.summary.actions_7d, 25);
    assert_eq!(answer.body["persona"]["moduleMix"], json!({ "notes": 0.25, "todo": 0.75 }));
    let ids: Vec<&str> = detail.recent_actions.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((ids.len(), ids[0], ids[19]), (20, "t1-24-tool24", "t1-5-tool5"));
    let newest = &answer.body["recentActions"][0];
    assert_eq!(
        *newest,
        json!({
            "id": "t1-24-tool24", "tickId": "t1", "toolName": "tool24", "inputHash": "0123456789abcdef",
            "result": "error", "errorMessage": "no", "latencyMs": 24, "createdAt": newest["createdAt"],
        })
    );
    assert_eq!(
        answer.body["feedbackByModule"],
        json!([
            { "module": "notes", "avgRating": 1.0, "count": 2 }, { "module": "todo", "avgRating": 4.5, "count": 2 },
        ])
    );
}

#[tokio::test]
async fn the_list_tells_who_is_due_and_how_many_calls_failed() {
    // A Wednesday.
    let rig = Rig::start_at("2026-03-04T08:00:00Z").await;
    let admin = rig.admin().await;
    let anna = rig.persona(&admin, "anna", "daily").await;
    rig.persona(&admin, "ben", "daily").await;
    let action = |tool: &str, result: &str| json!({ "tickId": "t", "toolName": tool, "result": result });
    let actions = json!([action("todo.list", "ok"), action("todo.create", "error"), action("todo.create", "ok")]);
    report(&rig, routes::INTERNAL_ACTIONS, &anna, json!({ "actions": actions })).await;
    let told = async |rig: &Rig| {
        let personas = list(rig, &rig.admin().await).await.personas;
        personas.iter().map(|p| (p.name.clone(), p.due, p.actions_7d, p.errors_7d)).collect::<Vec<_>>()
    };
    assert_eq!(told(&rig).await, [("anna".to_owned(), false, 3, 1), ("ben".to_owned(), true, 0, 0)]);
    let rig = at(&rig, "2026-03-05T09:00:00Z").await;
    assert_eq!(told(&rig).await[0], ("anna".to_owned(), true, 3, 1));
    let rig = at(&rig, "2026-03-12T09:00:00Z").await;
    assert_eq!(told(&rig).await[0], ("anna".to_owned(), true, 0, 0));
}

#[tokio::test]
async fn ratings_are_told_by_week_with_their_notes() {
    // A Sunday: the week ends at its midnight, in UTC.
    let rig = Rig::start_at("2026-03-08T23:00:00Z").await;
    let admin = rig.admin().await;
    let id = rig.persona(&admin, "anna", "daily").await;
    let rate = async |rig: &Rig, tick: &str, module: &str, rating: u8, notes: Option<&str>| {
        let row = json!({ "tickId": tick, "module": module, "rating": rating, "notes": notes });
        report(rig, routes::INTERNAL_FEEDBACK, &id, json!({ "feedback": [row] })).await;
    };
    rate(&rig, "a", "todo", 2, Some("hakt")).await;
    rate(&rig, "b", "todo", 5, None).await;
    let rig = at(&rig, "2026-03-09T01:00:00Z").await;
    rate(&rig, "c", "todo", 4, Some("besser")).await;
    rate(&rig, "c", "__parse", 1, Some("unverständlich")).await;
    let told = async |rig: &Rig| {
        one(rig, &rig.admin().await, Method::GET, &id).await.expect(StatusCode::OK).json::<PersonaDetail>()
    };
    let detail = told(&rig).await;
    let weeks: Vec<_> = detail
        .feedback_by_week
        .iter()
        .map(|w| (w.week.to_string(), w.module.as_str(), w.avg_rating, w.count))
        .collect();
    assert_eq!(weeks, [("2026-03-02".to_owned(), "todo", 3.5, 2), ("2026-03-09".to_owned(), "todo", 4.0, 1)]);
    let notes: Vec<_> = detail.recent_feedback.iter().map(|row| row.feedback.notes.as_deref()).collect();
    assert_eq!(notes.len(), 4);
    assert_eq!((notes[2], notes[3]), (None, Some("hakt")), "newest first");

    let rig = at(&rig, "2026-05-25T12:00:00Z").await;
    let weeks: Vec<_> = told(&rig).await.feedback_by_week.iter().map(|week| week.week.to_string()).collect();
    assert_eq!(weeks, ["2026-03-09"], "the twelfth week back, and none before");
}

#[tokio::test]
async fn somebody_who_is_no_persona_is_not_shown() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    for id in ["unknown", admin.id.as_str()] {
        let answer = one(&rig, &admin, Method::GET, id).await.expect(StatusCode::NOT_FOUND);
        assert_eq!(answer.body, json!({ "error": "NotFound", "message": "there is no such persona" }));
    }
}

#[tokio::test]
async fn only_an_admin_comes_in() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let admin = rig.admin().await;
    let one = routes::fill(routes::ADMIN_PERSONA, "x");
    let calls = [
        (Method::GET, routes::ADMIN_PERSONAS),
        (Method::POST, routes::ADMIN_PERSONAS),
        (Method::GET, one.as_str()),
        (Method::DELETE, one.as_str()),
    ];
    for (method, path) in calls {
        let call = || rig.request(method.clone(), path);
        call().answer().await.expect_bad_token();
        call().bearer_auth("x.y.z").answer().await.expect_bad_token();
        call().cookie(&admin.cookie).answer().await.expect_bad_token();
        call().service_key().answer().await.expect_bad_token();
        let refused = call().bearer_auth(&anna.access_token).answer().await.expect(StatusCode::FORBIDDEN);
        assert_eq!(refused.body, json!({ "error": "Forbidden", "message": "Admin access required" }));
    }
}

#[tokio::test]
async fn an_admin_who_lost_the_role_is_refused_at_once() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    rig.count("UPDATE users SET role = 'user' WHERE role = 'admin' RETURNING 1").await;
    let answer = rig.get(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).answer().await;
    answer.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_role_that_the_token_does_not_name_is_not_taken() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    rig.count("UPDATE users SET role = 'admin' RETURNING 1").await;
    let answer = rig.get(routes::ADMIN_PERSONAS).bearer_auth(&anna.access_token).answer().await;
    answer.expect(StatusCode::FORBIDDEN);
}

/// A sync service that notes which users and spaces it forgets, or says no.
pub(crate) async fn fake_sync(status: StatusCode) -> (url::Url, Arc<Mutex<Vec<String>>>) {
    let forgotten: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&forgotten);
    let forget = move |Path(id): Path<String>, headers: HeaderMap| async move {
        let key = headers.get("x-service-key").map(|key| key.to_str().unwrap().to_owned());
        assert_eq!(key.as_deref(), Some(SERVICE_KEY));
        noted.lock().unwrap().push(id);
        status
    };
    let (listener, url) = listen().await;
    let router = Router::new().route(routes::SYNC_INTERNAL_USER, delete(forget.clone()));
    serve(listener, router.route(routes::SYNC_INTERNAL_SPACE, delete(forget)));
    (url, forgotten)
}

#[tokio::test]
async fn a_deleted_persona_takes_all_it_has_along() {
    let (sync, forgotten) = fake_sync(StatusCode::OK).await;
    let rig = Rig::start_with(|config| config.sync_url = Some(sync)).await;
    let admin = rig.admin().await;
    let id = rig.persona(&admin, "anna", "daily").await;
    let anna = rig.login("persona.anna@mana.test").await;
    rig.post(routes::VAULT_INIT).bearer_auth(&anna.access_token).answer().await.expect(StatusCode::OK);
    let action = json!({ "actions": [{ "tickId": "t", "toolName": "todo.create", "result": "ok" }] });
    report(&rig, routes::INTERNAL_ACTIONS, &id, action).await;
    let rating = json!({ "feedback": [{ "tickId": "t", "module": "todo", "rating": 3 }] });
    report(&rig, routes::INTERNAL_FEEDBACK, &id, rating).await;

    let spaces = rig.get(routes::ORGANIZATION_LIST).bearer_auth(&anna.access_token).answer().await;
    let personal = spaces.body[0]["id"].as_str().unwrap().to_owned();
    let answer = one(&rig, &admin, Method::DELETE, &id).await.expect(StatusCode::OK);
    assert_eq!(answer.body, json!({ "ok": true, "deleted": id }));
    assert_eq!(*forgotten.lock().unwrap(), [id.clone(), personal]);
    for (sql, left) in [
        ("SELECT COUNT(*) FROM users", 1),
        ("SELECT COUNT(*) FROM spaces", 1),
        ("SELECT COUNT(*) FROM members", 1),
        ("SELECT COUNT(*) FROM sessions", 1),
        ("SELECT COUNT(*) FROM vaults", 0),
        ("SELECT COUNT(*) FROM vault_audit", 0),
        ("SELECT COUNT(*) FROM personas", 0),
        ("SELECT COUNT(*) FROM persona_actions", 0),
        ("SELECT COUNT(*) FROM persona_feedback", 0),
    ] {
        assert_eq!(rig.count(sql).await, left, "{sql}: only the admin's are left");
    }
    rig.get(routes::VAULT_KEY).bearer_auth(&anna.access_token).answer().await.expect_bad_token();
    rig.try_login("persona.anna@mana.test", PASSWORD).await.expect(StatusCode::UNAUTHORIZED);
    one(&rig, &admin, Method::DELETE, &id).await.expect(StatusCode::NOT_FOUND);
    assert_ne!(rig.persona(&admin, "anna", "daily").await, id, "she can be made anew");
}

#[tokio::test]
async fn a_persona_whose_records_sync_keeps_is_not_deleted() {
    let (sync, forgotten) = fake_sync(StatusCode::INTERNAL_SERVER_ERROR).await;
    let rig = Rig::start_with(|config| config.sync_url = Some(sync)).await;
    let admin = rig.admin().await;
    let id = rig.persona(&admin, "anna", "daily").await;
    let anna = rig.login("persona.anna@mana.test").await;
    let answer = one(&rig, &admin, Method::DELETE, &id).await.expect(StatusCode::BAD_GATEWAY);
    assert_eq!(answer.body["error"], "SyncUnavailable");
    assert_eq!(forgotten.lock().unwrap().len(), 1);
    assert_eq!(list(&rig, &admin).await.personas.len(), 1);
    // Her sessions ended before sync was asked: what it forgets, she does not write again.
    rig.get(routes::VAULT_STATUS).bearer_auth(&anna.access_token).answer().await.expect_bad_token();
    rig.login("persona.anna@mana.test").await;
}

#[tokio::test]
async fn only_personas_are_deleted() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let ben = rig.newcomer("ben@mana.test").await;
    for id in [&ben.id, &admin.id] {
        let answer = one(&rig, &admin, Method::DELETE, id).await.expect(StatusCode::BAD_REQUEST);
        assert_eq!(answer.body["error"], "NotAPersona");
        assert!(answer.body["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{}", answer.body);
    }
    rig.login("ben@mana.test").await;
    let unknown = one(&rig, &admin, Method::DELETE, "unknown").await.expect(StatusCode::NOT_FOUND);
    assert_eq!(unknown.body, json!({ "error": "NotFound", "message": "there is no such persona" }));
}
