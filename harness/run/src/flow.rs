//! A flow: who opens which pages, and what each picture is called.

/// What some viewers do, with a picture at each step.
#[derive(Debug, Clone)]
pub struct Flow {
    pub(crate) name: String,
    pub(crate) viewers: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// A page and the name of its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub(crate) name: String,
    pub(crate) path: String,
}

impl Flow {
    /// A flow of this name, the first part of its pictures' names.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), viewers: Vec::new(), steps: Vec::new() }
    }

    /// Who looks; each of them gets pictures of their own.
    #[must_use]
    pub fn seen_by<V: Into<String>>(mut self, viewers: impl IntoIterator<Item = V>) -> Self {
        self.viewers.extend(viewers.into_iter().map(Into::into));
        self
    }

    /// Opens the page at this path of the app and pictures it under this name once it is ready and at rest.
    #[must_use]
    pub fn pictures(mut self, path: &str, step: &str) -> Self {
        self.steps.push(Step { name: step.to_owned(), path: path.to_owned() });
        self
    }
}
