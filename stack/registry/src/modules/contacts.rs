//! People and what somebody wants to remember of them. All of it is encrypted, so searching happens here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::CONTACTS;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{Archive, Done, fifty, is_zero, lenient, present},
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
            update,
        )
        .titled("Change a contact"),
        ToolSpec::new(
            "contacts.archive",
            Effect::Write,
            "Archive a contact, or bring it back with `archived: false`. Nothing is lost.",
            archive,
        )
        .titled("Archive a contact"),
    ]
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Contact {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    name: String,
    #[serde(default, deserialize_with = "lenient")]
    company: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    role: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    phone: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    note: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    is_favorite: bool,
    #[serde(default, deserialize_with = "lenient")]
    is_archived: bool,
    #[serde(default, deserialize_with = "lenient")]
    created_at: String,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: String,
}

impl Contact {
    fn holds(&self, query: &str) -> bool {
        let rest = [&self.company, &self.role, &self.email, &self.phone, &self.note];
        let mut texts = rest.into_iter().flatten().chain([&self.name]);
        texts.any(|text| text.to_lowercase().contains(query))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
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
}

#[derive(Serialize, JsonSchema)]
struct One {
    contact: Contact,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let now = call.timestamp();
    let contact = Contact {
        id: uuid::Uuid::new_v4().to_string(),
        name: input.name,
        company: input.company,
        role: input.role,
        email: input.email,
        phone: input.phone,
        note: input.note,
        is_favorite: input.is_favorite,
        is_archived: false,
        created_at: now.clone(),
        updated_at: now,
    };
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

/// What is absent stays as it is; null takes a text away.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    /// Id of the contact, as the list gives it.
    #[serde(skip_serializing)]
    #[schemars(with = "uuid::Uuid")]
    id: String,
    /// First and last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = 200))]
    name: Option<String>,
    /// Where the person works.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>", length(max = 200))]
    company: Option<Option<String>>,
    /// What the person does there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>", length(max = 200))]
    role: Option<Option<String>>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>", length(max = 320), regex(pattern = "^[^@\\s]+@[^@\\s]+$"))]
    email: Option<Option<String>>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>", length(max = 40), regex(pattern = "^[+0-9][0-9 ()/.-]*$"))]
    phone: Option<Option<String>>,
    /// What to remember.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>", length(max = 10_000))]
    note: Option<Option<String>>,
    /// Whether to keep the person above the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    is_favorite: Option<bool>,
}

async fn update(input: Update, call: ToolContext) -> Result<Done, Fault> {
    call.update(&CONTACTS, "contact", &input.id, &input).await
}

async fn archive(input: Archive, call: ToolContext) -> Result<Done, Fault> {
    call.archive(&CONTACTS, "contact", input).await
}
