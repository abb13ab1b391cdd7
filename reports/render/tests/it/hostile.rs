//! Texts that an app could say of itself to get out of whatever a form puts them in.

use harness_model::{PictureReport, VerdictName};

use crate::sample::{caused_by, picture};

pub(crate) const ATTACKS: [&str; 10] = [
    "</script><script>alert(1)</script>",
    "]]><testcase name=\"x\"/><!--",
    "\"/><failure message='x'>&amp;&#0;",
    "\u{0}\u{8}\u{1b}[2J\u{b}\u{fffe}\u{ffff}",
    "\u{202e}txt.exe\u{2066} שלום مرحبا",
    "line\r\n::error::forged%0A::set-output name=x::y",
    "</details></summary>\n\n# big\n\n| a | b |\n|---|---|",
    "@everyone [click](https://elsewhere.test) ![x](http://x.test/y.png) `code` **bold** #1 <img src=x onerror=y>",
    "https://elsewhere.test/?a=b,c:d",
    "--><script>",
];

/// Pictures whose message, cause and address are that text.
pub(crate) fn pictures(attack: &str) -> Vec<PictureReport> {
    [VerdictName::Error, VerdictName::Changed, VerdictName::PassedWithChange]
        .into_iter()
        .map(|verdict| {
            let mut picture = picture(&format!("todo/{}/anna-desktop", verdict.as_str().replace('_', "-")), verdict);
            picture.message = Some(attack.to_owned());
            picture.url = attack.to_owned();
            picture.page_errors.add_console(attack);
            picture.page_errors.add_failed_request(attack);
            if verdict != VerdictName::Error {
                caused_by(&mut picture, &[attack]);
            }
            picture
        })
        .collect()
}
