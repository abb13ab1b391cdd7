//! Choices that look free and are not: each is a hash of who, when and what for, the same on every machine and in
//! every version of every library.

use aws_lc_rs::digest;

/// Makes the choices of one key.
#[derive(Debug, Clone)]
pub(crate) struct Picker {
    key: String,
}

impl Picker {
    /// A picker whose choices depend on all these parts.
    pub(crate) fn new(parts: &[&str]) -> Self {
        Self { key: parts.join("\n") }
    }

    /// A number below `n` for this purpose.
    ///
    /// # Panics
    /// When `n` is 0.
    pub(crate) fn pick(&self, purpose: &str, n: usize) -> usize {
        let hash = digest::digest(&digest::SHA256, format!("{}\n\n{purpose}", self.key).as_bytes());
        let start: [u8; 8] = hash.as_ref()[..8].try_into().expect("the hash has 32 bytes");
        // The remainder favours small numbers by n in 2^64, which nobody will notice.
        let below = u64::from_be_bytes(start) % u64::try_from(n).expect("usize fits into 64 bits");
        usize::try_from(below).expect("it is below a usize")
    }

    /// The place of one of the weights, in proportion to them; `None` when all are 0.
    pub(crate) fn weighted(&self, purpose: &str, weights: &[usize]) -> Option<usize> {
        let sum: usize = weights.iter().sum();
        if sum == 0 {
            return None;
        }
        let mut left = self.pick(purpose, sum);
        weights.iter().position(|weight| match left.checked_sub(*weight) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        })
    }

    /// The numbers below `n` in an order of its own.
    pub(crate) fn shuffled(&self, purpose: &str, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.pick(&format!("{purpose} {last}"), last + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_the_same_everywhere() {
        let picker = Picker::new(&["1", "persona.anna@mana.test", "2026-11-20"]);
        let picks: Vec<usize> = (0..10).map(|n| picker.pick(&format!("x{n}"), 100)).collect();
        // Reckoned without this code: SHA-256 of key, two line ends and purpose; the first eight bytes, modulo n.
        assert_eq!(picks, [63, 15, 8, 83, 34, 62, 52, 90, 80, 17]);
        assert_eq!(picker.shuffled("todo", 8), [1, 5, 7, 2, 6, 4, 0, 3]);
        assert_ne!(picks[0], Picker::new(&["2", "persona.anna@mana.test", "2026-11-20"]).pick("x0", 100));
    }

    #[test]
    fn choices_are_spread_evenly() {
        let picker = Picker::new(&["even"]);
        let mut counts = [0_usize; 5];
        for n in 0..5000 {
            counts[picker.pick(&n.to_string(), 5)] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    #[test]
    fn weights_are_kept() {
        let picker = Picker::new(&["weights"]);
        let mut counts = [0_usize; 3];
        for n in 0..4000 {
            counts[picker.weighted(&n.to_string(), &[1, 0, 3]).unwrap()] += 1;
        }
        assert!((900..1100).contains(&counts[0]) && counts[1] == 0, "{counts:?}");
        assert_eq!(picker.weighted("none", &[0, 0]), None);
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut order = Picker::new(&["shuffle"]).shuffled("x", 20);
        assert_ne!(order, (0..20).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..20).collect::<Vec<_>>());
        assert_eq!(Picker::new(&[]).shuffled("x", 0), Vec::<usize>::new());
    }
}
