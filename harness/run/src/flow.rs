//! A flow: who opens which pages, and what each picture is called.

use harness_capture::{Action, Mask, Target};

use crate::Rule;

/// What some viewers do, with a picture at each step.
#[derive(Debug, Clone)]
pub struct Flow {
    pub(crate) name: String,
    pub(crate) viewers: Vec<String>,
    pub(crate) steps: Vec<Step>,
    pub(crate) rule: Option<Rule>,
}

/// A page and the name of its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) actions: Vec<Action>,
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
        Self { name: name.to_owned(), viewers: Vec::new(), steps: Vec::new(), rule: None }
    }

    /// Who looks; each of them gets pictures of their own.
    #[must_use]
    pub fn seen_by<V: Into<String>>(mut self, viewers: impl IntoIterator<Item = V>) -> Self {
        self.viewers.extend(viewers.into_iter().map(Into::into));
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

    /// Judges all pictures of this flow by a rule of their own; a step's rule comes before it.
    #[must_use]
    pub fn judged(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }
}
