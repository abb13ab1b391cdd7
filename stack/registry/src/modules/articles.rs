//! Articles to read, or read already. What they are and what somebody thought of them is encrypted; how far they were
//! read stays readable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::ARTICLES;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{archive, fifty, is_zero, update},
    shape::{changes, record},
};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new("articles.create", Effect::Write, "Keep an article for reading. Returns the article.", create)
            .titled("Keep an article"),
        ToolSpec::new(
            "articles.list",
            Effect::Read,
            "List the articles of the space, newest first; with a status, those that are so far.",
            list,
        )
        .titled("List articles"),
        ToolSpec::new(
            "articles.update",
            Effect::Write,
            "Change an article, such as its status or the note on it. Only the fields that are given change.",
            update::<Update>(&ARTICLES, "article"),
        )
        .titled("Change an article"),
        ToolSpec::new(
            "articles.archive",
            Effect::Write,
            "Archive an article, or bring it back with `archived: false`. Nothing is lost.",
            archive(&ARTICLES, "article"),
        )
        .titled("Archive an article"),
    ]
}

#[derive(Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Unread,
    Reading,
    Finished,
}

record! {
    Article from Create {
        /// Headline.
        #[schemars(length(min = 1, max = 500))]
        title: String,
        /// Address, http or https; null for something on paper.
        #[serde(default)]
        #[schemars(length(max = 2_000), regex(pattern = "^https?://[^\\s]+$"))]
        url: Option<String>,
        /// Where it appeared; null where that is unknown.
        #[serde(default)]
        #[schemars(length(max = 200))]
        source: Option<String>,
        /// What it says; null for nothing.
        #[serde(default)]
        #[schemars(length(max = 10_000))]
        summary: Option<String>,
        /// What the reader thought of it; null for nothing.
        #[serde(default)]
        #[schemars(length(max = 10_000))]
        note: Option<String>,
        /// How long reading takes; null where that is unknown.
        #[serde(default)]
        #[schemars(range(min = 1, max = 1_440))]
        minutes: Option<u16>,
        /// How far it was read.
        #[serde(default)]
        status: Status,
        /// Whether to keep it above the others.
        #[serde(default)]
        is_favorite: bool,
    } and {
        is_archived: bool,
    }
}

#[derive(Serialize, JsonSchema)]
struct One {
    article: Article,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let article = Article::created(input, &call);
    call.insert(&ARTICLES, &article.id, &article).await?;
    Ok(One { article })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Only articles that are so far; null for all.
    #[serde(default)]
    status: Option<Status>,
    /// Whether to list archived articles too.
    #[serde(default)]
    include_archived: bool,
    /// How many articles at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 500))]
    limit: usize,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    articles: Vec<Article>,
    /// Articles left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let found = call.read::<Article>(&ARTICLES).await?;
    let mut articles = found.records;
    articles.retain(|article| {
        let wanted = input.status.is_none_or(|status| status == article.status);
        wanted && (input.include_archived || !article.is_archived)
    });
    articles.sort_by(|a, b| (&b.created_at, &a.id).cmp(&(&a.created_at, &b.id)));
    articles.truncate(input.limit);
    Ok(Many { articles, unreadable: found.unreadable })
}

changes! {
    /// What is absent stays as it is; null takes a text or the minutes away.
    Update {
        /// Id of the article, as the list gives it.
        id,
        /// Headline.
        #[schemars(length(min = 1, max = 500))]
        title: String,
        /// What it says.
        #[schemars(length(max = 10_000))]
        summary: Option<String>,
        /// What the reader thought of it.
        #[schemars(length(max = 10_000))]
        note: Option<String>,
        /// How long reading takes.
        #[schemars(range(min = 1, max = 1_440))]
        minutes: Option<u16>,
        /// How far it was read.
        status: Status,
        /// Whether to keep it above the others.
        is_favorite: bool,
    }
}
