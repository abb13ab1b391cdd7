//! The body of a persona upsert, read field by field, so that the seeder hears of every fault at once.

use serde_json::{Map, Value};
use stack_api::{
    auth::PASSWORD_MIN,
    personas::{Cadence, EMAIL_DOMAIN, ModuleMix, PersonaUpsert},
};

use crate::sign_up;

/// The persona, or one sentence for each fault. Without a name it is called after its e-mail; without a cadence it plays
/// daily.
pub(crate) fn read(body: &Value) -> Result<PersonaUpsert, Vec<String>> {
    let Some(body) = body.as_object() else { return Err(vec!["body: must be an object".to_owned()]) };
    let mut faults = Vec::new();
    let email = email(body, &mut faults);
    let name = name(body, &email, &mut faults);
    let persona = PersonaUpsert {
        password: password(body, &mut faults),
        archetype: text(body, "archetype", &mut faults),
        system_prompt: text(body, "systemPrompt", &mut faults),
        module_mix: module_mix(body, &mut faults),
        tick_cadence: cadence(body, &mut faults),
        email,
        name,
    };
    if faults.is_empty() { Ok(persona) } else { Err(faults) }
}

fn text(body: &Map<String, Value>, field: &str, faults: &mut Vec<String>) -> String {
    let text = body.get(field).and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        faults.push(format!("{field}: must be a text that is not empty"));
    }
    text.to_owned()
}

fn email(body: &Map<String, Value>, faults: &mut Vec<String>) -> String {
    let email = sign_up::normalised(body.get("email").and_then(Value::as_str).unwrap_or_default());
    if let Some(fault) = sign_up::email_fault(&email) {
        faults.push(format!("email: {fault}"));
    } else if !email.ends_with(EMAIL_DOMAIN) {
        faults.push(format!("email: must end with {EMAIL_DOMAIN}"));
    }
    email
}

fn name(body: &Map<String, Value>, email: &str, faults: &mut Vec<String>) -> String {
    let name = match body.get("name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(_) => {
            faults.push("name: must be a text".to_owned());
            None
        }
    };
    if let Some(fault) = name.and_then(sign_up::name_fault) {
        faults.push(format!("name: {fault}"));
    }
    sign_up::display_name(name, email)
}

fn password(body: &Map<String, Value>, faults: &mut Vec<String>) -> String {
    let password = body.get("password").and_then(Value::as_str).unwrap_or_default();
    if sign_up::is_weak(password) || sign_up::is_too_long(password) {
        faults.push(format!("password: must have {PASSWORD_MIN} to {} characters", sign_up::PASSWORD_MAX));
    }
    password.to_owned()
}

fn module_mix(body: &Map<String, Value>, faults: &mut Vec<String>) -> ModuleMix {
    let entries = body.get("moduleMix").and_then(Value::as_object).filter(|mix| !mix.is_empty());
    let Some(entries) = entries else {
        faults.push("moduleMix: must be an object of modules and their shares".to_owned());
        return ModuleMix::new();
    };
    let mut mix = ModuleMix::new();
    for (module, share) in entries {
        match share.as_f64().filter(|share| (0.0..=1.0).contains(share)) {
            Some(share) => {
                mix.insert(module.clone(), share);
            }
            None => faults.push(format!("moduleMix.{module}: must be a number from 0 to 1")),
        }
    }
    mix
}

fn cadence(body: &Map<String, Value>, faults: &mut Vec<String>) -> Cadence {
    match body.get("tickCadence") {
        None | Some(Value::Null) => Cadence::Daily,
        Some(word) => serde_json::from_value(word.clone()).unwrap_or_else(|_| {
            faults.push("tickCadence: must be hourly, daily or weekdays".to_owned());
            Cadence::Daily
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn anna() -> Value {
        json!({
            "email": "Persona.Anna@mana.test", "name": "Anna", "password": "0123456789", "archetype": "adhd-student",
            "systemPrompt": "Du bist Anna.", "moduleMix": { "todo": 0.5, "notes": 0.5 }, "tickCadence": "weekdays",
        })
    }

    /// Puts `value` in the place of Anna's `field` and expects these fields to be named.
    fn check(field: &str, value: Value, named: &[&str]) {
        let mut body = anna();
        body[field] = value;
        let faults = read(&body).err().unwrap_or_default();
        let fields: Vec<&str> = faults.iter().filter_map(|fault| fault.split(':').next()).collect();
        assert_eq!(fields, named, "{field} = {}", body[field]);
    }

    #[test]
    fn a_good_persona_is_read() {
        let persona = read(&anna()).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(persona.email, "persona.anna@mana.test");
        assert_eq!((persona.name.as_str(), persona.tick_cadence), ("Anna", Cadence::Weekdays));
        assert_eq!(persona.module_mix.into_iter().collect::<Vec<_>>(), [("notes".into(), 0.5), ("todo".into(), 0.5)]);
    }

    #[test]
    fn name_and_cadence_may_be_missing() {
        let mut body = anna();
        for field in ["name", "tickCadence"] {
            body.as_object_mut().unwrap().remove(field);
        }
        let persona = read(&body).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!((persona.name.as_str(), persona.tick_cadence), ("persona.anna", Cadence::Daily));
    }

    #[test]
    fn each_bad_field_is_named() {
        check("email", json!("anna@example.com"), &["email"]);
        check("email", json!(7), &["email"]);
        check("name", json!(7), &["name"]);
        check("name", json!("x".repeat(201)), &["name"]);
        check("password", json!("short"), &["password"]);
        check("password", json!("x".repeat(129)), &["password"]);
        check("archetype", json!(" "), &["archetype"]);
        check("systemPrompt", Value::Null, &["systemPrompt"]);
        check("moduleMix", json!({}), &["moduleMix"]);
        check("moduleMix", json!([1]), &["moduleMix"]);
        check("moduleMix", json!({ "todo": 1.5, "notes": "x", "mood": 0 }), &["moduleMix.todo", "moduleMix.notes"]);
        check("tickCadence", json!("yearly"), &["tickCadence"]);
        check("more", json!(1), &[]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let faults = read(&json!({})).err().unwrap();
        let fields: Vec<&str> = faults.iter().filter_map(|fault| fault.split(':').next()).collect();
        assert_eq!(fields, ["email", "password", "archetype", "systemPrompt", "moduleMix"]);
        assert_eq!(read(&json!([])).err().unwrap(), ["body: must be an object"]);
    }
}
