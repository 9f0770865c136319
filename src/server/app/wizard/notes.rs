//! What stands above a step: how the last post ended, what is wrong with it, what Jira did not give.

use crate::{
    api::{
        ErrorKind,
        form::FormFailure,
        wizard::{NoteView, StepErrorView},
    },
    domain::{wizard::Settings, wizard_change::ResetAnswer, wizard_steps::StepId},
    server::{app::wizard::lists::Looked, auth::Anyone},
};

/// Messages of a failure with the step they belong to: `step5.types` is of step 5, all else of this.
pub(super) fn list_errors(failure: &FormFailure, step: StepId) -> Vec<StepErrorView> {
    failure
        .error
        .fields
        .iter()
        .map(|error| {
            let elsewhere = error
                .field
                .strip_prefix("step")
                .and_then(|rest| rest.split_once('.'));
            let (at, field) = match elsewhere.and_then(|(number, field)| Some((number.parse().ok()?, field)))
            {
                Some((number, field)) => (number, field),
                None => (step.number(), error.field.as_str()),
            };
            StepErrorView {
                step: at,
                field: field.to_owned(),
                message: error.message.clone(),
            }
        })
        .collect()
}

/// A note without a link.
pub(super) fn note(tone: &str, title: &str, text: &str) -> NoteView {
    NoteView {
        tone: tone.into(),
        title: title.into(),
        text: text.into(),
        step: None,
    }
}

/// What stands above the step: how the last post ended, and what Jira did not give.
pub(super) fn list_notes(
    anyone: &Anyone,
    looked: &Looked,
    settings: &Settings,
    step: StepId,
    proceeded: bool,
    failure: Option<&FormFailure>,
) -> Vec<NoteView> {
    let mut notes = Vec::new();
    match failure.map(|failure| (failure.error.kind, failure.error.message.as_str())) {
        Some((ErrorKind::Conflict, text)) => {
            let again = Some(("Open the step again".to_owned(), step.number()));
            notes.push(NoteView {
                step: again,
                ..note("warn", "Not saved.", text)
            });
        }
        Some((ErrorKind::Jira, text)) => {
            // The words name step 1 where another project is the way out.
            let way_out = text.contains("step 1") && step != StepId::Project;
            notes.push(NoteView {
                step: way_out.then(|| ("Go to step 1".to_owned(), 1)),
                ..note("bad", "", text)
            });
        }
        Some((ErrorKind::Invalid, _)) => {}
        Some((_, text)) => notes.push(note("bad", "Not saved.", text)),
        None => match parameter(anyone, "done").as_deref() {
            Some("saved") => {
                let text = if proceeded {
                    "Changes take effect with the next Proceed."
                } else {
                    "Nothing is synced before Proceed."
                };
                notes.push(note("ok", "Saved.", text));
            }
            Some("accepted") => notes.push(note(
                "ok",
                "Suggestions accepted.",
                "They are chosen below and saved; change any of them.",
            )),
            Some(done @ ("project" | "board")) => {
                let key = settings
                    .project
                    .as_ref()
                    .map_or("The project", |project| project.key.as_str());
                let lost = lost_words(&parameter(anyone, "reset").unwrap_or_default());
                let text = if lost.is_empty() {
                    String::new()
                } else {
                    format!("Answers of the project before were taken away: {lost}. ")
                };
                let has_none = looked.lists.as_ref().is_some_and(|lists| lists.boards.is_empty());
                let boards = match looked.find_only_board() {
                    Some(_) => "Its only board is preselected below and counts once you go on.",
                    None if has_none => "It has no board, so it has no sprints to pull.",
                    None => "Choose its board below, or go on without one.",
                };
                let chosen = format!("{key} is chosen and saved.");
                // Whoever asked for the next step is told why this one is open again.
                notes.push(if done == "board" {
                    let text = format!("{chosen} {text}Its boards can be listed only now. {boards}");
                    note("info", "This step has one more question: the board.", &text)
                } else {
                    note("ok", &chosen, &format!("{text}{boards}"))
                });
            }
            _ => {}
        },
    }
    if let Some(problem) = &looked.problem {
        let title = if looked.lists.is_some() && !problem.gone {
            format!("{} The lists below are older.", problem.title)
        } else {
            problem.title.clone()
        };
        let mut note = note("bad", &title, &problem.text);
        note.step = (problem.gone && step != StepId::Project).then(|| ("Go to step 1".to_owned(), 1));
        // A failure that says the same gives way: this note has the link.
        notes.retain(|said| !said.text.contains(&problem.text));
        notes.push(note);
    }
    notes
}

fn lost_words(codes: &str) -> String {
    codes
        .split('.')
        .filter_map(|code| ResetAnswer::ALL.get(code.parse::<usize>().ok()?))
        .map(|answer| answer.label())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A parameter of the address being shown.
pub fn parameter(anyone: &Anyone, wanted: &str) -> Option<String> {
    url::form_urlencoded::parse(anyone.request().uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}
