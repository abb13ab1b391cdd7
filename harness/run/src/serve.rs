//! A folder of files as a site on this machine, for as long as the program runs.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use url::Url;

use crate::RunError;

/// Serves the folder on a free port of this machine; gives the address.
///
/// # Errors
/// When there is no such folder, or no free port.
pub fn serve(folder: &Path) -> Result<Url, RunError> {
    let failed = |source| RunError::Folder { action: "serve", path: folder.to_owned(), source };
    let folder = folder.canonicalize().map_err(failed)?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let root: Arc<Path> = folder.into();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let root = Arc::clone(&root);
            // A browser that went away needs no answer.
            std::thread::spawn(move || drop(answer(&stream, &root)));
        }
    });
    Ok(format!("http://{address}/").parse().expect("an address and a port make a URL"))
}

fn answer(mut stream: &TcpStream, root: &Path) -> std::io::Result<()> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let Some(request) = lines.collect::<Vec<_>>().into_iter().next() else { return Ok(()) };
    let target = request.split(' ').nth(1).unwrap_or("/");
    let found = file(root, target).and_then(|path| Some((fs::read(&path).ok()?, kind(&path))));
    let (status, body, kind) = match found {
        Some((body, kind)) => ("200 OK", body, kind),
        None => ("404 Not Found", b"there is no such file\n".to_vec(), "text/plain; charset=utf-8"),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}

/// The file that a request means; none outside of the folder, whatever links lie in it.
fn file(root: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.trim_start_matches('/');
    let path = Path::new(path);
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let mut path = root.join(path);
    if path.is_dir() {
        path.push("index.html");
    }
    path.canonicalize().ok().filter(|path| path.starts_with(root))
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("site");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(root.join("index.html"), "i").unwrap();
        fs::write(root.join("sub/a.css"), "a").unwrap();
        fs::write(root.join("../secret"), "s").unwrap();
        assert_eq!(file(&root, "/"), Some(root.join("index.html")));
        assert_eq!(file(&root, "/sub/a.css?v=1"), Some(root.join("sub/a.css")));
        for outside in ["/../secret", "/sub/../../secret", "//etc/passwd", "/none", "/sub"] {
            assert_eq!(file(&root, outside), None, "{outside}");
        }
    }
}
