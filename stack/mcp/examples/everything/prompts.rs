//! The prompts that the suite gets by name.

use rmcp::{
    ErrorData,
    model::{
        ContentBlock, GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequests, InputRequiredResult,
        Prompt, PromptArgument, PromptMessage, Role,
    },
};
use serde_json::json;

use crate::{
    resources::PIXEL,
    rounds::{Given, elicitation},
    wire,
};

const PROMPTS: [(&str, &[&str]); 5] = [
    ("test_simple_prompt", &[]),
    ("test_prompt_with_arguments", &["arg1", "arg2"]),
    ("test_prompt_with_embedded_resource", &["resourceUri"]),
    ("test_prompt_with_image", &[]),
    ("test_input_required_result_prompt", &[]),
];

pub(crate) fn all() -> Vec<Prompt> {
    let needed = |name: &&str| PromptArgument::new(*name).with_description("For the suite").with_required(true);
    PROMPTS
        .map(|(name, arguments)| Prompt::new(name, Some("For the suite"), Some(arguments.iter().map(needed).collect())))
        .into()
}

pub(crate) fn get(request: GetPromptRequestParams) -> Result<GetPromptResponse, ErrorData> {
    let argument = |name: &str| {
        let value = request.arguments.as_ref().and_then(|all| all.get(name));
        let missing = || ErrorData::invalid_params(format!("the argument {name} is missing"), None);
        value.and_then(|value| value.as_str()).ok_or_else(missing)
    };
    let says = |text: &str| PromptMessage::new_text(Role::User, text);
    let messages = match request.name.as_str() {
        "test_simple_prompt" => vec![says("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => {
            let (one, two) = (argument("arg1")?, argument("arg2")?);
            vec![says(&format!("Prompt with arguments: arg1='{one}', arg2='{two}'"))]
        }
        "test_prompt_with_embedded_resource" => {
            let resource = json!({"type": "resource", "resource": {"uri": argument("resourceUri")?,
                "mimeType": "text/plain", "text": "Embedded resource content for testing."}});
            let resource = PromptMessage::new(Role::User, wire(resource)?);
            vec![resource, says("Please process the embedded resource above.")]
        }
        "test_prompt_with_image" => {
            let image = PromptMessage::new(Role::User, ContentBlock::image(PIXEL, "image/png"));
            vec![image, says("Please analyze the image above.")]
        }
        "test_input_required_result_prompt" => {
            let given = Given { responses: request.input_responses.as_ref(), state: None };
            let Some(context) = given.content("user_context", "context") else {
                let question = elicitation("What context should the prompt use?", "context", "string");
                let requests: InputRequests = wire(json!({"user_context": question}))?;
                return Ok(InputRequiredResult::from_input_requests(requests).into());
            };
            vec![says(&format!("The context is {context}."))]
        }
        other => return Err(ErrorData::invalid_params(format!("no prompt is named {other}"), None)),
    };
    Ok(GetPromptResult::new(messages).into())
}
