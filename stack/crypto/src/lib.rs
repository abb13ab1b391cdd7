//! The stack's cryptography: field encryption, key wrap and the persona password.
//!
//! Pure functions over bytes; the only outside thing they touch is the system's random generator. Everything here is
//! checked against vectors that were made without this code (`tests/vectors`).

mod field;
mod js_json;
mod key;
mod keyring;
mod password;

pub use field::{FieldError, PREFIX, decrypt_field, encrypt_field, is_encrypted};
pub use js_json::to_js_json;
pub use key::{Kek, KeyError, MasterKey, WrappedKey};
pub use keyring::Keyring;
pub use password::{DEV_SEED_SECRET, persona_password};
