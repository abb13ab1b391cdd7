//! All tools by name: what an agent may see, and the way a call goes.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::{Fault, Policy, ToolContext, ToolError, ToolSpec, arguments, error::shortened, modules, nearest::nearest};

/// A set of tools that cannot be registered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two tools of one name.
    #[error("two tools are named {name}")]
    Duplicate {
        /// The name.
        name: &'static str,
    },
    /// Arguments or results that are no objects, which MCP asks for.
    #[error("the {which} schema of {name} does not describe an object")]
    NoObject {
        /// The tool.
        name: &'static str,
        /// `input` or `output`.
        which: &'static str,
    },
    /// A schema that the validator does not read.
    #[error("the input schema of {name} does not compile: {reason}")]
    Schema {
        /// The tool.
        name: &'static str,
        /// What the validator says.
        reason: String,
    },
}

/// The tools, their schemas compiled.
pub struct Registry {
    tools: Vec<Registered>,
    by_name: BTreeMap<&'static str, usize>,
}

struct Registered {
    spec: ToolSpec,
    validator: Validator,
}

impl Registry {
    /// Registers tools; they are listed in this order.
    ///
    /// # Errors
    /// When a name is taken or a schema is unusable.
    pub fn new(specs: impl IntoIterator<Item = ToolSpec>) -> Result<Self, RegistryError> {
        let mut registry = Self { tools: Vec::new(), by_name: BTreeMap::new() };
        for spec in specs {
            let name = spec.name;
            for (which, schema) in [("input", &spec.input_schema), ("output", &spec.output_schema)] {
                if schema.get("type").and_then(Value::as_str) != Some("object") {
                    return Err(RegistryError::NoObject { name, which });
                }
            }
            let validator = arguments::validator(&spec.input_schema)
                .map_err(|error| RegistryError::Schema { name, reason: error.to_string() })?;
            if registry.by_name.insert(name, registry.tools.len()).is_some() {
                return Err(RegistryError::Duplicate { name });
            }
            registry.tools.push(Registered { spec, validator });
        }
        Ok(registry)
    }

    /// The tools of every module.
    ///
    /// # Panics
    /// Never: a test registers them.
    #[must_use]
    pub fn standard() -> Self {
        Self::new(modules::all()).expect("the standard tools register; a test does it")
    }

    /// The tools that this policy admits, in the order of their registration.
    pub fn list(&self, policy: Policy) -> impl Iterator<Item = &ToolSpec> {
        self.tools.iter().map(|tool| &tool.spec).filter(move |spec| policy.admits(spec))
    }

    /// The tool of this name, if this policy admits it.
    #[must_use]
    pub fn find(&self, name: &str, policy: Policy) -> Option<&ToolSpec> {
        self.named(name, policy).map(|tool| &tool.spec)
    }

    /// How many tools there are, admitted or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tools.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// Checks the arguments and runs the tool.
    ///
    /// # Errors
    /// When the tool is unknown or not admitted, which look alike; when the arguments do not fit; when it fails.
    pub async fn call(&self, name: &str, arguments: Value, context: &ToolContext) -> Result<Value, ToolError> {
        let (tool, arguments) = self.checked(name, arguments, context.policy)?;
        let failed = |fault| ToolError { tool: shortened(name), fault };
        tool.spec.run(arguments, context.clone()).await.map_err(failed)
    }

    /// Whether a call of this tool with these arguments would be run.
    ///
    /// # Errors
    /// Those of [`Registry::call`] that are found before the tool runs.
    pub fn check(&self, name: &str, arguments: Value, policy: Policy) -> Result<(), ToolError> {
        self.checked(name, arguments, policy).map(drop)
    }

    fn checked(&self, name: &str, arguments: Value, policy: Policy) -> Result<(&Registered, Value), ToolError> {
        let failed = |fault| ToolError { tool: shortened(name), fault };
        let tool = self.admitted(name, policy).map_err(failed)?;
        Ok((tool, tool.check(arguments).map_err(failed)?))
    }

    fn named(&self, name: &str, policy: Policy) -> Option<&Registered> {
        let tool = self.by_name.get(name).map(|index| &self.tools[*index]);
        tool.filter(|tool| policy.admits(&tool.spec))
    }

    fn admitted(&self, name: &str, policy: Policy) -> Result<&Registered, Fault> {
        self.named(name, policy).ok_or_else(|| {
            let known: Vec<_> = self.list(policy).map(|spec| spec.name).collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(meant) => format!("did you mean {meant}?"),
                None => format!("there are {}", known.join(", ")),
            };
            Fault::UnknownTool { hint }
        })
    }
}

impl Registered {
    fn check(&self, given: Value) -> Result<Value, Fault> {
        let given = match given {
            Value::Null => Value::Object(Map::new()),
            given => arguments::whole_numbers(given),
        };
        let faults = arguments::faults(&self.validator, &self.spec.input_schema, &given);
        if faults.is_empty() { Ok(given) } else { Err(Fault::Arguments(faults)) }
    }
}

#[cfg(test)]
mod tests;
