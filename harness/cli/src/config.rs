//! `visual.toml`: a site, its windows, pages, masks and log-in, in the words of the file.
//!
//! Unknown keys are refused with the nearest known one. Secrets are named by environment variables and never stand here.

use std::{
    fs,
    path::{Path, PathBuf},
};

use harness_run::{Action, GateKind, Mask, MaskForm, Rule, Viewport};
use serde::Deserialize;

use crate::error::CliError;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// The site's address.
    pub(crate) url: Option<url::Url>,
    /// A folder of files to serve instead, relative to the file.
    pub(crate) serve: Option<PathBuf>,
    /// The first part of the pictures' names.
    #[serde(default = "site")]
    pub(crate) name: String,
    /// Who looks, in the pictures' names.
    #[serde(default = "guest")]
    pub(crate) viewer: String,
    /// Names of known windows, or windows of one's own.
    #[serde(default = "windows")]
    pub(crate) viewports: Vec<Window>,
    /// The browser that takes the pictures; VISUAL_BROWSER comes first.
    pub(crate) browser: Option<String>,
    /// A selector that matches once a page shows its content.
    pub(crate) ready: Option<String>,
    /// How long a page may take to come to rest.
    #[serde(default = "settle_seconds")]
    pub(crate) settle_seconds: u64,
    /// Where baselines are, relative to the file.
    #[serde(default = "snapshots")]
    pub(crate) snapshots: PathBuf,
    /// Where run file and report go, relative to the file.
    #[serde(default = "output")]
    pub(crate) output: PathBuf,
    #[serde(default)]
    pub(crate) world: World,
    #[serde(default, rename = "mask")]
    pub(crate) masks: Vec<MaskEntry>,
    #[serde(rename = "page")]
    pub(crate) pages: Vec<Page>,
    pub(crate) log_in: Option<LogIn>,
}

fn site() -> String {
    "site".to_owned()
}

fn guest() -> String {
    "guest".to_owned()
}

fn windows() -> Vec<Window> {
    ["desktop", "mobile"].map(|name| Window::Known(name.to_owned())).into()
}

fn settle_seconds() -> u64 {
    15
}

fn snapshots() -> PathBuf {
    "snapshots".into()
}

fn output() -> PathBuf {
    "target/visual".into()
}

/// What every page believes in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct World {
    pub(crate) now: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) locale: Option<String>,
    #[serde(default)]
    pub(crate) dark: bool,
    /// Hosts besides the site's own that pages may reach.
    #[serde(default)]
    pub(crate) reachable_hosts: Vec<String>,
}

/// A window.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Window {
    Known(String),
    Own(Viewport),
}

impl Window {
    pub(crate) fn viewport(&self) -> Result<Viewport, String> {
        match self {
            Self::Own(viewport) => Ok(viewport.clone()),
            Self::Known(name) => match name.as_str() {
                "desktop" => Ok(Viewport::desktop()),
                "mobile" => Ok(Viewport::mobile()),
                "tablet" => Ok(Viewport::tablet()),
                _ => Err(format!("there is no window called `{name}`; there are desktop, mobile and tablet")),
            },
        }
    }
}

/// A mask.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct MaskEntry {
    selector: String,
    /// Left visible and not compared, rather than painted over.
    #[serde(default)]
    ignore: bool,
    /// Width and height of a box in its place.
    placeholder: Option<[u32; 2]>,
    /// Whether it may match nothing.
    #[serde(default)]
    optional: bool,
    /// The percentage of a picture that it may cover.
    at_most: Option<u32>,
}

impl MaskEntry {
    pub(crate) fn mask(&self) -> Result<Mask, String> {
        let mut mask = Mask::new(&self.selector);
        mask.form = match (self.ignore, self.placeholder) {
            (true, Some(_)) => {
                return Err(format!("the mask `{}` cannot both ignore and be a placeholder", self.selector));
            }
            (true, None) => MaskForm::Ignored,
            (false, Some([width, height])) => MaskForm::Placeholder { width, height },
            (false, None) => MaskForm::Painted,
        };
        mask.optional = self.optional;
        mask.limit = self.at_most.unwrap_or(mask.limit);
        Ok(mask)
    }
}

/// A page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) steps: Vec<StepEntry>,
    #[serde(default, rename = "mask")]
    pub(crate) masks: Vec<MaskEntry>,
    pub(crate) rule: Option<RuleEntry>,
}

/// A rule of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RuleEntry {
    reason: String,
    threshold: Option<f64>,
    ratio: Option<f64>,
    gate: Option<GateEntry>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum GateEntry {
    Ratio,
    Regions,
}

impl RuleEntry {
    pub(crate) fn rule(&self) -> Rule {
        let mut rule = Rule::because(&self.reason);
        if let Some(threshold) = self.threshold {
            rule = rule.threshold(threshold);
        }
        if let Some(ratio) = self.ratio {
            rule = rule.ratio(ratio);
        }
        match self.gate {
            Some(GateEntry::Regions) => rule.gate(GateKind::Regions),
            Some(GateEntry::Ratio) => rule.gate(GateKind::Ratio),
            None => rule,
        }
    }
}

/// What is done on a page: one of `click`, `wait-for`, or `into` with `type` or `type-secret`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct StepEntry {
    click: Option<String>,
    wait_for: Option<String>,
    into: Option<String>,
    r#type: Option<String>,
    /// The environment variable that holds what is typed.
    type_secret: Option<String>,
}

impl StepEntry {
    pub(crate) fn action(&self, variable: &impl Fn(&str) -> Option<String>) -> Result<Action, String> {
        match (&self.click, &self.wait_for, &self.into, &self.r#type, &self.type_secret) {
            (Some(click), None, None, None, None) => Ok(Action::Click(click.clone())),
            (None, Some(wait), None, None, None) => Ok(Action::WaitFor(wait.clone())),
            (None, None, Some(into), Some(text), None) => Ok(Action::Type { into: into.clone(), text: text.clone() }),
            (None, None, Some(into), None, Some(name)) => match variable(name) {
                Some(text) => Ok(Action::Type { into: into.clone(), text }),
                None => Err(format!("the step that types into `{into}` wants the variable {name}, which is not set")),
            },
            _ => Err("a step is one of: click; wait-for; into with type or type-secret".to_owned()),
        }
    }
}

/// How the viewer logs in, once a run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LogIn {
    pub(crate) path: String,
    pub(crate) steps: Vec<StepEntry>,
    /// What can be seen once the log-in is done.
    pub(crate) until: String,
}

/// Reads the file.
pub(crate) fn read(path: &Path) -> Result<Config, CliError> {
    let text = fs::read_to_string(path).map_err(|source| CliError::NoConfig { path: path.to_owned(), source })?;
    parse(&text).map_err(|why| CliError::Config { path: path.to_owned(), why })
}

fn parse(text: &str) -> Result<Config, String> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let told = error.to_string();
        match nearest(error.message()) {
            Some(known) => format!("{}\nhelp: did you mean `{known}`?", told.trim_end()),
            None => told.trim_end().to_owned(),
        }
    })?;
    match (&config.url, &config.serve) {
        (Some(_), None) | (None, Some(_)) => {}
        _ => return Err("give either `url`, a site that runs, or `serve`, a folder of files".to_owned()),
    }
    if config.pages.is_empty() {
        return Err("there is no [[page]], so nothing would be looked at".to_owned());
    }
    Ok(config)
}

/// The known key that is nearest to the unknown one of which the parser says which it expected.
fn nearest(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| message.starts_with("unknown field"))?;
    let near = |known: &&str| strsim::damerau_levenshtein(unknown, known);
    quoted.min_by_key(near).filter(|known| near(known) <= unknown.len().max(4) / 2).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "url = 'http://localhost:8000/'\n[[page]]\nname = 'start'\npath = '/'\n";

    #[test]
    fn ten_lines_are_a_config() {
        let config = parse(LEAST).unwrap();
        assert_eq!((config.pages.len(), config.viewports.len(), config.name.as_str()), (1, 2, "site"));
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        for (text, known) in [
            (format!("viewport = ['desktop']\n{LEAST}"), "viewports"),
            (format!("{LEAST}stepps = []\n"), "steps"),
            (format!("{LEAST}[[mask]]\nselektor = 'p'\n"), "selector"),
            (format!("{LEAST}[world]\ntimezone = 'UTC'\n"), "time-zone"),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.contains("unknown field") && error.ends_with(&format!("did you mean `{known}`?")), "{error}");
        }
        let far = parse(&format!("colour-of-the-sky = 1\n{LEAST}")).unwrap_err();
        assert!(!far.contains("did you mean"), "{far}");
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let entry = |text: &str| toml::from_str::<StepEntry>(text).unwrap().action(&|_| None);
        assert_eq!(entry("click = 'a'").unwrap(), Action::Click("a".into()));
        assert!(entry("click = 'a'\nwait-for = 'b'").unwrap_err().contains("a step is one of"));
        assert!(entry("into = 'a'\ntype-secret = 'PASS'").unwrap_err().contains("the variable PASS, which is not set"));
        let mask = |text: &str| toml::from_str::<MaskEntry>(text).unwrap().mask();
        assert!(mask("selector = 'a'\nignore = true\nplaceholder = [1, 2]").unwrap_err().contains("cannot both"));
        assert!(parse("[[page]]\nname = 'a'\npath = '/'\n").unwrap_err().contains("either `url`"));
        assert!(Window::Known("watch".into()).viewport().unwrap_err().contains("desktop, mobile and tablet"));
    }
}
