//! Four partitions of cargo nextest, merged, against one run of the same pictures: the report is to be the same.

use std::{fs, path::Path};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::{
    alone, demo,
    embedded::{Embedded, Programs},
    setup, step,
};

/// Which pictures: enough for four partitions of several processes, few enough for every test run.
const FLOW: &str = "contacts/";
const PARTS: usize = 4;
/// What tells of the moment and of how busy the machine was, not of the picture; requests fail in any order.
const OF_THE_MOMENT: [&str; 4] = ["ms", "retries", "settled", "page_errors"];

/// The check, on a stack of its own.
pub(crate) fn run() -> anyhow::Result<()> {
    setup::browser()?;
    let folder = crate::root().join("target").join("test").join("partitions-stack");
    let _alone = alone::in_folder(&folder)?;
    let programs = Programs::build()?;
    demo::fresh(&folder)?;
    let stack = Embedded::start(&programs, &folder.join("data"), None)?;
    stack.seed()?;
    stack.tick()?;
    check(&programs, &stack)
}

/// The check, on a stack whose personas have lived their day.
pub(crate) fn check(programs: &Programs, stack: &Embedded<'_>) -> anyhow::Result<()> {
    let nextest = setup::nextest()?;
    let folder = crate::root().join("target").join("test").join("partitions");
    demo::fresh(&folder)?;
    let one = folder.join("one");
    step::run("pictures as one run", stack.flows(&one).arg(FLOW))?;
    let parts: Vec<_> = (1..=PARTS).map(|part| folder.join(part.to_string())).collect();
    for (number, part) in (1..=PARTS).zip(&parts) {
        let mut run = stack.flows_by_nextest(&nextest, part);
        run.args(["--partition", &format!("count:{number}/{PARTS}"), "--", FLOW]);
        step::run(&format!("pictures as partition {number} of {PARTS}"), &mut run)?;
    }
    let merged = folder.join("merged");
    let mut merge = programs.program("report")?;
    merge.args(["merge", "--partial"]).args(&parts).arg("--into").arg(&merged);
    step::run("merge the partitions", &mut merge)?;
    same(&read(&one)?, &read(&merged)?)?;
    let mut hidden = programs.program("report")?;
    hidden.arg("merge").args(&parts[1..]).arg("--into").arg(folder.join("hidden"));
    let status = step::status("merge all partitions but one, which is to be refused", &mut hidden)?;
    ensure!(!status.success(), "a merge without a partition was not refused");
    Ok(())
}

fn read(folder: &Path) -> anyhow::Result<Value> {
    let path = folder.join("run.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

/// Fails unless both tell the same of the same pictures in the same order, times apart.
fn same(one: &Value, merged: &Value) -> anyhow::Result<()> {
    let (one, merged) = (timeless(one), timeless(merged));
    let pictures = |run: &Value| run["pictures"].as_array().cloned().unwrap_or_default();
    let (alone, together) = (pictures(&one), pictures(&merged));
    ensure!(alone.len() >= PARTS, "{} pictures are too few for {PARTS} partitions", alone.len());
    ensure!(
        alone.len() == together.len(),
        "one run took {} pictures, its {PARTS} partitions {}",
        alone.len(),
        together.len()
    );
    if let Some((one, merged)) = alone.iter().zip(&together).find(|(one, merged)| one != merged) {
        bail!("one run tells of a picture: {one}\nits partitions: {merged}");
    }
    ensure!(one == merged, "the pictures are the same, and the runs differ:\n{one}\n{merged}");
    Ok(())
}

/// A run without its times.
fn timeless(run: &Value) -> Value {
    let mut run = run.clone();
    if let Some(told) = run.as_object_mut() {
        told.retain(|name, _| name != "started_at" && name != "duration_ms");
    }
    if let Some(summary) = run["summary"].as_object_mut() {
        summary.remove("retried");
    }
    for picture in run["pictures"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        picture.retain(|name, _| !OF_THE_MOMENT.contains(&name.as_str()));
    }
    run
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(keys: &[&str], ms: u64) -> Value {
        let picture = |key: &&str| json!({"key": key, "verdict": "identical", "ms": ms, "settled": "matched"});
        json!({"started_at": ms, "duration_ms": ms, "summary": {"total": keys.len(), "retried": 0},
            "pictures": keys.iter().map(picture).collect::<Vec<_>>()})
    }

    #[test]
    fn times_may_differ_and_nothing_else() {
        let keys = ["a/b/c-d", "a/b/e-d", "a/b/f-d", "a/b/g-d"];
        let one = told(&keys, 1);
        same(&one, &told(&keys, 2)).unwrap();
        assert!(same(&one, &told(&keys[1..], 1)).unwrap_err().to_string().contains("4 pictures, its 4 partitions 3"));
        let turned: Vec<&str> = keys.into_iter().rev().collect();
        assert!(same(&one, &told(&turned, 1)).unwrap_err().to_string().contains("a/b/g-d"));
        for (place, value) in [("/pictures/2/verdict", json!("passed")), ("/summary/total", json!(9))] {
            let mut other = told(&keys, 1);
            *other.pointer_mut(place).unwrap() = value;
            same(&one, &other).unwrap_err();
        }
        assert!(same(&told(&[], 1), &told(&[], 1)).unwrap_err().to_string().contains("too few"));
    }
}
