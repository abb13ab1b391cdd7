//! The modules that are alike: created, listed, changed, archived; and what of them leaves the gateway readable.

use serde_json::{Value, json};
use stack_api::collections::{self, Collection};

use crate::{
    rig::{auth::personal, rig},
    tools::{stamped, without_stamps, written},
};

/// A module as the tests walk through it.
struct Case {
    collection: Collection,
    /// The word for one record and for several in answers.
    one: &'static str,
    many: &'static str,
    /// Arguments of `create` that name every field.
    full: Value,
    /// A change, and the field that shows it.
    change: Value,
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            collection: collections::CALENDAR,
            one: "event",
            many: "events",
            full: json!({"title": "Vorstandssitzung", "startsAt": "2031-05-06T09:00:00.000Z",
                "endsAt": "2031-05-06T10:30:00.000Z", "location": "Halle 3", "description": "Zahlen mitbringen",
                "color": "#aabbcc"}),
            change: json!({"location": "Kantine"}),
        },
        Case {
            collection: collections::CONTACTS,
            one: "contact",
            many: "contacts",
            full: json!({"name": "Dr. Weber", "company": "Stadtwerke", "role": "Einkauf",
                "email": "weber@stadtwerke.example", "phone": "0251 4711", "note": "Trinkt Tee", "isFavorite": true}),
            change: json!({"phone": null}),
        },
        Case {
            collection: collections::MOOD,
            one: "mood",
            many: "moods",
            full: json!({"level": 4, "energy": 2, "note": "Müde vom Guten", "tags": ["Abend"],
                "feltAt": "2031-05-04T20:00:00.000Z"}),
            change: json!({"level": 5, "note": "Doch wach"}),
        },
        Case {
            collection: collections::ARTICLES,
            one: "article",
            many: "articles",
            full: json!({"title": "Wärmepumpen", "url": "https://example.org/a", "source": "Fachwelt",
                "summary": "Monteure fehlen", "note": "Folie 2", "minutes": 6, "status": "reading",
                "isFavorite": true}),
            change: json!({"status": "finished", "note": "Gelesen"}),
        },
        Case {
            collection: collections::GOALS,
            one: "goal",
            many: "goals",
            full: json!({"title": "Radfahren", "description": "Jeden Tag ein Stück", "unit": "km", "target": 1200,
                "progress": 184, "dueDate": "2031-12-31"}),
            change: json!({"progress": 212}),
        },
        Case {
            collection: collections::INVOICES,
            one: "invoice",
            many: "invoices",
            full: json!({"number": "2031-014", "client": "Brauhaus", "subject": "Speisekarte", "taxPercent": 19,
                "lines": [{"description": "Gestaltung", "quantity": 2.5, "unitPriceCents": 9000}], "note": "Eilt",
                "status": "sent", "issueDate": "2031-05-04", "dueDate": "2031-05-18"}),
            change: json!({"status": "paid"}),
        },
    ]
}

#[tokio::test]
async fn a_record_is_created_listed_changed_and_archived() {
    for Case { collection, one, many, full, change } in cases() {
        let rig = rig().await;
        let paul = rig.connect("paul").await;
        let tool = |verb: &str| format!("{}.{verb}", collection.module);
        let made = paul.call(&tool("create"), full.clone()).await[one].clone();
        let id = stamped(&made);
        let told = without_stamps(&made);
        for (name, value) in full.as_object().unwrap() {
            assert_eq!(&told[name], value, "{one}.{name}");
        }
        let pushed = rig.sync.last();
        written(&pushed, "paul", collection.app_id, collection.table, &personal("paul"));
        for field in collection.encrypted_fields {
            let stored = &pushed.change["data"][field];
            assert!(stored.as_str().is_some_and(|text| text.starts_with("enc:1:")), "{one}.{field} is {stored}");
            assert_eq!(rig.auth.decrypt("paul", stored), made[field], "{one}.{field}");
        }
        assert_eq!(paul.call(&tool("list"), json!({})).await, json!({many: [made]}));

        let mut arguments = change.clone();
        arguments["id"] = json!(id);
        assert_eq!(paul.call(&tool("update"), arguments).await, json!({"ok": true}));
        let fields = rig.sync.last().change["fields"].clone();
        for (name, value) in change.as_object().unwrap() {
            let secret = collection.encrypted_fields.contains(&name.as_str()) && !value.is_null();
            assert_eq!(secret, fields[name]["value"] != *value, "{one}.{name}: {fields}");
        }
        assert_eq!(fields.as_object().unwrap().len(), change.as_object().unwrap().len() + 1, "and updatedAt: {fields}");
        let mut expected = without_stamps(&made);
        expected.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let listed = paul.call(&tool("list"), json!({})).await;
        assert_eq!(without_stamps(&listed[many][0]), expected);
        let told = paul.fault(&tool("update"), json!({"id": id})).await;
        let start = format!("{}.update: arguments: nothing to change; name at least one of ", collection.module);
        assert!(told.starts_with(&start) && !told.contains("id,"), "{told}");

        assert_eq!(paul.call(&tool("archive"), json!({"id": id})).await, json!({"ok": true}));
        assert_eq!(paul.call(&tool("list"), json!({})).await, json!({many: []}));
        let archived = paul.call(&tool("list"), json!({"includeArchived": true})).await;
        assert_eq!(archived[many][0]["isArchived"], json!(true));
        paul.call(&tool("archive"), json!({"id": id, "archived": false})).await;
        assert_eq!(paul.call(&tool("list"), json!({})).await[many].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn nothing_leaves_the_gateway_for_a_user_whose_key_it_cannot_have() {
    let rig = rig().await;
    let julia = rig.connect("julia").await;
    for Case { collection, full, .. } in cases() {
        for (verb, arguments) in [("create", full), ("list", json!({}))] {
            let told = julia.fault(&format!("{}.{verb}", collection.module), arguments).await;
            assert!(told.contains("this user's vault is in zero-knowledge mode"), "{told}");
        }
    }
    assert!(rig.sync.pushed().is_empty());
}

#[tokio::test]
async fn a_record_that_is_not_there_is_named() {
    let rig = rig().await;
    let tom = rig.connect("tom").await;
    let nowhere = "00000000-0000-4000-8000-000000000000";
    for Case { collection, change, .. } in cases() {
        for (verb, mut arguments) in [("update", change), ("archive", json!({}))] {
            arguments["id"] = json!(nowhere);
            let told = tom.fault(&format!("{}.{verb}", collection.module), arguments).await;
            assert!(told.ends_with(&format!(" {nowhere} in this space")), "{told}");
        }
    }
    assert!(rig.sync.pushed().is_empty());
}

#[tokio::test]
async fn an_appointment_has_an_end_that_follows_its_beginning() {
    let rig = rig().await;
    let ben = rig.connect("ben").await;
    let times = |event: &Value| [&event["startsAt"], &event["endsAt"]].map(|time| time.as_str().unwrap().to_owned());
    let made = ben.call("calendar.create", json!({"title": "Zahnarzt", "startsAt": "2031-05-06T09:00:00+02:00"})).await;
    assert_eq!(times(&made["event"]), ["2031-05-06T07:00:00.000Z", "2031-05-06T08:00:00.000Z"]);
    let id = made["event"]["id"].clone();
    ben.call("calendar.update", json!({"id": id, "endsAt": "2031-05-06T07:20:00Z"})).await;
    ben.call("calendar.update", json!({"id": id, "startsAt": "2031-05-07T12:00:00Z"})).await;
    let moved = ben.call("calendar.list", json!({})).await["events"][0].clone();
    assert_eq!(times(&moved), ["2031-05-07T12:00:00.000Z", "2031-05-07T12:20:00.000Z"], "as long as before");

    let backwards = json!({"title": "x", "startsAt": "2031-05-06T09:00:00Z", "endsAt": "2031-05-06T08:59:59Z"});
    let expected = "calendar.create: endsAt: is 2031-05-06T08:59:59.000Z, which is before the beginning, \
        2031-05-06T09:00:00.000Z";
    assert_eq!(ben.fault("calendar.create", backwards).await, expected);
    let told = ben.fault("calendar.update", json!({"id": id, "endsAt": "2031-05-07T11:00:00Z"})).await;
    assert!(told.starts_with("calendar.update: endsAt: is 2031-05-07T11:00:00.000Z, which is before"), "{told}");
    let told = ben.fault("calendar.create", json!({"title": "x", "startsAt": "9999-12-31T23:30:00Z"})).await;
    assert_eq!(told, "calendar.create: endsAt: lies outside the years 0000 to 9999 in UTC");
}

#[tokio::test]
async fn appointments_are_listed_by_the_time_they_touch() {
    let rig = rig().await;
    let ben = rig.connect("ben").await;
    for (title, start, end) in [("c", "12:00", "13:00"), ("a", "08:00", "09:00"), ("b", "09:00", "11:00")] {
        let at = |time: &str| format!("2031-05-06T{time}:00Z");
        ben.call("calendar.create", json!({"title": title, "startsAt": at(start), "endsAt": at(end)})).await;
    }
    let titles = async |arguments: Value| {
        let events = ben.call("calendar.list", arguments).await["events"].as_array().unwrap().clone();
        events.iter().map(|event| event["title"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(titles(json!({})).await, "abc");
    assert_eq!(titles(json!({"from": "2031-05-06T10:00:00Z"})).await, "bc");
    assert_eq!(titles(json!({"to": "2031-05-06T09:00:00Z"})).await, "a");
    assert_eq!(titles(json!({"from": "2031-05-06T09:30:00Z", "to": "2031-05-06T11:00:00Z"})).await, "b");
    assert_eq!(titles(json!({"limit": 1})).await, "a");
}

#[tokio::test]
async fn contacts_are_found_by_any_text_of_theirs() {
    let rig = rig().await;
    let paul = rig.connect("paul").await;
    paul.call("contacts.create", json!({"name": "zoe", "company": "Brauhaus"})).await;
    paul.call("contacts.create", json!({"name": "Änne", "note": "Mag BRAUHÄUSER"})).await;
    paul.call("contacts.create", json!({"name": "Bert"})).await;
    let names = async |query: &str| {
        let found = paul.call("contacts.list", json!({ "query": query })).await["contacts"].as_array().unwrap().clone();
        found.iter().map(|contact| contact["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Bert", "zoe", "Änne"], "by name, whatever its case");
    assert_eq!(names(" brauh ").await, ["zoe", "Änne"]);
    assert_eq!(names("bert").await, ["Bert"]);
    assert_eq!(names("niemand").await, [""; 0]);
}

#[tokio::test]
async fn an_invoice_is_dated_and_summed_and_its_sums_are_not_stored() {
    let rig = rig().await;
    let paul = rig.connect("paul").await;
    let lines = json!([{"description": "Gestaltung", "quantity": 2.5, "unitPriceCents": 9000},
        {"description": "Anzahlung", "quantity": 1, "unitPriceCents": -5000}]);
    let input = json!({"number": "1", "client": "Brauhaus", "subject": "Karte", "lines": lines});
    let invoice = paul.call("invoices.create", input).await["invoice"].clone();
    assert_eq!((&invoice["netCents"], &invoice["grossCents"]), (&json!(17_500), &json!(20_825)));
    assert_eq!((&invoice["issueDate"], &invoice["dueDate"]), (&json!("2031-05-04"), &json!("2031-05-18")));
    assert_eq!(invoice["status"], "draft");
    let stored = rig.sync.last().change["data"].clone();
    assert_eq!((stored.get("netCents"), stored.get("grossCents")), (None, None));
    let open = paul.call("invoices.list", json!({"status": "sent"})).await;
    assert_eq!(open, json!({"invoices": []}));
    paul.call("invoices.update", json!({"id": invoice["id"], "status": "sent"})).await;
    let open = paul.call("invoices.list", json!({"status": "sent"})).await;
    assert_eq!(open["invoices"][0]["grossCents"], json!(20_825));
}
