//! The browser's fold of changes into records, held to the cases that the sync server is held to.
//!
//! `fold.js` imports nothing, so Node runs it as it is: `cargo xtask setup` brings Node.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

const CASES: &str = include_str!("../../../sync/tests/vectors/folding.json");

/// Folds each case in the order told, reversed, and twice over, and tells the records of each.
const SCRIPT: &str = r"
const { readFileSync } = await import('node:fs');
const [file, cases] = process.argv.slice(1);
const code = readFileSync(file).toString('base64');
const { fold, isDeleted, nameOf } = await import(`data:text/javascript;base64,${code}`);
const records = (changes) => {
  const found = new Map();
  for (const change of changes) found.set(nameOf(change), fold(found.get(nameOf(change)), change));
  const alive = [...found.values()].filter((record) => !isDeleted(record));
  const plain = ({ id, spaceId, fields }) => {
    return { id, spaceId, data: Object.fromEntries([...fields].map(([name, { value }]) => [name, value])) };
  };
  return alive.map(plain).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
};
const ways = ({ changes }) => [changes, changes.toReversed(), [...changes, ...changes]].map(records);
console.log(JSON.stringify(JSON.parse(cases).map(ways)));
";

fn folded(cases: &Value) -> Vec<Vec<Value>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("app/data/fold.js");
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", SCRIPT, "--"]).arg(file).arg(cases.to_string());
    let output = node.output().expect("node runs; `cargo xtask setup` brings it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_browser_folds_as_the_server_does_in_any_order() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    for (case, ways) in cases.as_array().unwrap().iter().zip(folded(&cases)) {
        for (way, found) in ["in order", "reversed", "twice over"].iter().zip(ways) {
            assert_eq!(found, case["records"], "{}, {way}", case["rule"]);
        }
    }
}

#[test]
fn one_id_in_two_spaces_is_two_records() {
    let insert = |space: Value, title: &str| json!({"id": "t", "spaceId": space, "op": "insert", "data": {"title": title, "updatedAt": "2026-01-01T00:00:00Z"}});
    let changes = [insert(json!("family"), "a"), insert(json!("team"), "b"), insert(Value::Null, "c")];
    let found = folded(&json!([{ "changes": changes }]));
    let titles: Vec<_> = found[0][0].as_array().unwrap().iter().map(|record| record["data"]["title"].clone()).collect();
    assert_eq!(titles, ["c", "a", "b"]);
}
