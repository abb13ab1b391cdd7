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
    /// Whether it is there for administrators alone. What it shows, auth gives to nobody else.
    pub admins_only: bool,
}

impl Page {
    /// A page for everybody, in the navigation.
    const fn new(path: &'static str, module: &'static str, title: &'static str) -> Self {
        Self { path, module, title, navigation: true, admins_only: false }
    }
}

/// The dashboard.
pub const HOME: Page = Page::new("/", "home", "Übersicht");
/// Tasks.
pub const TODO: Page = Page::new("/todo", "todo", "Aufgaben");
/// Notes.
pub const NOTES: Page = Page::new("/notes", "notes", "Notizen");
/// Diary.
pub const JOURNAL: Page = Page::new("/journal", "journal", "Tagebuch");
/// Habits.
pub const HABITS: Page = Page::new("/habits", "habits", "Gewohnheiten");
/// Appointments.
pub const CALENDAR: Page = Page::new("/calendar", "calendar", "Kalender");
/// People.
pub const CONTACTS: Page = Page::new("/contacts", "contacts", "Kontakte");
/// Moods.
pub const MOOD: Page = Page::new("/mood", "mood", "Stimmung");
/// Articles.
pub const ARTICLES: Page = Page::new("/articles", "articles", "Artikel");
/// Goals.
pub const GOALS: Page = Page::new("/goals", "goals", "Ziele");
/// Invoices.
pub const INVOICES: Page = Page::new("/invoices", "invoices", "Rechnungen");
/// Where a visitor without a session lands.
pub const SIGN_IN: Page = Page { navigation: false, ..Page::new("/sign-in", "sign-in", "Anmelden") };
/// The spaces that the user belongs to. The settings lead there.
pub const SPACES: Page = Page { navigation: false, ..Page::new("/spaces", "spaces", "Bereiche") };
/// Account, encryption, this device. The user's name leads there.
pub const SETTINGS: Page = Page { navigation: false, ..Page::new("/settings", "settings", "Einstellungen") };
/// The personas and what they think of the app.
pub const PERSONAS: Page = Page { admins_only: true, ..Page::new("/personas", "personas", "Personas") };

/// Every page, in the order of the navigation.
pub const ALL: &[Page] = &[
    HOME, TODO, CALENDAR, NOTES, JOURNAL, MOOD, HABITS, GOALS, CONTACTS, ARTICLES, INVOICES, PERSONAS, SPACES,
    SETTINGS, SIGN_IN,
];

/// A path at which there is no page, and never will be.
pub const NOWHERE: &str = "/nirgends";
/// The configuration that the app asks for before all else.
pub const APP_CONFIG: &str = "/config.json";

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
