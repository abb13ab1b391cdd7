//! What is to be reached.
//!
//! The original's figures were taken on another machine of two cores; they are given here as they were given, and
//! stand in the table under that name. Where it is too slow to be a measure, the target is a time or a size.

use std::time::Duration;

use crate::cases::Case;

/// Peak of the gateway, in MiB.
pub(crate) const GATEWAY_MIB: f64 = 64.0;

/// How many times the memory of a tick of few personas, and the time that it took for each, one of many may take: what
/// grows with the personas would be a hundred times as much.
pub(crate) const TICK_GROWTH: f64 = 1.25;

/// What a case has to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Target {
    /// So many times what the original does in a second.
    Rate { original: f64, times: f64 },
    /// Half of the calls take less.
    Median(Duration),
}

impl Target {
    /// The target of a case with so many clients, if it has one.
    pub(crate) fn of(case: Case, clients: usize) -> Option<Self> {
        let rates = |one: f64, eight: f64, times: f64| {
            let original = if clients == 1 { one } else { eight };
            Some(Self::Rate { original, times })
        };
        match case {
            Case::GetSession => rates(481.0, 1064.0, 3.0),
            Case::PushOne => rates(460.0, 788.0, 3.0),
            Case::PushMany => rates(340.0, 1770.0, 20.0),
            Case::Pull => rates(31.0, 52.0, 3.0),
            Case::ToolsList => rates(1592.0, 2600.0, 3.0),
            Case::InvalidCall => rates(3570.0, 7834.0, 3.0),
            Case::NotesCreate => rates(466.0, 596.0, 3.0),
            Case::HabitsList if clients == 1 => Some(Self::Median(Duration::from_millis(10))),
            Case::Alive | Case::HabitsList | Case::LogIn | Case::Records => None,
        }
    }

    /// Whether a load reached it.
    pub(crate) fn is_met(self, a_second: f64, p50: Duration) -> bool {
        match self {
            Self::Rate { original, times } => a_second >= original * times,
            Self::Median(most) => p50 < most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_met_from_its_multiple_on_and_a_median_below_its_time() {
        let target = Target::of(Case::PushMany, 8).unwrap();
        assert!(target.is_met(35_400.0, Duration::ZERO) && !target.is_met(35_399.0, Duration::ZERO));
        let target = Target::of(Case::HabitsList, 1).unwrap();
        assert!(target.is_met(0.0, Duration::from_micros(9999)) && !target.is_met(1e9, Duration::from_millis(10)));
        assert_eq!(Target::of(Case::LogIn, 1), None);
    }
}
