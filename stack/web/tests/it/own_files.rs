//! The app's files from a folder of one's own.

use axum::http::StatusCode;

use crate::app::get_from;

#[tokio::test]
async fn the_folders_files_are_handed_out_and_nothing_outside_it() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("app");
    std::fs::create_dir_all(folder.join("styles")).unwrap();
    for (file, text) in
        [("index.html", "mine"), ("not-found.html", "gone"), ("styles/a.css", "p{}"), ("../secret", "no")]
    {
        std::fs::write(folder.join(file), text).unwrap();
    }
    let index = get_from(&folder, "/todo").await;
    assert_eq!((index.status, index.body.as_slice()), (StatusCode::OK, &b"mine"[..]));
    assert_eq!(get_from(&folder, "/styles/a.css").await.body, b"p{}");
    for outside in ["/../secret", "/styles/../../secret", "//etc/passwd", "/styles"] {
        let answer = get_from(&folder, outside).await;
        assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::NOT_FOUND, &b"gone"[..]), "{outside}");
    }
}
