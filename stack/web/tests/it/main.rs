//! The web server as a browser meets it: `cargo test -p stack-web`.
//!
//! Every test sends requests to the router in process. The files of `app/` are listed from the source folder and asked for
//! by their paths, so a file that is not embedded, a link into nothing or a module nobody preloads fails here and not in
//! somebody's browser. What the pages do once they run is seen by the flows.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod app;
mod documents;
mod folding;
mod headers;
mod modules;
mod own_files;
mod routes;
mod shared_keys;
