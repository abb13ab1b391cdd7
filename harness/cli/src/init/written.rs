//! The config as text, with comments that say what was found and what else there is. Pure.

use std::{fmt::Write as _, path::Path};

use super::findings::{Findings, FoundPage, Proposed};

/// Paths that are named beyond the pages that are pictured.
const MORE_SHOWN: usize = 20;

/// The config for what was found, to be written at `path`.
pub(crate) fn text(found: &Findings, path: &Path) -> String {
    let config = if path == Path::new("visual.toml") { String::new() } else { format!(" --config {}", path.display()) };
    let mut text = format!(
        "# What is looked at, and how. Written by `visual init` from what it saw; every line may be changed.\n\
         #   visual update{config}   takes the first pictures, and accepts what changed\n\
         #   visual check{config}    compares\n\n\
         url = {}\n\
         # The first part of the pictures' names.\n\
         name = \"site\"\n\
         # Windows: desktop is 1440 wide, mobile a phone, tablet 768 wide; or one of your own:\n\
         #   {{ name = \"wide\", width = 1920, height = 1080, scale = 1.0, mobile = false }}\n\
         viewports = [\"desktop\", \"mobile\"]\n",
        quoted(&found.site)
    );
    text.push_str(&ready(found));
    let _ = write!(
        text,
        "\n# Every page believes in this moment, place and language.\n[world]\nnow = \"2026-03-02T18:00:00Z\"\n\
         time-zone = \"Europe/Berlin\"\nlocale = {}\n# dark = true\n",
        quoted(&found.locale)
    );
    match found.closed_hosts.as_slice() {
        [] => text.push_str(
            "# Pages reach no host but the site's own, unless it is named:\n# reachable-hosts = [\"cdn.example\"]\n",
        ),
        hosts => {
            let hosts: Vec<String> = hosts.iter().map(|host| quoted(host)).collect();
            let _ = write!(
                text,
                "# Pages asked for these hosts and did not reach them; what they send may change any day.\n# reachable-hosts = [{}]\n",
                hosts.join(", ")
            );
        }
    }
    text.push_str(&masks(found));
    text.push_str(&pages(found));
    text.push_str(&log_in(found));
    text
}

fn ready(found: &Findings) -> String {
    match &found.calm {
        Some(calm) => format!(
            "# A page counts as ready once this matches: every page has it when it is busy no more.\nready = {}\n",
            quoted(calm)
        ),
        None => "# A selector that matches once a page shows its content, if waiting for rest is not enough. An element with\n\
                 # aria-busy=\"true\" is waited for anyway.\n# ready = \"main\"\n"
            .to_owned(),
    }
}

fn masks(found: &Findings) -> String {
    let mut text = String::new();
    match found.masks.as_slice() {
        [] => text.push_str(
            "\n# Nothing differed between two visits. What will is masked so:\n# [[mask]]\n# selector = \".visits\"\n",
        ),
        masks => {
            text.push_str("\n# What was another on the second visit.\n");
            for mask in masks {
                text.push_str(&entry(mask, ""));
            }
        }
    }
    if found.beyond > 0 {
        let _ = writeln!(text, "# {} more elements differed: is the page made anew on each visit?", found.beyond);
    }
    if !found.times.is_empty() {
        text.push_str(
            "\n# These tell a time, and were the same on both visits. The page's own clock is frozen; a time that the server\n\
             # writes is not: mask it if it is today's.\n",
        );
        for time in &found.times {
            text.push_str(&entry(time, "# "));
        }
    }
    text
}

fn entry(mask: &Proposed, mark: &str) -> String {
    let shown =
        if mask.text.trim().is_empty() { String::new() } else { format!(", showed {}", quoted(mask.text.trim())) };
    let mut text = format!("{mark}[[mask]]\n{mark}selector = {}   # on {}{shown}\n", quoted(&mask.selector), mask.page);
    if let Some([width, height]) = mask.placeholder {
        let _ = writeln!(
            text,
            "{mark}placeholder = [{width}, {height}]   # its size differed too, and pushed what is around it"
        );
    }
    if let Some(most) = mask.at_most {
        let _ = writeln!(text, "{mark}at-most = {most}   # percent of a picture, where 25 is usual");
    }
    let _ = writeln!(text, "{mark}optional = true   # only some pages have it");
    text
}

fn pages(found: &Findings) -> String {
    let mut text = String::from(
        "\n# A page may also have steps before its picture, masks and a rule of its own, or be pictured in part:\n\
         #   steps = [{ into = \"#query\", type = \"mint\" }, { click = \"button\" }, { wait-for = \".found\" }]\n\
         #   element = \".card\"\n",
    );
    for page in &found.pages {
        text.push_str(&page_entry(page));
    }
    if !found.more.is_empty() {
        let _ = writeln!(
            text,
            "\n# {} more are linked and were not looked at (--pages N looks at more):",
            found.more.len()
        );
        for path in found.more.iter().take(MORE_SHOWN) {
            let _ = writeln!(text, "#   {}", one_line(path));
        }
        if found.more.len() > MORE_SHOWN {
            text.push_str("#   …\n");
        }
    }
    text
}

fn page_entry(page: &FoundPage) -> String {
    let mark = if page.kept() { "" } else { "# " };
    let mut text = String::from("\n");
    if !page.unrest.is_empty() {
        let _ = writeln!(text, "# It does not hold still yet: {}", one_line(&page.unrest.join("; ")));
    }
    let _ = write!(text, "{mark}[[page]]\n{mark}name = {}\n{mark}path = {}\n", quoted(&page.name), quoted(&page.path));
    text
}

fn log_in(found: &Findings) -> String {
    let Some((path, form)) = &found.log_in else { return String::new() };
    let user = form.user.as_ref().map_or_else(String::new, |user| {
        format!("#   {{ into = {}, type = \"somebody@example.org\" }},\n", quoted(user))
    });
    let submit = form.submit.as_deref().unwrap_or("button");
    format!(
        "\n# Somebody can log in. The password stays in the environment, here in SITE_PASSWORD; `until` is what only\n\
         # somebody who is logged in can see.\n# [log-in]\n# path = {}\n# steps = [\n{user}#   {{ into = {}, type-secret = \
         \"SITE_PASSWORD\" }},\n#   {{ click = {} }},\n# ]\n# until = \".account\"\n",
        quoted(path),
        quoted(&form.password),
        quoted(submit)
    )
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(one_line(text)).to_string()
}

/// What a page says may hold anything; a comment and an entry end with their line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use harness_capture::LogInForm;

    use super::*;
    use crate::config;

    fn found() -> Findings {
        Findings {
            site: "http://a.example/".into(),
            pages: vec![
                FoundPage { name: "start".into(), path: "/".into(), first: true, ..FoundPage::default() },
                FoundPage {
                    name: "b".into(),
                    path: "/b?\"c\"".into(),
                    unrest: vec!["1 mutation\nin x".into()],
                    first: false,
                },
            ],
            masks: vec![Proposed {
                selector: "[data-testid=\"a\"]".into(),
                text: "\"17\n".into(),
                page: "start".into(),
                placeholder: Some([90, 20]),
                at_most: Some(40),
            }],
            times: vec![Proposed { selector: "time".into(), page: "start".into(), ..Proposed::default() }],
            beyond: 3,
            calm: Some("main[aria-busy=\"false\"]".into()),
            log_in: Some((
                "/in".into(),
                LogInForm { user: Some("#user".into()), password: "#pass".into(), submit: None },
            )),
            locale: "en-GB".into(),
            closed_hosts: vec!["cdn.example".into()],
            more: (0..30).map(|n| format!("/post/{n}")).collect(),
        }
    }

    fn uncommented(text: &str) -> String {
        let wanted = [
            "# [",
            "# name",
            "# path",
            "# selector",
            "# optional",
            "# steps",
            "#   {",
            "# ]",
            "# until",
            "# reachable",
        ];
        let line = |line: &str| match wanted.iter().any(|start| line.starts_with(start)) {
            true => line.trim_start_matches('#').to_owned(),
            false => line.to_owned(),
        };
        text.lines().filter(|line| !line.starts_with("#   {{")).map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_written_is_a_config_with_and_without_its_comments() {
        let text = text(&found(), Path::new("visual.toml"));
        let config = config::parse(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        assert_eq!((config.pages.len(), config.masks.len(), config.log_in.is_some()), (1, 1, false), "{text}");
        assert_eq!(config.ready.as_deref(), Some("main[aria-busy=\"false\"]"));
        assert_eq!(config.masks[0].mask().unwrap().limit, 40);

        // Without the line that shows a window of one's own in the middle of the comments.
        let whole = uncommented(&text)
            .replace("  { name = \"wide\", width = 1920, height = 1080, scale = 1.0, mobile = false }\n", "");
        let config = config::parse(&whole).unwrap_or_else(|why| panic!("{why}\n{whole}"));
        assert_eq!((config.pages.len(), config.masks.len()), (2, 2), "{whole}");
        assert_eq!(config.log_in.unwrap().steps.len(), 3);
        assert_eq!(config.world.reachable_hosts, ["cdn.example"]);
        assert!(text.contains("# 30 more are linked") && text.contains("#   /post/19\n#   …\n"), "{text}");
    }

    #[test]
    fn a_site_of_which_nothing_is_known_has_a_config_too() {
        let pages = vec![FoundPage { name: "start".into(), path: "/".into(), first: true, ..FoundPage::default() }];
        let found = Findings { site: "http://a.example/".into(), locale: "de-DE".into(), pages, ..Findings::default() };
        let text = text(&found, Path::new("a b.toml"));
        let config = config::parse(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        assert!(config.masks.is_empty() && config.ready.is_none());
        assert!(text.contains("visual check --config a b.toml"), "{text}");
    }
}
