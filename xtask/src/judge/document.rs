//! One `OpenAPI` document: what it says of an operation, its schemas ready for a JSON Schema validator.
//!
//! `OpenAPI` 3.0 differs from JSON Schema in a few words: `nullable` becomes a type, `discriminator`,
//! `example` and the like are dropped, `readOnly` fields may be absent from requests. `format` keeps
//! its meaning for dates and addresses. Schemas are compiled when the first exchange needs them.

use std::{cell::RefCell, collections::HashMap, fs, path::Path, rc::Rc};

use jsonschema::{Draft, Registry, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::{Outcome, format, formats, query};

/// Name of a document, its file, whether it describes Data Center, and the versions it is taken for.
const FILES: [(&str, &str, Kind, &str); 5] = [
    ("cloud", "cloud-platform-v3.json", Kind::Cloud, ""),
    ("cloud-agile", "cloud-software-agile.json", Kind::Cloud, ""),
    ("dc-10.3", "dc-10.3.corrected.json", Kind::DataCenter, "0"),
    ("dc-10.7.4", "dc-10.7.4.corrected.json", Kind::DataCenter, "10.4"),
    ("dc-11.2.1", "dc-11.2.1.corrected.json", Kind::DataCenter, "11"),
];

/// Where the components of the document are kept for the validator.
const COMPONENTS: &str = "urn:jira";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Cloud,
    DataCenter,
}

/// A difference between an exchange and the document.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, with `*` for indices; `request` before it when it is about the request.
    pub pointer: String,
    /// What.
    pub text: String,
    /// The value found there, shortened.
    pub value: String,
}

/// An operation of a document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `GET /rest/api/3/issue/{issueIdOrKey}`.
    pub name: String,
    method: String,
    template: String,
}

pub struct Document {
    pub name: &'static str,
    pub kind: Kind,
    /// First version it is taken for, as numbers.
    from: Vec<u32>,
    /// Version the next document of its kind is taken from.
    until: Option<Vec<u32>>,
    paths: Map<String, Value>,
    registry: Registry<'static>,
    compiled: RefCell<HashMap<String, Option<Rc<Validator>>>>,
}

/// Reads all documents of the folder.
pub fn load_all(folder: &Path) -> Outcome<Vec<Document>> {
    let mut documents = Vec::new();
    for (index, (name, file, kind, from)) in FILES.iter().enumerate() {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).map_err(|error| {
            format!(
                "judge: {}: {error}. Name the folder of the vendor's documents.",
                path.display()
            )
        })?;
        let value: Value =
            serde_json::from_str(&text).map_err(|error| format!("judge: {}: {error}", path.display()))?;
        let next = FILES
            .get(index + 1)
            .filter(|next| next.2 == *kind)
            .map(|next| read_version(next.3));
        documents.push(Document::new(name, *kind, read_version(from), next, value)?);
    }
    Ok(documents)
}

fn read_version(text: &str) -> Vec<u32> {
    text.split('.').filter_map(|part| part.parse().ok()).collect()
}

impl Document {
    fn new(
        name: &'static str,
        kind: Kind,
        from: Vec<u32>,
        until: Option<Vec<u32>>,
        mut value: Value,
    ) -> Outcome<Self> {
        to_json_schema(&mut value);
        let paths = value["paths"].as_object().cloned().unwrap_or_default();
        let components = json!({"components": value["components"]});
        let registry = Registry::new()
            .draft(Draft::Draft7)
            .add(COMPONENTS, components)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| format!("judge: the schemas of {name} do not fit together: {error}"))?;
        Ok(Self {
            name,
            kind,
            from,
            until,
            paths,
            registry,
            compiled: RefCell::default(),
        })
    }

    /// Whether it describes such a site.
    pub fn serves(&self, deployment: &str, version: &str) -> bool {
        match (self.kind, deployment) {
            (Kind::Cloud, "cloud") => true,
            (Kind::DataCenter, "data_center") => {
                let version = read_version(version);
                version >= self.from && self.until.as_ref().is_none_or(|until| version < *until)
            }
            _ => false,
        }
    }

    /// The operation of a path. Paths of Cloud's version 2 are those of version 3, which alone has a
    /// document; a fixed segment wins over a parameter.
    pub fn find_operation(&self, method: &str, path: &str) -> Option<Operation> {
        let path = match self.kind {
            Kind::Cloud => path.replacen("/rest/api/2/", "/rest/api/3/", 1).replacen(
                "/rest/api/latest/",
                "/rest/api/3/",
                1,
            ),
            Kind::DataCenter => path.replacen("/rest/api/latest/", "/rest/api/2/", 1),
        };
        let segments: Vec<&str> = path.split('/').collect();
        let method = method.to_ascii_lowercase();
        let mut fitting: Vec<&String> = self
            .paths
            .iter()
            .filter(|(template, operations)| operations.get(&method).is_some() && fits(template, &segments))
            .map(|(template, _)| template)
            .collect();
        fitting.sort_by_key(|template| template.matches('{').count());
        fitting.first().map(|template| Operation {
            name: format!("{} {template}", method.to_uppercase()),
            method: method.clone(),
            template: (*template).clone(),
        })
    }

    /// Everything in which the exchange differs from the document.
    pub fn judge(&self, operation: &Operation, exchange: &Value) -> Vec<Finding> {
        let described = &self.paths[&operation.template][&operation.method];
        let status = exchange["status"].as_u64().unwrap_or_default();
        let mut findings = Vec::new();
        let responses = &described["responses"];
        let response = match &responses[status.to_string()] {
            Value::Null => &responses["default"],
            found => found,
        };
        if response.is_null() {
            findings.push(plain("/", "status is not documented"));
        } else if let Some(schema) = json_schema_of(response) {
            let place = format!("{} {} {status}", operation.method, operation.template);
            if exchange["answer"].is_null() {
                // The documents promise any JSON where Jira sends nothing at all.
                if says_something(schema) {
                    findings.push(plain("/", "body is not JSON"));
                }
            } else {
                findings.extend(self.validate(&place, schema, &exchange["answer"], ""));
            }
        }
        if (200..300).contains(&status)
            && let Some(schema) = json_schema_of(&described["requestBody"])
            && !exchange["request"].is_null()
        {
            let place = format!("{} {} request", operation.method, operation.template);
            findings.extend(self.validate(&place, schema, &exchange["request"], "request"));
        }
        let shared = &self.paths[&operation.template]["parameters"];
        let parameters = [&described["parameters"], shared];
        let sent = exchange["query"].as_str().unwrap_or_default();
        findings.extend(query::judge(&parameters, sent, (200..300).contains(&status)));
        findings.sort_by(|a, b| (&a.pointer, &a.text).cmp(&(&b.pointer, &b.text)));
        findings.dedup_by(|a, b| a.pointer == b.pointer && a.text == b.text);
        findings
    }

    fn validate(&self, place: &str, schema: &Value, instance: &Value, prefix: &str) -> Vec<Finding> {
        let mut compiled = self.compiled.borrow_mut();
        let validator = compiled
            .entry(place.to_owned())
            .or_insert_with(|| self.compile(schema).map(Rc::new))
            .clone();
        let Some(validator) = validator else {
            return vec![plain("/", "the document's schema cannot be compiled")];
        };
        validator
            .iter_errors(instance)
            .map(|error| Finding {
                pointer: format!(
                    "{prefix}{}",
                    format::strip_indices(error.instance_path().as_str())
                ),
                text: describe(error.kind()),
                value: error.instance().to_string().chars().take(160).collect(),
            })
            .collect()
    }

    fn compile(&self, schema: &Value) -> Option<Validator> {
        jsonschema::options()
            .with_draft(Draft::Draft7)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .with_format("date-time", formats::is_date_time)
            .with_format("date", formats::is_date)
            .with_format("uri", formats::is_uri)
            .build(schema)
            .ok()
    }
}

fn says_something(schema: &Value) -> bool {
    ["type", "$ref", "properties", "allOf", "anyOf", "oneOf", "items"]
        .iter()
        .any(|word| !schema[*word].is_null())
}

fn plain(pointer: &str, text: &str) -> Finding {
    Finding {
        pointer: pointer.to_owned(),
        text: text.to_owned(),
        value: String::new(),
    }
}

/// Whether a path is one of a template's.
pub fn fits(template: &str, segments: &[&str]) -> bool {
    let parts: Vec<&str> = template.split('/').collect();
    parts.len() == segments.len()
        && parts
            .iter()
            .zip(segments)
            .all(|(part, segment)| part.starts_with('{') || part == segment)
}

fn json_schema_of(part: &Value) -> Option<&Value> {
    let content = part["content"].as_object()?;
    let (_, described) = content.iter().find(|(kind, _)| kind.contains("json"))?;
    described.get("schema")
}

fn describe(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            format!("unexpected {}", unexpected.join(", "))
        }
        ValidationErrorKind::Required { property } => format!("missing {}", property.as_str().unwrap_or("?")),
        ValidationErrorKind::Type { kind } => format!("type is not {kind:?}"),
        ValidationErrorKind::Enum { options } => format!("value is not one of {options}"),
        ValidationErrorKind::Format { format } => format!("format is not {format}"),
        ValidationErrorKind::OneOfMultipleValid { .. } => "fits several of oneOf".to_owned(),
        ValidationErrorKind::OneOfNotValid { .. } => "fits none of oneOf".to_owned(),
        ValidationErrorKind::AnyOf { .. } => "fits none of anyOf".to_owned(),
        other => format!("{other:?}").chars().take(80).collect(),
    }
}

/// Words of `OpenAPI` that JSON Schema has not, or understands in another way.
fn to_json_schema(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(to_json_schema),
        Value::Object(object) => {
            let is_schema = ["type", "$ref", "allOf", "anyOf", "oneOf", "properties"]
                .iter()
                .any(|word| {
                    object
                        .get(*word)
                        .is_some_and(|value| !is_property_schema(word, value))
                });
            if is_schema {
                for word in ["discriminator", "example", "xml", "externalDocs", "default"] {
                    object.remove(word);
                }
                if object.remove("nullable") == Some(Value::Bool(true)) {
                    allow_null(object);
                }
                if let Some(Value::String(target)) = object.get_mut("$ref")
                    && target.starts_with('#')
                {
                    target.insert_str(0, COMPONENTS);
                }
            } else {
                object.remove("examples");
            }
            object.values_mut().for_each(to_json_schema);
        }
        _ => {}
    }
}

/// A property that is called `type` has an object there, the word `type` a string.
fn is_property_schema(word: &str, value: &Value) -> bool {
    match word {
        "type" | "$ref" => !value.is_string(),
        "allOf" | "anyOf" | "oneOf" => !value.is_array(),
        _ => value.get("type").is_some_and(Value::is_string),
    }
}

fn allow_null(object: &mut Map<String, Value>) {
    if let Some(Value::String(kind)) = object.get("type") {
        let both = json!([kind, "null"]);
        object.insert("type".to_owned(), both);
        if let Some(Value::Array(options)) = object.get_mut("enum") {
            options.push(Value::Null);
        }
    } else {
        let own = Value::Object(std::mem::take(object));
        object.insert("anyOf".to_owned(), json!([own, {"type": "null"}]));
    }
}

#[cfg(test)]
mod tests;
