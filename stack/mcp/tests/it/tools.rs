//! The tools, called as an agent calls them, and what they leave behind in sync.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use stack_registry::{Policy, Registry};
use uuid::Uuid;

use crate::rig::{
    Rig,
    auth::{FAMILY, personal},
    rig, start_of_time,
    sync::Pushed,
};

const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn the_list_names_the_registrys_tools_in_a_stable_order_with_their_schemas() {
    let rig = rig().await;
    let anna = rig.connect("anna").await;
    let names: Vec<_> = anna.tools.iter().map(|tool| &*tool.name).collect();
    let registry = Registry::standard();
    let expected: Vec<_> = registry.list(Policy::default()).map(|tool| tool.name).collect();
    assert_eq!(names, expected);
    assert_eq!(rig.connect("ben").await.tools, anna.tools);
    for tool in &anna.tools {
        assert_eq!(tool.input_schema["type"], "object", "{}", tool.name);
        assert_eq!(tool.output_schema.as_ref().unwrap()["type"], "object", "{}", tool.name);
        let hints = tool.annotations.as_ref().unwrap();
        let reads = tool.name.ends_with("list") || tool.name.ends_with("search");
        assert_eq!((hints.read_only_hint, hints.destructive_hint), (Some(reads), Some(false)), "{}", tool.name);
    }
}

#[tokio::test]
async fn a_task_is_created_listed_and_completed() {
    let rig = rig().await;
    let anna = rig.connect("anna").await;
    let due = "2031-05-06T09:00:00+02:00";
    let answer = anna.call("todo.create", json!({"title": "Miete überweisen", "dueDate": due})).await;
    let id = stamped(&answer["task"]);
    let mut expected = json!({"title": "Miete überweisen", "priority": "medium", "isCompleted": false,
        "completedAt": null, "dueDate": "2031-05-06T07:00:00.000Z", "order": 0, "subtasks": null});
    assert_eq!(without_stamps(&answer["task"]), expected);

    let first = rig.sync.last();
    written(&first, "anna", "todo", "tasks", &personal("anna"));
    assert_eq!(rig.auth.decrypt("anna", &first.change["data"]["title"]), json!("Miete überweisen"));
    assert_eq!(first.change["data"].get("description"), None);
    assert_eq!(first.change["data"]["subtasks"], json!(null), "there is nothing to hide in null");
    assert_eq!(first.change["data"]["priority"], json!("medium"));

    let rest = json!({"title": "Einkaufen", "description": "Brot\nMilch", "priority": "urgent"});
    let second = anna.call("todo.create", rest).await;
    assert_eq!((&second["task"]["order"], &second["task"]["dueDate"]), (&json!(1), &json!(null)));
    let data = &rig.sync.last().change["data"];
    assert_eq!(rig.auth.decrypt("anna", &data["description"]), json!("Brot\nMilch"));

    let listed = anna.call("todo.list", json!({})).await;
    assert_eq!(listed, json!({"tasks": [answer["task"], second["task"]]}));

    let pushes = rig.sync.pushed().len();
    assert_eq!(anna.call("todo.complete", json!({"id": id})).await, json!({"ok": true}));
    let done = rig.sync.last();
    assert_eq!(
        (&done.change["op"], &done.change["id"], &done.change["spaceId"]),
        (&json!("update"), &json!(id), &json!(personal("anna")))
    );
    assert_eq!(done.change["origin"], "agent");
    let fields = done.change["fields"].as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["completedAt", "isCompleted", "updatedAt"]);
    assert_eq!(fields["isCompleted"]["value"], json!(true));
    for field in fields.values() {
        assert_eq!(field["at"], fields["updatedAt"]["value"]);
    }
    assert!(moment(&fields["updatedAt"]["at"]) > moment(&answer["task"]["updatedAt"]), "a later change wins");

    assert_eq!(anna.call("todo.complete", json!({"id": id})).await, json!({"ok": true}));
    assert_eq!(rig.sync.pushed().len(), pushes + 1, "a task that is done is not done again");
    assert_eq!(anna.call("todo.list", json!({})).await, json!({"tasks": [second["task"]]}));
    let all = anna.call("todo.list", json!({"includeCompleted": true})).await;
    expected["isCompleted"] = json!(true);
    expected["completedAt"] = fields["completedAt"]["value"].clone();
    assert_eq!(without_stamps(&all["tasks"][0]), expected);
    let one = anna.call("todo.list", json!({"includeCompleted": true, "limit": 1})).await;
    assert_eq!(one["tasks"], json!([all["tasks"][0]]));
    assert_eq!(rig.auth.keys_asked(), 1, "one fetch of the key serves a whole visit");
}

#[tokio::test]
async fn a_habit_is_created_changed_and_archived() {
    let rig = rig().await;
    let ben = rig.connect("ben").await;
    let answer = ben.call("habits.create", json!({"title": "Meditieren"})).await;
    let id = stamped(&answer["habit"]);
    let expected = json!({"title": "Meditieren", "icon": "star", "color": "#6366f1", "targetPerDay": null,
        "defaultDuration": null, "order": 0, "isArchived": false});
    assert_eq!(without_stamps(&answer["habit"]), expected);
    let created = rig.sync.last();
    written(&created, "ben", "habits", "habits", &personal("ben"));
    assert_eq!(created.change["data"]["title"], "Meditieren", "habits are plain text");

    let change = json!({"id": id, "title": "Laufen", "color": "#00FF00", "targetPerDay": 2, "defaultDuration": 30});
    assert_eq!(ben.call("habits.update", change).await, json!({"ok": true}));
    let fields = rig.sync.last().change["fields"].clone();
    assert_eq!(fields.as_object().unwrap().len(), 5, "only what was named, and updatedAt: {fields}");
    assert_eq!(ben.call("habits.update", json!({"id": id, "targetPerDay": null})).await, json!({"ok": true}));
    let habit = &ben.call("habits.list", json!({})).await["habits"][0];
    let expected = json!({"title": "Laufen", "icon": "star", "color": "#00FF00", "targetPerDay": null,
        "defaultDuration": 30, "order": 0, "isArchived": false});
    assert_eq!(without_stamps(habit), expected);
    assert_eq!(habit["createdAt"], answer["habit"]["createdAt"]);

    assert_eq!(ben.call("habits.archive", json!({"id": id})).await, json!({"ok": true}));
    assert_eq!(ben.call("habits.list", json!({})).await, json!({"habits": []}));
    let archived = ben.call("habits.list", json!({"includeArchived": true})).await;
    assert_eq!(archived["habits"][0]["isArchived"], json!(true));
    assert_eq!(ben.call("habits.archive", json!({"id": id, "archived": false})).await, json!({"ok": true}));
    assert_eq!(ben.call("habits.list", json!({})).await["habits"].as_array().unwrap().len(), 1);
    let told = ben.fault("habits.update", json!({"id": id})).await;
    assert!(told.starts_with("habits.update: arguments: nothing to change; name at least one of title"), "{told}");
    assert_eq!(rig.auth.keys_asked(), 0, "plain text needs no key");
}

#[tokio::test]
async fn notes_are_written_and_found() {
    let rig = rig().await;
    let sofia = rig.connect("sofia").await;
    let answer = sofia.call("notes.create", json!({"title": "Rezept: Äpfel im Schlafrock", "color": "#aabbcc"})).await;
    stamped(&answer["note"]);
    let expected = json!({"title": "Rezept: Äpfel im Schlafrock", "content": "", "color": "#aabbcc",
        "isPinned": false, "isArchived": false});
    assert_eq!(without_stamps(&answer["note"]), expected);
    let created = rig.sync.last();
    written(&created, "sofia", "notes", "notes", &personal("sofia"));
    let data = &created.change["data"];
    assert_eq!(rig.auth.decrypt("sofia", &data["title"]), json!("Rezept: Äpfel im Schlafrock"));
    assert_eq!(rig.auth.decrypt("sofia", &data["content"]), json!(""));
    assert_eq!(data["color"], "#aabbcc");

    let second = sofia.call("notes.create", json!({"title": "Ideen", "content": "# Birnen", "isPinned": true})).await;
    assert_eq!(second["note"]["isPinned"], json!(true));
    // As other programs write them: plain, and with a field of their own.
    let from_elsewhere = |id: &str, title: &str, year: u16, archived: bool| {
        let at = format!("{year}-01-01T00:00:00.000Z");
        let note = json!({"title": title, "content": "ÄPFEL", "isArchived": archived, "spaceId": personal("sofia"),
            "createdAt": at, "updatedAt": at, "folder": "x"});
        rig.sync.insert("notes", "notes", &personal("sofia"), id, note);
    };
    from_elsewhere("old", "Alt", 2020, true);
    from_elsewhere("new", "Neu", 2040, false);
    from_elsewhere("middle", "Mittel", 2025, false);

    let titles = async |arguments: Value| {
        let found = sofia.call("notes.search", arguments).await;
        let notes = found["notes"].as_array().unwrap().clone();
        notes.iter().map(|note| note["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let query = json!({"query": " äpfel "});
    assert_eq!(titles(query).await, ["Neu", "Rezept: Äpfel im Schlafrock", "Mittel"], "newest first");
    assert_eq!(titles(json!({"query": "SCHLAF"})).await, ["Rezept: Äpfel im Schlafrock"]);
    assert_eq!(titles(json!({"query": "birne"})).await, ["Ideen"], "pinned or not");
    assert_eq!(titles(json!({"query": "Kirsche"})).await, [""; 0]);
    assert_eq!(titles(json!({})).await.len(), 4);
    assert_eq!(titles(json!({"limit": 1})).await, ["Neu"]);
    let with_archived = titles(json!({"query": "äpfel", "includeArchived": true})).await;
    assert_eq!(with_archived, ["Neu", "Rezept: Äpfel im Schlafrock", "Mittel", "Alt"]);
}

#[tokio::test]
async fn a_diary_entry_is_dated_by_the_stacks_clock() {
    let rig = rig().await;
    let lena = rig.connect("lena").await;
    let answer = lena.call("journal.add", json!({"content": "Ein  langer Tag.\nMorgen mehr."})).await;
    stamped(&answer["entry"]);
    let expected = json!({"title": null, "content": "Ein  langer Tag.\nMorgen mehr.", "entryDate": "2031-05-04",
        "mood": null, "tags": [], "wordCount": 5, "isPinned": false, "isFavorite": false, "isArchived": false});
    assert_eq!(without_stamps(&answer["entry"]), expected);
    let created = rig.sync.last();
    written(&created, "lena", "journal", "journalEntries", &personal("lena"));
    let data = &created.change["data"];
    assert_eq!(rig.auth.decrypt("lena", &data["content"]), json!("Ein  langer Tag.\nMorgen mehr."));
    assert_eq!(data["title"], json!(null));
    assert_eq!((&data["entryDate"], &data["wordCount"]), (&json!("2031-05-04"), &json!(5)));

    let full = json!({"title": "Gestern", "content": "Gut.", "entryDate": "2031-05-03", "mood": "glücklich",
        "tags": ["arbeit", "familie"]});
    let entry = &lena.call("journal.add", full).await["entry"];
    assert_eq!((&entry["entryDate"], &entry["mood"]), (&json!("2031-05-03"), &json!("glücklich")));
    let data = rig.sync.last().change["data"].clone();
    assert_eq!(rig.auth.decrypt("lena", &data["title"]), json!("Gestern"));
    assert_eq!((&data["mood"], &data["tags"]), (&json!("glücklich"), &json!(["arbeit", "familie"])));
}

#[tokio::test]
async fn spaces_are_listed_with_the_active_one() {
    let rig = rig().await;
    let answer = rig.connect("anna").await.call("spaces.list", json!({})).await;
    let expected = json!({"spaces": [
        {"id": FAMILY, "name": "FAMILY", "slug": FAMILY, "type": "family", "role": "owner"},
        {"id": "anna-personal", "name": "ANNA-PERSONAL", "slug": "anna-personal", "type": "personal", "role": "owner"},
    ], "activeSpaceId": "anna-personal"});
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn tools_act_in_the_space_that_is_named() {
    let rig = rig().await;
    let anna = rig.connect_with("anna", &[("x-mana-space", FAMILY)]).await;
    let habit = anna.call("habits.create", json!({"title": "Kochen"})).await["habit"].clone();
    written(&rig.sync.last(), "anna", "habits", "habits", FAMILY);
    assert_eq!(anna.call("spaces.list", json!({})).await["activeSpaceId"], FAMILY);

    let at_home = rig.connect("anna").await;
    assert_eq!(at_home.call("habits.list", json!({})).await, json!({"habits": []}));
    let told = at_home.fault("habits.archive", json!({"id": habit["id"]})).await;
    assert_eq!(told, format!("habits.archive: id: no habit {} in this space", habit["id"].as_str().unwrap()));
    let ben = rig.connect_with("ben", &[("x-mana-space", FAMILY)]).await;
    assert_eq!(ben.call("habits.list", json!({})).await, json!({"habits": [habit]}));
}

#[tokio::test]
async fn members_of_a_space_read_and_change_what_each_of_them_wrote() {
    let rig = rig().await;
    let anna = rig.connect_with("anna", &[("x-mana-space", FAMILY)]).await;
    let ben = rig.connect_with("ben", &[("x-mana-space", FAMILY)]).await;
    let first = anna.call("todo.create", json!({"title": "Annas Aufgabe"})).await["task"].clone();
    assert_eq!(rig.auth.decrypt(FAMILY, &rig.sync.last().change["data"]["title"]), json!("Annas Aufgabe"));
    let second = ben.call("todo.create", json!({"title": "Bens Aufgabe"})).await["task"].clone();
    for member in [&anna, &ben] {
        assert_eq!(member.call("todo.list", json!({})).await, json!({"tasks": [first, second]}));
    }
    ben.call("todo.complete", json!({"id": first["id"]})).await;
    assert_eq!(anna.call("todo.list", json!({})).await, json!({"tasks": [second]}));

    anna.call("notes.create", json!({"title": "Rezept", "content": "Mehl"})).await;
    assert_eq!(ben.call("notes.search", json!({"query": "mehl"})).await["notes"][0]["title"], "Rezept");
    let made = anna.call("contacts.create", json!({"name": "Oma"})).await["contact"].clone();
    ben.call("contacts.update", json!({"id": made["id"], "phone": "4711"})).await;
    let contact = anna.call("contacts.list", json!({})).await["contacts"][0].clone();
    assert_eq!((&contact["name"], &contact["phone"]), (&json!("Oma"), &json!("4711")));
    anna.call("journal.add", json!({"content": "Ein Tag mit allen"})).await;
    assert_eq!(rig.auth.decrypt(FAMILY, &rig.sync.last().change["data"]["content"]), json!("Ein Tag mit allen"));

    let at_home = rig.connect("anna").await;
    at_home.call("todo.create", json!({"title": "Für mich"})).await;
    assert_eq!(rig.auth.decrypt("anna", &rig.sync.last().change["data"]["title"]), json!("Für mich"));
}

#[tokio::test]
async fn what_a_member_wrote_under_an_own_key_is_that_members_alone_and_counted_for_the_others() {
    let rig = rig().await;
    let anna = rig.connect_with("anna", &[("x-mana-space", FAMILY)]).await;
    let ben = rig.connect_with("ben", &[("x-mana-space", FAMILY)]).await;
    rig.auth.be_older(true);
    let old = anna.call("todo.create", json!({"title": "Wie früher"})).await["task"].clone();
    assert_eq!(rig.auth.decrypt("anna", &rig.sync.last().change["data"]["title"]), json!("Wie früher"));
    assert_eq!(ben.call("todo.list", json!({})).await, json!({"tasks": [], "unreadable": 1}));

    rig.auth.be_older(false);
    let task = ben.call("todo.create", json!({"title": "Bens Aufgabe"})).await["task"].clone();
    assert_eq!(task["order"], json!(1), "the order counts what cannot be read too");
    assert_eq!(ben.call("todo.list", json!({})).await, json!({"tasks": [task], "unreadable": 1}));
    assert_eq!(anna.call("todo.list", json!({})).await, json!({"tasks": [old, task]}));
}

#[tokio::test]
async fn records_of_other_programs_are_read_as_far_as_they_go() {
    let rig = rig().await;
    let kai = rig.connect("kai").await;
    rig.sync.insert(
        "todo",
        "tasks",
        &personal("kai"),
        "odd",
        json!({"title": "Lesbar", "order": "x", "priority": 9,
        "isCompleted": null, "createdAt": 5}),
    );
    let listed = kai.call("todo.list", json!({})).await;
    let expected = json!({"id": "odd", "title": "Lesbar", "priority": "medium", "isCompleted": false,
        "completedAt": null, "dueDate": null, "order": 0, "subtasks": null, "createdAt": "", "updatedAt": ""});
    assert_eq!(listed, json!({"tasks": [expected]}));
}

#[tokio::test]
async fn a_record_that_is_not_there_is_named() {
    let rig = rig().await;
    let tom = rig.connect("tom").await;
    for (tool, kind, more) in [
        ("todo.complete", "task", json!({})),
        ("habits.archive", "habit", json!({})),
        ("habits.update", "habit", json!({"title": "x"})),
    ] {
        let mut arguments = more;
        arguments["id"] = json!(NOWHERE);
        assert_eq!(tom.fault(tool, arguments).await, format!("{tool}: id: no {kind} {NOWHERE} in this space"));
    }
    assert!(rig.sync.pushed().is_empty());
}

#[tokio::test]
async fn a_zero_knowledge_user_is_told_why() {
    let rig = rig().await;
    let julia = rig.connect("julia").await;
    let calls = [
        ("todo.create", json!({"title": "x"})),
        ("todo.list", json!({})),
        ("notes.create", json!({"title": "x"})),
        ("notes.search", json!({})),
        ("journal.add", json!({"content": "x"})),
    ];
    for (tool, arguments) in calls {
        let told = julia.fault(tool, arguments).await;
        assert!(told.starts_with(&format!("{tool}: this user's vault is in zero-knowledge mode")), "{told}");
    }
    assert!(rig.sync.pushed().is_empty(), "nothing goes out unencrypted");
    julia.call("habits.create", json!({"title": "Lesen"})).await;
}

#[tokio::test]
async fn a_vault_is_made_for_a_user_who_has_none() {
    let rig = rig().await;
    let maya = rig.connect("maya").await;
    maya.call("notes.create", json!({"title": "Erste Notiz"})).await;
    assert_eq!(rig.auth.decrypt("maya", &rig.sync.last().change["data"]["title"]), json!("Erste Notiz"));
}

#[tokio::test]
async fn a_service_that_is_down_is_a_result_that_says_so() {
    let rig = rig().await;
    let paul = rig.connect("paul").await;
    rig.sync.fall_silent();
    let told = paul.fault("habits.list", json!({})).await;
    assert_eq!(told, "habits.list: the sync service does not answer; try again later");
    rig.auth.fall_silent();
    let told = paul.fault("notes.search", json!({})).await;
    assert!(told.contains("service does not answer") && !told.contains("127.0.0.1"), "{told}");
}

#[tokio::test]
async fn two_users_at_once_see_only_their_own() {
    let rig = rig().await;
    let visit = async |rig: &Rig, user: &str| {
        let agent = rig.connect(user).await;
        for number in 0..12 {
            let title = format!("{user} {number}");
            let (task, note) = tokio::join!(
                agent.call("todo.create", json!({ "title": title })),
                agent.call("notes.create", json!({ "title": title })),
            );
            assert_eq!((&task["task"]["title"], &note["note"]["title"]), (&json!(title), &json!(title)));
        }
        let tasks = agent.call("todo.list", json!({})).await["tasks"].as_array().unwrap().clone();
        let notes = agent.call("notes.search", json!({})).await["notes"].as_array().unwrap().clone();
        assert_eq!((tasks.len(), notes.len()), (12, 12));
        let own = |record: &Value| record["title"].as_str().unwrap().starts_with(&format!("{user} "));
        assert!(tasks.iter().chain(&notes).all(own));
    };
    tokio::join!(visit(&rig, "anna"), visit(&rig, "ben"));
    for pushed in rig.sync.pushed() {
        let title = rig.auth.decrypt(&pushed.user, &pushed.change["data"]["title"]);
        assert!(title.as_str().unwrap().starts_with(&pushed.user), "{title} written as {}", pushed.user);
    }
}

/// Checks what every written record carries.
pub(crate) fn written(pushed: &Pushed, user: &str, app: &str, table: &str, space: &str) {
    assert_eq!((pushed.user.as_str(), pushed.app.as_str(), &pushed.client), (user, app, &json!("mana-mcp")));
    let change = &pushed.change;
    assert_eq!(
        (&change["op"], &change["table"], &change["origin"]),
        (&json!("insert"), &json!(table), &json!("agent"))
    );
    assert_eq!((&change["spaceId"], &change["data"]["spaceId"]), (&json!(space), &json!(space)));
    assert_eq!(change["data"]["id"], change["id"]);
}

/// Checks id and times of a new record and gives the id.
pub(crate) fn stamped(record: &Value) -> String {
    let id = record["id"].as_str().unwrap();
    assert_eq!(Uuid::parse_str(id).unwrap().to_string(), id);
    assert_eq!(record["createdAt"], record["updatedAt"]);
    let created = moment(&record["createdAt"]);
    assert!(created >= start_of_time() && created < start_of_time() + chrono::TimeDelta::minutes(1), "{created}");
    let text = record["createdAt"].as_str().unwrap();
    assert!(text.len() == "2031-05-04T23:30:00.000Z".len() && text.ends_with('Z'), "{text}");
    id.to_owned()
}

pub(crate) fn without_stamps(record: &Value) -> Value {
    let mut record = record.clone();
    for stamp in ["id", "createdAt", "updatedAt"] {
        record.as_object_mut().unwrap().remove(stamp);
    }
    record
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}
