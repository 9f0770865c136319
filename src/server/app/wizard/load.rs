//! The page of a step.
//!
//! After a failed post the typed answers are put over the draft for showing, never into it. Whatever
//! Jira does, the page appears: with the last lists it gave, or with the stored answers alone.

use std::collections::BTreeMap;

use crate::{
    api::{
        ErrorKind,
        form::FormFailure,
        wizard::{
            BugsStep, ChoiceView, IterationsStep, NoteView, ProjectHit, ProjectStep, RequirementsStep,
            SingleRelease, StepBody, StepErrorView, StepView, WizardView,
        },
    },
    domain::{
        dates::format_date,
        jira::{BoardKind, Release},
        wizard::{BugStatusSource, Facts, ResetAnswer, Settings},
        wizard_steps::{
            StepId, StepState, next_step, off_reason, previous_step, source_choices, steps, type_choices,
        },
    },
    server::{
        app::{
            configuration::host_of,
            form::find_failure,
            wizard::{
                answers::{Answers, put_in},
                counts::{self, CountBook},
                find_projects, get_configuration,
                lists::{self, Looked},
                parse_settings, preview, tables,
            },
        },
        auth::{Anyone, ProjectGuard},
        error::{Error, Result},
        store::{configuration::ConfigurationRow, connection},
    },
};

/// Releases listed one by one in step 3.
const MOST_RELEASES: usize = 200;

/// The page of a step.
///
/// # Errors
/// Unknown configuration or step.
pub async fn load_step(
    guard: &ProjectGuard,
    anyone: &Anyone,
    configuration_id: &str,
    step: u8,
    query: Option<&str>,
    show: &str,
) -> Result<WizardView> {
    let state = guard.state();
    let step = StepId::find_number(step).ok_or(Error::NotFound("step"))?;
    let mut tx = state.database().read().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    let connection = connection::find(&mut tx, &row.connection_id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    drop(tx);
    let mut settings = parse_settings(&row.draft)?;
    let looked = Box::pin(lists::look(state, &row, &settings)).await?;
    let facts = looked.facts();
    let failure = find_failure(anyone, "save_wizard_step").await?.filter(|failure| {
        failure.value("configuration") == Some(&row.id)
            && failure.value("step") == Some(&step.number().to_string())
    });
    let typed = failure.as_ref().map(typed_answers).unwrap_or_default();
    if failure.is_some() {
        put_in(
            &mut settings,
            step,
            &typed,
            looked.lists.as_ref().map(|lists| lists.boards.as_slice()),
        );
    }
    let reached = u8::try_from(row.draft_step).unwrap_or(6).min(6);
    let all = steps(&settings, &facts, Some(step), reached);
    let mut notes = notes(anyone, &looked, &settings, step, failure.as_ref());
    let closed = all
        .iter()
        .find(|known| known.id == step)
        .and_then(|known| match &known.state {
            StepState::Off(reason) | StepState::Blocked(reason) => Some(reason.clone()),
            _ => None,
        });
    let queries = queries(&settings, &facts, step);
    let book = counts::count(state, &row, &looked, &queries).await?;
    let only_unmapped = show == "unmapped";
    let body = match closed {
        Some(reason) => StepBody::Closed(reason),
        None if step == StepId::Project => {
            let (body, problem) =
                project_step(guard, &row, &settings, &looked, query, typed.get("project")).await?;
            notes.extend(problem.map(|problem| note("bad", &problem.title, &problem.text)));
            body
        }
        None => body(&settings, &facts, &looked, &book, step, only_unmapped),
    };
    let preview = Box::pin(preview::preview(state, &row, &settings, &looked, &book, step)).await?;
    Ok(WizardView {
        project_id: guard.project_id().to_string(),
        project_name: guard.project().name.clone(),
        configuration_id: row.id.clone(),
        jira_key: settings
            .project
            .as_ref()
            .map(|project| project.key.clone())
            .unwrap_or_default(),
        host: host_of(&connection),
        connection_name: connection.name,
        proceeded: row.running_version_id.is_some(),
        step: step.number(),
        title: step.title().into(),
        steps: all
            .iter()
            .map(|known| step_view(known, &settings, reached))
            .collect(),
        revision: row.draft_revision,
        reached,
        saved_by: row.draft_saved_by.clone(),
        saved_at_ms: row.draft_saved_at,
        notes,
        errors: failure
            .as_ref()
            .map(|failure| errors(failure, step))
            .unwrap_or_default(),
        body,
        previous: previous_step(&settings, step).map(StepId::number),
        next: next_step(&settings, step).map(|next| next.title().to_owned()),
        fetched_at_ms: looked.fetched_at,
        preview,
    })
}

/// Answers out of a kept form: `answers[name]`.
fn typed_answers(failure: &FormFailure) -> Answers {
    failure
        .values
        .iter()
        .filter_map(|(name, values)| {
            let name = name.strip_prefix("answers[")?.strip_suffix(']')?;
            Some((name.to_owned(), values.last()?.clone()))
        })
        .collect::<BTreeMap<_, _>>()
}

/// Messages of a failure with the step they belong to: `step5.types` is of step 5, all else of this.
fn errors(failure: &FormFailure, step: StepId) -> Vec<StepErrorView> {
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

fn note(tone: &str, title: &str, text: &str) -> NoteView {
    NoteView {
        tone: tone.into(),
        title: title.into(),
        text: text.into(),
        step: None,
    }
}

fn notes(
    anyone: &Anyone,
    looked: &Looked,
    settings: &Settings,
    step: StepId,
    failure: Option<&FormFailure>,
) -> Vec<NoteView> {
    let mut notes = Vec::new();
    let parameter = |wanted: &str| {
        url::form_urlencoded::parse(anyone.request().uri.query().unwrap_or_default().as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
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
        None => match parameter("done").as_deref() {
            Some("saved") => notes.push(note("ok", "Saved.", "Nothing is synced before Proceed.")),
            Some("accepted") => notes.push(note(
                "ok",
                "Suggestions accepted.",
                "They are in the tables below; change any of them.",
            )),
            Some("project") => {
                let key = settings
                    .project
                    .as_ref()
                    .map_or("The project", |project| project.key.as_str());
                let lost = lost_words(&parameter("reset").unwrap_or_default());
                let text = if lost.is_empty() {
                    String::new()
                } else {
                    format!("Answers of the project before were taken away: {lost}. ")
                };
                notes.push(note(
                    "ok",
                    &format!("{key} is chosen and saved."),
                    &format!("{text}Choose its board below, or go on without one."),
                ));
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

fn step_view(step: &crate::domain::wizard_steps::Step, settings: &Settings, reached: u8) -> StepView {
    let last_sentence = |reason: &str| {
        reason
            .trim_end_matches('.')
            .rsplit(". ")
            .next()
            .unwrap_or(reason)
            .to_owned()
    };
    let (state, detail) = match &step.state {
        StepState::Done => ("done", summary(settings, step.id)),
        StepState::DoneWithGaps(gaps) => ("gaps", format!("{gaps} unmapped")),
        StepState::Current => ("current", String::new()),
        StepState::NotStarted if step.id.number() <= reached => ("ahead", "Needs an answer".to_owned()),
        StepState::NotStarted => ("ahead", "Not started".to_owned()),
        StepState::Off(reason) | StepState::Blocked(reason) => ("off", last_sentence(reason)),
    };
    let link = step.is_link() || (step.is_open() && step.id.number() <= reached);
    StepView {
        title: step.id.title().into(),
        detail,
        state: state.into(),
        link,
    }
}

fn summary(settings: &Settings, step: StepId) -> String {
    match step {
        StepId::Project => {
            let key = settings
                .project
                .as_ref()
                .map_or("", |project| project.key.as_str());
            match &settings.board {
                Some(board) => format!("{key}, {}", board.name),
                None => format!("{key}, no board"),
            }
        }
        StepId::Features => match (settings.pull_requirements, settings.bug_mapping) {
            (true, true) => "Requirements and bugs",
            (true, false) => "Requirements",
            (false, true) => "Bugs",
            (false, false) => "Nothing",
        }
        .into(),
        StepId::Iterations => match (settings.releases.enabled, settings.pulls_sprints()) {
            (true, true) => "Releases and sprints",
            (true, false) => "Releases",
            (false, true) => "Sprints",
            (false, false) => "Neither",
        }
        .into(),
        StepId::Priorities | StepId::Requirements | StepId::Bugs => "All mapped".into(),
    }
}

/// Queries for the numbers on a page: totals first, then the values of its tables.
fn queries(settings: &Settings, facts: &Facts, step: StepId) -> Vec<String> {
    let mut all: Vec<String> = [tables::requirements_query(settings), tables::bugs_query(settings)]
        .into_iter()
        .flatten()
        .collect();
    if off_reason(settings, step).is_some() {
        return all;
    }
    match step {
        StepId::Priorities => all.extend(tables::queries(&tables::priority_values(settings, facts))),
        StepId::Requirements => all.extend(tables::queries(&tables::requirement_values(settings, facts))),
        StepId::Bugs => {
            all.extend(tables::queries(&tables::bug_values(settings, facts)));
            all.extend(tables::queries(&tables::severity_values(settings, facts)));
        }
        StepId::Project | StepId::Features | StepId::Iterations => {}
    }
    all
}

async fn project_step(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &Settings,
    looked: &Looked,
    query: Option<&str>,
    typed: Option<&String>,
) -> Result<(StepBody, Option<lists::Problem>)> {
    let mut problem = None;
    // With a project chosen, the list appears only on request.
    // Jira was asked for the lists just now: where it does not answer, a second wait tells nothing.
    let silent = looked.problem.as_ref().is_some_and(|problem| !problem.refused);
    let found = if !silent && (query.is_some() || settings.project.is_none() || typed.is_some()) {
        match find_projects(guard, row, query.unwrap_or_default()).await? {
            Ok(found) => found,
            Err(found) => {
                problem = Some(found).filter(|_| looked.problem.is_none());
                crate::api::wizard::ProjectHits::default()
            }
        }
    } else {
        crate::api::wizard::ProjectHits::default()
    };
    let stored = settings.project.as_ref().map(|project| ProjectHit {
        id: project.id.clone(),
        key: project.key.clone(),
        name: project.name.clone(),
    });
    let typed = typed.and_then(|id| found.hits.iter().find(|hit| hit.id == *id).cloned());
    let lost = settings.clone().reset_after_project_change();
    let resets = lost
        .iter()
        .map(|answer| answer.label())
        .collect::<Vec<_>>()
        .join(", ");
    let chosen_board = settings.board.as_ref().map(|board| board.id);
    let boards = looked
        .lists
        .iter()
        .flat_map(|lists| &lists.boards)
        .map(|board| ChoiceView {
            id: board.id.to_string(),
            label: board.name.clone(),
            detail: match board.kind {
                BoardKind::Scrum => "Scrum",
                BoardKind::Kanban => "Kanban, no sprints",
                BoardKind::Simple => "Team-managed",
            }
            .into(),
            chosen: chosen_board == Some(board.id),
            disabled: false,
        })
        .collect();
    let body = ProjectStep {
        chosen: typed.or(stored),
        query: query.unwrap_or_default().to_owned(),
        found,
        resets,
        boards,
        boards_known: looked.lists.is_some(),
        description: settings.description.clone(),
    };
    Ok((StepBody::Project(Box::new(body)), problem))
}

fn body(
    settings: &Settings,
    facts: &Facts,
    looked: &Looked,
    book: &CountBook,
    step: StepId,
    only_unmapped: bool,
) -> StepBody {
    match step {
        // Step 1 is made by its own function, which asks Jira.
        StepId::Project | StepId::Features => StepBody::Features {
            requirements: settings.pull_requirements,
            bugs: settings.bug_mapping,
        },
        StepId::Iterations => StepBody::Iterations(Box::new(iterations(settings, looked))),
        StepId::Priorities => {
            let values = tables::priority_values(settings, facts);
            StepBody::Priorities(Box::new(tables::table_view(
                &settings.priorities,
                &values,
                tables::PRIORITIES,
                book,
                only_unmapped,
            )))
        }
        StepId::Requirements => {
            let values = tables::requirement_values(settings, facts);
            let statuses = tables::table_view(
                &settings.requirement.statuses,
                &values,
                tables::REQUIREMENT_STATUSES,
                book,
                only_unmapped,
            );
            let mut sources: Vec<String> = settings
                .requirement
                .date_sources
                .iter()
                .map(|source| source.code().to_owned())
                .collect();
            sources.resize(sources.len().max(3), String::new());
            StepBody::Requirements(Box::new(RequirementsStep {
                sources,
                source_choices: source_choices(settings, facts)
                    .into_iter()
                    .map(|choice| (choice.source.code().to_owned(), choice.label, choice.off))
                    .collect(),
                statuses,
                types: types(settings, facts, step),
                further: further(settings, facts),
            }))
        }
        StepId::Bugs => {
            let values = tables::bug_values(settings, facts);
            let statuses = match settings.bugs.status_source {
                BugStatusSource::Status => tables::table_view(
                    &settings.bugs.statuses,
                    &values,
                    tables::BUG_STATUSES,
                    book,
                    only_unmapped,
                ),
                BugStatusSource::Resolution => tables::table_view(
                    &settings.bugs.resolutions,
                    &values,
                    tables::BUG_RESOLUTIONS,
                    book,
                    only_unmapped,
                ),
            };
            let severities = settings.bugs.severity_field.as_ref().map(|_| {
                let values = tables::severity_values(settings, facts);
                tables::table_view(
                    &settings.bugs.severities,
                    &values,
                    tables::SEVERITIES,
                    book,
                    only_unmapped,
                )
            });
            StepBody::Bugs(Box::new(BugsStep {
                types: types(settings, facts, step),
                severity_fields: severity_fields(settings, facts),
                severities,
                source: settings.bugs.status_source.code().into(),
                statuses,
            }))
        }
    }
}

fn types(settings: &Settings, facts: &Facts, step: StepId) -> Vec<ChoiceView> {
    type_choices(settings, facts, step)
        .into_iter()
        .map(|choice| ChoiceView {
            id: choice.issue_type.id,
            label: choice.issue_type.name,
            disabled: choice.taken.is_some(),
            detail: choice.taken.unwrap_or_else(|| {
                if choice.issue_type.subtask {
                    "Sub-task".into()
                } else {
                    String::new()
                }
            }),
            chosen: choice.chosen,
        })
        .collect()
}

/// What tells a field from others of the same name: its id and whether it is of this project alone.
fn field_detail(field: &crate::domain::jira::Field) -> String {
    match field.scope_project_id {
        Some(_) => format!("{}, of this project only", field.id),
        None => field.id.clone(),
    }
}

fn severity_fields(settings: &Settings, facts: &Facts) -> Vec<ChoiceView> {
    let project = settings
        .project
        .as_ref()
        .map_or("", |project| project.id.as_str());
    let chosen = settings.bugs.severity_field.as_deref();
    let mut all: Vec<ChoiceView> = facts
        .severity_fields(project)
        .into_iter()
        .map(|field| ChoiceView {
            id: field.id.clone(),
            label: format!("{} ({})", field.name, field_detail(field)),
            detail: String::new(),
            chosen: chosen == Some(field.id.as_str()),
            disabled: false,
        })
        .collect();
    // A field that Jira no longer lists stays to be seen, or saving would silently drop it.
    if let Some(lost) = chosen.filter(|id| !all.iter().any(|field| field.id == *id)) {
        let label = if facts.loaded {
            format!("{lost} (no longer in Jira)")
        } else {
            lost.to_owned()
        };
        all.push(ChoiceView {
            id: lost.into(),
            label,
            detail: String::new(),
            chosen: true,
            disabled: false,
        });
    }
    all
}

fn further(settings: &Settings, facts: &Facts) -> Vec<ChoiceView> {
    let project = settings
        .project
        .as_ref()
        .map_or("", |project| project.id.as_str());
    facts
        .further_fields(project)
        .into_iter()
        .map(|field| ChoiceView {
            id: field.id.clone(),
            label: field.name.clone(),
            detail: field_detail(field),
            chosen: settings.requirement.further_fields.contains(&field.id),
            disabled: false,
        })
        .collect()
}

fn iterations(settings: &Settings, looked: &Looked) -> IterationsStep {
    let state = |id: &str, label: &str, chosen: bool| ChoiceView {
        id: id.into(),
        label: label.into(),
        detail: String::new(),
        chosen,
        disabled: false,
    };
    let (releases, sprints) = (&settings.releases, &settings.sprints);
    let known: &[Release] = looked.lists.as_ref().map_or(&[], |lists| &lists.releases);
    let single = known
        .iter()
        .rev()
        .take(MOST_RELEASES)
        .map(|release| SingleRelease {
            id: release.id.clone(),
            name: release.name.clone(),
            detail: release_detail(release),
            choice: if releases.chosen.contains(&release.id) {
                "always"
            } else if releases.excluded.contains(&release.id) {
                "never"
            } else {
                "state"
            }
            .into(),
        })
        .collect();
    IterationsStep {
        releases: releases.enabled,
        release_states: vec![
            state("unreleased", "Unreleased", releases.unreleased),
            state("released", "Released", releases.released),
            state("archived", "Archived", releases.archived),
        ],
        single,
        more_releases: known.len().saturating_sub(MOST_RELEASES),
        sprints: sprints.enabled,
        sprints_off: settings.sprints_off_reason().map(str::to_owned),
        sprint_states: vec![
            state("active", "Active", sprints.active),
            state("future", "Future", sprints.future),
            state(
                "closed_recent",
                "Closed in the last 12 months",
                sprints.closed_recent,
            ),
        ],
        board: settings
            .board
            .as_ref()
            .map(|board| board.name.clone())
            .unwrap_or_default(),
    }
}

fn release_detail(release: &Release) -> String {
    let state = match (release.archived, release.released) {
        (true, _) => "archived",
        (false, true) => "released",
        (false, false) => "unreleased",
    };
    match release.release_date {
        Some(date) => format!("{state}, {}", format_date(date)),
        None => format!("{state}, no date"),
    }
}
