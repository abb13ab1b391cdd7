//! What keeps a file from its place.

/// What keeps a file from its place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The address names no place.
    #[error(
        "{address} is no place for files: {problem}\nhelp: name a folder as file:///srv/reports, or a bucket as s3://bucket/prefix"
    )]
    Address {
        /// As given.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file could not be stored.
    #[error(
        "cannot store {file} in {address}, after trying again: {source}\nhelp: see to credentials, region and endpoint (AWS_…), then run the same command again"
    )]
    Put {
        /// Its name.
        file: String,
        /// Where.
        address: String,
        /// What the store said.
        source: Box<object_store::Error>,
    },
    /// A file could not be fetched.
    #[error(
        "cannot fetch {file} from {address}, after trying again: {source}\nhelp: see to the network, and to credentials, region and endpoint (AWS_…)"
    )]
    Get {
        /// Its name.
        file: String,
        /// Where.
        address: String,
        /// What the store said.
        source: Box<object_store::Error>,
    },
}
