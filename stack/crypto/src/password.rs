//! The password of a persona: derived, so that the seeder, the runner and the harness know it without storing it.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The seed secret of development machines. Refused in production and towards addresses that are not loopback.
pub const DEV_SEED_SECRET: &str = "dev-persona-seed-secret-rotate-in-prod";

const LENGTH: usize = 32;

/// The password of the persona with this e-mail: HMAC-SHA256 over the e-mail as written, keyed with the secret, in
/// base64, letters and digits only, the first 32 characters.
#[must_use]
pub fn persona_password(email: &str, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, email.as_bytes());
    STANDARD.encode(tag.as_ref()).chars().filter(char::is_ascii_alphanumeric).take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        secret: String,
        email: String,
        password: String,
    }

    #[test]
    fn every_vector_is_derived() {
        let file: Vectors = serde_json::from_str(include_str!("../tests/vectors/password.json")).unwrap();
        assert!(file.vectors.iter().any(|v| v.secret == DEV_SEED_SECRET));
        for v in file.vectors {
            assert_eq!(persona_password(&v.email, &v.secret), v.password, "for {}", v.email);
        }
    }
}
