//! Keys: a user's master key, and the key-encryption key under which it rests.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const KEY_LEN: usize = 32;

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not base64.
    #[error("the key is not standard base64 with padding")]
    Base64,
    /// Not 32 bytes.
    #[error("the key has {0} bytes instead of 32")]
    Length(usize),
    /// The wrapped key does not open: another KEK, another user, or changed bytes.
    #[error("the wrapped key does not open under this key-encryption key")]
    Unwrap,
}

/// A user's 32-byte master key. Has no `Debug` and is wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_LEN]);

impl MasterKey {
    /// A new random key.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = [0; KEY_LEN];
        rand::fill(&mut bytes).expect("the system's random generator works");
        Self(bytes)
    }

    /// Reads 32 bytes of standard base64.
    ///
    /// # Errors
    /// When the text is not base64 or not 32 bytes long.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        Ok(Self(decode_key(text)?))
    }

    /// The key as the vault routes send it.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0))
    }

    pub(crate) fn aead(&self) -> LessSafeKey {
        aead(&self.0)
    }
}

/// The key-encryption key: the server's secret that wraps every master key at rest.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Kek([u8; KEY_LEN]);

/// A master key as it rests in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Base64 of ciphertext and tag.
    pub ciphertext: String,
    /// Base64 of the nonce.
    pub nonce: String,
}

impl Kek {
    /// Reads 32 bytes of standard base64, as `MANA_AUTH_KEK` holds them.
    ///
    /// # Errors
    /// When the text is not base64 or not 32 bytes long.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        Ok(Self(decode_key(text)?))
    }

    /// A name for this key that tells nothing about it: the start of a hash of its bytes.
    #[must_use]
    pub fn id(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.0);
        let hex: String = digest.as_ref().iter().take(4).map(|b| format!("{b:02x}")).collect();
        format!("kek-{hex}")
    }

    /// Wraps `key` for `user_id`; it opens for no other user.
    #[must_use]
    pub fn wrap(&self, key: &MasterKey, user_id: &str) -> WrappedKey {
        let nonce = random_nonce();
        let mut bytes = key.0.to_vec();
        aead(&self.0)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(user_id.as_bytes()), &mut bytes)
            .expect("a 32-byte key is within AES-GCM's limits");
        WrappedKey { ciphertext: STANDARD.encode(bytes), nonce: STANDARD.encode(nonce) }
    }

    /// Opens what [`Kek::wrap`] made for the same user.
    ///
    /// # Errors
    /// When it was wrapped by another KEK or for another user, or was changed.
    pub fn unwrap(&self, wrapped: &WrappedKey, user_id: &str) -> Result<MasterKey, KeyError> {
        let nonce = STANDARD.decode(&wrapped.nonce).map_err(|_| KeyError::Base64)?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| KeyError::Unwrap)?;
        let mut bytes = Zeroizing::new(STANDARD.decode(&wrapped.ciphertext).map_err(|_| KeyError::Base64)?);
        let plain = aead(&self.0)
            .open_in_place(nonce, Aad::from(user_id.as_bytes()), &mut bytes)
            .map_err(|_| KeyError::Unwrap)?;
        let key: [u8; KEY_LEN] = (&*plain).try_into().map_err(|_| KeyError::Length(plain.len()))?;
        Ok(MasterKey(key))
    }
}

pub(crate) fn random_nonce() -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).expect("the system's random generator works");
    nonce
}

fn aead(key: &[u8; KEY_LEN]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes"))
}

fn decode_key(text: &str) -> Result<[u8; KEY_LEN], KeyError> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| KeyError::Base64)?);
    bytes.as_slice().try_into().map_err(|_| KeyError::Length(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kek(byte: u8) -> Kek {
        Kek::from_base64(&STANDARD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn a_wrapped_key_opens_for_its_user_and_kek_alone() {
        let key = MasterKey::generate();
        let wrapped = kek(1).wrap(&key, "anna");
        assert_eq!(*kek(1).unwrap(&wrapped, "anna").unwrap().to_base64(), *key.to_base64());
        assert_eq!(kek(1).unwrap(&wrapped, "ben").err(), Some(KeyError::Unwrap));
        assert_eq!(kek(2).unwrap(&wrapped, "anna").err(), Some(KeyError::Unwrap));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert_eq!(MasterKey::from_base64("AAAA").err(), Some(KeyError::Length(3)));
        assert_eq!(MasterKey::from_base64("no!").err(), Some(KeyError::Base64));
        assert_ne!(kek(1).id(), kek(2).id());
    }
}
