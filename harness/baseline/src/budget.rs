//! How much the baselines take, and how much they may. A repository that grows by pictures grows for everybody who clones
//! it, for ever; so there is a limit for all of them and one for each.

use std::{collections::HashMap, fs};

use harness_model::SnapshotKey;

use crate::{BaselineError, Store};

const MEBIBYTE: f64 = 1_048_576.0;

/// How many bytes baselines may take, with what lies beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// All of them together.
    pub all: u64,
    /// Each picture's file.
    pub each: u64,
}

/// How many bytes baselines take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sizes {
    /// How many pictures there are.
    pub pictures: usize,
    /// All their files, and what lies beside them.
    pub all: u64,
    /// The largest picture and its file's size.
    pub largest: Option<(SnapshotKey, u64)>,
    /// Pictures that equal another one to the byte, which git stores once.
    pub equal: usize,
}

impl Store {
    /// How much the baselines take.
    ///
    /// # Errors
    /// When a folder or file cannot be read.
    pub fn sizes(&self) -> Result<Sizes, BaselineError> {
        let mut sizes = Sizes::default();
        let mut same_size: HashMap<u64, Vec<SnapshotKey>> = HashMap::new();
        for key in self.keys()?.keys {
            let path = self.path(&key);
            let size = fs::metadata(&path).map_err(|source| BaselineError::Read { path, source })?.len();
            let beside = fs::metadata(self.outline_path(&key)).map_or(0, |file| file.len());
            sizes.pictures += 1;
            sizes.all += size + beside;
            if sizes.largest.as_ref().is_none_or(|(_, largest)| size > *largest) {
                sizes.largest = Some((key.clone(), size));
            }
            same_size.entry(size).or_default().push(key);
        }
        // Only files of one size need to be read to know whether they are equal.
        for keys in same_size.into_values().filter(|keys| keys.len() > 1) {
            let mut seen: Vec<Vec<u8>> = Vec::new();
            for key in keys {
                let path = self.path(&key);
                let bytes = fs::read(&path).map_err(|source| BaselineError::Read { path, source })?;
                if seen.contains(&bytes) {
                    sizes.equal += 1;
                } else {
                    seen.push(bytes);
                }
            }
        }
        Ok(sizes)
    }
}

impl Budget {
    /// Whether baselines of these sizes may be.
    ///
    /// # Errors
    /// [`BaselineError::OverBudget`] when they may not.
    pub fn check(&self, sizes: &Sizes) -> Result<(), BaselineError> {
        let over = |what: String, size: u64, limit: u64, help: &'static str| {
            let (size, limit) = (mebibytes(size), mebibytes(limit));
            Err(BaselineError::OverBudget { what, size, limit, help })
        };
        if let Some((key, size)) = sizes.largest.as_ref().filter(|(_, size)| *size > self.each) {
            let help = "picture less of that page, or mask what is no part of the test; else raise the suite's budget";
            return over(format!("the baseline {key} takes"), *size, self.each, help);
        }
        if sizes.all > self.all {
            let help = "see which flows and viewports earn their place; else raise the suite's budget";
            return over(format!("{} baselines take", sizes.pictures), sizes.all, self.all, help);
        }
        Ok(())
    }

    /// The budget and what of it is taken, on one line.
    #[must_use]
    pub fn told(&self, sizes: &Sizes) -> String {
        let largest = sizes.largest.as_ref().map_or_else(String::new, |(key, size)| {
            format!(", the largest {} of {} ({key})", mebibytes(*size), mebibytes(self.each))
        });
        let equal = match sizes.equal {
            0 => String::new(),
            1 => "; 1 equals another and is stored once".to_owned(),
            equal => format!("; {equal} equal another and are stored once"),
        };
        let (all, limit) = (mebibytes(sizes.all), mebibytes(self.all));
        format!("{} baselines take {all} of {limit}{largest}{equal}", sizes.pictures)
    }
}

/// Bytes as people read them.
fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / MEBIBYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { all: 48 << 20, each: 1 << 20 };

    fn sizes(all: u64, largest: u64) -> Sizes {
        let key = "home/dashboard/anna-mobile".parse().unwrap();
        Sizes { pictures: 300, all, largest: Some((key, largest)), equal: 7 }
    }

    #[test]
    fn what_is_over_the_budget_is_named_with_both_figures() {
        BUDGET.check(&sizes(48 << 20, 1 << 20)).unwrap();
        BUDGET.check(&Sizes::default()).unwrap();
        let all = BUDGET.check(&sizes(50 << 20, 1 << 20)).unwrap_err().to_string();
        assert!(all.starts_with("300 baselines take 50.0 MiB; the budget is 48.0 MiB\nhelp: see which flows"), "{all}");
        let each = BUDGET.check(&sizes(9 << 20, 2 << 20)).unwrap_err().to_string();
        let begin = "the baseline home/dashboard/anna-mobile takes 2.0 MiB; the budget is 1.0 MiB\nhelp: picture less";
        assert!(each.starts_with(begin), "{each}");
    }

    #[test]
    fn what_is_taken_is_told_on_one_line() {
        let told = BUDGET.told(&sizes(30 << 20, 1 << 19));
        let expected = "300 baselines take 30.0 MiB of 48.0 MiB, the largest 0.5 MiB of 1.0 MiB \
                        (home/dashboard/anna-mobile); 7 equal another and are stored once";
        assert_eq!(told, expected);
        assert_eq!(BUDGET.told(&Sizes::default()), "0 baselines take 0.0 MiB of 48.0 MiB");
    }
}
