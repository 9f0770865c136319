//! The sprint field in its two forms: objects, and the text that old servers print.
//!
//! The text is `...Sprint@1a2b[id=1,rapidViewId=2,...,name=Sprint 1,goal=,...]`; its keys change their
//! order between versions, and name and goal may hold `,`, `=`, `[` and `]`. Only the id is taken, as
//! one number; what a sprint is called comes from the agile API. Can go wrong: a goal that itself
//! contains `,id=7,`: of several candidates the one at the start of the list wins, else the last one
//! (names and goals stand before `sequence` and `id` where the id is not first).

use serde_json::Value;

/// Ids of the sprints of a field value, in Jira's order, without repetition.
pub fn parse_sprint_ids(value: &Value) -> Vec<i64> {
    let mut ids = Vec::new();
    let values = match value {
        Value::Array(values) => values.as_slice(),
        Value::Null => &[],
        single => std::slice::from_ref(single),
    };
    for id in values.iter().filter_map(find_sprint_id) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Whether a value looks like the sprint field, for data whose field list is not known.
pub fn is_sprint_value(value: &Value) -> bool {
    value.as_array().is_some_and(|values| {
        values.first().is_some_and(|first| match first {
            Value::String(text) => text.contains("service.sprint.Sprint@"),
            Value::Object(object) => {
                object.contains_key("boardId") && object.contains_key("state") && object.contains_key("id")
            }
            _ => false,
        })
    })
}

fn find_sprint_id(value: &Value) -> Option<i64> {
    match value {
        Value::Object(object) => match object.get("id")? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        },
        Value::Number(number) => number.as_i64(),
        Value::String(text) => find_id_in_text(text),
        _ => None,
    }
}

fn find_id_in_text(text: &str) -> Option<i64> {
    if let Ok(id) = text.trim().parse() {
        return Some(id);
    }
    let (_, list) = text.split_once('[')?;
    let number = |rest: &str| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let ended = matches!(rest.as_bytes().get(digits), None | Some(b',' | b']'));
        if ended {
            rest.get(..digits)?.parse::<i64>().ok()
        } else {
            None
        }
    };
    if let Some(id) = list.strip_prefix("id=").and_then(number) {
        return Some(id);
    }
    list.match_indices(",id=")
        .filter_map(|(at, key)| number(&list[at + key.len()..]))
        .last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn both_forms_give_ids() {
        let text = |inner: &str| {
            json!([format!(
                "com.atlassian.greenhopper.service.sprint.Sprint@1a2b[{inner}]"
            )])
        };
        for (value, ids) in [
            (
                json!([{"id": 37, "name": "S", "state": "active", "boardId": 5}]),
                vec![37],
            ),
            (json!([{"id": "38"}]), vec![38]),
            (json!(null), vec![]),
            (
                text("id=1,rapidViewId=2,state=ACTIVE,name=A, id=9,x=,goal=,sequence=1"),
                vec![1],
            ),
            (
                text("rapidViewId=2,state=CLOSED,name=S,startDate=<null>,sequence=4,id=4"),
                vec![4],
            ),
            (
                text("rapidViewId=2,name=odd,id=7,end,goal=[x],sequence=4,id=12"),
                vec![12],
            ),
            (text("rapidViewId=2,name=S"), vec![]),
            (text("id=99999999999999999999999,name=S"), vec![]),
            (json!([1, 2, 1]), vec![1, 2]),
            (json!("5"), vec![5]),
        ] {
            assert_eq!(parse_sprint_ids(&value), ids, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let _ = parse_sprint_ids(&json!([text]));
        }

        #[test]
        fn a_leading_id_is_found_whatever_the_name_holds(id in 0i64..1_000_000, name in ".*") {
            let text = format!("com.x.Sprint@0[id={id},rapidViewId=1,name={name},goal=,sequence=1]");
            prop_assert_eq!(parse_sprint_ids(&json!([text])), vec![id]);
        }
    }
}
