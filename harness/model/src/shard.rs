//! A part of a run's pictures, for spreading them over several machines.

use std::{fmt, ops::Range, str::FromStr};

use serde::{Deserialize, Serialize};

/// The `index`-th of `of` parts, counted from 1 and written `2/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    index: usize,
    of: usize,
}

/// Why a text is no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard; expected its number and how many there are, counted from 1, such as 2/5")]
pub struct ShardError(String);

impl Shard {
    /// Its number, from 1.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// How many there are.
    #[must_use]
    pub fn of(self) -> usize {
        self.of
    }

    /// Its share of `total` things in a fixed order: all shards together cover each of them once, and no two shares
    /// differ by more than one. Neighbours stay together.
    #[must_use]
    pub fn share(self, total: usize) -> Range<usize> {
        let edge = |part: usize| (total as u128 * part as u128 / self.of as u128) as usize;
        edge(self.index - 1)..edge(self.index)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0);
        text.split_once('/')
            .and_then(|(index, of)| Some(Self { index: number(index)?, of: number(of)? }))
            .filter(|shard| shard.index <= shard.of)
            .ok_or_else(|| ShardError(text.to_owned()))
    }
}

impl TryFrom<String> for Shard {
    type Error = ShardError;

    fn try_from(text: String) -> Result<Self, ShardError> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_everything_once_and_evenly() {
        for of in 1..=7 {
            for total in 0..40 {
                let shares: Vec<_> = (1..=of).map(|index| Shard { index, of }.share(total)).collect();
                let covered: Vec<usize> = shares.iter().cloned().flatten().collect();
                assert_eq!(covered, (0..total).collect::<Vec<_>>(), "{total} in {of}");
                let sizes = shares.iter().map(Range::len);
                assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1, "{total} in {of}: {shares:?}");
            }
        }
    }

    #[test]
    fn a_shard_reads_as_it_is_written_and_nothing_else_does() {
        let shard: Shard = "2/5".parse().unwrap();
        assert_eq!((shard.index(), shard.of(), shard.to_string().as_str()), (2, 5, "2/5"));
        for bad in ["", "2", "0/5", "6/5", "2/0", "a/b", "2/5/7", "-1/5", "2 / 5"] {
            let error = bad.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{bad}`")) && error.contains("2/5"), "{error}");
        }
    }
}
