//! The operations of the sync service.

use super::{Caller, Operation, TRY_AGAIN};
use crate::{
    routes,
    sync::{
        CLIENT_ID_HEADER, Compacted, ErasedSpace, ErasedUser, PullQuery, PushRequest, RecordsQuery, RecordsResponse,
        SharedStreamQuery, StreamQuery, SyncResponse,
    },
};

/// What any route that looks at a token may answer besides.
const REFUSALS: &[u16] = &[400, 401];

pub(super) fn operations() -> Vec<Operation> {
    let own_writes = "The caller's name for itself; its own writes are left out of the answer.";
    let caller = |operation: Operation| outages(operation.by(Caller::Token).header(CLIENT_ID_HEADER, own_writes));
    let service = |operation: Operation| outages(operation.by(Caller::Service));
    // The messages are told by `notifications`; whoever asks for no WebSocket hears what is missing.
    let socket = |operation: Operation| operation.empty(101).in_words(&[400, 426]);
    vec![
        caller(Operation::post(routes::SYNC_PUSH, "Stores changes, all or none, and tells what others wrote"))
            .takes::<PushRequest>()
            .says::<SyncResponse>(200)
            .in_words(&[403, 413]),
        caller(Operation::get(routes::SYNC_PULL, "The changes of a collection behind a cursor"))
            .query::<PullQuery>()
            .says::<SyncResponse>(200),
        caller(Operation::get(routes::SYNC_RECORDS, "A collection as it is now"))
            .query::<RecordsQuery>()
            .says::<RecordsResponse>(200)
            .in_words(&[403]),
        caller(Operation::get(routes::SYNC_STREAM, "Changes as they come, as server-sent events"))
            .query::<StreamQuery>()
            .header("Last-Event-ID", "The id of the last event that a client saw before it was cut off.")
            .events(),
        caller(Operation::get(
            routes::SYNC_SHARED_STREAM,
            "Changes of collections of several apps, as server-sent events",
        ))
        .query::<SharedStreamQuery>()
        .events(),
        socket(Operation::get(routes::SYNC_SOCKET, "Notifications of every app")),
        socket(Operation::get(routes::SYNC_SOCKET_OF_APP, "Notifications of one app")),
        service(Operation::post(
            routes::SYNC_INTERNAL_COMPACT,
            "Takes changes that nobody needs any more out of the history",
        ))
        .says::<Compacted>(200),
        service(Operation::delete(routes::SYNC_INTERNAL_USER, "Removes all that a user wrote")).says::<ErasedUser>(200),
        service(Operation::delete(routes::SYNC_INTERNAL_SPACE, "Removes all that a space holds"))
            .says::<ErasedSpace>(200),
    ]
}

/// Refusals, and what a caller hears while auth or the database is out of reach, or the database full.
fn outages(operation: Operation) -> Operation {
    let (header, why) = TRY_AGAIN;
    operation.in_words(REFUSALS).in_words(&[503]).with(header, why).in_words(&[507]).with(header, why)
}
