//! How modules declare their records and the changes to them: the fields alone, what all modules have in common is here.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A record as it is stored. Beside the fields that are named it has an id and the moments of its making and its last
/// change. Records are written by many programs: a field that is missing or of another type takes its default instead
/// of making the whole record unreadable.
///
/// `Name::begun(&call)` is a new one, made now, of which every other field has its default. A record whose first fields
/// are given by whoever creates it declares both at once, `Name from Create { … } and { … }`; the attributes of those
/// fields are for `Create`, and `Name::created(input, &call)` takes them over.
macro_rules! record {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        struct $name {
            id: String,
            $(
                #[serde(default, deserialize_with = "crate::shape::lenient")]
                $(#[$attribute])*
                $field: $type,
            )*
            #[serde(default, deserialize_with = "crate::shape::lenient")]
            created_at: String,
            #[serde(default, deserialize_with = "crate::shape::lenient")]
            updated_at: String,
        }

        impl $name {
            fn begun(call: &crate::ToolContext) -> Self {
                Self {
                    id: uuid::Uuid::new_v4().to_string(),
                    $($field: Default::default(),)*
                    created_at: call.timestamp(),
                    updated_at: call.timestamp(),
                }
            }
        }
    };
    (
        $name:ident from $create:ident { $($(#[$attribute:meta])* $given:ident: $type:ty,)* }
        and { $($field:ident: $other:ty,)* }
    ) => {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct $create {
            $($(#[$attribute])* $given: $type,)*
        }

        crate::shape::record! { $name { $($given: $type,)* $($field: $other,)* } }

        impl $name {
            fn created(input: $create, call: &crate::ToolContext) -> Self {
                Self { $($given: input.$given,)* ..Self::begun(call) }
            }
        }
    };
}

/// The arguments of a tool that changes a record: its id, and fields of which each may be absent. What is absent stays
/// as it is; a field whose type is an `Option` is taken away by null.
macro_rules! changes {
    (
        $(#[$about:meta])*
        $name:ident {
            $(#[$id_about:meta])* id,
            $($(#[$attribute:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct $name {
            $(#[$id_about])*
            #[serde(skip_serializing)]
            #[schemars(with = "uuid::Uuid")]
            id: String,
            $(
                $(#[$attribute])*
                #[serde(default, skip_serializing_if = "crate::shape::Change::is_absent")]
                $field: crate::shape::Change<$type>,
            )*
        }

        impl crate::shape::Changes for $name {
            fn id(&self) -> &str {
                &self.id
            }
        }
    };
}

pub(crate) use {changes, record};

/// The arguments of a tool that changes a record.
pub(crate) trait Changes: Serialize + DeserializeOwned + JsonSchema + Send + Sync {
    /// The record that is to change.
    fn id(&self) -> &str;
}

/// What becomes of a field: nothing, or a new value. In a schema it looks like that value.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Change<T>(pub Option<T>);

impl<T> Change<T> {
    /// For `skip_serializing_if`.
    pub(crate) fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

impl<T> Default for Change<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// Null is a value here, if one of the type: absent is only what is not there at all.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

impl<T: JsonSchema> JsonSchema for Change<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// For `deserialize_with`: the default of what is of another type.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}
