//! The pages of the web app: their paths, modules and German titles.
//!
//! One table for the server that answers these paths, the navigation that shows them and the flows that visit them.

use serde::Serialize;

/// One page of the web app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Path on the web server.
    pub path: &'static str,
    /// The page's word for itself; a collection's `module` where the page shows one.
    pub module: &'static str,
    /// Title in the navigation and in the browser's tab, in German.
    pub title: &'static str,
    /// Whether the navigation leads there.
    pub navigation: bool,
}

/// The dashboard.
pub const HOME: Page = Page { path: "/", module: "home", title: "Übersicht", navigation: true };
/// Tasks.
pub const TODO: Page = Page { path: "/todo", module: "todo", title: "Aufgaben", navigation: true };
/// Notes.
pub const NOTES: Page = Page { path: "/notes", module: "notes", title: "Notizen", navigation: true };
/// Diary.
pub const JOURNAL: Page = Page { path: "/journal", module: "journal", title: "Tagebuch", navigation: true };
/// Habits.
pub const HABITS: Page = Page { path: "/habits", module: "habits", title: "Gewohnheiten", navigation: true };
/// Appointments.
pub const CALENDAR: Page = Page { path: "/calendar", module: "calendar", title: "Kalender", navigation: true };
/// People.
pub const CONTACTS: Page = Page { path: "/contacts", module: "contacts", title: "Kontakte", navigation: true };
/// Moods.
pub const MOOD: Page = Page { path: "/mood", module: "mood", title: "Stimmung", navigation: true };
/// Articles.
pub const ARTICLES: Page = Page { path: "/articles", module: "articles", title: "Artikel", navigation: true };
/// Goals.
pub const GOALS: Page = Page { path: "/goals", module: "goals", title: "Ziele", navigation: true };
/// Invoices.
pub const INVOICES: Page = Page { path: "/invoices", module: "invoices", title: "Rechnungen", navigation: true };
/// Where a visitor without a session lands.
pub const SIGN_IN: Page = Page { path: "/sign-in", module: "sign-in", title: "Anmelden", navigation: false };

/// Every page, in the order of the navigation.
pub const ALL: &[Page] =
    &[HOME, TODO, CALENDAR, NOTES, JOURNAL, MOOD, HABITS, GOALS, CONTACTS, ARTICLES, INVOICES, SIGN_IN];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections;

    #[test]
    fn paths_and_modules_are_unique() {
        for (index, page) in ALL.iter().enumerate() {
            for other in &ALL[index + 1..] {
                assert_ne!(page.path, other.path);
                assert_ne!(page.module, other.module);
            }
        }
    }

    #[test]
    fn every_collection_has_a_page_named_after_its_module() {
        for collection in collections::ALL {
            let page = ALL.iter().find(|page| page.module == collection.module);
            assert_eq!(page.map(|page| page.path), Some(format!("/{}", collection.module).as_str()));
        }
    }
}
