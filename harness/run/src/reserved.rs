//! Controls that are for some viewers alone. One that another viewer is given is a leak: a verdict of its own, which no
//! approval and no update of baselines makes pass.

/// A control and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reserved {
    /// The CSS selector that finds it.
    pub(crate) selector: String,
    /// Who should have it.
    pub(crate) viewers: Vec<String>,
}

/// What is wrong with who has which control.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Somebody has what is for others.
    Leak(String),
    /// Somebody lacks what is for them.
    Lacking(String),
}

/// The first fault of a page that this viewer sees, a leak before all else; `found` tells of each control whether it is in
/// the page's document. What is hidden by a style is in the document all the same, for whoever looks.
pub(crate) fn fault(reserved: &[Reserved], found: &[bool], viewer: &str) -> Option<Fault> {
    let entries = || {
        reserved
            .iter()
            .zip(found)
            .map(|(control, found)| (control, control.viewers.iter().any(|v| v == viewer), *found))
    };
    let leak = entries().find(|(_, entitled, found)| *found && !entitled).map(|(control, ..)| {
        let selector = &control.selector;
        let whom = match control.viewers.as_slice() {
            [] => "nobody who looks at this page".to_owned(),
            some => format!("{} alone", some.join(", ")),
        };
        Fault::Leak(format!(
            "`{selector}` is for {whom}, and another viewer's page holds it\n\
             help: keep it from that page; if {viewer} may have it, name {viewer} in the flow's `only_for`"
        ))
    });
    let lacking = || {
        entries().find(|(_, entitled, found)| *entitled && !found).map(|(control, ..)| {
            let selector = &control.selector;
            Fault::Lacking(format!(
                "`{selector}` is meant for {viewer} and is not on this page\n\
                 help: see whether it was renamed or removed; `only_for` in the flow says who should have it"
            ))
        })
    };
    leak.or_else(lacking)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(found: [bool; 2], viewer: &str) -> Option<Fault> {
        let control = |selector: &str, viewers: &[&str]| Reserved {
            selector: selector.into(),
            viewers: viewers.iter().map(ToString::to_string).collect(),
        };
        fault(&[control("#invite", &["anna"]), control("#rule", &[])], &found, viewer)
    }

    #[test]
    fn who_has_which_control_is_judged() {
        assert_eq!(told([true, false], "anna"), None);
        assert_eq!(told([false, false], "ben"), None);
        let Some(Fault::Leak(leak)) = told([true, false], "ben") else { panic!("no leak") };
        assert!(leak.starts_with("`#invite` is for anna alone, and another viewer's page holds it\nhelp: "), "{leak}");
        let Some(Fault::Leak(leak)) = told([false, true], "anna") else { panic!("a leak comes first") };
        assert!(leak.starts_with("`#rule` is for nobody who looks at this page"), "{leak}");
        let Some(Fault::Lacking(lacking)) = told([false, false], "anna") else { panic!("nothing lacks") };
        assert!(lacking.starts_with("`#invite` is meant for anna and is not on this page"), "{lacking}");
    }
}
