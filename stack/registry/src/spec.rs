//! One tool: its words, its schemas and its handler.

use std::{pin::Pin, sync::Arc};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{Fault, ToolContext, arguments, schema};

/// Who may call a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A user, in a space of theirs.
    UserSpace,
    /// Operators. Never reached through an agent.
    Admin,
}

/// What a call may do to the user's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds or changes; nothing is lost.
    Write,
    /// Loses something that cannot be had back.
    Destructive,
}

type Answer = Pin<Box<dyn Future<Output = Result<Value, Fault>> + Send>>;
type Handler = Arc<dyn Fn(Value, ToolContext) -> Answer + Send + Sync>;

/// A tool as it is registered.
#[derive(Clone)]
pub struct ToolSpec {
    /// `module.verb`.
    pub name: &'static str,
    /// The part of the name before the dot.
    pub module: &'static str,
    /// A few words for a list that people read.
    pub title: Option<&'static str>,
    /// What it does, for the model that chooses.
    pub description: &'static str,
    /// Who may call it.
    pub scope: Scope,
    /// What a call may do.
    pub effect: Effect,
    /// JSON Schema (2020-12) of the arguments; an object.
    pub input_schema: Arc<Map<String, Value>>,
    /// JSON Schema (2020-12) of the result; an object.
    pub output_schema: Arc<Map<String, Value>>,
    handler: Handler,
}

impl ToolSpec {
    /// A tool for users. `run` gets arguments that fit the schema of `I`, defaults filled in.
    #[must_use]
    pub fn new<I, O, R, F>(name: &'static str, effect: Effect, description: &'static str, run: R) -> Self
    where
        I: DeserializeOwned + JsonSchema,
        O: Serialize + JsonSchema,
        R: Fn(I, ToolContext) -> F + Send + Sync + 'static,
        F: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        let handler = move |given: Value, context: ToolContext| -> Answer {
            match arguments::read(given) {
                Ok(input) => {
                    let answer = run(input, context);
                    Box::pin(async move { serde_json::to_value(answer.await?).map_err(Fault::Answer) })
                }
                Err(fault) => Box::pin(std::future::ready(Err(fault))),
            }
        };
        Self {
            name,
            module: name.split_once('.').map_or(name, |(module, _)| module),
            title: None,
            description,
            scope: Scope::UserSpace,
            effect,
            input_schema: Arc::new(schema::of_input::<I>()),
            output_schema: Arc::new(schema::of_output::<O>()),
            handler: Arc::new(handler),
        }
    }

    /// Gives it a title.
    #[must_use]
    pub fn titled(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// Keeps it for operators.
    #[must_use]
    pub fn for_admins(mut self) -> Self {
        self.scope = Scope::Admin;
        self
    }

    pub(crate) async fn run(&self, arguments: Value, context: ToolContext) -> Result<Value, Fault> {
        (self.handler)(arguments, context).await
    }
}
