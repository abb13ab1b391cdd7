//! A flow: who opens which pages, and what each picture is called.

use harness_capture::{Action, Mask, Target};
use harness_model::Viewport;

use crate::{
    Rule,
    reserved::Reserved,
    viewer::{Entry, Viewer},
};

/// What some viewers do, with a picture at each step.
#[derive(Debug, Clone)]
pub struct Flow {
    pub(crate) name: String,
    pub(crate) viewers: Vec<Viewer>,
    pub(crate) viewports: Vec<Viewport>,
    pub(crate) steps: Vec<Step>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) rule: Option<Rule>,
}

/// A page and the name of its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) unreachable: Vec<String>,
    pub(crate) ready: Option<String>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) masks: Vec<Mask>,
    pub(crate) target: Target,
    pub(crate) rule: Option<Rule>,
}

impl Step {
    /// The page at this path of the app, pictured under this name once it is ready and at rest.
    #[must_use]
    pub fn at(path: &str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            actions: Vec::new(),
            unreachable: Vec::new(),
            ready: None,
            reserved: Vec::new(),
            masks: Vec::new(),
            target: Target::FullPage,
            rule: None,
        }
    }

    /// Does these things on the page before it is pictured.
    #[must_use]
    pub fn after(mut self, actions: impl IntoIterator<Item = Action>) -> Self {
        self.actions.extend(actions);
        self
    }

    /// Lets requests to these addresses fail, from before the page is opened: patterns such as `http://localhost:3001/*`.
    #[must_use]
    pub fn cut_off_from<P: Into<String>>(mut self, addresses: impl IntoIterator<Item = P>) -> Self {
        self.unreachable.extend(addresses.into_iter().map(Into::into));
        self
    }

    /// Takes this selector for the page's sign that it is ready, in place of the suite's: a page that cannot start says so
    /// in another way.
    #[must_use]
    pub fn ready_when(mut self, selector: impl Into<String>) -> Self {
        self.ready = Some(selector.into());
        self
    }

    /// What this selector finds is for these viewers alone, on this page. Whoever of them lacks it has an error, and
    /// whoever else has it a leak.
    #[must_use]
    pub fn only_for<V: Into<String>>(
        mut self,
        selector: impl Into<String>,
        viewers: impl IntoIterator<Item = V>,
    ) -> Self {
        self.reserved.push(reserved(selector, viewers));
        self
    }

    /// Masks this page besides what the suite masks everywhere.
    #[must_use]
    pub fn masking(mut self, mask: Mask) -> Self {
        self.masks.push(mask);
        self
    }

    /// Pictures this of the page instead of all of it: an element, a box, or what the window shows.
    #[must_use]
    pub fn showing(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Judges its pictures by a rule of their own.
    #[must_use]
    pub fn judged(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }
}

impl Flow {
    /// A flow of this name, the first part of its pictures' names.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            viewers: Vec::new(),
            viewports: Vec::new(),
            steps: Vec::new(),
            reserved: Vec::new(),
            rule: None,
        }
    }

    /// Who looks; each of them gets pictures of their own.
    #[must_use]
    pub fn seen_by<V: Into<String>>(self, viewers: impl IntoIterator<Item = V>) -> Self {
        self.entered(viewers, Entry::Known)
    }

    /// Who looks with an account of their own for each picture: the suite's log-in is asked for each. What such a flow
    /// changes nobody else sees, so it needs to restore nothing, and no order matters.
    #[must_use]
    pub fn seen_by_newcomers<V: Into<String>>(self, viewers: impl IntoIterator<Item = V>) -> Self {
        self.entered(viewers, Entry::Newcomer)
    }

    /// Who looks without a log-in.
    #[must_use]
    pub fn seen_by_visitors<V: Into<String>>(self, viewers: impl IntoIterator<Item = V>) -> Self {
        self.entered(viewers, Entry::Visitor)
    }

    fn entered<V: Into<String>>(mut self, viewers: impl IntoIterator<Item = V>, entry: Entry) -> Self {
        self.viewers.extend(viewers.into_iter().map(|name| Viewer { name: name.into(), entry }));
        self
    }

    /// Through which windows, when not through the suite's.
    #[must_use]
    pub fn through(mut self, viewports: impl IntoIterator<Item = Viewport>) -> Self {
        self.viewports.extend(viewports);
        self
    }

    /// As [`Step::only_for`], on every page of this flow.
    #[must_use]
    pub fn only_for<V: Into<String>>(
        mut self,
        selector: impl Into<String>,
        viewers: impl IntoIterator<Item = V>,
    ) -> Self {
        self.reserved.push(reserved(selector, viewers));
        self
    }

    /// Opens the page at this path of the app and pictures it under this name once it is ready and at rest.
    #[must_use]
    pub fn pictures(self, path: &str, step: &str) -> Self {
        self.step(Step::at(path, step))
    }

    /// Adds a step that says more than where and how it is called.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Goes on from the step before: does what that did, then this, and pictures it again under this name. Each picture
    /// walks the whole way by itself, so that any of them can be taken alone and none hangs on another's fate.
    ///
    /// # Panics
    /// When there is no step before.
    #[must_use]
    pub fn then(mut self, step: &str, actions: impl IntoIterator<Item = Action>) -> Self {
        let before = self.steps.last().expect("a step goes on from another").clone();
        self.steps.push(Step { name: step.to_owned(), ..before }.after(actions));
        self
    }

    /// Judges all pictures of this flow by a rule of their own; a step's rule comes before it.
    #[must_use]
    pub fn judged(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }
}

fn reserved<V: Into<String>>(selector: impl Into<String>, viewers: impl IntoIterator<Item = V>) -> Reserved {
    Reserved { selector: selector.into(), viewers: viewers.into_iter().map(Into::into).collect() }
}
