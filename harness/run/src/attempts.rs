//! Judges a picture, and again where it failed and the run asks for it. What passes only then is flaky: a retry never
//! makes a picture pass in silence.

use harness_model::{Attempt, PictureReport, VerdictName};

use crate::{Settings, message};

/// The verdict of up to as many attempts as the settings allow. `judge` is given the number of the attempt, from 1.
pub(crate) fn judged(settings: &Settings, mut judge: impl FnMut(u32) -> PictureReport) -> PictureReport {
    let mut report = judge(1);
    let mut attempts = vec![attempt(&report)];
    for number in 2..=settings.attempts() {
        if !is_worth_another(&report) {
            break;
        }
        let again = judge(number);
        attempts.push(attempt(&again));
        if !again.fails() {
            report = flaky(report, &again, settings.allow_flaky);
        }
    }
    if attempts.len() > 1 {
        report.attempts = attempts;
    }
    report
}

/// A picture without a baseline has none the next time either, and what leaked once has leaked.
fn is_worth_another(report: &PictureReport) -> bool {
    report.fails() && !matches!(report.verdict, VerdictName::New | VerdictName::Flaky | VerdictName::Leak)
}

fn attempt(report: &PictureReport) -> Attempt {
    Attempt { verdict: report.verdict, diff_pixels: report.diff_pixels, ms: report.ms }
}

/// What failed first and passed then. The picture that failed is the one to look at.
fn flaky(first: PictureReport, again: &PictureReport, allowed: bool) -> PictureReport {
    let message = message::flaky(first.verdict, again.verdict, first.message.as_deref().unwrap_or_default());
    PictureReport { verdict: VerdictName::Flaky, message: Some(message), allowed, ..first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use VerdictName::{Changed, Error, Flaky, Identical, Leak, NeverSettled, New, PassedWithChange};

    /// What comes of these findings, one an attempt: the verdict, whether it fails, and how many attempts there were.
    fn of(retries: u32, allow_flaky: bool, findings: &[VerdictName]) -> (VerdictName, bool, usize) {
        let settings = Settings { retries, allow_flaky, ..Settings::default() };
        let mut made = 0;
        let report = judged(&settings, |number| {
            made += 1;
            assert_eq!(number as usize, made);
            let told = serde_json::json!({
                "key": "a/b/c-d", "verdict": findings[made - 1], "diff_pixels": number, "ratio": 0.0,
                "settled": "matched", "retries": 0, "ms": 1, "url": "",
            });
            serde_json::from_value(told).unwrap()
        });
        assert_eq!(report.diff_pixels, 1, "the first attempt is the one that is shown");
        assert_eq!(report.attempts.len(), if made > 1 { made } else { 0 });
        (report.verdict, report.fails(), made)
    }

    #[test]
    fn the_table_holds() {
        assert_eq!(of(0, false, &[Changed]), (Changed, true, 1));
        assert_eq!(of(2, false, &[Identical]), (Identical, false, 1));
        assert_eq!(of(2, true, &[Leak]), (Leak, true, 1));
        assert_eq!(of(2, false, &[New]), (New, true, 1));
        assert_eq!(of(2, false, &[Changed, Identical]), (Flaky, true, 2));
        assert_eq!(of(2, true, &[Changed, Identical]), (Flaky, false, 2));
        assert_eq!(of(2, true, &[NeverSettled, Error, PassedWithChange]), (Flaky, false, 3));
        assert_eq!(of(2, true, &[Changed, Changed, Changed]), (Changed, true, 3));
    }
}
