//! Every tool's schema, at its limits and beyond them.

use serde_json::json;

use super::*;
use crate::Effect;

const NAMES: &[&str] = &[
    "habits.create",
    "habits.list",
    "habits.update",
    "habits.archive",
    "spaces.list",
    "todo.create",
    "todo.list",
    "todo.complete",
    "notes.create",
    "notes.search",
    "journal.add",
    "calendar.create",
    "calendar.list",
    "calendar.update",
    "calendar.archive",
    "contacts.create",
    "contacts.list",
    "contacts.update",
    "contacts.archive",
    "mood.create",
    "mood.list",
    "mood.update",
    "mood.archive",
    "articles.create",
    "articles.list",
    "articles.update",
    "articles.archive",
    "goals.create",
    "goals.list",
    "goals.update",
    "goals.archive",
    "invoices.create",
    "invoices.list",
    "invoices.update",
    "invoices.archive",
];
const ID: &str = "2f1a3a52-58dd-4b57-8f3a-6dd1a3a6d1b0";
const MOMENT: &str = "2026-11-20T09:30:00Z";

/// A line of an invoice.
fn line() -> Value {
    json!({"description": "x", "quantity": 1, "unitPriceCents": 5})
}

fn text(characters: usize) -> String {
    // Two bytes each: limits count characters, not bytes.
    "ü".repeat(characters)
}

/// What the tool says to these arguments; empty when it takes them.
fn says(tool: &str, arguments: Value) -> String {
    let registry = Registry::standard();
    let registered = registry.admitted(tool, Policy::default()).unwrap();
    match registered.check(arguments) {
        Ok(_) => String::new(),
        Err(fault) => fault.to_string(),
    }
}

fn takes(tool: &str, arguments: Value) {
    let shown: String = arguments.to_string().chars().take(100).collect();
    assert_eq!(says(tool, arguments), "", "{tool} {shown}");
}

fn refuses(tool: &str, arguments: Value, expected: &str) {
    assert_eq!(says(tool, arguments), expected, "{tool}");
}

#[test]
fn the_standard_tools_are_known_by_name() {
    let registry = Registry::standard();
    let names: Vec<_> = registry.list(Policy::default()).map(|tool| tool.name).collect();
    assert_eq!(names, NAMES);
    assert_eq!(registry.len(), NAMES.len());
    for tool in registry.list(Policy::default()) {
        assert_eq!(tool.name.split_once('.').unwrap().0, tool.module);
        assert!(tool.title.is_some() && tool.description.ends_with('.'), "{}", tool.name);
        let reads = tool.name.ends_with(".list") || tool.name.ends_with(".search");
        assert_eq!(tool.effect, if reads { Effect::Read } else { Effect::Write }, "{}", tool.name);
        assert_eq!(tool.input_schema["additionalProperties"], json!(false), "{}", tool.name);
        for schema in [&tool.input_schema, &tool.output_schema] {
            let text = serde_json::to_string(&**schema).unwrap();
            assert!(!text.contains("$ref") && !text.contains("\"uint") && !text.contains("\"title\":\"C"), "{text}");
        }
    }
}

/// What agents are told is an interface: a change of it is to be seen in review.
#[test]
fn what_agents_are_told_is_as_committed() {
    let registry = Registry::standard();
    let told = registry.list(Policy::default()).map(|tool| {
        json!({"name": tool.name, "title": tool.title, "description": tool.description,
            "input": *tool.input_schema, "output": *tool.output_schema})
    });
    insta::assert_json_snapshot!("tools", told.collect::<Vec<_>>());
}

#[test]
fn schemas_show_defaults_and_what_is_required() {
    let registry = Registry::standard();
    let input = |tool: &str| registry.admitted(tool, Policy::default()).unwrap().spec.input_schema.clone();
    let check = |tool: &str, required: Value, defaults: &[(&str, Value)]| {
        let schema = input(tool);
        assert_eq!(schema.get("required").cloned().unwrap_or(json!([])), required, "{tool}");
        let properties = schema["properties"].as_object().unwrap();
        let found: Vec<_> =
            properties.iter().filter_map(|(name, p)| Some((name.as_str(), p.get("default")?.clone()))).collect();
        assert_eq!(found, defaults, "{tool}");
    };
    check(
        "habits.create",
        json!(["title"]),
        &[
            ("icon", json!("star")),
            ("color", json!("#6366f1")),
            ("targetPerDay", json!(null)),
            ("defaultDuration", json!(null)),
        ],
    );
    check("habits.list", json!([]), &[("includeArchived", json!(false))]);
    check("habits.update", json!(["id"]), &[]);
    check("habits.archive", json!(["id"]), &[("archived", json!(true))]);
    check("spaces.list", json!([]), &[]);
    check("todo.create", json!(["title"]), &[("priority", json!("medium")), ("dueDate", json!(null))]);
    check("todo.list", json!([]), &[("includeCompleted", json!(false)), ("limit", json!(50))]);
    check("todo.complete", json!(["id"]), &[]);
    check(
        "notes.create",
        json!(["title"]),
        &[("content", json!("")), ("color", json!(null)), ("isPinned", json!(false))],
    );
    check("notes.search", json!([]), &[("query", json!("")), ("includeArchived", json!(false)), ("limit", json!(20))]);
    check("journal.add", json!(["content"]), &[("title", json!(null)), ("mood", json!(null)), ("tags", json!([]))]);
    check(
        "calendar.create",
        json!(["title", "startsAt"]),
        &[("location", json!(null)), ("description", json!(null)), ("color", json!(null))],
    );
    check(
        "calendar.list",
        json!([]),
        &[("from", json!(null)), ("to", json!(null)), ("includeArchived", json!(false)), ("limit", json!(50))],
    );
    check(
        "contacts.create",
        json!(["name"]),
        &[
            ("company", json!(null)),
            ("role", json!(null)),
            ("email", json!(null)),
            ("phone", json!(null)),
            ("note", json!(null)),
            ("isFavorite", json!(false)),
        ],
    );
    check("contacts.list", json!([]), &[("query", json!("")), ("includeArchived", json!(false)), ("limit", json!(50))]);
    check("mood.create", json!(["level"]), &[("energy", json!(null)), ("note", json!(null)), ("tags", json!([]))]);
    check(
        "goals.create",
        json!(["title", "target"]),
        &[("description", json!(null)), ("unit", json!(null)), ("progress", json!(0)), ("dueDate", json!(null))],
    );
    check(
        "invoices.create",
        json!(["number", "client", "subject", "lines"]),
        &[("taxPercent", json!(19)), ("note", json!(null)), ("status", json!("draft"))],
    );
    let listed = &[("status", json!(null)), ("includeArchived", json!(false)), ("limit", json!(50))];
    check("articles.list", json!([]), listed);
    check("invoices.list", json!([]), listed);
    for module in ["calendar", "contacts", "mood", "articles", "goals", "invoices"] {
        check(&format!("{module}.update"), json!(["id"]), &[]);
        check(&format!("{module}.archive"), json!(["id"]), &[("archived", json!(true))]);
    }
}

#[test]
fn texts_have_their_limits() {
    // tool, field, other fields, shortest, longest
    let cases = [
        ("habits.create", "title", json!({}), 1, 120),
        ("habits.create", "icon", json!({"title": "x"}), 1, 40),
        ("habits.update", "title", json!({"id": ID}), 1, 120),
        ("habits.update", "icon", json!({"id": ID}), 1, 40),
        ("todo.create", "title", json!({}), 1, 500),
        ("todo.create", "description", json!({"title": "x"}), 0, 10_000),
        ("notes.create", "title", json!({}), 1, 500),
        ("notes.create", "content", json!({"title": "x"}), 0, 200_000),
        ("notes.search", "query", json!({}), 0, 500),
        ("journal.add", "title", json!({"content": "x"}), 0, 500),
        ("journal.add", "content", json!({}), 1, 200_000),
        ("calendar.create", "title", json!({"startsAt": MOMENT}), 1, 500),
        ("calendar.create", "location", json!({"title": "x", "startsAt": MOMENT}), 0, 500),
        ("calendar.create", "description", json!({"title": "x", "startsAt": MOMENT}), 0, 10_000),
        ("calendar.update", "title", json!({"id": ID}), 1, 500),
        ("calendar.update", "location", json!({"id": ID}), 0, 500),
        ("calendar.update", "description", json!({"id": ID}), 0, 10_000),
        ("contacts.create", "name", json!({}), 1, 200),
        ("contacts.create", "company", json!({"name": "x"}), 0, 200),
        ("contacts.create", "role", json!({"name": "x"}), 0, 200),
        ("contacts.create", "note", json!({"name": "x"}), 0, 10_000),
        ("contacts.list", "query", json!({}), 0, 500),
        ("contacts.update", "name", json!({"id": ID}), 1, 200),
        ("contacts.update", "company", json!({"id": ID}), 0, 200),
        ("contacts.update", "role", json!({"id": ID}), 0, 200),
        ("contacts.update", "note", json!({"id": ID}), 0, 10_000),
        ("mood.create", "note", json!({"level": 3}), 0, 2_000),
        ("mood.update", "note", json!({"id": ID}), 0, 2_000),
        ("articles.create", "title", json!({}), 1, 500),
        ("articles.create", "source", json!({"title": "x"}), 0, 200),
        ("articles.create", "summary", json!({"title": "x"}), 0, 10_000),
        ("articles.create", "note", json!({"title": "x"}), 0, 10_000),
        ("articles.update", "title", json!({"id": ID}), 1, 500),
        ("articles.update", "summary", json!({"id": ID}), 0, 10_000),
        ("articles.update", "note", json!({"id": ID}), 0, 10_000),
        ("goals.create", "title", json!({"target": 1}), 1, 500),
        ("goals.create", "description", json!({"title": "x", "target": 1}), 0, 10_000),
        ("goals.create", "unit", json!({"title": "x", "target": 1}), 0, 40),
        ("goals.update", "title", json!({"id": ID}), 1, 500),
        ("goals.update", "description", json!({"id": ID}), 0, 10_000),
        ("invoices.create", "number", json!({"client": "x", "subject": "x", "lines": [line()]}), 1, 40),
        ("invoices.create", "client", json!({"number": "x", "subject": "x", "lines": [line()]}), 1, 200),
        ("invoices.create", "subject", json!({"number": "x", "client": "x", "lines": [line()]}), 1, 500),
        ("invoices.update", "subject", json!({"id": ID}), 1, 500),
        ("invoices.update", "note", json!({"id": ID}), 0, 10_000),
    ];
    for (tool, field, others, shortest, longest) in cases {
        let with = |characters: usize| {
            let mut arguments = others.clone();
            arguments[field] = json!(text(characters));
            arguments
        };
        takes(tool, with(shortest));
        takes(tool, with(longest));
        let many = longest + 1;
        refuses(tool, with(many), &format!("{field}: has {many} characters; at most {longest} are allowed"));
        if shortest == 1 {
            refuses(tool, with(0), &format!("{field}: must not be empty"));
        }
    }
}

#[test]
fn numbers_have_their_limits() {
    // tool, field, other fields, largest
    let cases = [
        ("habits.create", "targetPerDay", json!({"title": "x"}), 9_007_199_254_740_991_i64),
        ("habits.create", "defaultDuration", json!({"title": "x"}), 9_007_199_254_740_991),
        ("habits.update", "targetPerDay", json!({"id": ID}), 9_007_199_254_740_991),
        ("habits.update", "defaultDuration", json!({"id": ID}), 9_007_199_254_740_991),
        ("todo.list", "limit", json!({}), 500),
        ("notes.search", "limit", json!({}), 100),
        ("calendar.list", "limit", json!({}), 500),
        ("contacts.list", "limit", json!({}), 500),
        ("mood.create", "level", json!({}), 5),
        ("mood.create", "energy", json!({"level": 3}), 5),
        ("mood.update", "level", json!({"id": ID}), 5),
        ("mood.list", "limit", json!({}), 500),
        ("articles.create", "minutes", json!({"title": "x"}), 1_440),
        ("articles.list", "limit", json!({}), 500),
        ("goals.create", "target", json!({"title": "x"}), 1_000_000),
        ("goals.update", "target", json!({"id": ID}), 1_000_000),
        ("invoices.list", "limit", json!({}), 500),
    ];
    for (tool, field, others, largest) in cases {
        let with = |value: Value| {
            let mut arguments = others.clone();
            arguments[field] = value;
            arguments
        };
        takes(tool, with(json!(1)));
        takes(tool, with(json!(largest)));
        takes(tool, with(json!(5.0)));
        let over = largest + 1;
        refuses(tool, with(json!(over)), &format!("{field}: is {over}; at most {largest} is allowed"));
        refuses(tool, with(json!(0)), &format!("{field}: is 0; at least 1 is needed"));
        for wrong in [json!(1.5), json!("3"), json!(true)] {
            let told = says(tool, with(wrong.clone()));
            assert!(
                told.starts_with(&format!("{field}: is ")) && told.contains("whole number"),
                "{tool} {wrong}: {told}"
            );
        }
    }
}

#[test]
fn words_dates_colours_and_ids_have_their_forms() {
    for priority in ["low", "medium", "high", "urgent"] {
        takes("todo.create", json!({"title": "x", "priority": priority}));
    }
    refuses(
        "todo.create",
        json!({"title": "x", "priority": "hoch"}),
        "priority: is \"hoch\"; allowed are low, medium, high, urgent",
    );
    for mood in ["dankbar", "glücklich", "zufrieden", "neutral", "nachdenklich", "traurig", "gestresst", "wütend"] {
        takes("journal.add", json!({"content": "x", "mood": mood}));
    }
    let told = says("journal.add", json!({"content": "x", "mood": "happy"}));
    assert!(told.starts_with("mood: is \"happy\"; allowed are dankbar, glücklich, "), "{told}");

    takes("journal.add", json!({"content": "x", "entryDate": "2024-02-29"}));
    for wrong in ["2025-02-29", "29.02.2024", "2024-2-9", "2024-02-29T00:00:00Z", ""] {
        refuses(
            "journal.add",
            json!({"content": "x", "entryDate": wrong}),
            &format!("entryDate: is \"{wrong}\", which is not a date such as 2026-11-20"),
        );
    }
    for right in ["2026-11-20T17:00:00Z", "2026-11-20T17:00:00.123+01:00"] {
        takes("todo.create", json!({"title": "x", "dueDate": right}));
    }
    for wrong in ["2026-11-20", "tomorrow", "2026-11-20T25:00:00Z", "2026-11-20T17:00:00"] {
        let told = says("todo.create", json!({"title": "x", "dueDate": wrong}));
        assert!(told.starts_with("dueDate: is ") && told.contains("RFC 3339"), "{wrong}: {told}");
    }
    for (tool, others) in [
        ("habits.create", json!({"title": "x"})),
        ("habits.update", json!({"id": ID})),
        ("notes.create", json!({"title": "x"})),
        ("calendar.create", json!({"title": "x", "startsAt": MOMENT})),
        ("calendar.update", json!({"id": ID})),
    ] {
        let with = |color: &str| {
            let mut arguments = others.clone();
            arguments["color"] = json!(color);
            arguments
        };
        takes(tool, with("#a1B2c3"));
        for wrong in ["a1b2c3", "#a1b2c", "#a1b2c34", "#g1b2c3", "red", "#a1b2c3\n"] {
            let told = says(tool, with(wrong));
            assert!(told.starts_with("color: is ") && told.contains("does not match ^#"), "{tool} {wrong:?}: {told}");
        }
    }
    for (tool, field, rights, wrongs) in [
        ("contacts.create", "email", ["a@b", "dr.weber+x@stadtwerke.example"], ["weber", "a@", "a b@c"]),
        ("contacts.create", "phone", ["0251 4711-0", "+49 (221) 55/12"], ["anrufen", "", "4711 x"]),
    ] {
        let with = |text: &str| json!({"name": "x", field: text});
        rights.into_iter().for_each(|right| takes(tool, with(right)));
        for wrong in wrongs {
            let told = says(tool, with(wrong));
            assert!(told.starts_with(&format!("{field}: is ")) && told.contains("does not match ^"), "{wrong}: {told}");
        }
    }
    for wrong in ["2026-11-20", "morgen um neun", "2026-11-20T09:30:00"] {
        let told = says("calendar.create", json!({"title": "x", "startsAt": wrong}));
        assert!(told.starts_with("startsAt: is ") && told.contains("RFC 3339"), "{wrong}: {told}");
    }
    let by_id = |tool: &&&str| [".update", ".archive", ".complete"].iter().any(|verb| tool.ends_with(verb));
    for tool in NAMES.iter().filter(by_id) {
        takes(tool, json!({"id": ID}));
        refuses(tool, json!({"id": "17"}), "id: is \"17\", which is not a UUID");
        refuses(tool, json!({}), "id: is missing");
    }
    takes("journal.add", json!({"content": "x", "tags": ["a", "b"]}));
    refuses("journal.add", json!({"content": "x", "tags": ["a", 1]}), "tags[1]: is a number; must be a string");
    refuses("journal.add", json!({"content": "x", "tags": "a"}), "tags: is a string; must be an array");
}

#[test]
fn the_lines_of_an_invoice_have_their_limits() {
    let with = |field: &str, value: Value| {
        let mut line = line();
        line[field] = value;
        json!({"number": "x", "client": "x", "subject": "x", "lines": [line]})
    };
    takes("invoices.create", with("quantity", json!(0.25)));
    takes("invoices.create", with("unitPriceCents", json!(-60_000)));
    let refused = |field: &str, value: Value, expected: &str| {
        let told = says("invoices.create", with(field, value));
        assert_eq!(told, format!("lines[0].{field}: {expected}"));
    };
    refused("description", json!(""), "must not be empty");
    refused("quantity", json!(0), "is 0; at least 0.01 is needed");
    refused("quantity", json!(100_001), "is 100001; at most 100000 is allowed");
    refused("unitPriceCents", json!(1.5), "is a number with a fraction; must be a whole number");
    refused("price", json!(5), "no such field; there are description, quantity, unitPriceCents");
    let none = json!({"number": "x", "client": "x", "subject": "x", "lines": []});
    assert!(says("invoices.create", none).starts_with("lines: "), "an invoice for nothing");
    refuses(
        "goals.create",
        json!({"title": "x", "target": 5, "progress": -1}),
        "progress: is -1; at least 0 is needed",
    );
    let tags: Vec<_> = (0..11).map(|n| n.to_string()).collect();
    assert!(says("mood.create", json!({"level": 3, "tags": tags})).starts_with("tags: "));
    refuses("mood.create", json!({"level": 3, "tags": [""]}), "tags[0]: must not be empty");
    let told = says("articles.create", json!({"title": "x", "url": "javascript:alert(1)"}));
    assert!(told.starts_with("url: is ") && told.contains("does not match ^https"), "{told}");
}

#[test]
fn null_is_taken_where_it_has_a_meaning_and_nowhere_else() {
    for (tool, arguments) in [
        ("habits.create", json!({"title": "x", "targetPerDay": null, "defaultDuration": null})),
        ("habits.update", json!({"id": ID, "targetPerDay": null, "defaultDuration": null})),
        ("todo.create", json!({"title": "x", "dueDate": null})),
        ("notes.create", json!({"title": "x", "color": null})),
        ("journal.add", json!({"content": "x", "title": null, "mood": null})),
        ("calendar.create", json!({"title": "x", "startsAt": MOMENT, "location": null, "color": null})),
        ("calendar.update", json!({"id": ID, "location": null, "description": null, "color": null})),
        ("contacts.create", json!({"name": "x", "email": null, "phone": null, "note": null})),
        ("contacts.update", json!({"id": ID, "company": null, "role": null, "email": null, "note": null})),
    ] {
        takes(tool, arguments);
    }
    refuses("contacts.update", json!({"id": ID, "name": null}), "name: is null; must be a string");
    refuses("todo.create", json!({"title": null}), "title: is null; must be a string");
    refuses("todo.create", json!({"title": "x", "description": null}), "description: is null; must be a string");
    refuses("habits.create", json!({"title": "x", "icon": null}), "icon: is null; must be a string");
    refuses("todo.list", json!({"includeCompleted": null}), "includeCompleted: is null; must be a boolean");
}

#[test]
fn unknown_fields_are_refused_with_the_nearest_known_one() {
    refuses("todo.create", json!({"title": "x", "due_date": null}), "due_date: no such field; did you mean dueDate?");
    refuses("habits.archive", json!({"id": ID, "archive": true}), "archive: no such field; did you mean archived?");
    refuses("spaces.list", json!({"all": true}), "all: no such field; the tool takes none");
    refuses("todo.complete", json!({"id": ID, "when": "now"}), "when: no such field; there are id");
    for tool in NAMES {
        let told = says(tool, json!({"qqqq": 1}));
        assert!(told.contains("qqqq: no such field; "), "{tool}: {told}");
    }
    let told = says("todo.list", json!({"ü".repeat(5000): 1}));
    assert!(told.len() < 400, "a message repeats no more than a line of the caller's own text: {} bytes", told.len());
}

#[test]
fn every_fault_is_told_at_once() {
    let told = says("todo.create", json!({"titel": "x", "priority": "hoch", "dueDate": 5}));
    for part in
        ["titel: no such field; did you mean title?", "title: is missing", "priority: is ", "dueDate: is a number"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    for wrong in [json!([]), json!("x"), json!(1)] {
        let told = says("todo.list", wrong);
        assert!(told.starts_with("arguments: is ") && told.ends_with("must be an object"), "{told}");
    }
    takes("todo.list", Value::Null);
}

#[test]
fn unknown_tools_are_refused_with_the_nearest_known_one() {
    let registry = Registry::standard();
    let told = |name: &str| registry.admitted(name, Policy::default()).err().unwrap().to_string();
    assert_eq!(told("todo.creat"), "no such tool; did you mean todo.create?");
    assert_eq!(told("notes_create"), "no such tool; did you mean notes.create?");
    assert_eq!(told("weather"), format!("no such tool; there are {}", NAMES.join(", ")));
}

#[test]
fn what_is_not_admitted_does_not_exist() {
    let tool = |name| ToolSpec::new(name, Effect::Write, "", |Empty {}: Empty, _| async { Ok(Empty {}) });
    let lossy = ToolSpec::new("a.purge", Effect::Destructive, "", |Empty {}: Empty, _| async { Ok(Empty {}) });
    let registry = Registry::new([tool("a.one"), tool("a.two").for_admins(), lossy]).unwrap();
    let names = |policy| registry.list(policy).map(|tool| tool.name).collect::<Vec<_>>();
    assert_eq!(names(Policy::default()), ["a.one"]);
    assert_eq!(names(Policy { allow_destructive: true }), ["a.one", "a.purge"]);
    let told = |name, policy| registry.admitted(name, policy).err().map(|fault| fault.to_string());
    assert_eq!(told("a.two", Policy { allow_destructive: true }), told("a.tqo", Policy { allow_destructive: true }));
    assert!(told("a.purge", Policy::default()).unwrap().contains("no such tool"));
    assert_eq!(told("a.purge", Policy { allow_destructive: true }), None);
}

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Empty {}

#[test]
fn a_set_that_cannot_work_is_refused() {
    let empty = |name| ToolSpec::new(name, Effect::Read, "", |Empty {}: Empty, _| async { Ok(Empty {}) });
    let told = |specs: Vec<ToolSpec>| Registry::new(specs).err().unwrap().to_string();
    assert_eq!(told(vec![empty("a.b"), empty("a.b")]), "two tools are named a.b");
    let list = ToolSpec::new("a.list", Effect::Read, "", |_: Vec<i32>, _| async { Ok(Empty {}) });
    assert_eq!(told(vec![list]), "the input schema of a.list does not describe an object");
    let number = ToolSpec::new("a.number", Effect::Read, "", |Empty {}: Empty, _| async { Ok(5) });
    assert_eq!(told(vec![number]), "the output schema of a.number does not describe an object");
}
