//! What Jira really sent is read: every recorded issue, list and document.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::common::{parse_permissions, parse_statuses};
use super::*;
use crate::domain::jira::{self as shape, FieldKind};
use crate::domain::rich_text::Block;

/// The folder with recorded answers. Where it is not named, a run in CI fails and another skips.
#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
fn find_recorded() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TRACELINE_RECORDED_DIR") else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TRACELINE_RECORDED_DIR must name the recorded answers in CI"
        );
        println!("skipped: TRACELINE_RECORDED_DIR is not set");
        return None;
    };
    Some(folder.into())
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn recorded_files(root: &Path) -> Vec<PathBuf> {
    let folders = ["rest-cloud", "rest-dc", "webhooks-cloud", "webhooks-dc"];
    let mut found: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// The column `data` of a recorded table.
fn read_csv_data(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    let column = rows[0].iter().position(|name| name.trim() == "data").unwrap();
    rows[1..]
        .iter()
        .filter(|row| row.len() > column)
        .map(|row| serde_json::from_str(&row[column]).unwrap())
        .collect()
}

fn issues_of(value: Value) -> Vec<Value> {
    match value {
        Value::Object(mut object) => match (object.remove("issues"), object.remove("issue")) {
            (Some(Value::Array(issues)), _) => issues,
            (_, Some(issue)) => vec![issue],
            _ if object.contains_key("fields") && object.contains_key("key") => vec![Value::Object(object)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[test]
fn every_recorded_issue_is_read() {
    let Some(root) = find_recorded() else { return };
    let (mut whole, mut with_sprint, mut with_release, mut with_text) = (0, 0, 0, 0);
    for path in recorded_files(&root) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let issues = if name == "devlake_raw_jira_api_issues_for_due_date.csv" {
            read_csv_data(&path)
        } else if path.extension().is_some_and(|ending| ending == "json") {
            issues_of(read_json(&path))
        } else {
            Vec::new()
        };
        for raw in issues {
            // Comment events carry a few fields only, and one project trimmed its recordings.
            let is_partial = name.starts_with("jiracli-") || raw.pointer("/fields/created").is_none();
            match parse_issue(&FieldIndex::default(), &raw) {
                Ok(issue) => {
                    whole += 1;
                    assert!(!issue.key.is_empty() && !issue.status.name.is_empty(), "{name}");
                    with_sprint += usize::from(!issue.sprint_ids.is_empty());
                    with_release += usize::from(!issue.release_ids.is_empty());
                    let has_text = raw
                        .pointer("/fields/description")
                        .is_some_and(|text| !text.is_null() && text != "");
                    assert_eq!(
                        has_text,
                        !issue.description.blocks.is_empty(),
                        "{name} {}",
                        issue.key
                    );
                    with_text += usize::from(has_text);
                }
                Err(reason) => assert!(is_partial, "{name}: {reason}"),
            }
        }
    }
    println!("{whole} issues, {with_sprint} in sprints, {with_release} in releases, {with_text} with text");
    assert!(
        whole >= 57 && with_sprint > 0 && with_release > 0 && with_text > 10,
        "{whole} {with_sprint} {with_release} {with_text}"
    );
}

#[test]
fn recorded_lists_are_read_whole() {
    let Some(root) = find_recorded() else { return };
    let rows_of = |path: &str| paging::read_page(read_json(&root.join(path))).unwrap().items;

    let statuses = parse_statuses(read_json(
        &root.join("rest-cloud/tuleap-DI-project_DI_statuses.json"),
    ))
    .unwrap();
    assert!(
        statuses
            .iter()
            .any(|status| status.category == shape::StatusCategory::Done && status.issue_type_ids.len() > 1)
    );
    let statuses = parse_statuses(read_json(
        &root.join("rest-dc/tuleap-SBX-project_SBX_statuses.json"),
    ))
    .unwrap();
    assert!(
        statuses.len() > 3
            && statuses
                .iter()
                .all(|status| !status.id.is_empty() && !status.name.is_empty())
    );

    let mut fields: Vec<shape::Field> = Vec::new();
    for path in ["rest-cloud/jiracli-fields.json", "rest-dc/gojira-all_fields.json"] {
        let items = rows_of(path);
        let count = items.len();
        fields.extend(wire::rows::<wire::Field>(items).into_iter().map(Into::into));
        assert!(fields.len() >= count, "{path}");
    }
    assert!(
        fields
            .iter()
            .any(|field| field.kind == FieldKind::Number && field.custom)
    );
    assert!(fields.iter().any(|field| field.kind == FieldKind::RichText));

    for path in [
        "rest-cloud/jiracli-sprints.json",
        "rest-cloud/jiracli-sprints-2.json",
        "rest-dc/gojira-sprints.json",
        "rest-dc/gojira-sprints_filtered.json",
    ] {
        let items = rows_of(path);
        let count = items.len();
        let sprints: Vec<shape::Sprint> = wire::rows::<wire::Sprint>(items)
            .into_iter()
            .map(Into::into)
            .collect();
        assert_eq!(sprints.len(), count, "{path}");
        assert!(
            sprints
                .iter()
                .all(|sprint| sprint.state == shape::SprintState::Future || sprint.start_at.is_some()),
            "{path}"
        );
    }
    let sprints: Vec<shape::Sprint> = wire::rows::<wire::Sprint>(read_csv_data(
        &root.join("rest-cloud/devlake_raw_jira_api_sprints.csv"),
    ))
    .into_iter()
    .map(Into::into)
    .collect();
    assert!(sprints.len() > 10 && sprints.iter().all(|sprint| sprint.board_id.is_some()));

    let versions = read_json(&root.join("rest-cloud/tuleap-DI-project_DI.json"))["versions"].take();
    let webhook = read_json(&root.join("webhooks-cloud/mia-version_created.json"))["version"].take();
    for version in versions.as_array().unwrap().iter().chain([&webhook]) {
        let release: shape::Release = serde_json::from_value::<wire::Version>(version.clone())
            .unwrap()
            .into();
        assert_eq!(
            release.release_date.is_some(),
            version.get("releaseDate").is_some()
        );
    }

    let projects = wire::rows::<wire::Project>(rows_of("rest-dc/gojira-all_projects.json"));
    assert!(projects.len() > 400, "{}", projects.len());
    for path in [
        "rest-dc/gojira-all_boards.json",
        "rest-dc/gojira-all_boards_filtered.json",
    ] {
        let items = rows_of(path);
        let count = items.len();
        assert_eq!(wire::rows::<wire::Board>(items).len(), count, "{path}");
    }
    assert_eq!(
        wire::rows::<wire::Named>(rows_of("rest-dc/tuleap-SBX-priority.json")).len(),
        rows_of("rest-dc/tuleap-SBX-priority.json").len()
    );
    let granted = parse_permissions(&read_json(
        &root.join("rest-dc/tuleap-SBX-mypermissions_projectKey_SBX.json"),
    ))
    .unwrap();
    assert!(
        granted.contains_key("BROWSE_PROJECTS") && granted.contains_key("ADMINISTER") && granted.len() < 74
    );
}

#[test]
fn the_recorded_document_is_read_without_loss() {
    let Some(root) = find_recorded() else { return };
    let read = adf::parse_adf(&read_json(&root.join("adf/jiracli-adf-md.json")));
    assert!(read.blocks.len() > 10);
    let lost: Vec<_> = read
        .blocks
        .iter()
        .filter(|block| matches!(block, Block::Unknown { .. }))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}
