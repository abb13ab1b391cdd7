//! Encrypted fields: `enc:1:{base64(iv)}.{base64(ciphertext || tag)}` over a value's JSON, AES-256-GCM without
//! additional data, as a browser's WebCrypto reads and writes it.

use aws_lc_rs::aead::{Aad, Nonce};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    js_json::to_js_json,
    key::{MasterKey, random_nonce},
};

/// How an encrypted field begins.
pub const PREFIX: &str = "enc:1:";

/// Why a field could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// Not of the form `enc:1:iv.ciphertext`.
    #[error("the encrypted field is malformed: {0}")]
    Malformed(&'static str),
    /// Another key, or changed bytes.
    #[error("the encrypted field does not open under this key")]
    Decrypt,
}

/// Whether a value is an encrypted field.
#[must_use]
pub fn is_encrypted(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(PREFIX))
}

/// Encrypts a value under a fresh nonce. Null stays null: there is nothing to hide, and readers expect it.
#[must_use]
pub fn encrypt_field(key: &MasterKey, value: &Value) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    Value::String(seal(key, random_nonce(), &to_js_json(value)))
}

/// Decrypts a field. Values that are not encrypted pass through unchanged.
///
/// # Errors
/// When the text is malformed, was changed, or belongs to another key: never garbage.
pub fn decrypt_field(key: &MasterKey, value: &Value) -> Result<Value, FieldError> {
    match value.as_str().and_then(|text| text.strip_prefix(PREFIX)) {
        Some(body) => open(key, body),
        None => Ok(value.clone()),
    }
}

fn seal(key: &MasterKey, nonce: [u8; 12], json: &str) -> String {
    let mut bytes = json.as_bytes().to_vec();
    key.aead()
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes)
        .expect("a field is far below AES-GCM's limit of 64 GiB");
    format!("{PREFIX}{}.{}", STANDARD.encode(nonce), STANDARD.encode(bytes))
}

fn open(key: &MasterKey, body: &str) -> Result<Value, FieldError> {
    let (nonce, sealed) = body.split_once('.').ok_or(FieldError::Malformed("no `.` between nonce and ciphertext"))?;
    let nonce = STANDARD.decode(nonce).map_err(|_| FieldError::Malformed("the nonce is not base64"))?;
    let nonce =
        Nonce::try_assume_unique_for_key(&nonce).map_err(|_| FieldError::Malformed("the nonce is not 12 bytes"))?;
    let mut bytes = STANDARD.decode(sealed).map_err(|_| FieldError::Malformed("the ciphertext is not base64"))?;
    let json = key.aead().open_in_place(nonce, Aad::empty(), &mut bytes).map_err(|_| FieldError::Decrypt)?;
    serde_json::from_slice(json).map_err(|_| FieldError::Malformed("the plaintext is not JSON"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
        must_fail: Vec<MustFail>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Vector {
        key: String,
        iv: String,
        plaintext_json: String,
        wire: String,
    }

    #[derive(Deserialize)]
    struct MustFail {
        why: String,
        wire: String,
        key: String,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../tests/vectors/crypto.json")).unwrap()
    }

    #[test]
    fn every_vector_is_written_as_webcrypto_writes_it() {
        for v in vectors().vectors {
            let value: Value = serde_json::from_str(&v.plaintext_json).unwrap();
            assert_eq!(to_js_json(&value), v.plaintext_json);
            let nonce = STANDARD.decode(&v.iv).unwrap().try_into().unwrap();
            assert_eq!(seal(&MasterKey::from_base64(&v.key).unwrap(), nonce, &to_js_json(&value)), v.wire);
        }
    }

    #[test]
    fn every_vector_is_read() {
        for v in vectors().vectors {
            let key = MasterKey::from_base64(&v.key).unwrap();
            let value = decrypt_field(&key, &Value::String(v.wire)).unwrap();
            assert_eq!(to_js_json(&value), v.plaintext_json);
        }
    }

    #[test]
    fn every_broken_field_is_an_error() {
        let broken = vectors().must_fail;
        assert!(!broken.is_empty());
        for v in broken {
            let key = MasterKey::from_base64(&v.key).unwrap();
            assert!(decrypt_field(&key, &Value::String(v.wire)).is_err(), "{}", v.why);
        }
    }

    #[test]
    fn what_is_not_encrypted_passes_through() {
        let key = MasterKey::generate();
        for value in [Value::Null, Value::from(5), Value::from("plain"), Value::from("enc:2:x"), Value::from(vec![1])] {
            assert_eq!(decrypt_field(&key, &value).unwrap(), value);
        }
        assert_eq!(encrypt_field(&key, &Value::Null), Value::Null);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "\\PC*") {
            let key = MasterKey::generate();
            let sealed = encrypt_field(&key, &Value::String(text.clone()));
            prop_assert!(is_encrypted(&sealed));
            prop_assert_eq!(decrypt_field(&key, &sealed).unwrap(), Value::String(text));
        }

        #[test]
        fn no_changed_byte_goes_unnoticed(text in "[a-z]{1,40}", at in 0usize..40, bit in 0u8..8) {
            let key = MasterKey::generate();
            let sealed = encrypt_field(&key, &Value::String(text));
            let (head, body) = sealed.as_str().unwrap().rsplit_once('.').unwrap();
            let mut bytes = STANDARD.decode(body).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let forged = Value::String(format!("{head}.{}", STANDARD.encode(bytes)));
            prop_assert_eq!(decrypt_field(&key, &forged), Err(FieldError::Decrypt));
        }
    }
}
