//! From flows to the list of pictures.

use std::collections::{BTreeMap, BTreeSet};

use harness_capture::{Action, Mask, Target};
use harness_model::{SnapshotKey, Viewport};

use crate::{
    Flow, Rule, RunError, Step,
    reserved::Reserved,
    viewer::{Entry, Viewer},
};

/// One picture to take.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) key: SnapshotKey,
    pub(crate) viewer: Viewer,
    pub(crate) path: String,
    pub(crate) actions: Vec<Action>,
    /// Addresses that do not answer.
    pub(crate) unreachable: Vec<String>,
    /// The sign that the page is ready, when not the suite's.
    pub(crate) ready: Option<String>,
    /// What some viewers alone should have.
    pub(crate) reserved: Vec<Reserved>,
    /// Masks of this page, besides the suite's.
    pub(crate) masks: Vec<Mask>,
    /// What of the page is pictured.
    pub(crate) target: Target,
    pub(crate) rule: Option<Rule>,
    pub(crate) viewport: Viewport,
}

impl Job {
    /// Whether the browser must know nothing from before, and keep nothing for the next picture: somebody is in it who
    /// comes once, or the page is kept from the network and remembers that.
    pub(crate) fn stands_alone(&self) -> bool {
        self.viewer.entry != Entry::Known || !self.unreachable.is_empty() || self.actions.contains(&Action::GoOffline)
    }
}

/// The windows of the suite and of its flows, each once; two of one name must be one.
pub(crate) fn viewports(flows: &[Flow], suite: &[Viewport]) -> Result<Vec<Viewport>, RunError> {
    let mut all: Vec<Viewport> = Vec::new();
    for viewport in suite.iter().chain(flows.iter().flat_map(|flow| &flow.viewports)) {
        match all.iter().find(|known| known.name == viewport.name) {
            Some(known) if known == viewport => {}
            Some(_) => {
                let name = &viewport.name;
                return Err(RunError::Config(format!(
                    "there are two viewports called {name}\nhelp: give one of them another name, or make them equal"
                )));
            }
            None => all.push(viewport.clone()),
        }
    }
    Ok(all)
}

/// Every picture of the flows, those of one viewport and viewer beside each other: changing either costs a browser
/// more than another page does.
pub(crate) fn plan(flows: &[Flow], viewports: &[Viewport]) -> Result<Vec<Job>, RunError> {
    let mut jobs = Vec::new();
    let mut keys = BTreeSet::new();
    let mut entries = BTreeMap::new();
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
        let viewports = if flow.viewports.is_empty() { viewports } else { &flow.viewports };
        for (step, viewer, viewport) in flow.steps.iter().flat_map(|step| {
            flow.viewers.iter().flat_map(move |viewer| viewports.iter().map(move |viewport| (step, viewer, viewport)))
        }) {
            let key = SnapshotKey::new(&flow.name, &step.name, &viewer.name, &viewport.name)?;
            let known = entries.entry(viewer.name.clone()).or_insert(viewer.entry);
            if *known != viewer.entry {
                let name = &viewer.name;
                return Err(RunError::Config(format!(
                    "{name} gets in in two ways: {known:?} and {:?}\nhelp: give one of them another name",
                    viewer.entry
                )));
            }
            if !keys.insert(key.clone()) {
                return Err(RunError::DuplicateKey(key));
            }
            let rule = step.rule.as_ref().or(flow.rule.as_ref()).cloned();
            let Step { path, actions, unreachable, ready, masks, target, .. } = step.clone();
            let reserved = flow.reserved.iter().chain(&step.reserved).cloned().collect();
            let (viewer, viewport) = (viewer.clone(), viewport.clone());
            jobs.push(Job { key, viewer, path, actions, unreachable, ready, reserved, masks, target, rule, viewport });
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
    fn a_flow_may_go_on_and_have_windows_of_its_own() {
        let writing = [Action::Click("#new".into())];
        let flow = Flow::named("todo").seen_by_newcomers(["nora"]).through([Viewport::tablet()]);
        let flow = flow
            .pictures("/todo", "empty")
            .then("form", writing.clone())
            .then("done", [Action::Press { key: "Enter".into(), on: "#new".into() }]);
        let flows = [flow, Flow::named("home").seen_by(["anna"]).pictures("/", "dashboard")];
        let desktop = [Viewport::desktop()];
        let jobs = plan(&flows, &desktop).unwrap();
        let of = |key: &str| jobs.iter().find(|job| job.key.to_string() == key).unwrap();
        assert_eq!(of("todo/form/nora-tablet").actions, writing);
        assert_eq!(of("todo/done/nora-tablet").actions.len(), 2);
        assert!(of("todo/done/nora-tablet").stands_alone() && !of("home/dashboard/anna-desktop").stands_alone());
        let names: Vec<_> = viewports(&flows, &desktop).unwrap().into_iter().map(|viewport| viewport.name).collect();
        assert_eq!((names, jobs.len()), (vec!["desktop".to_owned(), "tablet".to_owned()], 4));

        let other = Viewport { width: 1000, ..Viewport::tablet() };
        let error = viewports(&flows, &[other]).unwrap_err().to_string();
        assert!(error.starts_with("there are two viewports called tablet\nhelp: "), "{error}");
    }

    #[test]
    fn a_flow_that_would_test_nothing_or_one_thing_twice_is_refused() {
        let home = || Flow::named("home").seen_by(["anna"]).pictures("/", "dashboard");
        for (flows, part) in [
            (vec![Flow::named("home").pictures("/", "dashboard")], "has no viewer"),
            (vec![Flow::named("home").seen_by(["anna"])], "has no step"),
            (
                vec![home(), Flow::named("todo").seen_by_visitors(["anna"]).pictures("/todo", "list")],
                "anna gets in in two ways: Known and Visitor",
            ),
            (vec![home(), home()], "two steps make the picture home/dashboard/anna-desktop"),
            (vec![home().judged(crate::Rule::because("").ratio(0.1))], "the rule of home gives no reason"),
            (vec![Flow::named("Home").seen_by(["anna"]).pictures("/", "x")], "may hold only"),
        ] {
            let error = keys(&flows).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
