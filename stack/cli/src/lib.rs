//! The whole stack in one process: [`start`] binds the services, waits until all are healthy and gives back a
//! [`RunningStack`] that ends them in time.
//!
//! The only crate that sees more than one service. The services themselves still meet over HTTP alone.

mod config;
mod data_folder;
mod error;
mod player_choice;
mod services;
mod settings;
mod tables;

pub use config::{Config, Ports, ServiceWords, StackEnv};
pub use data_folder::{ADMIN_EMAIL, DataFolder, Secrets};
pub use error::StackError;
pub use player_choice::PlayerEnv;
pub use services::{RunningStack, Service, serve_one, start};
pub use settings::{DEFAULT_FILE, SettingsFile};
pub use tables::Tables;
