//! For every recorded answer a sandbox answer of the same kind: each key the recording has is there,
//! and the types of their values agree.
//!
//! Recordings come from many sites and years, so what is different on purpose stands in
//! [`DIFFERENCES`] with its reason; a line there that nothing needs any more fails, and so does a
//! recording that no line of [`KINDS`] takes. Custom fields are compared by kind elsewhere, since their
//! ids are every site's own.

mod deliveries;
mod differences;
mod kinds;

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use serde_json::Value;

use differences::{DIFFERENCES, ELSEWHERE};
use kinds::{KINDS, KINDS_BY_WORD, Kind};

use super::{harness::Bench, recorded::find_folder};
use crate::sandbox::recorded::scan;

type Shape = BTreeMap<String, BTreeSet<&'static str>>;

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Objects whose keys are names of the site's own.
fn is_map(path: &str, object: &serde_json::Map<String, Value>) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "names" | "permissions" | "roles" => true,
        "schema" => object.values().all(Value::is_object),
        "fields" => object.values().any(|field| field["schema"].is_object()),
        _ => false,
    }
}

fn add_shape(value: &Value, path: &str, shape: &mut Shape) {
    shape.entry(path.to_owned()).or_default().insert(kind_of(value));
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| add_shape(item, &format!("{path}/*"), shape)),
        Value::Object(object) => {
            let any = is_map(path, object);
            for (name, value) in object
                .iter()
                .filter(|(name, _)| any || !name.starts_with("customfield_"))
            {
                let name = if any { "*" } else { name };
                add_shape(value, &format!("{path}/{name}"), shape);
            }
        }
        _ => {}
    }
}

/// The values a pointer with `*` leads to.
fn follow<'a>(value: &'a Value, pointer: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for part in pointer.split('/').filter(|part| !part.is_empty()) {
        found = found
            .into_iter()
            .flat_map(|value| match part {
                "*" => value.as_array().into_iter().flatten().collect::<Vec<_>>(),
                name => value.get(name).into_iter().collect(),
            })
            .collect();
    }
    found
}

fn find_kind(name: &str) -> Option<&'static Kind> {
    let by_word = KINDS_BY_WORD
        .iter()
        .find(|(word, kind)| name.contains(word) && name.starts_with(kind.0))
        .map(|(_, kind)| kind);
    by_word.or_else(|| KINDS.iter().find(|kind| name.starts_with(kind.0)))
}

/// Keys that we lack and types that differ. An empty list or null tells nothing of what may be inside.
fn compare(recorded: &Shape, ours: &Shape) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (path, kinds) in recorded {
        if found
            .iter()
            .any(|(above, _)| path.starts_with(&format!("{above}/")))
        {
            continue;
        }
        let told: BTreeSet<_> = kinds.iter().filter(|kind| **kind != "null").collect();
        match ours.get(path) {
            None => found.push((path.clone(), format!("is missing, recorded as {kinds:?}"))),
            Some(own) => {
                let own: BTreeSet<_> = own.iter().filter(|kind| **kind != "null").collect();
                if !told.is_empty() && !own.is_empty() && told.is_disjoint(&own) {
                    found.push((path.clone(), format!("is {own:?}, recorded as {told:?}")));
                }
            }
        }
    }
    found
}

/// File (start of its name, or empty for all), place, reason. A place ends with `*` for all below.
type Difference = (&'static str, &'static str, &'static str);

/// What differs from the recordings, held against a list of what may.
struct Verdict {
    allowed: &'static [Difference],
    needed: BTreeSet<usize>,
    breaches: BTreeSet<String>,
}

impl Verdict {
    fn new(allowed: &'static [Difference]) -> Self {
        Self {
            allowed,
            needed: BTreeSet::new(),
            breaches: BTreeSet::new(),
        }
    }

    /// Compares a recording with ours.
    fn hold(&mut self, name: &str, recorded: &Shape, ours: &Shape) {
        for (path, what) in compare(recorded, ours) {
            let known = self.allowed.iter().position(|(file, known, _)| {
                name.starts_with(file)
                    && known
                        .strip_suffix('*')
                        .map_or(path == *known, |start| path.starts_with(start))
            });
            match known {
                Some(index) => drop(self.needed.insert(index)),
                None => drop(self.breaches.insert(format!("{name} {path} {what}"))),
            }
        }
    }

    /// Fails with what nothing allows, and with what nothing needed.
    #[track_caller]
    fn close(self) {
        let list: Vec<String> = self.breaches.into_iter().collect();
        assert!(
            list.is_empty(),
            "{} differences:\n{}",
            list.len(),
            list.join("\n")
        );
        let lines = self.allowed.iter().enumerate();
        let idle: Vec<_> = lines
            .filter(|(index, _)| !self.needed.contains(index))
            .map(|(_, line)| line)
            .collect();
        assert!(
            idle.is_empty(),
            "no recording needs these differences any more: {idle:#?}"
        );
    }
}

#[tokio::test]
async fn answers_have_the_keys_and_types_of_recorded_ones() {
    let Some(folder) = find_folder() else { return };
    let bench = Bench::start().await;
    bench.sandbox.world().data_center().edit(|world| {
        world
            .former_project_keys
            .insert("OLDPAY".to_owned(), "10101".to_owned());
    });
    let mut verdict = Verdict::new(DIFFERENCES);
    let mut shapes: BTreeMap<(usize, &str, &str), Shape> = BTreeMap::new();
    for side in ["rest-cloud", "rest-dc"] {
        let documents = scan::list_documents(&folder.join(side)).unwrap();
        assert!(!documents.is_empty(), "nothing is recorded in {side}");
        for document in documents {
            let name = document.name.as_str();
            if ELSEWHERE.iter().any(|(start, _)| name.starts_with(start)) {
                continue;
            }
            let (_, site, begin, requests, place) =
                find_kind(name).unwrap_or_else(|| panic!("nothing is compared with {name}"));
            let mut recorded = Shape::new();
            for value in follow(&document.value, begin) {
                add_shape(value, "", &mut recorded);
            }
            let key = (*site, requests[0], *place);
            let ours = match shapes.entry(key) {
                Entry::Occupied(kept) => kept.into_mut(),
                Entry::Vacant(place_for) => {
                    let mut ours = Shape::new();
                    for request in *requests {
                        let answer = bench.ada(*site, request).await;
                        for value in follow(&answer, place) {
                            add_shape(value, "", &mut ours);
                        }
                    }
                    place_for.insert(ours)
                }
            };
            verdict.hold(name, &recorded, ours);
        }
    }
    verdict.close();
}
