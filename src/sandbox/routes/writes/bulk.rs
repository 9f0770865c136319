//! Moves of many issues at once on Cloud: a task that is done by the time anybody asks.
//!
//! The key of a mapping names the target: project, type and, for sub-tasks, parent, with commas between.

use serde_json::{Value, json};

use super::{desk::Desk, edit};
use crate::sandbox::{
    answer::Answer,
    write::{Refusal, text_of},
};

/// Most issues of one task.
const LIMIT: usize = 1000;

fn refuse(message: &str) -> Answer {
    Answer::json(400, json!({"errors": [{"message": message}]}))
}

/// `POST /bulk/issues/move`.
pub(crate) fn move_issues(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    desk.need_login()?;
    let Some(targets) = desk.body["targetToSourcesMapping"].as_object().cloned() else {
        return Ok(refuse("targetToSourcesMapping is required."));
    };
    let sources = targets
        .values()
        .flat_map(|one| one["issueIdsOrKeys"].as_array().into_iter().flatten());
    if targets.is_empty() || sources.count() > LIMIT {
        return Ok(refuse("Between 1 and 1000 issues can be moved at once."));
    }
    let mut plan: Vec<(String, String, Option<i64>)> = Vec::new();
    for (target, one) in &targets {
        let mut parts = target.split(',').map(str::trim);
        let (project, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let Some(project) = desk.find_project(project).cloned() else {
            return Ok(refuse("The target project does not exist or you cannot see it."));
        };
        if !desk.can("CREATE_ISSUES", Some(&project.key)) {
            return Ok(refuse(
                "You do not have permission to create issues in the target project.",
            ));
        }
        if !project.issue_types.iter().any(|own| own["id"] == kind) {
            return Ok(refuse("The target issue type is not part of the target project."));
        }
        for name in one["issueIdsOrKeys"].as_array().into_iter().flatten() {
            let name = text_of(name).unwrap_or_default();
            let seen = desk.get_issue(&name).ok().filter(|issue| {
                let key = desk.project_of(issue).map(|project| project.key.clone());
                desk.can("MOVE_ISSUES", key.as_deref())
            });
            plan.push((project.id.clone(), kind.to_owned(), seen.map(|issue| issue.id)));
        }
    }
    let (mut done, mut lost) = (Vec::new(), 0);
    for (project, kind, id) in &plan {
        match id.and_then(|id| Some((id, edit::move_as(desk, &id.to_string(), project, Some(kind))?))) {
            Some((id, _)) => done.push(id),
            None => lost += 1,
        }
    }
    let task = desk.next_id().to_string();
    let now = desk.now_text();
    let submitter = desk.caller.map(|account| json!({"accountId": account.id}));
    let progress = json!({
        "taskId": task, "status": "COMPLETE", "progressPercent": 100, "submittedBy": submitter, "created": now,
        "started": now, "updated": now, "totalIssueCount": plan.len(), "processedAccessibleIssues": done,
        "failedAccessibleIssues": {}, "invalidOrInaccessibleIssueCount": lost,
    });
    desk.world.tasks.insert(task.clone(), progress);
    Ok(Answer::json(201, json!({"taskId": task})))
}

/// `GET /bulk/queue/{task}`.
pub(crate) fn progress(desk: &Desk<'_>, task: &str) -> Result<Answer, Refusal> {
    desk.need_login()?;
    let found = desk.world.tasks.get(task).cloned();
    Ok(found.map_or_else(
        || refuse("The task does not exist."),
        |progress: Value| Answer::ok(progress),
    ))
}
