//! The questions before a connection is disconnected or connected again: what stops, what stays, how to undo.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        connection::{ConnectionSwitchView, LinkedProjectView, load_connection_switch},
        form::{FormFailure, find_form_failure},
    },
    domain::{connection::ConnectionStatus, numbers::counted},
    ui::{
        components::{ConfirmPanel, Consequence, EffectList, Note, PageTitle, Tone},
        paths,
    },
};

/// Linked projects that are named before the rest is counted.
const NAMED: usize = 5;

/// What failed, and how it is told.
const FAILURES: [(&str, &str); 2] = [
    ("disconnect_connection", "Nothing was done."),
    ("reconnect_connection", "Nothing was done."),
];

/// What went wrong with the last answer to a question, told above the list.
pub async fn failure_note() -> Result<Option<AnyView>, ApiError> {
    for (form, title) in FAILURES {
        if let Some(failure) = find_form_failure(form.to_owned()).await? {
            return Ok(Some(failure_view(title, &failure)));
        }
    }
    Ok(None)
}

fn failure_view(title: &'static str, failure: &FormFailure) -> AnyView {
    let text = failure.error.message.clone();
    view! { <div class="mb5"><Note tone=Tone::Bad title=title role="alert">{text}</Note></div> }.into_any()
}

/// The question that the address asks. None where it is answered already: the list says the rest.
pub async fn ask(question: Option<(String, String)>) -> Result<Option<AnyView>, ApiError> {
    let Some((verb, id)) = question else {
        return Ok(None);
    };
    if !matches!(verb.as_str(), "disconnect" | "reconnect") {
        return Ok(None);
    }
    let view = load_connection_switch(id).await?;
    let is_off = view.status == ConnectionStatus::Inactive;
    Ok(match (verb.as_str(), is_off) {
        ("disconnect", false) => Some(disconnect_view(&view)),
        ("reconnect", true) => Some(reconnect_view(&view)),
        _ => None,
    })
}

fn fields(view: &ConnectionSwitchView) -> Vec<(String, String)> {
    vec![
        ("id".to_owned(), view.id.clone()),
        ("revision".to_owned(), view.revision.to_string()),
    ]
}

/// "Booking Platform (TRIP), Pay (PAY) and 3 more".
fn list_words(linked: &[LinkedProjectView]) -> String {
    let named: Vec<String> = linked
        .iter()
        .take(NAMED)
        .map(|one| format!("{} ({})", one.project, one.key))
        .collect();
    let rest = linked.len().saturating_sub(NAMED);
    if rest == 0 {
        named.join(", ")
    } else {
        format!("{} and {rest} more", named.join(", "))
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn disconnect_view(view: &ConnectionSwitchView) -> AnyView {
    let title = format!("Disconnect {}?", view.name);
    let mut items = vec![Consequence::stops(
        "Every call to this Jira stops at once:",
        "tests of the form excepted, Traceline asks it nothing until it is reconnected.",
    )];
    if !view.linked.is_empty() {
        let linked = counted(count(view.linked.len()), "integration", "integrations");
        items.push(Consequence::stops(
            if view.linked.len() == 1 {
                format!("{linked} becomes Inactive:")
            } else {
                format!("{linked} become Inactive:")
            },
            format!(
                "{}. Plans, requirements and bugs leave them out.",
                list_words(&view.linked)
            ),
        ));
    }
    let syncing = view.linked.iter().filter(|one| one.syncing).count();
    if syncing > 0 {
        let runs = counted(count(syncing), "running sync", "running syncs");
        items.push(Consequence::stops(
            if syncing == 1 {
                format!("{runs} is cancelled.")
            } else {
                format!("{runs} are cancelled.")
            },
            "What was read so far is kept.",
        ));
    }
    if view.drafts > 0 {
        let drafts = counted(view.drafts, "draft", "drafts");
        items.push(Consequence::stops(
            format!("{drafts} cannot proceed"),
            "until it is reconnected. The answers are kept.",
        ));
    }
    items.extend([
        Consequence::stays("What was mirrored stays,", "with all mappings, links and past syncs."),
        Consequence::stays("The address and the token stay,", "sealed as they are."),
        Consequence::stays("Jira keeps everything:", "nothing is changed or deleted there."),
        Consequence::stays(
            "To undo,",
            "choose Reconnect in the list: it tests the connection, brings everything back as it was and syncs what was missed.",
        ),
    ]);
    view! {
        <PageTitle text=title.clone() />
        <ConfirmPanel
            title=title
            action=paths::api("disconnect_connection")
            cancel_href=paths::CONNECTIONS
            keep="Keep connected"
            verb="Disconnect"
            verb_icon="i-unplug"
            danger=true
            fields=fields(view)
        >
            <EffectList items=items />
        </ConfirmPanel>
    }
    .into_any()
}

fn reconnect_view(view: &ConnectionSwitchView) -> AnyView {
    let title = format!("Reconnect {}?", view.name);
    let mut items = vec![Consequence::stays(
        "First, the stored address and token are tested,",
        "within 10 seconds. What fails is said, and the connection is in Error until it works.",
    )];
    if !view.linked.is_empty() {
        let linked = counted(count(view.linked.len()), "integration", "integrations");
        items.push(Consequence::stays(
            format!("{linked} back as before:"),
            format!(
                "{}. Each syncs once, to catch up on what was missed.",
                list_words(&view.linked)
            ),
        ));
    }
    items.push(Consequence::stays(
        "Another token or address?",
        "Edit the connection first; saving keeps it disconnected.",
    ));
    view! {
        <PageTitle text=title.clone() />
        <ConfirmPanel
            title=title
            action=paths::api("reconnect_connection")
            cancel_href=paths::CONNECTIONS
            keep="Stay disconnected"
            verb="Reconnect"
            verb_icon="i-replug"
            fields=fields(view)
        >
            <EffectList items=items />
        </ConfirmPanel>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_projects_are_named_in_part() {
        let linked = |count: usize| -> Vec<LinkedProjectView> {
            (1..=count)
                .map(|number| LinkedProjectView {
                    project: format!("P{number}"),
                    key: format!("K{number}"),
                    syncing: false,
                })
                .collect()
        };
        assert_eq!(list_words(&linked(2)), "P1 (K1), P2 (K2)");
        assert_eq!(
            list_words(&linked(5)),
            "P1 (K1), P2 (K2), P3 (K3), P4 (K4), P5 (K5)"
        );
        assert!(list_words(&linked(8)).ends_with("P5 (K5) and 3 more"));
    }
}
