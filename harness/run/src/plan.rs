//! From flows to the list of pictures.

use std::collections::BTreeSet;

use harness_capture::{Action, Mask, Target};
use harness_model::{SnapshotKey, Viewport};

use crate::{Flow, Rule, RunError, Step};

/// One picture to take.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) key: SnapshotKey,
    pub(crate) path: String,
    pub(crate) actions: Vec<Action>,
    /// Masks of this page, besides the suite's.
    pub(crate) masks: Vec<Mask>,
    /// What of the page is pictured.
    pub(crate) target: Target,
    pub(crate) rule: Option<Rule>,
    pub(crate) viewport: Viewport,
}

/// Every picture of the flows, those of one viewport and viewer beside each other: changing either costs a browser
/// more than another page does.
pub(crate) fn plan(flows: &[Flow], viewports: &[Viewport]) -> Result<Vec<Job>, RunError> {
    let mut jobs = Vec::new();
    let mut keys = BTreeSet::new();
    for flow in flows {
        for (empty, lacks) in [(flow.viewers.is_empty(), "viewer"), (flow.steps.is_empty(), "step")] {
            if empty {
                return Err(RunError::EmptyFlow { flow: flow.name.clone(), lacks });
            }
        }
        let rules = flow.rule.iter().map(|rule| (flow.name.clone(), rule));
        let of_steps =
            flow.steps.iter().filter_map(|step| Some((format!("{}/{}", flow.name, step.name), step.rule.as_ref()?)));
        for (whose, rule) in rules.chain(of_steps) {
            rule.check(&whose)?;
        }
        for (step, viewer, viewport) in flow.steps.iter().flat_map(|step| {
            flow.viewers.iter().flat_map(move |viewer| viewports.iter().map(move |viewport| (step, viewer, viewport)))
        }) {
            let key = SnapshotKey::new(&flow.name, &step.name, viewer, &viewport.name)?;
            if !keys.insert(key.clone()) {
                return Err(RunError::DuplicateKey(key));
            }
            let rule = step.rule.as_ref().or(flow.rule.as_ref()).cloned();
            let Step { path, actions, masks, target, .. } = step.clone();
            jobs.push(Job { key, path, actions, masks, target, rule, viewport: viewport.clone() });
        }
    }
    jobs.sort_by(|a, b| {
        let order = |job: &Job| (job.key.viewport().to_owned(), job.key.viewer().to_owned(), job.key.clone());
        order(a).cmp(&order(b))
    });
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(flows: &[Flow]) -> Result<Vec<String>, String> {
        let jobs = plan(flows, &[Viewport::desktop(), Viewport::mobile()]).map_err(|e| e.to_string())?;
        Ok(jobs.into_iter().map(|job| job.key.to_string()).collect())
    }

    #[test]
    fn viewers_of_one_viewport_stand_together() {
        let flows = [
            Flow::named("home").seen_by(["anna", "ben"]).pictures("/", "dashboard"),
            Flow::named("todo").seen_by(["anna"]).pictures("/todo", "list"),
        ];
        let expected = [
            "home/dashboard/anna-desktop",
            "todo/list/anna-desktop",
            "home/dashboard/ben-desktop",
            "home/dashboard/anna-mobile",
            "todo/list/anna-mobile",
            "home/dashboard/ben-mobile",
        ];
        assert_eq!(keys(&flows).unwrap(), expected);
    }

    #[test]
    fn a_flow_that_would_test_nothing_or_one_thing_twice_is_refused() {
        let home = || Flow::named("home").seen_by(["anna"]).pictures("/", "dashboard");
        for (flows, part) in [
            (vec![Flow::named("home").pictures("/", "dashboard")], "has no viewer"),
            (vec![Flow::named("home").seen_by(["anna"])], "has no step"),
            (vec![home(), home()], "two steps make the picture home/dashboard/anna-desktop"),
            (vec![home().judged(crate::Rule::because("").ratio(0.1))], "the rule of home gives no reason"),
            (vec![Flow::named("Home").seen_by(["anna"]).pictures("/", "x")], "may hold only"),
        ] {
            let error = keys(&flows).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
