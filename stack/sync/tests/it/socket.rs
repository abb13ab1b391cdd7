//! The WebSocket: a client is told that there is something to pull.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::rig::{Rig, Socket, in_space, task};

fn news(app: &str, tables: &[&str]) -> Value {
    json!({"type": "sync-available", "appId": app, "tables": tables})
}

#[tokio::test]
async fn whoever_is_known_hears_of_what_comes() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t0", "before")])).await;
    let (mut every, mut todo) = (Socket::of(&rig, "/ws", &anna).await, Socket::of(&rig, "/ws/todo", &anna).await);
    anna.push(json!([task("t1", "a")])).await;
    assert_eq!(every.hear().await, news("todo", &["tasks"]));
    assert_eq!(todo.hear().await, news("todo", &["tasks"]));
    let note = json!({"changes": [{"table": "notes", "id": "n1", "op": "insert", "data": {}}]});
    assert_eq!(anna.send("notes", note.to_string()).await.status, 200);
    assert_eq!(every.hear().await, news("notes", &["notes"]));
    anna.push(json!([task("t2", "b")])).await;
    assert_eq!(todo.hear().await, news("todo", &["tasks"]), "of its own app alone");
}

#[tokio::test]
async fn a_client_that_was_away_hears_what_it_missed() {
    let mut rig = Rig::start().await;
    let anna = rig.person("anna");
    let (_, cursor) = anna.pull_all(stack_api::sync::EPOCH).await;
    let label = json!({"table": "labels", "id": "l1", "op": "insert", "data": {}});
    let pushed = anna.push_since(&cursor, json!([task("t1", "a"), label])).await;
    rig.restart(chrono::Utc::now()).await;
    let anna = anna.at(&rig);
    let mut socket = Socket::open(&rig, "/ws").await;
    socket.say(json!({"type": "auth", "token": anna.token, "since": cursor})).await;
    assert_eq!(socket.hear().await, json!({"type": "auth-ok"}));
    assert_eq!(socket.hear().await, news("todo", &["labels", "tasks"]));
    let mut caught_up = Socket::open(&rig, "/ws").await;
    caught_up.say(json!({"type": "auth", "token": anna.token, "since": pushed["syncedUntil"]})).await;
    assert_eq!(caught_up.hear().await, json!({"type": "auth-ok"}));
    caught_up.say(json!({"type": "ping"})).await;
    assert_eq!(caught_up.hear().await, json!({"type": "pong"}), "nothing was missed");
}

#[tokio::test]
async fn members_of_a_space_hear_each_other_and_strangers_do_not() {
    let rig = Rig::start().await;
    let (anna, ben, eve) = (rig.person("anna"), rig.person("ben"), rig.person("eve"));
    rig.share("family", &[&anna, &ben]);
    let (mut of_ben, mut of_eve) = (Socket::of(&rig, "/ws", &ben).await, Socket::of(&rig, "/ws", &eve).await);
    anna.push(json!([in_space("family", task("t1", "a"))])).await;
    assert_eq!(of_ben.hear().await, news("todo", &["tasks"]));
    eve.push(json!([{"table": "own", "id": "e1", "op": "insert", "data": {}}])).await;
    assert_eq!(of_eve.hear().await, news("todo", &["own"]), "the first thing that she hears");
}

#[tokio::test]
async fn a_ping_is_answered_and_the_unknown_ignored() {
    let rig = Rig::start().await;
    let mut socket = Socket::open(&rig, "/ws/todo").await;
    for odd in ["", "{", "[]", "null", r#"{"type":"subscribe"}"#, r#"{"type":"auth","token":7}"#, "\u{202e}"] {
        socket.send(Message::text(odd)).await;
    }
    socket.send(Message::binary(vec![0xff, 0xfe])).await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_bad_token_ends_the_connection_and_a_missing_one_does_not() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let error = |reason: &str| json!({"type": "error", "tables": [reason]});
    let mut socket = Socket::open(&rig, "/ws").await;
    socket.say(json!({"type": "auth"})).await;
    assert_eq!(socket.hear().await, error("missing token"));
    socket.say(json!({"type": "auth", "token": anna.token, "since": "yesterday"})).await;
    assert_eq!(socket.hear().await, error("invalid since"));
    socket.say(json!({"type": "auth", "token": rig.odd_token(|claims, _, _| claims.exp = claims.iat - 10)})).await;
    assert_eq!(socket.hear().await, error("invalid token"));
    assert_eq!(socket.closed().await, (1008, "invalid token".to_owned()));
}

#[tokio::test]
async fn who_does_not_say_who_it_is_is_sent_away() {
    let rig = Rig::start().await;
    let mut socket = Socket::open(&rig, "/ws").await;
    assert_eq!(socket.closed().await, (1008, "auth timeout".to_owned()));
}

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let short = rig.person_for("anna", 1);
    let mut socket = Socket::of(&rig, "/ws", &short).await;
    // Whichever wakes it first: each look asks whether the token still holds.
    let closed = async {
        loop {
            anna.push(json!([task("t1", "a")])).await;
            match socket.hear_or_end().await {
                Ok(message) => assert_eq!(message, news("todo", &["tasks"])),
                Err(end) => return end,
            }
        }
    };
    assert_eq!(closed.await, (1008, "session ended".to_owned()));
}

#[tokio::test]
async fn a_service_that_stops_says_good_bye() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let (mut known, mut unknown) = (Socket::of(&rig, "/ws", &anna).await, Socket::open(&rig, "/ws/todo").await);
    unknown.say(json!({"type": "ping"})).await;
    assert_eq!(unknown.hear().await, json!({"type": "pong"}));
    rig.stop.cancel();
    assert_eq!(known.closed().await, (1001, "the service stops".to_owned()));
    assert_eq!(unknown.closed().await, (1001, "the service stops".to_owned()));
}

#[tokio::test]
async fn who_asks_for_no_web_socket_is_told() {
    let rig = Rig::start().await;
    let answer = rig.person("anna").get("/ws").await;
    assert!(matches!(answer.status.as_u16(), 400 | 426), "{}", answer.status);
    assert!(!answer.text.is_empty());
}
