//! Serving recorded exchanges as they were: the same request gets the same answer.
//!
//! An answer is found by method, path and parameters, and for a posted question by its body. Asked
//! again, it gives the answer that was recorded next for the same request, the last one for ever after.
//! What was never recorded is answered from the world that the recordings make.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use super::{
    answer::Answer,
    record::{self, Exchange},
};

#[derive(Debug, Default)]
pub(super) struct Replay {
    answers: HashMap<String, Vec<(u16, Value)>>,
    turns: Mutex<HashMap<String, usize>>,
}

impl Replay {
    /// The exchanges of a folder; empty for a folder of loose answers.
    pub(super) fn load(folder: &Path) -> Self {
        let mut answers: HashMap<String, Vec<(u16, Value)>> = HashMap::new();
        for exchange in record::list_exchanges(folder) {
            let Exchange {
                method,
                path,
                query,
                body,
                status,
                answer,
            } = exchange;
            answers
                .entry(write_key(&method, &path, &query, body.as_ref()))
                .or_default()
                .push((status, answer));
        }
        Self {
            answers,
            turns: Mutex::default(),
        }
    }

    /// The recorded answer, its links led to this site.
    pub(super) fn find(
        &self,
        base_url: &str,
        (method, path, query): (&str, &str, &str),
        body: &Value,
    ) -> Option<Answer> {
        if self.answers.is_empty() {
            return None;
        }
        let write = |query: &str, body: &Value| {
            write_key(method, path, query, Some(body).filter(|body| !body.is_null()))
        };
        // A recording without texts has no words in what was asked, either.
        let (blank_query, blank_body) = record::blank_request(path, query, body);
        let keys = [write(query, body), write(&blank_query, &blank_body)];
        let key = keys.into_iter().find(|key| self.answers.contains_key(key))?;
        let recorded = self.answers.get(&key)?;
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(key).or_default();
        let (status, answer) = recorded.get((*turn).min(recorded.len() - 1))?;
        *turn += 1;
        let mut answer = answer.clone();
        if answer.is_null() {
            return Some(Answer::empty(*status));
        }
        lead_here(&mut answer, base_url);
        Some(Answer::json(*status, answer))
    }
}

/// Parameters in any order are the same request.
fn write_key(method: &str, path: &str, query: &str, body: Option<&Value>) -> String {
    let mut parameters: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    parameters.sort();
    let body = body.map_or_else(String::new, ToString::to_string);
    format!("{method} {path} {parameters:?} {body}")
}

fn lead_here(value: &mut Value, base_url: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(record::HOST) {
                *text = format!("{base_url}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| lead_here(item, base_url)),
        Value::Object(fields) => fields.values_mut().for_each(|field| lead_here(field, base_url)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn replay() -> Replay {
        let answer = |total: u8| {
            (
                200,
                json!({"total": total, "self": "https://recorded.example/rest/x"}),
            )
        };
        let key = write_key("GET", "/rest/x", "a=1&b=2", None);
        Replay {
            answers: HashMap::from([(key, vec![answer(1), answer(2)])]),
            turns: Mutex::default(),
        }
    }

    fn ask(replay: &Replay, query: &str) -> Option<String> {
        let found = replay.find("http://here", ("GET", "/rest/x", query), &Value::Null)?;
        match found.body {
            super::super::answer::AnswerBody::Json(value) => Some(value.to_string()),
            _ => None,
        }
    }

    #[test]
    fn answers_come_in_their_order_and_the_last_stays() {
        let replay = replay();
        assert_eq!(
            ask(&replay, "b=2&a=1").unwrap(),
            r#"{"self":"http://here/rest/x","total":1}"#
        );
        for _ in 0..2 {
            assert!(ask(&replay, "a=1&b=2").unwrap().contains("\"total\":2"));
        }
        assert_eq!(ask(&replay, "a=1"), None);
    }
}
