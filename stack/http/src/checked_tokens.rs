//! Tokens that were checked already. Checking a signature takes longer than most of what a call is about.
//!
//! What a good token says is kept under the SHA-256 of the whole token: one character more, less or other is another
//! token, which is checked like any. Bad tokens are not kept, so nobody without a good one can fill this. Times pass and
//! sessions end: whoever asks looks at both each time. When keys change, this is to be thrown away with them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

/// Tokens kept at most; beyond it those go whose time is over, then all.
const CAPACITY: usize = 10_000;

type Hash = [u8; SHA256_OUTPUT_LEN];

/// A short memory of good tokens and what they say.
pub struct CheckedTokens<T>(Mutex<HashMap<Hash, Checked<T>>>);

struct Checked<T> {
    says: Arc<T>,
    expires: i64,
}

impl<T> Default for CheckedTokens<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> CheckedTokens<T> {
    /// What this token says, if it was found good before. Its time may be over.
    #[must_use]
    pub fn get(&self, token: &str) -> Option<Arc<T>> {
        self.lock().get(&hash(token)).map(|checked| Arc::clone(&checked.says))
    }

    /// Keeps what a good token says; its time is over at `expires`. Both times are seconds since 1970.
    pub fn keep(&self, token: &str, says: Arc<T>, expires: i64, now: i64) {
        let mut kept = self.lock();
        if kept.len() >= CAPACITY {
            kept.retain(|_, checked| checked.expires > now);
            if kept.len() >= CAPACITY {
                kept.clear();
            }
        }
        kept.insert(hash(token), Checked { says, expires });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Hash, Checked<T>>> {
        self.0.lock().expect("no panic happens under this lock")
    }
}

fn hash(token: &str) -> Hash {
    digest(&SHA256, token.as_bytes()).as_ref().try_into().expect("a SHA-256 has its length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_every_character_of_it() {
        let tokens = CheckedTokens::default();
        tokens.keep("head.claims.signature", Arc::new("anna"), 10, 0);
        assert_eq!(tokens.get("head.claims.signature").as_deref(), Some(&"anna"));
        for other in
            ["", "head.claims.signatur", "head.claims.signaturf", "head.claims.signature ", "Head.claims.signature"]
        {
            assert!(tokens.get(other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn tokens_whose_time_is_over_make_room_and_there_are_never_too_many() {
        let tokens = CheckedTokens::default();
        let keep = |number: usize, expires: i64, now: i64| {
            tokens.keep(&number.to_string(), Arc::new(number), expires, now);
            assert!(tokens.lock().len() <= CAPACITY);
        };
        (0..CAPACITY).for_each(|number| keep(number, if number == 7 { 100 } else { 10 }, 0));
        keep(CAPACITY, 100, 50);
        assert_eq!(tokens.lock().len(), 2);
        assert!(tokens.get("7").is_some() && tokens.get("8").is_none());
        (0..CAPACITY).for_each(|number| keep(number + CAPACITY, 100, 50));
        assert!(tokens.get(&(2 * CAPACITY - 1).to_string()).is_some());
    }
}
