//! Pages of Jira in the shapes the planner reads.
//!
//! Reading only: nothing here writes or decides. Never more than one page is in memory. An issue that
//! cannot be read comes back as [`Poisoned`] beside the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    domain::{sync_plan::PulledIssue, wizard::Settings},
    server::jira::{
        FieldIndex, FieldSelection, IssueQuery, JiraClient, JiraError, PageToken, RawIssue, jql::Jql,
        parse_issue,
    },
};

/// Issues asked for at a time; Jira may give fewer.
pub const PAGE_SIZE: u32 = 100;

/// An issue that cannot be read.
#[derive(Debug, Clone)]
pub struct Poisoned {
    /// Jira's id, or a stand-in made of the answer's hash where there is none.
    pub jira_id: String,
    /// Key, if there is one.
    pub key: String,
    /// Why, in words.
    pub reason: String,
    /// Hash of the raw answer.
    pub raw_hash: String,
}

/// A page, read.
#[derive(Debug, Default)]
pub struct ReadPage {
    /// Issues that could be read.
    pub issues: Vec<PulledIssue>,
    /// Their raw answers by id, gzip.
    pub raw: BTreeMap<String, Vec<u8>>,
    /// Issues that could not.
    pub poisoned: Vec<Poisoned>,
    /// Where the next page starts.
    pub next: Option<PageToken>,
}

impl ReadPage {
    /// Its issues were read by their ids.
    pub fn mark_read_by_id(&mut self) {
        for pulled in &mut self.issues {
            pulled.read_by_id = true;
        }
    }

    /// Puts what was read by id in the place of what a listing showed.
    pub fn replace(&mut self, read: Self) {
        let issues = read.issues.iter().map(|pulled| &pulled.issue.id);
        let poisoned = read.poisoned.iter().map(|poisoned| &poisoned.jira_id);
        let ids: BTreeSet<&String> = issues.chain(poisoned).collect();
        self.issues.retain(|pulled| !ids.contains(&pulled.issue.id));
        self.issues.extend(read.issues);
        self.poisoned.extend(read.poisoned);
        self.raw.extend(read.raw);
    }
}

/// The query for everything a configuration mirrors; `None` when it mirrors no issues.
pub fn issues_query(settings: &Settings) -> Option<String> {
    let project = settings.project.as_ref()?;
    let types: Vec<String> = settings.wanted_type_ids().into_iter().collect();
    // Without a type the query would ask for everything.
    (!types.is_empty()).then(|| Jql::in_project(&project.id).of_types(&types).build())
}

/// The fields a configuration needs of every issue.
pub fn field_selection(settings: &Settings, index: &FieldIndex) -> FieldSelection {
    let mut more: Vec<String> = settings.wanted_field_ids().into_iter().collect();
    more.extend(index.find_sprint_field().map(str::to_owned));
    more.extend(index.find_epic_field().map(str::to_owned));
    FieldSelection::standard(&more)
}

/// Reads one page of issues.
///
/// # Errors
/// [`JiraError`].
pub async fn read_page(
    client: &JiraClient,
    jql: &str,
    fields: &FieldSelection,
    index: &FieldIndex,
    page: Option<PageToken>,
) -> Result<ReadPage, JiraError> {
    let query = IssueQuery {
        jql: jql.to_owned(),
        fields: fields.clone(),
        page,
        page_size: PAGE_SIZE,
    };
    let answer = client.search_issues(&query).await?;
    let mut read = ReadPage {
        next: answer.next,
        ..ReadPage::default()
    };
    for raw in answer.issues {
        add(&mut read, index, &raw);
    }
    Ok(read)
}

/// Sorts one raw issue into a page.
pub fn add(read: &mut ReadPage, index: &FieldIndex, raw: &RawIssue) {
    let canonical = canonical(&raw.raw);
    let raw_hash = hex::encode(Sha256::digest(&canonical));
    match parse_issue(index, &raw.raw) {
        Ok(issue) => {
            read.raw.insert(issue.id.clone(), compress(&canonical));
            read.issues.push(PulledIssue {
                issue,
                raw_hash,
                read_by_id: false,
            });
        }
        Err(reason) => read.poisoned.push(Poisoned {
            jira_id: raw
                .id
                .clone()
                .unwrap_or_else(|| format!("unknown-{}", raw_hash.get(..16).unwrap_or_default())),
            key: cut(raw.raw.get("key").and_then(Value::as_str).unwrap_or_default()),
            reason: format!("Jira's answer cannot be read: {reason}"),
            raw_hash,
        }),
    }
}

/// A key or id that fits its column, whatever Jira sent.
pub fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The JSON with its keys in order, so that equal answers have equal hashes.
fn canonical(value: &Value) -> Vec<u8> {
    // The map of `serde_json` is ordered by key; writing a value that was read cannot fail.
    serde_json::to_vec(value).unwrap_or_default()
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    if encoder.write_all(bytes).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn equal_answers_have_equal_hashes_whatever_the_order() {
        let one: Value = serde_json::from_str(r#"{"b":1,"a":{"d":2,"c":3}}"#).unwrap();
        let two: Value = serde_json::from_str(r#"{"a":{"c":3,"d":2},"b":1}"#).unwrap();
        assert_eq!(canonical(&one), canonical(&two));
    }

    #[test]
    fn an_unreadable_issue_is_kept_aside() {
        let mut read = ReadPage::default();
        add(
            &mut read,
            &FieldIndex::default(),
            &RawIssue::from(json!({"id": "1", "key": "A-1", "fields": {}})),
        );
        add(&mut read, &FieldIndex::default(), &RawIssue::from(json!(null)));
        assert_eq!(read.issues, []);
        assert_eq!(
            (read.poisoned[0].jira_id.as_str(), read.poisoned[0].key.as_str()),
            ("1", "A-1")
        );
        assert!(read.poisoned[1].jira_id.starts_with("unknown-"));
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let mut text = String::new();
        flate2::read::GzDecoder::new(compress(b"abc").as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "abc");
    }
}
