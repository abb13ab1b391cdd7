//! The folder in which an embedded stack keeps what must outlive it: databases, secrets, the addresses of the running
//! services.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use stack_api::Addresses;

use crate::StackError;

/// The account that the first start makes; its password is in the secrets file.
pub const ADMIN_EMAIL: &str = "admin@mana.test";

/// The secrets of one embedded stack. Random, made by its first start, readable by its owner alone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    /// Signs session cookies.
    pub auth_secret: String,
    /// Wraps master keys; 32 bytes, base64.
    pub auth_kek: String,
    /// Lets services call each other.
    pub service_key: String,
    /// Password of [`ADMIN_EMAIL`].
    pub admin_password: String,
}

/// An embedded stack's folder.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder at this path; nothing is touched yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder and claims it for this process; the claim ends with the returned file.
    ///
    /// # Errors
    /// When the folder cannot be made or another stack holds it.
    pub fn claim(&self) -> Result<File, StackError> {
        fs::create_dir_all(&self.0).map_err(|source| self.failed("make", &self.0, source))?;
        let path = self.0.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(|source| self.failed("open", &path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(StackError::DataInUse { path: self.0.clone() }),
            Err(TryLockError::Error(source)) => Err(self.failed("lock", &path, source)),
        }
    }

    /// The URL of one service's SQLite file.
    ///
    /// # Errors
    /// When the folder's path cannot be made absolute.
    pub fn database_url(&self, service: &str) -> Result<String, StackError> {
        let path = self.0.join(format!("{service}.db"));
        let path = std::path::absolute(&path).map_err(|source| self.failed("find", &path, source))?;
        Ok(format!("sqlite://{}", path.display()))
    }

    /// The secrets, made when there are none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is damaged.
    pub fn secrets(&self) -> Result<Secrets, StackError> {
        let path = self.secrets_path();
        if path.exists() { self.existing_secrets() } else { self.make_secrets() }
    }

    /// The secrets that an earlier start made.
    ///
    /// # Errors
    /// When there are none, or the file is damaged.
    pub fn existing_secrets(&self) -> Result<Secrets, StackError> {
        let path = self.secrets_path();
        let text = fs::read_to_string(&path).map_err(|source| self.failed("read", &path, source))?;
        serde_json::from_str(&text).map_err(|e| StackError::Damaged { path, reason: e.to_string() })
    }

    /// Writes the addresses of the running services, here and to `copy`, whole or not at all.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_addresses(&self, addresses: &Addresses, copy: Option<&Path>) -> Result<(), StackError> {
        let json = serde_json::to_string_pretty(addresses).expect("five strings serialize");
        for path in [Some(self.addresses_path().as_path()), copy].into_iter().flatten() {
            let partial = path.with_extension("partial");
            fs::write(&partial, &json).map_err(|source| self.failed("write", &partial, source))?;
            fs::rename(&partial, path).map_err(|source| self.failed("write", path, source))?;
        }
        Ok(())
    }

    /// The addresses of the stack that runs on this folder, if one does.
    #[must_use]
    pub fn addresses(&self) -> Option<Addresses> {
        serde_json::from_str(&fs::read_to_string(self.addresses_path()).ok()?).ok()
    }

    /// Forgets the addresses: the services have ended. A file that is already gone is what was wanted.
    pub fn forget_addresses(&self, copy: Option<&Path>) {
        for path in [Some(self.addresses_path().as_path()), copy].into_iter().flatten() {
            let _gone_already = fs::remove_file(path);
        }
    }

    fn secrets_path(&self) -> PathBuf {
        self.0.join("secrets.json")
    }

    fn addresses_path(&self) -> PathBuf {
        self.0.join("addresses.json")
    }

    fn make_secrets(&self) -> Result<Secrets, StackError> {
        let secrets = Secrets {
            auth_secret: random_text(),
            auth_kek: random_text(),
            service_key: random_text(),
            admin_password: random_text(),
        };
        let path = self.secrets_path();
        let json = serde_json::to_string_pretty(&secrets).expect("four strings serialize");
        let written = private_file(&path).and_then(|mut file| file.write_all(json.as_bytes()));
        written.map_err(|source| self.failed("write", &path, source))?;
        Ok(secrets)
    }

    fn failed(&self, action: &'static str, path: &Path, source: std::io::Error) -> StackError {
        StackError::File { action, path: path.to_owned(), source }
    }
}

fn random_text() -> String {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random generator works");
    STANDARD.encode(bytes)
}

/// A new file that its owner alone may read.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(folder.path().join("data"));
        let _claim = data.claim().unwrap();
        let first = data.secrets().unwrap();
        assert_eq!(first.admin_password, data.secrets().unwrap().admin_password);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.secrets_path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_serves_one_stack() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(folder.path());
        let claim = data.claim().unwrap();
        assert!(matches!(data.claim(), Err(StackError::DataInUse { .. })));
        drop(claim);
        data.claim().expect("free again");
    }

    #[test]
    fn damaged_secrets_are_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(folder.path());
        fs::write(data.secrets_path(), "{").unwrap();
        assert!(matches!(data.secrets(), Err(StackError::Damaged { .. })));
        assert_eq!(fs::read_to_string(data.secrets_path()).unwrap(), "{");
    }
}
