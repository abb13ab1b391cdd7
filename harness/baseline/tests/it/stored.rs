//! Pictures in an object store: what is asked of it, what is believed of it, and what works without it.

use std::{fs, path::Path};

use harness_baseline::{Access, BaselineError, Store};
use harness_model::{Element, Outline, Size};
use harness_test_internet::{CREDENTIALS, Internet, StatusCode};
use tempfile::TempDir;

use crate::{grey, key, picture};

const ANNA: &str = "home/dashboard/anna-desktop";
const BEN: &str = "home/dashboard/ben-mobile";

/// A folder of baselines whose pictures go into a bucket.
struct Stored {
    internet: Internet,
    server: String,
    folder: TempDir,
}

impl Stored {
    async fn new() -> Self {
        let (internet, server) = Internet::start().await;
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("snapshots")).unwrap();
        fs::write(folder.path().join("snapshots/.store.toml"), "url = \"s3://bucket/baselines\"\n").unwrap();
        Self { internet, server, folder }
    }

    /// The store, as somebody with this cache sees it.
    fn seen_with(&self, cache: &str) -> Store {
        self.seen(cache, &self.server)
    }

    fn seen(&self, cache: &str, server: &str) -> Store {
        let named = CREDENTIALS.iter().copied().chain([("AWS_ENDPOINT", server)]);
        let variables = named.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let access = Access { cache: self.folder.path().join(cache), variables };
        Store::open_with(self.folder.path().join("snapshots"), access).unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("snapshots").join(name)
    }

    fn only_object(&self) -> String {
        let objects = self.internet.objects();
        assert_eq!(objects.len(), 1, "{:?}", objects.keys());
        objects.into_keys().next().unwrap()
    }
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_read_is_fetched_and_once() {
    let stored = Stored::new().await;
    let writer = stored.seen_with("writer");
    writer.write(&key(ANNA), &picture(40)).unwrap();
    writer.write(&key(BEN), &picture(50)).unwrap();
    assert_eq!(
        files(&stored.file("home/dashboard")),
        ["anna-desktop.stored.json", "ben-mobile.stored.json"],
        "git keeps what stands for the pictures, and not the pictures"
    );
    assert_eq!(stored.internet.objects().len(), 2);
    assert!(stored.internet.objects().values().all(|(kind, _)| kind == "image/png"));

    let before = stored.internet.asked().len();
    let reader = stored.seen_with("reader");
    assert_eq!(reader.keys().unwrap().keys.len(), 2, "names are told without asking anyone");
    assert!(reader.has(&key(BEN)) && !reader.has(&key("home/dashboard/carla-mobile")));
    for _ in 0..3 {
        assert_eq!(grey(&reader.read(&key(ANNA)).unwrap().unwrap()), 40);
    }
    let asked = stored.internet.asked().split_off(before);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].starts_with("GET baselines/") && asked[0].ends_with(".png"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_fetched_once_needs_neither_network_nor_credentials() {
    let stored = Stored::new().await;
    stored.seen_with("cache").write(&key(ANNA), &picture(40)).unwrap();
    let nowhere = "http://127.0.0.1:9";
    assert_eq!(grey(&stored.seen("cache", nowhere).read(&key(ANNA)).unwrap().unwrap()), 40);
    let access = Access { cache: stored.folder.path().join("cache"), variables: Vec::new() };
    let bare = Store::open_with(stored.file(""), access).unwrap();
    assert_eq!(grey(&bare.read(&key(ANNA)).unwrap().unwrap()), 40);
    let error = stored.seen("empty", nowhere).read(&key(ANNA)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot fetch the baseline of {ANNA}: ")), "{error}");
    assert!(error.contains("s3://bucket/baselines") && error.contains("help: "), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_is_believed_that_does_not_fit_its_checksum() {
    let stored = Stored::new().await;
    stored.seen_with("cache").write(&key(ANNA), &picture(40)).unwrap();
    let object = stored.only_object();
    let whole = stored.internet.objects()[&object].1.clone();

    let cached = stored.folder.path().join("cache").join(object.strip_prefix("baselines/").unwrap());
    fs::write(&cached, picture(99)).unwrap();
    assert_eq!(grey(&stored.seen_with("cache").read(&key(ANNA)).unwrap().unwrap()), 40, "a cache is no authority");

    for (bytes, part) in [
        (Some(picture(99)), "holds other bytes"),
        (Some(whole[..whole.len() - 1].to_vec()), "holds other bytes"),
        (None, "holds no"),
    ] {
        stored.internet.replace(&object, bytes.as_deref());
        let error = stored.seen_with("other").read(&key(ANNA)).unwrap_err();
        assert!(matches!(error, BaselineError::Stored { .. }), "{error:?}");
        assert!(error.to_string().contains(part) && error.to_string().contains(ANNA), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_at_first_is_asked_again_and_one_that_refuses_keeps_the_old_baseline() {
    let stored = Stored::new().await;
    let store = stored.seen_with("cache");
    stored.internet.fails(2, StatusCode::SERVICE_UNAVAILABLE);
    store.write(&key(ANNA), &picture(40)).unwrap();
    let before = fs::read(stored.file("home/dashboard/anna-desktop.stored.json")).unwrap();
    stored.internet.fails(1000, StatusCode::FORBIDDEN);
    let error = store.write(&key(ANNA), &picture(41)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot store the baseline of {ANNA}: ")), "{error}");
    assert_eq!(fs::read(stored.file("home/dashboard/anna-desktop.stored.json")).unwrap(), before);
    assert_eq!(grey(&store.read(&key(ANNA)).unwrap().unwrap()), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_folder_move_into_the_store_with_all_that_is_known_of_them() {
    let stored = Stored::new().await;
    fs::remove_file(stored.file(".store.toml")).unwrap();
    let outline = Outline {
        size: Size { width: 8, height: 8 },
        scale: 1.0,
        properties: vec!["color".into()],
        styles: vec![vec!["red".into()]],
        elements: vec![Element { tag: "p".into(), ..Element::default() }],
    };
    let folder = stored.seen_with("cache");
    folder.write(&key(ANNA), &picture(40)).unwrap();
    folder.write_outline(&key(ANNA), &outline).unwrap();
    assert!(folder.upload().unwrap_err().to_string().contains("url = \"s3://bucket/baselines\""));

    fs::write(stored.file(".store.toml"), "url = \"s3://bucket/baselines\"").unwrap();
    let store = stored.seen_with("cache");
    assert_eq!(store.upload().unwrap(), [key(ANNA)]);
    assert_eq!(files(&stored.file("home/dashboard")), ["anna-desktop.outline", "anna-desktop.stored.json"]);
    assert_eq!(store.read_outline(&key(ANNA)), Some(outline));
    assert_eq!(store.upload().unwrap(), [], "once is enough");
    assert_eq!(store.keys().unwrap().unknown, [""; 0].map(std::path::PathBuf::from));

    // Undoing, renaming and removing are about what git keeps; objects stay for older commits.
    let kept = store.kept(&key(ANNA)).unwrap();
    store.write(&key(ANNA), &picture(41)).unwrap();
    store.put_back(&key(ANNA), &kept).unwrap();
    assert_eq!(grey(&store.read(&key(ANNA)).unwrap().unwrap()), 40);
    store.rename(&key(ANNA), &key(BEN)).unwrap();
    assert_eq!(grey(&store.read(&key(BEN)).unwrap().unwrap()), 40);
    store.remove(&key(BEN)).unwrap();
    assert_eq!((store.read(&key(BEN)).unwrap(), stored.internet.objects().len()), (None, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_no_store_or_no_picture_is_told() {
    let stored = Stored::new().await;
    stored.seen_with("cache").write(&key(ANNA), &picture(40)).unwrap();
    let pointer = stored.file("home/dashboard/anna-desktop.stored.json");
    let whole = fs::read_to_string(&pointer).unwrap();
    let outside = whole.replacen("\"sha256\": \"", "\"sha256\": \"../../../", 1);
    for text in [outside.as_str(), "", "{}", "<<<<<<< HEAD"] {
        fs::write(&pointer, text).unwrap();
        let error = stored.seen_with("cache").read(&key(ANNA)).unwrap_err();
        assert!(matches!(error, BaselineError::Damaged { .. }), "{text}: {error:?}");
    }
    fs::write(&pointer, whole).unwrap();
    fs::remove_file(stored.file(".store.toml")).unwrap();
    let error = stored.seen_with("cache").read(&key(ANNA)).unwrap_err().to_string();
    assert!(error.contains(".store.toml is missing"), "{error}");
    for text in ["", "url = 5", "url = \"s3://bucket\"\nkey = \"secret\""] {
        fs::write(stored.file(".store.toml"), text).unwrap();
        let error = Store::open(stored.file("")).unwrap_err().to_string();
        assert!(error.contains("names no store for the pictures"), "{text}: {error}");
    }
    fs::write(stored.file(".store.toml"), "url = \"ftp://x\"").unwrap();
    let error = stored.seen_with("empty").read(&key(ANNA)).unwrap_err().to_string();
    assert!(error.contains("ftp is no kind of place"), "{error}");
}
