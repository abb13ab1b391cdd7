//! Which request work belongs to: its id and its trace, carried along from service to service, and the logs that name
//! them.
//!
//! A service begins a [`Work`] for each request that comes in and does everything for it inside; calls to other services
//! go out through [`carry`]. So one id leads through the logs of all of them. Knows no service and no route, and holds
//! nothing of what users write.

mod asked_each_time;
mod carry;
mod logs;
mod request_id;
mod work;

pub use carry::{carry, outgoing};
pub use logs::{LogFormat, Logs, LogsError};
pub use request_id::RequestId;
pub use work::Work;
