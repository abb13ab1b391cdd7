//! A rule of its own for a flow or a picture, which says why.

use harness_compare::{Gate, GateKind, Options};
use harness_model::RuleReport;

use crate::RunError;

/// How a flow or a picture is judged, when not like the others. The reason is told wherever the verdict is.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    reason: String,
    threshold: Option<f64>,
    ratio: Option<f64>,
    kind: Option<GateKind>,
}

impl Rule {
    /// A rule that changes nothing yet, for this reason.
    #[must_use]
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), threshold: None, ratio: None, kind: None }
    }

    /// How far two colours may lie apart before a pixel differs: 0 to 1.
    #[must_use]
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = Some(threshold);
        self
    }

    /// The share of differing pixels above which the picture fails: 0 to 1.
    #[must_use]
    pub fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = Some(ratio);
        self
    }

    /// What the picture is failed by: [`GateKind::Regions`] fails it for any change that stands together.
    #[must_use]
    pub fn gate(mut self, kind: GateKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Refuses a rule without a reason, without an effect, or with numbers that are none.
    pub(crate) fn check(&self, whose: &str) -> Result<(), RunError> {
        let refuse = |why: String| Err(RunError::Config(format!("the rule of {whose} {why}")));
        if self.reason.trim().is_empty() {
            return refuse("gives no reason; say why it is not judged like the others".to_owned());
        }
        if (self.threshold, self.ratio, self.kind) == (None, None, None) {
            return refuse("changes nothing; give it a threshold, a ratio or a gate".to_owned());
        }
        for (name, number) in [("threshold", self.threshold), ("ratio", self.ratio)] {
            if let Some(number) = number.filter(|number| !(0.0..=1.0).contains(number)) {
                return refuse(format!("has the {name} {number}; it must lie between 0 and 1"));
            }
        }
        Ok(())
    }

    /// What the suite says, as far as this rule does not say otherwise.
    pub(crate) fn over(&self, gate: &Gate, options: &Options) -> (Gate, Options) {
        let gate = Gate { ratio: self.ratio.unwrap_or(gate.ratio), kind: self.kind.unwrap_or(gate.kind) };
        (gate, Options { threshold: self.threshold.unwrap_or(options.threshold), ..*options })
    }

    /// The rule for the report, with all that held.
    pub(crate) fn told(&self, gate: &Gate, options: &Options) -> RuleReport {
        let (gate, options) = self.over(gate, options);
        let kind = match gate.kind {
            GateKind::Ratio => "ratio",
            GateKind::Regions => "regions",
        };
        RuleReport {
            threshold: options.threshold,
            ratio: gate.ratio,
            gate: kind.to_owned(),
            reason: self.reason.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_changes_what_it_names_and_nothing_else() {
        let (gate, options) = (Gate::default(), Options::default());
        let strict = Rule::because("small icons").gate(GateKind::Regions).threshold(0.0);
        let told = strict.told(&gate, &options);
        assert_eq!((told.threshold, told.ratio, told.gate.as_str()), (0.0, gate.ratio, "regions"));
        assert_eq!(strict.over(&gate, &options).1.antialiasing, options.antialiasing);
    }

    #[test]
    fn a_rule_without_reason_effect_or_sense_is_refused() {
        for (rule, part) in [
            (Rule::because(" ").ratio(0.1), "gives no reason"),
            (Rule::because("x"), "changes nothing"),
            (Rule::because("x").threshold(1.5), "has the threshold 1.5"),
            (Rule::because("x").ratio(f64::NAN), "has the ratio NaN"),
        ] {
            let error = rule.check("home").unwrap_err().to_string();
            assert!(error.starts_with("the rule of home ") && error.contains(part), "{error}");
        }
        assert!(Rule::because("x").ratio(0.0).check("home").is_ok());
    }
}
