//! People and what somebody wants to remember of them. All of it is encrypted, so searching happens here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::CONTACTS;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{archive, fifty, is_zero, update},
    shape::{changes, record},
};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new("contacts.create", Effect::Write, "Add a person to the contacts. Returns the contact.", create)
            .titled("Add a contact"),
        ToolSpec::new(
            "contacts.list",
            Effect::Read,
            "List contacts by name; with a query, those of whom any text holds it, whatever its case.",
            list,
        )
        .titled("List contacts"),
        ToolSpec::new(
            "contacts.update",
            Effect::Write,
            "Change a contact. Only the fields that are given change.",
            update::<Update>(&CONTACTS, "contact"),
        )
        .titled("Change a contact"),
        ToolSpec::new(
            "contacts.archive",
            Effect::Write,
            "Archive a contact, or bring it back with `archived: false`. Nothing is lost.",
            archive(&CONTACTS, "contact"),
        )
        .titled("Archive a contact"),
    ]
}

record! {
    Contact from Create {
        /// First and last name.
        #[schemars(length(min = 1, max = 200))]
        name: String,
        /// Where the person works; null for none.
        #[serde(default)]
        #[schemars(length(max = 200))]
        company: Option<String>,
        /// What the person does there; null for none.
        #[serde(default)]
        #[schemars(length(max = 200))]
        role: Option<String>,
        /// E-mail address; null for none.
        #[serde(default)]
        #[schemars(length(max = 320), regex(pattern = "^[^@\\s]+@[^@\\s]+$"))]
        email: Option<String>,
        /// Telephone number; null for none.
        #[serde(default)]
        #[schemars(length(max = 40), regex(pattern = "^[+0-9][0-9 ()/.-]*$"))]
        phone: Option<String>,
        /// What to remember; null for nothing.
        #[serde(default)]
        #[schemars(length(max = 10_000))]
        note: Option<String>,
        /// Whether to keep the person above the others.
        #[serde(default)]
        is_favorite: bool,
    } and {
        is_archived: bool,
    }
}

impl Contact {
    fn holds(&self, query: &str) -> bool {
        let rest = [&self.company, &self.role, &self.email, &self.phone, &self.note];
        let mut texts = rest.into_iter().flatten().chain([&self.name]);
        texts.any(|text| text.to_lowercase().contains(query))
    }
}

#[derive(Serialize, JsonSchema)]
struct One {
    contact: Contact,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let contact = Contact::created(input, &call);
    call.insert(&CONTACTS, &contact.id, &contact).await?;
    Ok(One { contact })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// What to look for.
    #[serde(default)]
    #[schemars(length(max = 500))]
    query: String,
    /// Whether to list archived contacts too.
    #[serde(default)]
    include_archived: bool,
    /// How many contacts at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 500))]
    limit: usize,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    contacts: Vec<Contact>,
    /// Contacts left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let query = input.query.trim().to_lowercase();
    let found = call.read::<Contact>(&CONTACTS).await?;
    let mut contacts = found.records;
    contacts.retain(|contact| (input.include_archived || !contact.is_archived) && contact.holds(&query));
    contacts.sort_by_cached_key(|contact| (contact.name.to_lowercase(), contact.id.clone()));
    contacts.truncate(input.limit);
    Ok(Many { contacts, unreadable: found.unreadable })
}

changes! {
    /// What is absent stays as it is; null takes a text away.
    Update {
        /// Id of the contact, as the list gives it.
        id,
        /// First and last name.
        #[schemars(length(min = 1, max = 200))]
        name: String,
        /// Where the person works.
        #[schemars(length(max = 200))]
        company: Option<String>,
        /// What the person does there.
        #[schemars(length(max = 200))]
        role: Option<String>,
        /// E-mail address.
        #[schemars(length(max = 320), regex(pattern = "^[^@\\s]+@[^@\\s]+$"))]
        email: Option<String>,
        /// Telephone number.
        #[schemars(length(max = 40), regex(pattern = "^[+0-9][0-9 ()/.-]*$"))]
        phone: Option<String>,
        /// What to remember.
        #[schemars(length(max = 10_000))]
        note: Option<String>,
        /// Whether to keep the person above the others.
        is_favorite: bool,
    }
}
