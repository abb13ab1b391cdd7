//! A folder that may not be written. Root may write everywhere, so for root the attempt is made by a second process of
//! this same test, as `nobody`.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use harness_baseline::Store;

use crate::{grey, key, picture};

/// Holds the store's folder in the second process.
const STORE: &str = "BASELINE_TEST_READ_ONLY_STORE";

#[test]
fn a_folder_that_may_not_be_written_is_named_and_untouched() {
    let anna = key("home/dashboard/anna-desktop");
    if let Some(root) = std::env::var_os(STORE) {
        let error = Store::open(root).unwrap().write(&anna, &picture(2)).unwrap_err().to_string();
        assert!(error.starts_with("cannot write the baseline ") && error.contains("Permission denied"), "{error}");
        assert!(error.contains("home/dashboard/anna-desktop.png"), "{error}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.write(&anna, &picture(1)).unwrap();
    let pictures = folder.path().join("home/dashboard");
    for (path, mode) in [(folder.path(), 0o755), (&pictures, 0o555)] {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
    // `nobody` may not enter every folder that holds a build, a home for instance.
    let open = tempfile::tempdir().unwrap();
    fs::set_permissions(open.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = open.path().join("attempt");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut attempt = Command::new(program);
    attempt.arg("a_folder_that_may_not_be_written").env(STORE, folder.path()).current_dir("/");
    if fs::metadata(Path::new("/proc/self")).or_else(|_| fs::metadata(folder.path())).unwrap().uid() == 0 {
        attempt.uid(65534).gid(65534);
    }
    let output = attempt.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    assert_eq!(grey(&store.read(&anna).unwrap().unwrap()), 1);
    assert_eq!(fs::read_dir(&pictures).unwrap().count(), 1, "nothing is left behind");
    fs::set_permissions(&pictures, PermissionsExt::from_mode(0o755)).unwrap();
}
