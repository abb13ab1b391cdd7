//! Password hashes: argon2id with the crate's recommended cost, in the form that names its own parameters.
//!
//! Hashing is slow on purpose. It runs beside the async threads, on no more cores than there are, so that a flood of
//! log-ins waits in line instead of taking the memory of all of them at once.

use std::{sync::Arc, thread};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked where there is no account, so that the answer takes as long as where there is one.
    nobody: String,
}

/// Why a password was neither accepted nor refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// A stored hash is damaged, or hashing failed.
    #[error("argon2: {0}")]
    Hash(password_hash::Error),
    /// The thread that hashed is gone.
    #[error("the hashing thread ended: {0}")]
    Thread(tokio::task::JoinError),
}

impl Passwords {
    /// Prepares the hash that stands for unknown users.
    pub(crate) async fn start() -> Result<Self, PasswordError> {
        let turns = Arc::new(Semaphore::new(thread::available_parallelism().map_or(1, usize::from)));
        let mut passwords = Self { turns, nobody: String::new() };
        passwords.nobody = passwords.hash(SecretString::from("no account has this hash")).await?;
        Ok(passwords)
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        self.in_turn(move || {
            let hash: PasswordHash = Argon2::default().hash_password(password.expose_secret().as_bytes())?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password fits. Without a hash the same work is done and the answer is no.
    pub(crate) async fn verify(&self, hash: Option<&str>, password: SecretString) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let fits = self.in_turn(move || {
            let hash = PasswordHash::new(&hash)?;
            match Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        });
        Ok(fits.await? && known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            // Held by the thread: a caller that goes away does not let the next one in while this one still works.
            let _turn = turn;
            work()
        });
        done.await.map_err(PasswordError::Thread)?.map_err(PasswordError::Hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let passwords = Passwords::start().await.unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(passwords.verify(Some(&hash), "correct horse".into()).await.unwrap());
        assert!(!passwords.verify(Some(&hash), "wrong horse".into()).await.unwrap());
        assert!(passwords.verify(Some("damaged"), "correct horse".into()).await.is_err());
    }

    #[tokio::test]
    async fn nobody_has_a_hash_of_the_same_cost_that_no_password_fits() {
        let passwords = Passwords::start().await.unwrap();
        let hash = passwords.hash("somebody's".into()).await.unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&passwords.nobody), cost(&hash));
        assert!(!passwords.verify(None, "no account has this hash".into()).await.unwrap());
    }
}
