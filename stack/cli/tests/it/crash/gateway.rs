//! The MCP gateway: a call that was answered is a record that opens.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use stack_cli::Service;
use stack_crypto::{MasterKey, decrypt_field};
use tokio_util::sync::CancellationToken;

use super::{Count, Written, acknowledged, rounds, tell, write_until_gone};
use crate::{mcp::Session, processes::Processes};

const WRITERS: usize = 3;

/// How often each title is there, opened.
async fn titles(processes: &Processes) -> BTreeMap<String, usize> {
    let (auth, token) = processes.admin().await;
    let space = auth.spaces(&token).await.unwrap().remove(0).id;
    let key = MasterKey::from_base64(&auth.master_key(&token).await.unwrap().master_key).unwrap();
    let mut titles = BTreeMap::new();
    for record in processes.sync().records(&token, "todo", "tasks", &space).await.unwrap().records {
        let stored: Value = serde_json::from_str(record.data["title"].get()).unwrap();
        let title = decrypt_field(&key, &stored).expect("every record is whole");
        *titles.entry(title.as_str().unwrap().to_owned()).or_default() += 1;
    }
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_a_killed_gateway_answered_are_there_once_and_none_is_half_there() {
    let mut processes = Processes::start(&[Service::Auth, Service::Sync, Service::Mcp]).await;
    let mut calls: Vec<Written<String>> = Vec::new();
    for round in 0..rounds() {
        let (_, token) = processes.admin().await;
        let (count, killed) = (Count::new(), CancellationToken::new());
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let session = Arc::new(Session::open(&processes.addresses.mcp, &token, &[]).await.unwrap());
            let killed = killed.clone();
            writers.push(tokio::spawn(write_until_gone(count.clone(), move |n| {
                let title = format!("r{round}-w{writer}-{n}");
                let (session, killed, arguments) = (session.clone(), killed.clone(), json!({ "title": title }));
                let call = async move {
                    // The client would wait for the gateway to come back.
                    let answer = killed.run_until_cancelled(session.call("todo.create", &arguments)).await?;
                    let result = answer.ok()?;
                    assert_ne!(result.is_error, Some(true), "{result:?}");
                    Some(())
                };
                (title, call)
            })));
        }
        count.until_enough(round).await;
        processes.kill(Service::Mcp);
        killed.cancel();
        for writer in writers {
            calls.extend(writer.await.unwrap());
        }
        processes.run(Service::Mcp).await;
        let titles = titles(&processes).await;
        for Written { what: title, answer } in &calls {
            let found = titles.get(title).copied().unwrap_or(0);
            assert!(found == 1 || (found == 0 && answer.is_none()), "{title} is there {found} times");
        }
    }
    tell("mcp", acknowledged(&calls));
}
