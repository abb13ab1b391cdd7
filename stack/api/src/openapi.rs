//! What auth and sync say over HTTP, as OpenAPI 3.1 documents.
//!
//! Schemas are made from the shapes of this crate: JSON Schema 2020-12 is what OpenAPI 3.1 speaks, so one derive serves
//! documents and tools. What a shape does not say (statuses, who may call, headers) stands beside the routes in `auth`
//! and `sync`. Each service's tests compare its routes with its operations, both ways.

mod auth;
mod sync;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};

use crate::{
    Health, Readiness,
    auth::{SERVICE_KEY_HEADER, SESSION_COOKIE},
    routes,
};

/// A request's method; those that the stack's routes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Anybody.
    Anybody,
    /// Who has a session cookie.
    Cookie,
    /// Who has an access token.
    Token,
    /// Who has either.
    TokenOrCookie,
    /// Another service of the stack.
    Service,
}

/// One route and method with all that may be sent and answered.
#[derive(Debug, Clone)]
pub struct Operation {
    method: Method,
    path: &'static str,
    summary: &'static str,
    caller: Caller,
    parameters: Vec<Value>,
    body: Option<Body>,
    answers: Vec<Answer>,
}

#[derive(Debug, Clone)]
struct Body {
    required: bool,
    schema: MakeSchema,
}

#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    content: Option<(&'static str, MakeSchema)>,
    headers: Vec<(&'static str, &'static str)>,
}

/// Puts a shape among the generator's definitions and gives the reference to it.
type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
const EVENTS: &str = "text/event-stream";
/// The header of an answer that another try may follow.
const TRY_AGAIN: (&str, &str) = ("Retry-After", "Seconds until another try may help.");
/// Grows when a shape changes its meaning.
const VERSION: &str = "1";

/// The document of the auth service.
#[must_use]
pub fn auth() -> Value {
    let about = "Accounts, sessions, tokens, spaces, the encryption vault and personas.";
    document("auth", about, &[every_service(), auth_operations()].concat())
}

/// The document of the sync service.
#[must_use]
pub fn sync() -> Value {
    let about = "The last-write-wins store. Errors are one line of plain text; values of encrypted fields are opaque.";
    document("sync", about, &[every_service(), sync_operations()].concat())
}

/// What every service answers to: the questions of operators.
#[must_use]
pub fn every_service() -> Vec<Operation> {
    vec![
        Operation::get(routes::HEALTH, "Whether the service lives, as clients of the original ask").says::<Health>(200),
        Operation::get(routes::HEALTH_LIVE, "Whether the service lives").says::<Health>(200),
        Operation::get(routes::HEALTH_READY, "Whether the service has what it needs")
            .says::<Readiness>(200)
            .refuses::<Readiness>(&[503]),
        Operation::get(routes::METRICS, "What the service did, for Prometheus").in_words(&[200]),
    ]
}

/// What the auth service answers to beside that.
#[must_use]
pub fn auth_operations() -> Vec<Operation> {
    auth::operations()
}

/// What the sync service answers to beside that.
#[must_use]
pub fn sync_operations() -> Vec<Operation> {
    sync::operations()
}

impl Method {
    fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Delete => "delete",
        }
    }
}

impl Operation {
    /// The method and the path, as a router knows them.
    #[must_use]
    pub fn route(&self) -> (Method, &'static str) {
        (self.method, self.path)
    }

    fn new(method: Method, path: &'static str, summary: &'static str) -> Self {
        let captures = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let parameter = |(name, _): (&str, &str)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } });
        let parameters = captures.map(parameter).collect();
        Self { method, path, summary, caller: Caller::Anybody, parameters, body: None, answers: Vec::new() }
    }

    fn get(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Get, path, summary)
    }

    fn post(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Post, path, summary)
    }

    fn delete(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Delete, path, summary)
    }

    fn by(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self
    }

    /// One query parameter for each field of `Q`.
    fn query<Q: JsonSchema>(mut self) -> Self {
        // As a client writes it: what is never left out is required.
        let schema = generator(false).into_root_schema_for::<Q>().to_value();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let mut schema = schema.clone();
            let description = schema.as_object_mut().and_then(|fields| fields.remove("description"));
            self.parameters.push(json!({
                "name": name, "in": "query", "required": required.iter().any(|field| field == name),
                "description": description, "schema": schema,
            }));
        }
        self
    }

    fn header(mut self, name: &'static str, description: &'static str) -> Self {
        self.parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": description, "schema": { "type": "string" },
        }));
        self
    }

    fn takes<B: JsonSchema>(mut self) -> Self {
        self.body = Some(Body { required: true, schema: SchemaGenerator::subschema_for::<B> });
        self
    }

    fn may_take<B: JsonSchema>(mut self) -> Self {
        self.body = Some(Body { required: false, schema: SchemaGenerator::subschema_for::<B> });
        self
    }

    fn says<A: JsonSchema>(self, status: u16) -> Self {
        self.content(status, JSON, SchemaGenerator::subschema_for::<A>)
    }

    /// Each of these statuses with a JSON body of this shape.
    fn refuses<A: JsonSchema>(self, statuses: &[u16]) -> Self {
        statuses.iter().fold(self, |operation, status| operation.says::<A>(*status))
    }

    /// Each of these statuses with one line of text.
    fn in_words(self, statuses: &[u16]) -> Self {
        let words =
            |operation: Self, status: &u16| operation.content(*status, TEXT, SchemaGenerator::subschema_for::<String>);
        statuses.iter().fold(self, words)
    }

    /// `changes` events whose data is a [`crate::sync::StreamEvent`].
    fn events(self) -> Self {
        self.content(200, EVENTS, SchemaGenerator::subschema_for::<String>)
    }

    /// An answer without a body.
    fn empty(mut self, status: u16) -> Self {
        self.answers.push(Answer { status, content: None, headers: Vec::new() });
        self
    }

    fn content(mut self, status: u16, media: &'static str, schema: MakeSchema) -> Self {
        self.answers.push(Answer { status, content: Some((media, schema)), headers: Vec::new() });
        self
    }

    /// A header of the answer that was named last.
    fn with(mut self, header: &'static str, description: &'static str) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push((header, description));
        }
        self
    }

    fn to_json(&self, reading: &mut SchemaGenerator, writing: &mut SchemaGenerator) -> Value {
        let mut operation = json!({ "summary": self.summary });
        let security = self.caller.security();
        if !security.is_empty() {
            operation["security"] = json!(security);
        }
        if !self.parameters.is_empty() {
            operation["parameters"] = json!(self.parameters);
        }
        if let Some(body) = &self.body {
            let schema = (body.schema)(reading);
            operation["requestBody"] = json!({ "required": body.required, "content": { JSON: { "schema": schema } } });
        }
        let mut answers = BTreeMap::new();
        for answer in &self.answers {
            let known = answers
                .entry(answer.status.to_string())
                .or_insert_with(|| json!({ "description": reason(answer.status) }));
            for (header, description) in &answer.headers {
                known["headers"][header] = json!({ "description": description, "schema": { "type": "string" } });
            }
            if let Some((media, schema)) = &answer.content {
                let schema = schema(writing).to_value();
                let place = &mut known["content"][media]["schema"];
                *place = if place.is_null() { schema } else { either(place.take(), schema) };
            }
        }
        operation["responses"] = json!(answers);
        operation
    }
}

impl Caller {
    /// One of these is enough.
    fn security(self) -> Vec<Value> {
        match self {
            Self::Anybody => Vec::new(),
            Self::Cookie => vec![json!({ "cookie": [] })],
            Self::Token => vec![json!({ "token": [] })],
            Self::TokenOrCookie => vec![json!({ "token": [] }), json!({ "cookie": [] })],
            Self::Service => vec![json!({ "serviceKey": [] })],
        }
    }
}

/// One status may have bodies of several shapes.
fn either(known: Value, more: Value) -> Value {
    match known {
        Value::Object(mut known) if known.contains_key("anyOf") => {
            if let Some(shapes) = known.get_mut("anyOf").and_then(Value::as_array_mut) {
                shapes.push(more);
            }
            Value::Object(known)
        }
        known => json!({ "anyOf": [known, more] }),
    }
}

fn document(name: &str, about: &str, operations: &[Operation]) -> Value {
    let (mut reading, mut writing) = (generator(true), generator(false));
    let mut paths = Map::new();
    for operation in operations {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        methods[operation.method.word()] = operation.to_json(&mut reading, &mut writing);
    }
    let mut schemas = writing.take_definitions(true);
    schemas.extend(reading.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": { "title": name, "summary": about, "version": VERSION },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "cookie": { "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "serviceKey": { "type": "apiKey", "in": "header", "name": SERVICE_KEY_HEADER },
            },
            "schemas": schemas,
        },
    })
}

/// Of what is read (`true`) or of what is written.
fn generator(reading: bool) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let settings = if reading { settings.for_deserialize() } else { settings.for_serialize() };
    settings.with_transform(RecursiveTransform(forget_rust)).into_generator()
}

/// Rust's number formats, serde's defaults and links between doc comments mean nothing to a caller.
fn forget_rust(schema: &mut Schema) {
    schema.remove("default");
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace("[`", "`").replace("`]", "`");
    }
    let of_rust = |format: &str| ["int", "uint", "float", "double"].iter().any(|start| format.starts_with(start));
    if schema.get("format").and_then(Value::as_str).is_some_and(of_rust) {
        schema.remove("format");
    }
}

/// A description that each answer must have.
fn reason(status: u16) -> &'static str {
    match status {
        101 => "The connection is a WebSocket now.",
        200 => "Done.",
        400 => "The request is not understood.",
        401 => "Nobody proves to be calling.",
        403 => "The caller may not do that.",
        404 => "There is no such thing for this caller.",
        409 => "The present state does not allow it.",
        413 => "The body is too large.",
        426 => "The route speaks WebSocket alone.",
        429 => "Too many tries.",
        500 => "A fault of the service; the log says which.",
        502 => "Another service failed.",
        503 => "Try again.",
        507 => "The database is full; nothing was stored.",
        _ => "See the schema.",
    }
}
