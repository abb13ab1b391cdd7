//! Tells those who listen that there is something new to read.
//!
//! A wake-up carries nothing: the listener reads from its own cursor. So wake-ups may melt together and a slow listener
//! misses nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::sync::Notify;

use crate::{placing::Scope, shelf::Job, store::Author};

/// Every listener, by the scopes it listens to.
#[derive(Clone, Default)]
pub(crate) struct Hub(Arc<Mutex<HashMap<Scope, Vec<Arc<Listener>>>>>);

/// What a listener wants to hear.
#[derive(Debug)]
pub(crate) struct Interest {
    /// None for every app.
    pub(crate) app_id: Option<String>,
    /// Empty for every collection.
    pub(crate) tables: Vec<String>,
    /// Whose own writes do not matter.
    pub(crate) except: Option<Author>,
}

struct Listener {
    interest: Interest,
    wake: Notify,
}

/// A place in the hub, given up when dropped.
pub(crate) struct Subscription {
    hub: Hub,
    scopes: Vec<Scope>,
    listener: Arc<Listener>,
}

impl Hub {
    pub(crate) fn subscribe(&self, interest: Interest, scopes: &[Scope]) -> Subscription {
        let listener = Arc::new(Listener { interest, wake: Notify::new() });
        let mut subscription = Subscription { hub: self.clone(), scopes: Vec::new(), listener };
        subscription.listen_to(scopes);
        subscription
    }

    /// Wakes those who want to hear of a push that touched these collections.
    pub(crate) fn announce<'a>(&self, job: &Job, touched: impl IntoIterator<Item = &'a (Scope, String)>) {
        let listeners = self.0.lock().expect("no panic happens under this lock");
        for (scope, table) in touched {
            for listener in listeners.get(scope).into_iter().flatten() {
                if listener.interest.covers(job, table) {
                    listener.wake.notify_one();
                }
            }
        }
    }
}

impl Interest {
    fn covers(&self, job: &Job, table: &str) -> bool {
        let own = |author: &Author| author.user_id == job.user_id && author.client_id == job.client_id;
        self.app_id.as_ref().is_none_or(|wanted| *wanted == job.app_id)
            && (self.tables.is_empty() || self.tables.iter().any(|wanted| wanted == table))
            && !self.except.as_ref().is_some_and(own)
    }
}

impl Subscription {
    /// Returns when something new was announced since the last call.
    pub(crate) async fn woken(&self) {
        self.listener.wake.notified().await;
    }

    /// Listens to these scopes instead of the former.
    pub(crate) fn listen_to(&mut self, scopes: &[Scope]) {
        let mut listeners = self.hub.0.lock().expect("no panic happens under this lock");
        for scope in &self.scopes {
            if let Some(of_scope) = listeners.get_mut(scope) {
                of_scope.retain(|other| !Arc::ptr_eq(other, &self.listener));
                if of_scope.is_empty() {
                    listeners.remove(scope);
                }
            }
        }
        for scope in scopes {
            listeners.entry(scope.clone()).or_default().push(Arc::clone(&self.listener));
        }
        drop(listeners);
        self.scopes = scopes.to_vec();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.listen_to(&[]);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::placing::Reach;

    fn push(user_id: &str, client_id: &str) -> Job {
        let reach = Reach::new(user_id, []);
        Job { app_id: "todo".into(), user_id: user_id.into(), client_id: client_id.into(), reach, changes: Vec::new() }
    }

    fn interest(app_id: &str, tables: &[&str], except: Option<Author>) -> Interest {
        Interest { app_id: Some(app_id.into()), tables: tables.iter().map(|t| (*t).to_owned()).collect(), except }
    }

    fn hears(hub: &Hub, interest: Interest, touched: (Scope, &str)) -> bool {
        let subscription = hub.subscribe(interest, &[Scope::space("family")]);
        hub.announce(&push("anna", "tab"), [&(touched.0, touched.1.to_owned())]);
        subscription.woken().now_or_never().is_some()
    }

    #[test]
    fn a_listener_hears_what_it_asked_for() {
        let hub = Hub::default();
        let family = || (Scope::space("family"), "tasks");
        let author = |client: &str| Some(Author { user_id: "anna".into(), client_id: client.into() });
        assert!(hears(&hub, interest("todo", &[], None), family()));
        assert!(hears(&hub, interest("todo", &["labels", "tasks"], None), family()));
        assert!(hears(&hub, interest("todo", &[], author("other tab")), family()));
        assert!(!hears(&hub, interest("notes", &[], None), family()));
        assert!(hears(&hub, Interest { app_id: None, ..interest("", &[], None) }, family()));
        assert!(!hears(&hub, interest("todo", &["labels"], None), family()));
        assert!(!hears(&hub, interest("todo", &[], author("tab")), family()));
        assert!(!hears(&hub, interest("todo", &[], None), (Scope::space("team"), "tasks")));
        assert!(hub.0.lock().unwrap().is_empty(), "dropped listeners leave nothing behind");
    }
}
