//! What tools are called before a model: providers allow letters, digits, `_` and `-`, at most 64 of them, while the
//! stack's tools have a dot.

use std::collections::BTreeMap;

/// Longest name that every provider takes.
const LONGEST: usize = 64;

/// The names of one day's tools, in both directions.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_shown: BTreeMap<String, String>,
}

impl Names {
    /// Shows each tool under a name of its own.
    pub(crate) fn of<'a>(tools: impl Iterator<Item = &'a str>) -> Self {
        let mut names = Self::default();
        for tool in tools {
            let plain: String = tool
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
                .take(LONGEST)
                .collect();
            let mut shown = plain.clone();
            for n in 2.. {
                if !names.by_shown.contains_key(&shown) {
                    break;
                }
                let suffix = format!("_{n}");
                shown = plain.chars().take(LONGEST - suffix.len()).chain(suffix.chars()).collect();
            }
            names.by_shown.insert(shown, tool.to_owned());
        }
        names
    }

    /// Under which name the tool is shown.
    pub(crate) fn shown(&self, tool: &str) -> Option<&str> {
        self.by_shown.iter().find(|(_, own)| *own == tool).map(|(shown, _)| shown.as_str())
    }

    /// Which tool is meant. A name that was not shown stays as it is: the gateway says what is wrong with it.
    pub(crate) fn meant(&self, shown: &str) -> String {
        self.by_shown.get(shown).cloned().unwrap_or_else(|| shown.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_has_one_allowed_name_and_is_found_by_it() {
        let long = "a.".repeat(60);
        let tools = ["todo.create", "todo_create", "todo-create", &long, &format!("{long}x"), "häufig"];
        let names = Names::of(tools.into_iter());
        assert_eq!(names.by_shown.len(), tools.len());
        for tool in tools {
            let shown = names.shown(tool).unwrap();
            assert!(shown.len() <= LONGEST && shown.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)));
            assert_eq!(names.meant(shown), tool);
        }
        assert_eq!(names.shown("todo.create"), Some("todo_create"));
        assert_eq!(names.shown("todo_create"), Some("todo_create_2"));
        assert_eq!(names.meant("mail_send"), "mail_send");
    }
}
