//! Whose key a page reads and writes under: the space's in a shared one, the user's own in the personal one.
//!
//! Node runs the app's own modules on its WebCrypto, each with what it imports put in as a `data:` address.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

const SCRIPT: &str = r"
const { readFileSync } = await import('node:fs');
const { dirname, join } = await import('node:path');
const [folder] = process.argv.slice(1);
const address = (file) => {
  const inner = (_, before, name) => `${before}'${address(join(dirname(file), name))}'`;
  const code = readFileSync(file, 'utf8').replace(/(^import .* from )'(\.[^']*)'/gm, inner);
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
};
const load = (name) => import(address(join(folder, name)));
const { Collection, UNREADABLE } = await load('collection.js');
const { Keys } = await load('keys.js');
const { decryptField, encryptField, importKey } = await load('field-crypto.js');

const key = (byte) => importKey(Buffer.alloc(32, byte).toString('base64'));
const [own, family, stranger] = await Promise.all([1, 2, 3].map(key));
const shown = (value) => (value === UNREADABLE ? 'unreadable' : value);
const store = { load: async () => ({ records: [], cursor: null }), apply: async () => {} };
const start = (settings = {}) => {
  const { shut, opened } = { shut: false, opened: family, ...settings };
  const asked = [];
  const pushed = [];
  const open = async (space) => (asked.push(space), opened);
  const keys = new Keys({ own: Promise.resolve(shut ? null : own), personal: Promise.resolve('home'), open });
  const sync = { push: async (_config, _since, change) => void pushed.push(change) };
  const config = { module: 'todo', table: 'tasks', appId: 'todo', encryptedFields: ['title'] };
  const collection = new Collection(config, { store, sync, keys, written: () => {} });
  const titles = () => Object.fromEntries(collection.items.map(({ id, title }) => [id, shown(title)]));
  return { asked, collection, pushed, titles };
};
const record = async (id, spaceId, key) => {
  const data = { id, spaceId, title: await encryptField(key, id), updatedAt: '2026-01-01T00:00:00.000Z' };
  return { table: 'tasks', id, op: 'insert', spaceId, data };
};
const records = await Promise.all([
  record('mine', 'home', own), record('ours', 'family', family), record('early', 'family', own),
  record('lost', 'family', stranger), record('leaked', 'home', family),
]);

const results = {};
{
  const { asked, collection, pushed, titles } = start();
  await collection.hear({ changes: records, cursor: 'c', hasMore: false });
  results.read = titles();
  results.asked = asked;
  await collection.insert({ id: 'a', spaceId: 'family', title: 'A', updatedAt: 't' });
  await collection.insert({ id: 'b', spaceId: 'home', title: 'B', updatedAt: 't' });
  await collection.update('family/early', { title: 'C' });
  const written = pushed.map(({ data, fields }) => (data ? data.title : fields.title.value));
  const under = [family, own, family];
  results.written = await Promise.all(written.map((text, index) => decryptField(under[index], text)));
  results.after = titles();
}
{
  const { collection, pushed } = start({ opened: undefined });
  await collection.insert({ id: 'a', spaceId: 'family', title: 'A', updatedAt: 't' });
  results.older = await decryptField(own, pushed[0].data.title);
}
{
  const { collection, pushed, titles } = start({ opened: null });
  await collection.hear({ changes: records, cursor: 'c', hasMore: false });
  results.refused = titles();
  const insert = collection.insert({ id: 'a', spaceId: 'family', title: 'A', updatedAt: 't' });
  results.refusal = await insert.then(() => 'written', (error) => error.message);
  results.pushedWhenRefused = pushed.length;
}
{
  const { collection, titles } = start({ shut: true, opened: null });
  await collection.hear({ changes: records, cursor: 'c', hasMore: false });
  results.shut = titles();
}
console.log(JSON.stringify(results));
";

fn results() -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("app/data");
    let mut node = Command::new("node");
    let output = node.args(["--input-type=module", "--eval", SCRIPT, "--"]).arg(folder).output();
    let output = output.expect("node runs; `cargo xtask setup` brings it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_page_reads_and_writes_a_shared_space_under_the_spaces_key_and_ones_own_under_ones_own() {
    let results = results();
    let unreadable = "unreadable";
    let read = json!({ "mine": "mine", "ours": "ours", "early": "early", "lost": unreadable, "leaked": unreadable });
    assert_eq!(results["read"], read);
    assert_eq!(results["asked"], json!(["family"]), "once, and never for the personal space");
    assert_eq!(results["written"], json!(["A", "B", "C"]));
    assert_eq!((&results["after"]["a"], &results["after"]["early"]), (&json!("A"), &json!("C")));
    assert_eq!(results["older"], "A", "an auth that knows no keys of spaces: everybody writes under their own");

    assert_eq!(results["refused"]["ours"], unreadable);
    assert_eq!((&results["refused"]["mine"], &results["refused"]["early"]), (&json!("mine"), &json!("early")));
    assert_eq!((&results["refusal"], &results["pushedWhenRefused"]), (&json!("the vault is shut"), &json!(0)));
    for (id, title) in results["shut"].as_object().unwrap() {
        assert_eq!(title, unreadable, "{id}");
    }
}
