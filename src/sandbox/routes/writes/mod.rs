//! Everything that changes a site, and the few reads that belong to it.
//!
//! The table answers `None` for what it does not know, and the reading routes go on. It runs while
//! the world is locked for writing, so that two changes never mix.

mod arrival;
mod attachments;
mod bulk;
mod comments;
mod components;
mod create;
mod desk;
mod edit;
mod estimate;
mod links;
mod lookup;
mod projects;
mod properties;
mod put;
mod rank;
mod remote_links;
mod screens;
mod sides;
mod sprint_issues;
mod sprints;
mod transitions;
mod version_parts;
mod versions;
mod visibility;
mod watchers;
mod webhooks;
mod worklogs;

pub(crate) use attachments::UPLOAD_LIMIT;
pub(crate) use desk::Desk;
pub(crate) use edit::{move_to, remove, write_raw};
pub(crate) use projects::tell as tell_project;
pub(crate) use webhooks::has_new as has_new_webhooks;

use super::super::{answer::Answer, write::Refusal};

/// Whether a request is answered here: it changes something, or reads what only these routes know.
pub(crate) fn is_write(method: &str, segments: &[&str]) -> bool {
    match method {
        "GET" => matches!(
            segments,
            ["rest", "webhooks" | "jira-webhook", ..]
                | ["secure", "attachment" | "thumbnail", ..]
                | ["file", ..]
                | [
                    "rest",
                    "api",
                    _,
                    "issueLink" | "issueLinkType" | "attachment" | "webhook" | "bulk",
                    ..
                ]
                | [
                    "rest",
                    "api",
                    _,
                    "issue",
                    _,
                    "transitions" | "remotelink" | "properties",
                    ..
                ]
                | [
                    "rest",
                    "api",
                    _,
                    "version",
                    _,
                    "relatedIssueCounts" | "unresolvedIssueCount"
                ]
        ),
        "HEAD" | "OPTIONS" => false,
        _ => !matches!(
            segments,
            [
                "rest",
                "api",
                _,
                "search" | "jql" | "permissions" | "expression" | "changelog",
                ..
            ] | ["rest", "api", _, "issue", "bulkfetch"]
        ),
    }
}

/// The answer of a writing route, `None` when there is none for the path.
pub(crate) fn route(desk: &mut Desk<'_>, method: &str, segments: &[&str]) -> Option<Answer> {
    match segments {
        ["rest", "api", "2" | "3" | "latest", rest @ ..] => route_platform(desk, method, rest),
        ["rest", "agile", "1.0" | "latest", rest @ ..] => route_agile(desk, method, rest),
        ["rest", "webhooks", "1.0", "webhook", rest @ ..] => webhooks::route(desk, method, false, rest),
        ["rest", "jira-webhook", "1.0", "webhooks", rest @ ..] => webhooks::route(desk, method, true, rest),
        ["secure", "attachment" | "thumbnail", id, ..] if method == "GET" && !desk.world.is_cloud() => {
            Some(settle(attachments::content(desk, id)))
        }
        ["file", media, "binary"] if method == "GET" && desk.world.is_cloud() => {
            Some(settle(attachments::binary(desk, media)))
        }
        _ => None,
    }
}

fn settle(outcome: Result<Answer, Refusal>) -> Answer {
    outcome.unwrap_or_else(Answer::from)
}

fn route_platform(desk: &mut Desk<'_>, method: &str, rest: &[&str]) -> Option<Answer> {
    let cloud = desk.world.is_cloud();
    if let ["issue", key, below @ ..] = rest
        && !matches!(
            *key,
            "createmeta"
                | "bulk"
                | "bulkfetch"
                | "picker"
                | "archive"
                | "unarchive"
                | "watching"
                | "properties"
        )
    {
        return route_issue(desk, method, key, below);
    }
    let outcome = match (method, rest) {
        ("POST", ["issue"]) => Ok(create::create(desk)),
        ("POST", ["issue", "bulk"]) => Ok(create::create_bulk(desk)),
        ("GET", ["issueLinkType"]) => Ok(links::list_types(desk)),
        ("GET", ["issueLinkType", id]) => links::get_type(desk, id),
        ("POST", ["issueLink"]) => links::create(desk),
        ("GET", ["issueLink", id]) => links::get(desk, id),
        ("DELETE", ["issueLink", id]) => links::delete(desk, id),
        ("GET", ["attachment", "meta"]) => Ok(attachments::meta()),
        ("GET", ["attachment", "content" | "thumbnail", id]) if cloud => attachments::lead(desk, id),
        ("GET", ["attachment", id]) => attachments::get(desk, id),
        ("DELETE", ["attachment", id]) => attachments::delete(desk, id),
        ("POST", ["version"]) => versions::create(desk),
        ("PUT", ["version", id]) => versions::update(desk, id),
        ("DELETE", ["version", id]) => versions::delete(desk, id),
        ("POST", ["version", id, "move"]) => versions::reorder(desk, id),
        ("PUT", ["version", id, "mergeto", target]) => versions::merge(desk, id, target),
        ("POST", ["version", id, "removeAndSwap"]) => versions::remove_and_swap(desk, id),
        ("GET", ["version", id, "relatedIssueCounts"]) => versions::counts(desk, id, false),
        ("GET", ["version", id, "unresolvedIssueCount"]) => versions::counts(desk, id, true),
        ("POST", ["component"]) => components::create(desk),
        ("PUT", ["component", id]) => components::update(desk, id),
        ("DELETE", ["component", id]) => components::delete(desk, id),
        ("POST", ["bulk", "issues", "move"]) if cloud => bulk::move_issues(desk),
        ("GET", ["bulk", "queue", task]) if cloud => bulk::progress(desk, task),
        ("PUT", ["project", key]) => projects::update(desk, key),
        ("DELETE", ["project", key]) => projects::delete(desk, key),
        ("POST", ["project", key, "archive"]) if cloud => projects::archive(desk, key, true),
        ("POST", ["project", key, "restore"]) if cloud => projects::restore(desk, key),
        ("PUT", ["project", key, "archive"]) if !cloud => projects::archive(desk, key, true),
        ("PUT", ["project", key, "restore"]) if !cloud => projects::archive(desk, key, false),
        (_, ["webhook"] | ["webhook", "refresh" | "failed"]) if cloud => Ok(Answer::error(
            403,
            "Only Connect and OAuth 2.0 apps can use this operation.",
        )),
        _ => return None,
    };
    Some(settle(outcome))
}

fn route_issue(desk: &mut Desk<'_>, method: &str, key: &str, below: &[&str]) -> Option<Answer> {
    let outcome = match (method, below) {
        ("PUT", []) => edit::edit(desk, key),
        ("DELETE", []) => edit::delete(desk, key),
        ("PUT", ["assignee"]) => edit::assign(desk, key),
        ("GET", ["transitions"]) => transitions::list(desk, key),
        ("POST", ["transitions"]) => transitions::execute(desk, key),
        ("POST", ["comment"]) => comments::create(desk, key),
        ("PUT", ["comment", id]) => comments::update(desk, key, id),
        ("DELETE", ["comment", id]) => comments::delete(desk, key, id),
        ("POST", ["worklog"]) => worklogs::create(desk, key),
        ("PUT", ["worklog", id]) => worklogs::update(desk, key, id),
        ("DELETE", ["worklog", id]) => worklogs::delete(desk, key, id),
        ("POST", ["watchers"]) => watchers::watch(desk, key),
        ("DELETE", ["watchers"]) => watchers::unwatch(desk, key),
        ("POST", ["votes"]) => watchers::vote(desk, key, true),
        ("DELETE", ["votes"]) => watchers::vote(desk, key, false),
        ("POST", ["attachments"]) => attachments::upload(desk, key),
        ("GET", ["remotelink"]) => remote_links::list(desk, key),
        ("POST", ["remotelink"]) => remote_links::upsert(desk, key),
        ("DELETE", ["remotelink"]) => remote_links::delete(desk, key, None),
        ("GET", ["remotelink", id]) => remote_links::get(desk, key, id),
        ("PUT", ["remotelink", id]) => remote_links::update(desk, key, id),
        ("DELETE", ["remotelink", id]) => remote_links::delete(desk, key, Some(id)),
        ("GET", ["properties"]) => properties::list(desk, key),
        ("GET", ["properties", name]) => properties::get(desk, key, name),
        ("PUT", ["properties", name]) => properties::set(desk, key, name),
        ("DELETE", ["properties", name]) => properties::delete(desk, key, name),
        _ => return None,
    };
    Some(settle(outcome))
}

fn route_agile(desk: &mut Desk<'_>, method: &str, rest: &[&str]) -> Option<Answer> {
    let outcome = match (method, rest) {
        ("POST", ["sprint"]) => sprints::create(desk),
        ("PUT", ["sprint", id]) => sprints::update(desk, id, true),
        ("POST", ["sprint", id]) => sprints::update(desk, id, false),
        ("DELETE", ["sprint", id]) => sprints::delete(desk, id),
        ("POST", ["sprint", id, "issue"]) => sprint_issues::add_issues(desk, id),
        ("POST", ["sprint", id, "swap"]) => sprints::swap(desk, id),
        ("PUT", ["issue", "rank"]) => rank::rank(desk),
        ("POST", ["board", id, "issue"]) if desk.world.is_cloud() => rank::to_board(desk, id),
        ("POST", ["epic", id, "issue"]) => rank::to_epic(desk, id),
        ("POST", ["backlog", "issue"] | ["backlog", _, "issue"]) => sprint_issues::to_backlog(desk),
        _ => return None,
    };
    Some(settle(outcome))
}
