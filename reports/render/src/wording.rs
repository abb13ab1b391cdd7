//! Numbers and verdicts in words, so that the terminal and the page tell a picture alike.

use harness_model::{PictureReport, Region, RunReport, Summary, VerdictName};

/// A verdict as people read it; lower case, for use within a line.
pub(crate) fn verdict(name: VerdictName) -> &'static str {
    match name {
        VerdictName::Leak => "leak",
        VerdictName::Error => "error",
        VerdictName::NeverSettled => "never settled",
        VerdictName::SizeChanged => "size changed",
        VerdictName::Changed => "changed",
        VerdictName::Flaky => "flaky",
        VerdictName::New => "new",
        VerdictName::PassedWithChange => "passed with a change",
        VerdictName::Passed => "passed",
        VerdictName::Identical => "identical",
    }
}

/// Whether a picture with this verdict is to be told one by one: it failed, or it passed with a change that is no noise.
pub(crate) fn is_told(name: VerdictName) -> bool {
    !name.passes() || name == VerdictName::PassedWithChange
}

/// Whether a person should still look at this picture. What the run was told to accept has been looked at.
#[must_use]
pub fn needs_look(picture: &PictureReport) -> bool {
    is_told(picture.verdict) && !picture.accepted
}

/// A run's pictures, those that need a look first; among equal verdicts the largest difference first.
pub(crate) fn in_order(run: &RunReport) -> Vec<&PictureReport> {
    let rank = |p: &PictureReport| VerdictName::ALL.iter().position(|name| *name == p.verdict);
    let mut pictures: Vec<_> = run.pictures.iter().collect();
    pictures.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then_with(|| b.ratio.total_cmp(&a.ratio)).then_with(|| a.key.cmp(&b.key))
    });
    pictures
}

/// How many pictures of `summary` have this verdict.
pub(crate) fn count(summary: &Summary, name: VerdictName) -> usize {
    match name {
        VerdictName::Leak => summary.leak,
        VerdictName::Error => summary.error,
        VerdictName::NeverSettled => summary.never_settled,
        VerdictName::SizeChanged => summary.size_changed,
        VerdictName::Changed => summary.changed,
        VerdictName::Flaky => summary.flaky,
        VerdictName::New => summary.new,
        VerdictName::PassedWithChange => summary.passed_with_change,
        VerdictName::Passed => summary.passed,
        VerdictName::Identical => summary.identical,
    }
}

/// A share in percent with five digits. What is not nothing never reads as nothing.
pub(crate) fn percent(ratio: f64) -> String {
    let text = format!("{:.5} %", ratio * 100.0);
    if ratio > 0.0 && text == "0.00000 %" { "<0.00001 %".to_owned() } else { text }
}

/// A span of time: `840 ms`, `24.3 s`, `4 min 05 s`, `1 h 02 min`.
pub(crate) fn duration(ms: u64) -> String {
    // Whole tenths first, so that 59 960 ms is a minute and not "60.0 s".
    let tenths = (ms + 50) / 100;
    let seconds = (ms + 500) / 1000;
    match ms {
        0..1_000 => format!("{ms} ms"),
        _ if tenths < 600 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ if seconds < 3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// `1 picture`, `34 pictures`.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `120×40 at 24,310`.
pub(crate) fn place(region: Option<&Region>) -> String {
    region.map(|region| format!("{}×{} at {},{}", region.w, region.h, region.x, region.y)).unwrap_or_default()
}

/// `text` cut to this many characters, with an ellipsis where something is missing.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// The region with the most differing pixels.
pub(crate) fn largest(picture: &PictureReport) -> Option<&Region> {
    picture.comparison.as_ref()?.regions.iter().max_by_key(|region| region.pixels)
}

/// `text` with control characters, among them those that turn the direction of writing, spelt out: a page's title or an
/// app's message must not steer the reader's terminal.
#[must_use]
pub fn visible(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c == '\t' {
            out.push(' ');
        } else if steers(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_five_digits_and_never_hide_a_pixel() {
        let cases = [
            (0.0, "0.00000 %"),
            (0.002, "0.20000 %"),
            (0.002_632_716, "0.26327 %"),
            (1.0 / 1_296_000.0, "0.00008 %"),
            (1.0 / 80_000_000.0, "<0.00001 %"),
            (1.0, "100.00000 %"),
        ];
        for (ratio, text) in cases {
            assert_eq!(percent(ratio), text);
        }
    }

    #[test]
    fn time_is_told_in_the_unit_that_fits() {
        let cases = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (24_349, "24.3 s"),
            (59_949, "59.9 s"),
            (59_960, "1 min 00 s"),
            (245_000, "4 min 05 s"),
            (3_599_600, "1 h 00 min"),
            (3_720_000, "1 h 02 min"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(ms), text, "{ms} ms");
        }
    }

    #[test]
    fn nothing_in_a_text_steers_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\tc"), "a\\u{1b}[31mb c");
        assert_eq!(visible("abc\u{202e}gnp.exe"), "abc\\u{202e}gnp.exe");
        assert_eq!(visible("grüße, שלום"), "grüße, שלום");
    }
}
