//! The committed OpenAPI documents: a change of the wire is a change of a file.

use std::collections::HashSet;

use serde_json::Value;
use stack_api::openapi;

#[test]
fn the_wire_of_auth_is_what_it_was() {
    insta::assert_json_snapshot!("auth", openapi::auth());
}

#[test]
fn the_wire_of_sync_is_what_it_was() {
    insta::assert_json_snapshot!("sync", openapi::sync());
}

#[test]
fn each_operation_stands_in_its_document_once() {
    for (document, operations) in
        [(openapi::auth(), openapi::auth_operations()), (openapi::sync(), openapi::sync_operations())]
    {
        let operations = [openapi::every_service(), operations].concat();
        let listed: HashSet<_> = operations.iter().map(openapi::Operation::route).collect();
        assert_eq!(listed.len(), operations.len(), "an operation is listed twice");
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.values().map(|methods| methods.as_object().unwrap().len()).sum::<usize>(), operations.len());
    }
}

/// Two shapes of one name would stand for each other; and a reference that leads nowhere says nothing.
#[test]
fn every_reference_leads_to_a_shape() {
    for document in [openapi::auth(), openapi::sync()] {
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let numbered = schemas.keys().find(|name| name.ends_with(|c: char| c.is_ascii_digit()));
        assert_eq!(numbered, None, "a second shape of this name");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| collect(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
