//! The key-encryption keys of one server.
//!
//! Usually there is one. While it is being changed there are two: the new one wraps, and the one before still opens what
//! it wrapped.

use crate::{Kek, KeyError, MasterKey, WrappedKey};

/// The key that wraps, and during a rotation the one before.
#[derive(Clone)]
pub struct Keyring {
    current: Kek,
    previous: Option<Kek>,
}

impl Keyring {
    /// `current` wraps; what `previous` wrapped still opens.
    #[must_use]
    pub fn new(current: Kek, previous: Option<Kek>) -> Self {
        Self { current, previous }
    }

    /// The name of the key that wraps.
    #[must_use]
    pub fn id(&self) -> String {
        self.current.id()
    }

    /// The names of all keys, for messages.
    #[must_use]
    pub fn ids(&self) -> String {
        let previous = self.previous.as_ref().map(|key| format!(" or {}", key.id())).unwrap_or_default();
        self.id() + &previous
    }

    /// Wraps `key` for `user_id` under the current key.
    #[must_use]
    pub fn wrap(&self, key: &MasterKey, user_id: &str) -> WrappedKey {
        self.current.wrap(key, user_id)
    }

    /// Opens what either key wrapped for the same user. A key's name only says which is tried first: it is short, and
    /// two keys may share it.
    ///
    /// # Errors
    /// When neither opens it.
    pub fn unwrap(&self, wrapped: &WrappedKey, user_id: &str) -> Result<MasterKey, KeyError> {
        let opened = self.current.unwrap(wrapped, user_id);
        match &self.previous {
            Some(previous) => opened.or_else(|_| previous.unwrap(wrapped, user_id)),
            None => opened,
        }
    }
}

impl From<Kek> for Keyring {
    fn from(key: Kek) -> Self {
        Self::new(key, None)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;

    fn kek(byte: u8) -> Kek {
        Kek::from_base64(&STANDARD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn during_a_rotation_the_new_key_wraps_and_both_open() {
        let key = MasterKey::generate();
        let (before, during, after) =
            (Keyring::from(kek(1)), Keyring::new(kek(2), Some(kek(1))), Keyring::from(kek(2)));
        let (old, new) = (before.wrap(&key, "anna"), during.wrap(&key, "anna"));
        for (ring, wrapped, opens) in [
            (&before, &old, true),
            (&before, &new, false),
            (&during, &old, true),
            (&during, &new, true),
            (&after, &old, false),
            (&after, &new, true),
        ] {
            assert_eq!(ring.unwrap(wrapped, "anna").is_ok(), opens, "{}", ring.ids());
            assert_eq!(ring.unwrap(wrapped, "ben").err(), Some(KeyError::Unwrap));
        }
        assert_eq!(during.id(), after.id());
        assert_eq!(during.ids(), format!("{} or {}", kek(2).id(), kek(1).id()));
    }
}
