//! The server side of the protocol: lists the registry's tools and hands calls to it.
//!
//! Whatever goes wrong in a call is a tool result that says so, never an error of the protocol: a model reads the one
//! and its client swallows the other.

use std::sync::{Arc, Mutex};

use http::request::Parts;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestMethod,
        CompleteRequestParams, CompleteResult, ConstString, ContentBlock, CustomRequest, CustomResult, Extensions,
        Implementation, ListPromptsRequestMethod, ListPromptsResult, ListResourceTemplatesRequestMethod,
        ListResourceTemplatesResult, ListResourcesRequestMethod, ListResourcesResult, ListToolsResult,
        PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
    },
    service::RequestContext,
};
use serde_json::Value;
use stack_http::Clock;
use stack_registry::{
    Effect, Fault, Policy, PolicyMode, Registry, Services, ToolContext, ToolError, ToolSpec,
    policy::{CALLS_A_MINUTE, Pace, marks},
};
use stack_trace::Work;

use crate::{gate::Caller, progress::under_way};

const INSTRUCTIONS: &str = "Tools act as the signed-in user, in one space. Records are written and read decrypted.";

/// One for all sessions; cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Server(Arc<Shared>);

struct Shared {
    registry: Registry,
    policy: Policy,
    mode: PolicyMode,
    pace: Mutex<Pace>,
    /// What `tools/list` answers; the same for everybody.
    tools: Vec<Tool>,
    services: Arc<Services>,
    clock: Clock,
}

impl Server {
    pub(crate) fn new(registry: Registry, mode: PolicyMode, services: Arc<Services>, clock: Clock) -> Self {
        let policy = Policy::default();
        let tools = registry.list(policy).map(described).collect();
        Self(Arc::new(Shared { registry, policy, mode, pace: Mutex::default(), tools, services, clock }))
    }

    /// What `tools/list` answers.
    pub(crate) fn tools(&self) -> &[Tool] {
        &self.0.tools
    }

    /// The answer to a call that is refused for its tool or its arguments: no service is asked for it.
    pub(crate) fn refused_at_once(&self, name: &str, arguments: Value, caller: &Caller) -> Option<CallToolResult> {
        let error = self.0.registry.check(name, arguments.clone(), self.0.policy).err()?;
        let context = self.context(caller);
        let error = self.0.look_at(name, &arguments, &context).err().unwrap_or(error);
        Some(refused(&error, &context.user_id))
    }

    fn context(&self, caller: &Caller) -> ToolContext {
        ToolContext {
            user_id: Arc::clone(&caller.user_id),
            token: caller.token.clone(),
            space_id: Arc::clone(&caller.space_id),
            shared: caller.shared,
            now: self.0.clock.now(),
            policy: self.0.policy,
            services: Arc::clone(&self.0.services),
        }
    }

    async fn call(&self, name: &str, arguments: Value, extensions: &Extensions) -> Result<CallToolResult, ErrorData> {
        let parts = extensions.get::<Parts>();
        let Some(caller) = parts.and_then(|parts| parts.extensions.get::<Caller>()) else {
            return Err(ErrorData::internal_error("a request came in without passing the gate", None));
        };
        let context = self.context(caller);
        // The protocol's sessions live in tasks of their own: what belongs to the request is taken along by hand.
        let answering = self.answer(name, arguments, &context);
        Ok(match parts.and_then(|parts| parts.extensions.get::<Work>()) {
            Some(work) => work.run(answering).await,
            None => answering.await,
        })
    }

    async fn answer(&self, name: &str, arguments: Value, context: &ToolContext) -> CallToolResult {
        let answer = match self.0.look_at(name, &arguments, context) {
            Ok(()) => self.0.registry.call(name, arguments, context).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(value) => CallToolResult::structured(value),
            Err(error) => refused(&error, &context.user_id),
        }
    }
}

impl Shared {
    /// The policy gate. A name that is no tool passes: the registry says what is wrong with it, and nothing is
    /// remembered of it.
    fn look_at(&self, name: &str, arguments: &Value, context: &ToolContext) -> Result<(), ToolError> {
        let Some(tool) = self.registry.find(name, self.policy).filter(|_| self.mode != PolicyMode::Off) else {
            return Ok(());
        };
        let (tool, user_id) = (tool.name, &context.user_id);
        for mark in marks(arguments) {
            tracing::warn!(tool, %user_id, mark, "a tool call carries a mark of prompt injection");
        }
        let counted = self.pace.lock().expect("no panic happens under this lock").call(user_id, tool, context.now);
        let Err(wait) = counted else { return Ok(()) };
        let enforced = self.mode == PolicyMode::Enforce;
        tracing::warn!(tool, %user_id, enforced, "more than {CALLS_A_MINUTE} calls of a tool in a minute");
        if !enforced {
            return Ok(());
        }
        // Rounded up: who comes back after this many seconds is let in.
        let wait_s = u64::try_from(wait.num_milliseconds()).unwrap_or_default().div_ceil(1000);
        Err(ToolError { tool: tool.to_owned(), fault: Fault::TooOften { limit: CALLS_A_MINUTE, wait_s } })
    }
}

fn described(spec: &ToolSpec) -> Tool {
    let mut annotations = ToolAnnotations::new()
        .read_only(spec.effect == Effect::Read)
        .destructive(spec.effect == Effect::Destructive)
        .open_world(false);
    annotations.title = spec.title.map(str::to_owned);
    let mut tool = Tool::new(spec.name, spec.description, Arc::clone(&spec.input_schema))
        .with_raw_output_schema(Arc::clone(&spec.output_schema))
        .with_annotations(annotations);
    tool.title = spec.title.map(str::to_owned);
    tool
}

/// What the caller reads, and what the log keeps: nothing of the arguments, which are the user's own words.
fn refused(error: &ToolError, user_id: &str) -> CallToolResult {
    match &error.fault {
        Fault::Service { source, .. } => tracing::error!(tool = error.tool, user_id, %source, "a tool call failed"),
        _ => tracing::debug!(tool = error.tool, user_id, "a tool call was refused"),
    }
    CallToolResult::error(vec![ContentBlock::text(error.to_string())])
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("mana-mcp", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.tools.clone()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.tools.iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.map_or(Value::Null, Value::Object);
        let call = self.call(&request.name, arguments, &context.extensions);
        Ok(under_way(&request.name, &context, call).await?.into())
    }

    /// A call whose arguments are no object does not reach [`Self::call_tool`]: to the SDK it is no call at all. The
    /// registry says what is wrong with it.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if request.method != CallToolRequestMethod::VALUE {
            return Err(ErrorData::new(rmcp::model::ErrorCode::METHOD_NOT_FOUND, request.method, None));
        }
        let part = |name| request.params.as_ref().and_then(|params: &Value| params.get(name)).cloned();
        let Some(Value::String(name)) = part("name") else {
            return Err(ErrorData::invalid_params("params.name must be the name of a tool", None));
        };
        let mut result = self.call(&name, part("arguments").unwrap_or_default(), &context.extensions).await?;
        let is_modern = |version: ProtocolVersion| !version.has_initialize();
        if !context.protocol_version().is_some_and(is_modern) {
            result.result_type = None;
        }
        let written = serde_json::to_value(result);
        written.map(CustomResult::new).map_err(|error| ErrorData::internal_error(error.to_string(), None))
    }

    // The SDK answers these with empty lists, which would say that there could be some.

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourceTemplatesRequestMethod>())
    }
}
